package collect

import (
	"context"
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
}

type counter struct {
	tenant   tenant.ID
	lastSeen atomic.Int64 // Unix nanoseconds, 0 for never
	records  atomic.Int64
	unparsed atomic.Int64
	dropped  atomic.Int64
	dirty    atomic.Bool
}

// Touch counts records of a source: n accepted just now, and unparsed of earlier ones that no parser claimed.
// A source that is not known is ignored.
func (r *Registry) Touch(source string, n, unparsed int) {
	c := r.activity.counter(source)
	if c == nil {
		return
	}
	if n > 0 {
		c.lastSeen.Store(time.Now().UnixNano())
	}
	c.records.Add(int64(n))
	c.unparsed.Add(int64(unparsed))
	c.dirty.Store(true)
}

// Parsed counts the records of a source that no parser claimed; those accepted are counted by [Intake].
func (r *Registry) Parsed(source string, _, unparsed int) {
	if unparsed > 0 {
		r.Touch(source, 0, unparsed)
	}
}

// Activity returns the counters of a source, zero for one that never sent.
func (r *Registry) Activity(source string) Activity {
	c := r.activity.counter(source)
	if c == nil {
		return Activity{Source: source}
	}
	return c.read(source)
}

// Run writes the counters every few seconds until ctx ends, and once more then.
func (r *Registry) Run(ctx context.Context) error {
	tick := time.NewTicker(activityInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := r.Flush(ctx); err != nil && ctx.Err() == nil {
				r.log.Warn("write source activity, will try again", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), activityTimeout)
			defer cancel()
			return r.Flush(last)
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

func (a *activity) counter(source string) *counter {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.counters[source]
}

// load reads the stored counters, the first time only: later the memory knows better.
func (a *activity) load(ctx context.Context, cat Catalogue) error {
	if a.loaded {
		return nil
	}
	list, err := cat.AllActivity(ctx)
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
		c.records.Store(v.Records)
		c.unparsed.Store(v.Unparsed)
		a.counters[v.Source] = c
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
