//go:build !linux

package replay

import "time"

// started is when the program began; it is never written to.
var started = time.Now()

// threadCPU is wall-clock time where the system does not tell a thread's CPU time.
func threadCPU() time.Duration { return time.Since(started) }
