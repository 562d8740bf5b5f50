// Package clock reads the timestamps that log records carry.
package clock
