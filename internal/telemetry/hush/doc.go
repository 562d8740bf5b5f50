// Package hush keeps what libraries print while the program is being loaded off standard error.
package hush
