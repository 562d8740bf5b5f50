// Package rig starts the real binary and talks to it only through what the outside may use.
package rig
