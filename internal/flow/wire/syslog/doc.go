// Package syslog reads the headers of RFC 3164 and RFC 5424 messages and of the variants devices send in their place.
package syslog
