//go:build !linux

package cputime

import "time"

// started is when the program began; it is never written to.
var started = time.Now()

// Thread is wall-clock time, where the system does not tell the time of one thread.
func Thread() time.Duration { return time.Since(started) }
