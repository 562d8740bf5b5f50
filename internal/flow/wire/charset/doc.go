// Package charset turns the bytes of a record into UTF-8 text.
package charset
