package collect

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	// trackedMinutes is how many minutes of each source stand in memory, for rates and conditions.
	trackedMinutes = 60
	// keepMinutes and keepHours are how long the two series are kept.
	keepMinutes = 48 * time.Hour
	keepHours   = 90 * 24 * time.Hour
	// habitDays is from how many days a source's usual pauses are learned.
	habitDays = 14
	// minPause is the shortest pause worth keeping.
	minPause = 2 * time.Minute
)

// Point is what a source did in one minute or one hour. Lags are the median and the most by which events' own times lay behind
// their receipt; a negative median says that they lie ahead. The median of an hour is the largest of its minutes'.
type Point struct {
	At        time.Time // its beginning
	Records   int64     // accepted
	Bytes     int64
	Processed int64 // looked at by the parser
	Unparsed  int64 // of these, not understood
	Dropped   int64 // datagrams over the customer's rate
	LagMedian time.Duration
	LagMost   time.Duration
	Pause     time.Duration // of an hour: the longest pause that ended in it
}

// SourcePoint is a point with whose it is.
type SourcePoint struct {
	Tenant tenant.ID
	Source string
	Point
}

// empty reports whether nothing happened.
func (p *Point) empty() bool {
	return p.Records == 0 && p.Processed == 0 && p.Dropped == 0
}

func (p *Point) add(d totals) {
	p.Records += d.records
	p.Bytes += d.bytes
	p.Processed += d.processed
	p.Unparsed += d.unparsed
	p.Dropped += d.dropped
}

// totals are a source's counters at a moment.
type totals struct{ records, bytes, processed, unparsed, dropped int64 }

func (c *counter) totals() totals {
	return totals{c.records.Load(), c.bytes.Load(), c.processed.Load(), c.unparsed.Load(), c.dropped.Load()}
}

// track is what a source did in the last hour by the minute, in the hours not yet written, and its longest pause on each of the last days.
type track struct {
	mu      sync.Mutex
	last    totals
	minutes [trackedMinutes]Point // by minute modulo
	hours   []Point               // not written yet, the running one last
	running spread                // lags of the running minute
	recent  time.Time             // the running minute
	saved   time.Time             // minutes before are written
	pauses  [habitDays]dayPause   // by day modulo
	weeks   weeks                 // records of the last weeks by the hour
	days    understoodDays
	known   rhythm // of the running hour
	offsets [recentMinutes]minuteOffset
}

type dayPause struct {
	day  int64
	most time.Duration
}

// sample lets what the counters grew by since the last sample count for the minute that now lies in.
func (c *counter) sample(now time.Time) {
	t := &c.track
	t.mu.Lock()
	defer t.mu.Unlock()
	at := c.totals()
	grown := totals{at.records - t.last.records, at.bytes - t.last.bytes, at.processed - t.last.processed, at.unparsed - t.last.unparsed, at.dropped - t.last.dropped}
	t.last = at
	lag, most := c.lags.take()
	pause := time.Duration(c.pause.Swap(0))
	if grown == (totals{}) && lag.total() == 0 {
		return
	}
	m := t.minute(now)
	m.add(grown)
	t.running.add(&lag)
	m.LagMedian = time.Duration(t.running.median()) * time.Second
	t.offset(now, time.Duration(t.running.low())*time.Second)
	m.LagMost = max(m.LagMost, time.Duration(most)*time.Second)
	t.weeks.add(now.Unix()/3600, grown.records)
	t.days.add(now, grown.processed, grown.unparsed)
	h := t.hour(now)
	h.add(grown)
	if m.LagMedian > h.LagMedian || h.LagMedian == 0 {
		h.LagMedian = m.LagMedian
	}
	h.LagMost = max(h.LagMost, m.LagMost)
	if pause >= minPause {
		h.Pause = max(h.Pause, pause.Truncate(time.Second))
		t.paused(now, h.Pause)
	}
}

// minute returns the point of the minute that now lies in, begun anew where the place held an older one.
func (t *track) minute(now time.Time) *Point {
	at := now.UTC().Truncate(time.Minute)
	p := &t.minutes[at.Unix()/60%trackedMinutes]
	if !p.At.Equal(at) {
		*p = Point{At: at}
	}
	if !t.recent.Equal(at) {
		t.recent, t.running = at, spread{}
	}
	return p
}

func (t *track) hour(now time.Time) *Point {
	at := now.UTC().Truncate(time.Hour)
	if n := len(t.hours); n == 0 || !t.hours[n-1].At.Equal(at) {
		t.hours = append(t.hours, Point{At: at})
	}
	return &t.hours[len(t.hours)-1]
}

func (t *track) paused(at time.Time, d time.Duration) {
	day := at.Unix() / 86400
	p := &t.pauses[day%habitDays]
	if p.day != day {
		*p = dayPause{day: day}
	}
	p.most = max(p.most, d)
}

// keepMinute and keepHour take what was stored before the process started.
func (t *track) keepMinute(p Point) {
	t.minutes[p.At.Unix()/60%trackedMinutes] = p
	t.saved = p.At
}

func (t *track) keepHour(p Point, now time.Time) {
	if p.Pause > 0 {
		t.paused(p.At, p.Pause)
	}
	if p.At.Equal(now.UTC().Truncate(time.Hour)) {
		t.hours = []Point{p}
	}
}

// lastHour returns the minutes of the last hour, the running one included, oldest first and without gaps.
func (t *track) lastHour(now time.Time) []Point {
	first := now.UTC().Truncate(time.Minute).Add(-(trackedMinutes - 1) * time.Minute)
	list := make([]Point, trackedMinutes)
	for i := range list {
		at := first.Add(time.Duration(i) * time.Minute)
		list[i].At = at
		if p := t.minutes[at.Unix()/60%trackedMinutes]; p.At.Equal(at) {
			list[i] = p
		}
	}
	return list
}

// habit is the longest pause that is usual: the second longest of the days, so that one failure does not become one. Not ok means
// that no pause worth keeping was seen.
func (t *track) habit(now time.Time) (time.Duration, bool) {
	var days []time.Duration
	today := now.Unix() / 86400
	for _, p := range t.pauses {
		if p.most > 0 && p.day > today-habitDays {
			days = append(days, p.most)
		}
	}
	if len(days) == 0 {
		return 0, false
	}
	slices.SortFunc(days, func(a, b time.Duration) int { return int(b/time.Second - a/time.Second) })
	return days[min(1, len(days)-1)], true
}

// unsaved returns the minutes and hours to be written; with all also those that still run.
func (t *track) unsaved(now time.Time, all bool) (minutes, hours []Point) {
	t.mu.Lock()
	defer t.mu.Unlock()
	current := now.UTC().Truncate(time.Minute)
	for _, p := range t.minutes {
		if !p.empty() && !p.At.Before(t.saved) && (all || p.At.Before(current)) && now.Sub(p.At) < trackedMinutes*time.Minute {
			minutes = append(minutes, p)
		}
	}
	if len(minutes) > 0 {
		hours = slices.Clone(t.hours)
	}
	return minutes, hours
}

// wrote notes that what unsaved returned at now is written.
func (t *track) wrote(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.saved = now.UTC().Truncate(time.Minute)
	if n := len(t.hours); n > 1 {
		t.hours = slices.Clone(t.hours[n-1:])
	}
}

// saveSeries writes the minutes that ended since the last time and the hours they belong to; with all also what still runs. Once an
// hour it forgets what is too old.
func (r *Registry) saveSeries(ctx context.Context, all bool) error {
	now := r.now()
	r.sample(now)
	ctx = tenant.WithScope(ctx, tenant.All())
	var minutes, hours []SourcePoint
	var tracks []*track
	r.activity.mu.RLock()
	for id, c := range r.activity.counters {
		m, h := c.track.unsaved(now, all)
		if len(m) == 0 {
			continue
		}
		tracks = append(tracks, &c.track)
		for _, p := range m {
			minutes = append(minutes, SourcePoint{c.tenant, id, p})
		}
		for _, p := range h {
			hours = append(hours, SourcePoint{c.tenant, id, p})
		}
	}
	r.activity.mu.RUnlock()
	if len(minutes) > 0 {
		if err := r.catalogue.SaveSeries(ctx, minutes, hours); err != nil {
			return fmt.Errorf("write what sources did: %w", err)
		}
		for _, t := range tracks {
			t.wrote(now)
		}
	}
	return r.pruneSeries(ctx, now)
}

func (r *Registry) pruneSeries(ctx context.Context, now time.Time) error {
	if hour := now.Unix() / 3600; r.activity.pruned != hour {
		all := r.index.Load().all
		sources := make([]Source, 0, len(all))
		for _, s := range all {
			sources = append(sources, *s)
		}
		if err := r.catalogue.PruneSeries(ctx, sources, now.Add(-keepMinutes), now.Add(-keepHours)); err != nil {
			return fmt.Errorf("forget what sources did long ago: %w", err)
		}
		r.activity.pruned = hour
	}
	return nil
}
