// Package policy says for whom a rule that fired counts: for every customer as the platform has it, unless a customer has it otherwise.
package policy
