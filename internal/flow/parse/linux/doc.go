// Package linux reads the messages of the usual Linux programs: who logged in, who became whom, what was let through.
package linux
