// Package naive evaluates Sigma rules by reading them word for word, slowly: the oracle the compiled matcher is held to.
package naive
