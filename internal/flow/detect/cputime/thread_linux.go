package cputime

import (
	"time"

	"golang.org/x/sys/unix"
)

// Thread is the processor time the calling thread has used. Lock the goroutine to its thread before relying on it.
func Thread() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
