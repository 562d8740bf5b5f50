// Package identity knows who a caller is and what the caller may do.
package identity
