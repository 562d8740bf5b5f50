package main

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
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
	once                     float64 // rate over events not seen before; 0 where it was not measured
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
	if e, ok := e.(*own); ok {
		r.once = measureOnce(ctx, e, events, s, budget)
	}
	return r
}

// measureOnce is the rate over events that the matcher has not seen: a new one looks at half of them unmeasured and then once at the
// other half, by turns, until the budget is spent.
func measureOnce(ctx context.Context, e *own, events []sample, s scope, budget time.Duration) float64 {
	halves := split(events)
	var spent time.Duration
	done := 0
	for i := 0; spent < budget; i++ {
		e.forget()
		for _, ev := range halves[i%2] {
			e.match(ctx, ev, s)
		}
		begun := processorTime()
		for _, ev := range halves[1-i%2] {
			e.match(ctx, ev, s)
		}
		spent += processorTime() - begun
		done += len(halves[1-i%2])
	}
	return float64(done) / spent.Seconds()
}

// split returns what each source reported first and what it reported afterwards. In either half sources take turns, each as often as it
// has events and in its own order.
func split(events []sample) [2][]*sample {
	bySource := map[string][]*sample{}
	for i := range events {
		name := events[i].source
		bySource[name] = append(bySource[name], &events[i])
	}
	type placed struct {
		at    float64 // of its source's share
		event *sample
	}
	var halves [2][]placed
	for i, name := range slices.Sorted(maps.Keys(bySource)) {
		all := bySource[name]
		slices.SortFunc(all, func(a, b *sample) int { return a.turn - b.turn })
		middle := (len(all) + i%2) / 2 // of an odd one, by turns
		for h, half := range [2][]*sample{all[:middle], all[middle:]} {
			for k, ev := range half {
				halves[h] = append(halves[h], placed{(float64(k) + 0.5) / float64(len(half)), ev})
			}
		}
	}
	var out [2][]*sample
	for h, half := range halves {
		slices.SortStableFunc(half, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
		for _, p := range half {
			out[h] = append(out[h], p.event)
		}
	}
	return out
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
