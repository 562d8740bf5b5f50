// Package dryrun matches rules against events that are archived already: to try a rule before it is enabled, and to find what a rule
// missed while it was not in force. It uses the matcher that detection uses, on events in the form that detection saw.
package dryrun
