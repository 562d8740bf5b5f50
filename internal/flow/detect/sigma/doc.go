// Package sigma reads Sigma rules and matches them against events, compiled once and routed by log source.
package sigma
