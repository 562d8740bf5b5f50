// Package replay matches a file of events against folders of Sigma rules: the engine of the detect command.
package replay
