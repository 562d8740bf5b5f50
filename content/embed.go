// Package content carries what ships with the product: detection rules and the samples that prove them.
package content

import "embed"

// Rules holds the built-in detection rules under "rules/<area>/<name>.yml", each beside its samples in
// "<name>.samples.yml". The lint and sample tests of internal/content keep every pair whole.
//
//go:embed rules
var Rules embed.FS
