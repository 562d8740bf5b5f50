package main

import (
	"context"
	"runtime"
	"syscall"
	"time"
)

type scope string

const (
	routed    scope = "routed"
	everyRule scope = "every rule"
)

// engine matches prepared events and returns how many rules fired.
type engine interface {
	name() string
	match(ctx context.Context, e *sample, s scope) int
}

// build is what it took to make an engine ready.
type build struct {
	rules int
	cpu   time.Duration
	heap  uint64 // bytes kept
}

type result struct {
	rate, allocations, fired float64 // per second of processor time, per event, per event
}

// measured is how many events, spread evenly, an engine is first asked about; what fired is counted on them.
const measured = 500

// measure asks the engine about a spread of the events, which also lets it compile what it compiles late, then about as many as the
// budget allows.
func measure(ctx context.Context, e engine, events []sample, s scope, budget time.Duration) result {
	step := max(1, len(events)/measured)
	fired, n := 0, 0
	for i := 0; i < len(events); i += step {
		fired += e.match(ctx, &events[i], s)
		n++
	}
	r := result{fired: float64(fired) / float64(n)}
	if e.name() == oursName { // every log source it will meet
		for i := range events {
			e.match(ctx, &events[i], s)
		}
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun, done := processorTime(), 0
	for i, stride := 0, 7919; processorTime()-begun < budget; {
		for range 16 {
			e.match(ctx, &events[i%len(events)], s)
			i += stride // a prime, so that all kinds of events come in turn
			done++
		}
	}
	spent := processorTime() - begun
	runtime.ReadMemStats(&after)
	r.rate = float64(done) / spent.Seconds()
	r.allocations = float64(after.Mallocs-before.Mallocs) / float64(done)
	return r
}

// built runs a compilation and says what it cost.
func built(make func() int) build {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun := processorTime()
	n := make()
	b := build{rules: n, cpu: processorTime() - begun}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.heap = after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
	return b
}

// processorTime is what the process has used so far, in user mode and for it in the kernel.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
