package collect

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	weekHours = 168
	// habitWeeks is from how many weeks the rhythm of a source is learned: the same hour of the week, so often.
	habitWeeks = 4
	keptWeeks  = habitWeeks + 1

	leastWeeks    = 2    // of the same hour of the week, before anything is said of volume
	leastHours    = 250  // compared with the same hour of other weeks, before
	leastUsual    = 50   // records that are usual in an hour, before few are too few
	leastBurst    = 1000 // records in an hour, before many are too many
	tooFew        = 0.5  // of what is usual
	tooMany       = 3.0
	fewSigmas     = 4.0
	manySigmas    = 6.0
	leastSpread   = 0.12 // a source is not taken to be steadier than that, in natural logarithms
	oddDays       = 3    // the day with the third oddest hour says what is still usual: two failures do not become a habit
	beyondOddDays = 0.2  // by how much an hour must be odder than that
)

// weeks is how many records came in each hour of the last weeks.
type weeks struct {
	first, last int64 // hours since 1970; 0 while there is none
	n           [keptWeeks * weekHours]uint32
}

// add counts records of an hour.
func (w *weeks) add(hour, records int64) {
	size := int64(len(w.n))
	switch {
	case w.last == 0:
		w.first, w.last = hour, hour
	case hour > w.last:
		for h := max(w.last+1, hour-size+1); h <= hour; h++ {
			w.n[h%size] = 0
		}
		w.last = hour
	case hour <= w.last-size:
		return
	}
	w.first = min(w.first, hour)
	p := &w.n[hour%size]
	*p = uint32(min(int64(*p)+records, math.MaxUint32)) //nolint:gosec // bounded in the same line
}

// at returns the records of an hour.
func (w *weeks) at(hour int64) uint32 {
	if hour > w.last || hour <= w.last-int64(len(w.n)) || hour < w.first {
		return 0
	}
	return w.n[hour%int64(len(w.n))]
}

// addTo counts the last hours into a list, oldest first.
func (w *weeks) addTo(now time.Time, list []int64) {
	hour := now.Unix() / 3600
	for i := range list {
		list[i] += int64(w.at(hour - int64(len(list)-1-i)))
	}
}

// heard is in which hours any record came to the platform at all: of the others nothing can be said of any source.
type heard struct {
	last atomic.Int64 // the hour noted last
	mu   sync.RWMutex
	in   weeks
}

func (h *heard) note(hour int64) {
	if h.last.Load() == hour {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.in.add(hour, 1)
	h.last.Store(hour)
}

// usual is what one hour of the week brought in the weeks before, in ln(1+records).
type usual struct {
	median    float64
	low, high float64 // the lower and the upper of the two in the middle: where they differ much, neither is the rule
	weeks     int
}

func (u usual) records() float64 { return math.Expm1(u.median) }

// rhythm is what a source usually sends around an hour, and how far it usually is from that. All deviations are in natural logarithms:
// volumes vary by factors.
type rhythm struct {
	hour        int64 // the running one
	now, before usual // of the running hour, and of the one before
	spread      float64
	least, most float64 // deviations that came on several days
	known       bool    // enough to judge by
}

// rhythmAt learns from the four weeks before an hour. Hours that nothing at all was heard in say nothing.
func (w *weeks) rhythmAt(hour int64, heard func(int64) bool) rhythm {
	const size = habitWeeks * weekHours
	var logs [size + 1]float64 // of the hours before, the one before the first week too; NaN where nothing is known
	start := hour - size - 1
	for i := range logs {
		logs[i] = math.NaN()
		if h := start + int64(i); w.knows(h, heard) {
			logs[i] = math.Log1p(float64(w.at(h)))
		}
	}
	r := rhythm{hour: hour, now: same(logs[:], size+1), before: same(logs[:], size)}
	off := make([]float64, 0, size)
	low, high := make([]float64, 0, size/24+1), make([]float64, 0, size/24+1) // of each day
	day := int64(-1)
	for i := 1; i <= size; i++ {
		others := same(logs[1:], i-1)
		if math.IsNaN(logs[i]) || others.weeks == 0 {
			continue
		}
		d := logs[i] - others.median
		off = append(off, d)
		if of := (start + int64(i)) / 24; of != day {
			day, low, high = of, append(low, d), append(high, d)
		} else {
			low[len(low)-1], high[len(high)-1] = min(low[len(low)-1], d), max(high[len(high)-1], d)
		}
	}
	if len(off) < leastHours || len(low) <= 2*oddDays {
		return r
	}
	slices.Sort(low)
	slices.Sort(high)
	r.least, r.most = low[oddDays-1], high[len(high)-oddDays]
	middle := median(off)
	for i := range off {
		off[i] = math.Abs(off[i] - middle)
	}
	r.spread = max(leastSpread, 1.4826*median(off))
	r.known = r.now.weeks >= leastWeeks && r.before.weeks >= leastWeeks
	return r
}

// same is what the hours of a list brought that lie whole weeks from the i-th, without itself.
func same(logs []float64, i int) usual {
	var values [keptWeeks]float64
	n := 0
	for o := i % weekHours; o < len(logs) && n < len(values); o += weekHours {
		if o != i && !math.IsNaN(logs[o]) {
			values[n] = logs[o]
			n++
		}
	}
	if n == 0 {
		return usual{}
	}
	middle := median(values[:n]) // sorts
	return usual{middle, values[(n-1)/2], values[n/2], n}
}

func (w *weeks) knows(h int64, heard func(int64) bool) bool {
	return w.last != 0 && h >= w.first && h > w.last-int64(len(w.n)) && heard(h)
}

// median sorts its list.
func median(list []float64) float64 {
	slices.Sort(list)
	if n := len(list); n%2 == 1 {
		return list[n/2]
	}
	return (list[len(list)/2-1] + list[len(list)/2]) / 2
}

// sigmas is how unusual a deviation from so many records is; few records vary by chance alone.
func (r *rhythm) sigmas(off, median float64) float64 {
	return off / math.Sqrt(r.spread*r.spread+1/max(math.Expm1(median), 1))
}

// few reports whether so many records in an hour are too few where so many are usual.
func (r *rhythm) few(records int64, usual float64) bool {
	off := math.Log1p(float64(records)) - usual
	return math.Expm1(usual) >= leastUsual && float64(records) < tooFew*math.Expm1(usual) &&
		off < r.least-beyondOddDays && r.sigmas(off, usual) < -fewSigmas
}

// many reports whether so many records in an hour are too many where so many are usual.
func (r *rhythm) many(records int64, usual float64) bool {
	off := math.Log1p(float64(records)) - usual
	return records >= leastBurst && float64(records) > tooMany*math.Expm1(usual) &&
		off > r.most+beyondOddDays && r.sigmas(off, usual) > manySigmas
}

// judge compares the last sixty minutes, and the last whole hour, with what is usual then. It returns the code of what is wrong, or
// none, and how many records are usual. Sixty minutes lie in two hours of the week, which may be very different: only what is odd for
// both is odd. A whole hour is compared with its own, so that what comes once a day is missed too.
func (r *rhythm) judge(now time.Time, sixty, whole int64) (code string, usual float64) {
	if !r.known {
		return "", 0
	}
	running := now.Sub(now.Truncate(time.Hour)).Hours()
	usual = running*r.now.records() + (1-running)*r.before.records()
	low, high := min(r.now.low, r.before.low), max(r.now.high, r.before.high)
	switch {
	case r.few(sixty, low):
		return CodeDrop, usual
	case r.few(whole, r.before.low) && float64(sixty) < tooFew*r.before.records():
		return CodeDrop, r.before.records()
	case r.many(sixty, high):
		return CodeBurst, usual
	}
	return "", usual
}

// rhythm returns the source's rhythm at a moment, worked out once an hour.
func (t *track) rhythm(now time.Time, heard *heard) rhythm {
	hour := now.Unix() / 3600
	if t.known.hour != hour {
		heard.mu.RLock()
		t.known = t.weeks.rhythmAt(hour, func(h int64) bool { return heard.in.at(h) > 0 })
		heard.mu.RUnlock()
	}
	return t.known
}
