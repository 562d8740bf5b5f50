// Package pack holds the parser packs: what is known of single devices, written as data (docs/reference/parser-packs.md), compiled when
// it is loaded, and found for a record by hash however many there are.
package pack
