// Package overview tells whoever comes back to the desk what changed meanwhile, and how every customer stands: counts over
// alerts and audit chains, from a moment the person marked. It keeps nothing but that mark.
package overview
