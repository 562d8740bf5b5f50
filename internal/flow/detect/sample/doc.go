// Package sample tries rules on records that should make them fire and on near misses that should not. A record goes the way of a
// received one: through the parser, enrichment and the matcher, routed by log source. The gate before a rule is enabled, the editor
// of rules and the tests of the rules that ship all run samples here.
package sample
