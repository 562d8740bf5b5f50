// Package content keeps the detection rules the product runs: packs of Sigma rules that ship with it or are imported,
// in versions of which one is active, each rule checked by the engine before it stands.
package content
