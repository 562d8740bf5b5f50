// Package pgtest gives tests a PostgreSQL database of their own.
package pgtest
