package collect

import (
	"math"
	"sort"
	"sync/atomic"
	"time"
)

// aheadSeconds is how far a sender's clock may run ahead before it is told: other clocks differ.
const aheadSeconds = 120

// lagClass is one of the classes that events are counted in by how far their own time lies behind their receipt: those up to bound
// seconds that fit in no class before, and what stands for them. Around whole hours a class reaches half an hour to both sides, because a
// wrong time zone is off by whole hours.
type lagClass struct{ bound, shown int64 }

var lagClasses = func() (list []lagClass) {
	const hour, half, zones = 3600, 1800, 14
	for h := int64(zones); h >= 1; h-- {
		list = append(list, lagClass{-h*hour + half, -h * hour})
	}
	list = append(list, lagClass{-aheadSeconds, -600}, lagClass{0, 0})
	for _, s := range []int64{1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, half} {
		list = append(list, lagClass{s, s})
	}
	for h := int64(1); h <= zones; h++ {
		list = append(list, lagClass{h*hour + half, h * hour})
	}
	for _, d := range []int64{1, 2, 7, 30} {
		list = append(list, lagClass{d * 86400 * 3 / 2, d * 86400})
	}
	return append(list, lagClass{math.MaxInt64, 365 * 86400})
}()

const numLagClasses = 52

func lagClassOf(seconds int64) int {
	return sort.Search(len(lagClasses)-1, func(i int) bool { return seconds <= lagClasses[i].bound })
}

// lags counts events by how far they lay behind. It may be added to by many at a time.
type lags struct {
	classes [numLagClasses]atomic.Int64
	most    atomic.Int64 // seconds, since the last take
}

func (l *lags) add(behind []time.Duration) {
	var counted spread
	most := int64(0)
	for _, d := range behind {
		seconds := int64(d / time.Second)
		counted[lagClassOf(seconds)]++
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

// spread is how many events lay how far behind, by class.
type spread [numLagClasses]int64

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

// low stands for the class that a tenth of the events do not exceed.
func (s *spread) low() int64 { return s.share(10) }

// median stands for the class that half of the events do not exceed; negative where half lie ahead.
func (s *spread) median() int64 { return s.share(2) }

func (s *spread) share(of int64) int64 {
	part := (s.total() + of - 1) / of
	if part == 0 {
		return 0
	}
	for i, v := range s {
		if part -= v; part <= 0 {
			return lagClasses[i].shown
		}
	}
	return 0
}

// minuteOffset is by how much even the quickest tenth of a minute's events lay behind their receipt: what the way cannot explain.
type minuteOffset struct {
	minute int64
	behind time.Duration
}

func (t *track) offset(now time.Time, behind time.Duration) {
	minute := now.Unix() / 60
	t.offsets[minute%recentMinutes] = minuteOffset{minute, behind}
}

// clock is the median of the last minutes' offsets; known where enough of them agree, which those of a sender that catches up do not.
func (t *track) clock(now time.Time) (off time.Duration, known bool) {
	var list []float64
	for _, o := range t.offsets {
		if o.minute > now.Unix()/60-recentMinutes {
			list = append(list, o.behind.Seconds())
		}
	}
	if len(list) < agreeMinutes {
		return 0, false
	}
	middle := median(list) // sorts
	if list[len(list)-1]-list[0] > max(60, math.Abs(middle)/5) {
		return 0, false
	}
	return time.Duration(middle * float64(time.Second)), true
}
