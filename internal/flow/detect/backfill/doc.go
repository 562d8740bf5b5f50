// Package backfill shows what a rule missed at a customer, and on request searches the archive for it: the batches of a gap, by the rule
// as it is now. What it finds is raised once, however often it is searched for and wherever a search was killed.
package backfill
