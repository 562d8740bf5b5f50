// Package fault names the ways a request can fail, so that every layer above agrees on what happened.
package fault
