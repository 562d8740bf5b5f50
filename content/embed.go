// Package content carries what ships with the product: detection rules and parser packs, and the samples that prove them.
package content

import "embed"

// Rules holds the built-in detection rules under "rules/<area>/<name>.yml", each beside its samples in
// "<name>.samples.yml". The lint and sample tests of internal/content keep every pair whole.
//
//go:embed rules
var Rules embed.FS

// Parsers holds the built-in parser packs under "parsers/<id>/", each with its samples, and "parsers/kinds*.yml"
// (docs/reference/parser-packs.md).
//
//go:embed parsers
var Parsers embed.FS
