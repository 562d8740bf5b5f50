// Package arch holds the tests that keep the house in shape: who may import whom, how packages are named and
// described, how long a file may get.
package arch
