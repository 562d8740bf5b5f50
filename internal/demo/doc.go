// Package demo shows the product to somebody who has just started it: two made-up customers whose hosts send a working day,
// compressed into minutes, with three attacks woven in. Nothing of it is canned: what the hosts write goes through the same
// listeners as any sender's records, and the alerts are those that the rules in force raise.
//
// [Day] writes the records, the same for the same seed and time; [Service] makes the customers, sends the day, tells how far it is, and
// removes it all. Every address is one of RFC 5737 or a private one, every name ends in .example.
package demo
