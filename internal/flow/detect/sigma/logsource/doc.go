// Package logsource tells which Sigma log sources an event belongs to and which event fields a rule's field names mean.
package logsource
