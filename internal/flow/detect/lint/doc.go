// Package lint reads the text of rules as an author's second pair of eyes: what the engine refuses, at its place in the text, and what a
// careful author would not leave: fields that no event of the log source has, tags that ATT&CK does not know, rules that are asked of
// every event.
package lint
