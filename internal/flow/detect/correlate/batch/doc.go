// Package batch judges correlations over a list of events word for word as they are defined, with no thought of time or memory. It
// is the oracle of the engine's tests and shares with it only the parsed documents.
package batch
