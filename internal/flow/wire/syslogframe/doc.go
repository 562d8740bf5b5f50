// Package syslogframe cuts a syslog byte stream into records and finds the token a record may carry.
package syslogframe
