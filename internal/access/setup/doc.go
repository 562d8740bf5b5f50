// Package setup knows what is left of the first run: whether the generated first password still stands, and whether somebody chose to do
// the rest later.
package setup
