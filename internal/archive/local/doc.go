// Package local keeps events in the embedded VictoriaLogs engine, on one machine.
package local
