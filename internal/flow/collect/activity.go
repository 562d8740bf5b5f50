package collect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	activityInterval = 5 * time.Second
	activityTimeout  = 10 * time.Second
)

// activity counts what sources do. Counters are written to the catalogue every few seconds; a crash loses the last ones.
type activity struct {
	mu       sync.RWMutex // guards the map, not the counters
	counters map[string]*counter
	loaded   bool
	// alive is when any source was last heard before this process started: how long the platform itself did not listen.
	alive  time.Time
	pruned int64 // hour of the last pruning
	heard  heard
}

// counter is what one source did. Records are counted in atomic numbers, a run of them at a time; what happens by the minute is worked
// out from their growth every few seconds, under a lock that no listener takes.
type counter struct {
	tenant    tenant.ID
	lastSeen  atomic.Int64 // Unix nanoseconds, 0 for never
	records   atomic.Int64
	bytes     atomic.Int64 // since the process started, like all that follow but unparsed
	processed atomic.Int64
	unparsed  atomic.Int64
	dropped   atomic.Int64
	pause     atomic.Int64 // longest pause that ended since the last sample, nanoseconds
	lags      lags
	dirty     atomic.Bool
	track     track
}

// Touch counts n records of a source, of so many bytes, accepted just now. A source that is not known is ignored.
func (r *Registry) Touch(source string, n, bytes int) {
	c := r.activity.counter(source)
	if c == nil || n <= 0 {
		return
	}
	now := r.now()
	before := c.lastSeen.Swap(now.UnixNano())
	if gap := now.UnixNano() - before; before >= r.started.UnixNano() && gap >= int64(minPause) && gap > c.pause.Load() {
		c.pause.Store(gap)
	}
	r.activity.heard.note(now.Unix() / 3600)
	c.records.Add(int64(n))
	c.bytes.Add(int64(bytes))
	c.dirty.Store(true)
}

// Parsed counts records of a source that the parser has looked at: how many it did not understand, and how far each event's own time
// lay behind its receipt. That they were accepted is counted by [Intake].
func (r *Registry) Parsed(source string, records, unparsed int, behind []time.Duration) {
	c := r.activity.counter(source)
	if c == nil {
		return
	}
	c.processed.Add(int64(records))
	if unparsed > 0 {
		c.unparsed.Add(int64(unparsed))
		c.dirty.Store(true)
	}
	c.lags.add(behind)
}

// Activity returns the counters of a source, zero for one that never sent.
func (r *Registry) Activity(source string) Activity {
	c := r.activity.counter(source)
	if c == nil {
		return Activity{Source: source}
	}
	return c.read(source)
}

// Run writes the counters every few seconds until ctx ends, and once more then. It wakes at whole multiples of the interval, so that
// what arrives in a minute is counted in that minute.
func (r *Registry) Run(ctx context.Context) error {
	for {
		now := time.Now()
		wait := time.NewTimer(now.Truncate(activityInterval).Add(activityInterval).Sub(now))
		select {
		case <-wait.C:
			if err := errors.Join(r.Flush(ctx), r.saveSeries(ctx, false)); err != nil && ctx.Err() == nil {
				r.log.Warn("write source activity, will try again", "error", err)
			}
		case <-ctx.Done():
			wait.Stop()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), activityTimeout)
			defer cancel()
			return errors.Join(r.Flush(last), r.saveSeries(last, true))
		}
	}
}

// Flush writes the counters that changed.
func (r *Registry) Flush(ctx context.Context) error {
	var list []Activity
	var changed []*counter
	r.activity.mu.RLock()
	for id, c := range r.activity.counters {
		if c.dirty.Swap(false) {
			list, changed = append(list, c.read(id)), append(changed, c)
		}
	}
	r.activity.mu.RUnlock()
	if len(list) == 0 {
		return nil
	}
	if err := r.catalogue.SaveActivity(tenant.WithScope(ctx, tenant.All()), list); err != nil {
		for _, c := range changed {
			c.dirty.Store(true)
		}
		return fmt.Errorf("write source activity: %w", err)
	}
	return nil
}

func (r *Registry) drop(source string, n int) {
	if c := r.activity.counter(source); c != nil {
		c.dropped.Add(int64(n))
	}
}

// sample lets every source's growth since the last time count for the minute that now lies in.
func (r *Registry) sample(now time.Time) {
	r.activity.mu.RLock()
	defer r.activity.mu.RUnlock()
	for _, c := range r.activity.counters {
		c.sample(now)
	}
}

func (a *activity) counter(source string) *counter {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.counters[source]
}

// load reads the stored counters, the first time only: later the memory knows better.
func (a *activity) load(ctx context.Context, cat Catalogue, now time.Time) error {
	if a.loaded {
		return nil
	}
	list, err := cat.AllActivity(ctx)
	if err != nil {
		return err
	}
	minutes, err := cat.MinutesSince(ctx, now.Add(-trackedMinutes*time.Minute))
	if err != nil {
		return err
	}
	hours, err := cat.HoursSince(ctx, now.Truncate(time.Hour), now.AddDate(0, 0, -habitDays))
	if err != nil {
		return err
	}
	past, err := cat.HourRecordsSince(ctx, now.Add(-keptWeeks*weekHours*time.Hour))
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range list {
		c := &counter{tenant: v.Tenant}
		if !v.LastSeen.IsZero() {
			c.lastSeen.Store(v.LastSeen.UnixNano())
		}
		if v.LastSeen.After(a.alive) {
			a.alive = v.LastSeen
		}
		c.records.Store(v.Records)
		c.unparsed.Store(v.Unparsed)
		c.track.last = c.totals()
		a.counters[v.Source] = c
	}
	for _, p := range minutes {
		if c := a.counters[p.Source]; c != nil {
			c.track.keepMinute(p.Point)
		}
	}
	for _, p := range hours {
		if c := a.counters[p.Source]; c != nil {
			c.track.keepHour(p.Point, now)
		}
	}
	for _, p := range past {
		if p.Records > 0 {
			a.heard.in.add(p.At.Unix()/3600, 1)
		}
		if c := a.counters[p.Source]; c != nil {
			c.track.weeks.add(p.At.Unix()/3600, p.Records)
			c.track.days.add(p.At, p.Processed, p.Unparsed)
		}
	}
	a.loaded = true
	return nil
}

// keep makes counters for exactly these sources.
func (a *activity) keep(sources []Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := make(map[string]*counter, len(sources))
	for i := range sources {
		c := a.counters[sources[i].ID]
		if c == nil {
			c = &counter{tenant: sources[i].Tenant}
		}
		kept[sources[i].ID] = c
	}
	a.counters = kept
}

func (c *counter) read(source string) Activity {
	a := Activity{Source: source, Tenant: c.tenant, Records: c.records.Load(), Unparsed: c.unparsed.Load(), Dropped: c.dropped.Load()}
	if ns := c.lastSeen.Load(); ns != 0 {
		a.LastSeen = time.Unix(0, ns).UTC()
	}
	return a
}
