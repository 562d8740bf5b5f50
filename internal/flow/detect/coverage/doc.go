// Package coverage tells which rules rest on a log source: what it sent lately is classified as detection classifies it, and the rules
// in force are asked whether they look at such events. A rule that no other living source feeds is blind while this one is silent.
package coverage
