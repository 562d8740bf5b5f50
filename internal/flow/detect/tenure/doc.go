// Package tenure remembers since when each rule is in force, for whom, and from which batch of the queue on: so that what no rule looked
// at can be shown as a gap, and looked at afterwards. Its word on a batch is exact, however often the process died in between.
package tenure
