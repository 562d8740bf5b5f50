// Package app is the composition root: it opens every part in the order data flows, runs them, and stops them in reverse.
package app
