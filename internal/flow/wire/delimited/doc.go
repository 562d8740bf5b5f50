// Package delimited splits lines of comma-, tab- or bar-separated values.
package delimited
