// Package input holds the listeners that take records in: one file or a few a protocol, all handing to one intake.
package input
