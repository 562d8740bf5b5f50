// Package learned keeps what the product learns of single sources: parsers proposed from what they send, the parsers that people made of
// that, which are in force for these sources alone, and the templates that their messages follow. See DESIGN.md.
package learned
