package sigma

import (
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/event"
)

// meterEvery is of how many events of a log source one is measured: reading the clock costs more than most rules.
const meterEvery = 1024

// meter is what measured events took, rules and all.
type meter struct {
	events atomic.Int64
	nanos  atomic.Int64
}

// ruleMeter is what a rule took of measured events.
type ruleMeter struct {
	asked atomic.Int64
	nanos atomic.Int64
}

// Measured is what a rule costs, by the events that were measured since its set was compiled.
type Measured struct {
	Events int64         // measured
	Asked  int64         // of these, how many the rule was asked about
	Mean   time.Duration // of asking it
	// Share is its part of the time that matching took, 0 to 1. It leaves out what rules share: finding texts for all of them at once.
	Share float64
}

// Measured returns what a rule of the set costs; false where it is not in the set.
func (s *Set) Measured(id string) (Measured, bool) {
	for _, r := range s.rules {
		if r.rule.ID == id {
			return s.measured(r), true
		}
	}
	return Measured{}, false
}

// AllMeasured calls fn with what every rule of the set costs that was asked about.
func (s *Set) AllMeasured(fn func(id string, m Measured)) {
	for _, r := range s.rules {
		if m := s.measured(r); m.Asked > 0 {
			fn(r.rule.ID, m)
		}
	}
}

func (s *Set) measured(r *compiledRule) Measured {
	m := Measured{Events: s.meter.events.Load(), Asked: r.meter.asked.Load()}
	nanos := r.meter.nanos.Load()
	if m.Asked > 0 {
		m.Mean = time.Duration(nanos / m.Asked)
	}
	if all := s.meter.nanos.Load(); all > 0 {
		m.Share = min(1, float64(nanos)/float64(all))
	}
	return m
}

// fireMeasured is fire, with the clock read around every rule.
func (r *run) fireMeasured(ev *event.Event) []*compiledRule {
	start := time.Now()
	r.prepare(ev)
	at := time.Now()
	for _, i := range r.queue {
		c := r.prog.rules[i].compiled
		if r.holds(r.prog.rules[i].root) {
			r.fired = append(r.fired, c)
		}
		now := time.Now()
		c.meter.asked.Add(1)
		c.meter.nanos.Add(int64(now.Sub(at)))
		at = now
	}
	r.meter.events.Add(1)
	r.meter.nanos.Add(int64(at.Sub(start)))
	return r.fired
}
