// Package collect takes records in from any sender and hands them to the queue with their tenant and source known.
package collect
