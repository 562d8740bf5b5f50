package collect

import (
	"sync/atomic"
	"time"
)

// lagBounds are the upper bounds of how far an event's own time may lie behind its receipt, in seconds. The first class holds events
// whose time lies ahead by more than clocks usually differ, the last those further behind than any bound.
var lagBounds = [...]int64{
	-aheadSeconds, 0, 1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 25200, 28800, 32400,
	36000, 43200, 57600, 86400, 172800, 604800, 2592000,
}

// aheadSeconds is how far a sender's clock may run ahead before it is told: other clocks differ.
const aheadSeconds = 120

// lags counts events by how far they lay behind. It may be added to by many at a time.
type lags struct {
	classes [len(lagBounds) + 1]atomic.Int64
	most    atomic.Int64 // seconds, since the last take
}

func (l *lags) add(behind []time.Duration) {
	var counted spread
	most := int64(0)
	for _, d := range behind {
		seconds := int64(d / time.Second)
		counted[lagClass(seconds)]++
		most = max(most, seconds)
	}
	for i, n := range counted {
		if n != 0 {
			l.classes[i].Add(n)
		}
	}
	if most > l.most.Load() {
		l.most.Store(most)
	}
}

func lagClass(seconds int64) int {
	for i, bound := range lagBounds {
		if seconds <= bound {
			return i
		}
	}
	return len(lagBounds)
}

// spread is how many events lay how far behind, by class.
type spread [len(lagBounds) + 1]int64

// take returns what was counted since the last take, and the most.
func (l *lags) take() (s spread, most int64) {
	for i := range l.classes {
		if l.classes[i].Load() != 0 {
			s[i] = l.classes[i].Swap(0)
		}
	}
	return s, l.most.Swap(0)
}

func (s *spread) add(o *spread) {
	for i := range s {
		s[i] += o[i]
	}
}

func (s *spread) total() (n int64) {
	for _, v := range s {
		n += v
	}
	return n
}

// median is the bound that half of the events do not exceed; negative where half lie ahead.
func (s *spread) median() int64 {
	half := (s.total() + 1) / 2
	if half == 0 {
		return 0
	}
	for i, v := range s {
		if half -= v; half <= 0 {
			return lagBounds[min(i, len(lagBounds)-1)]
		}
	}
	return 0
}
