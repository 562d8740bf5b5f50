package local

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

const engineTime = "_time"

// collector gathers result rows, at most max of them.
type collector struct {
	mu     sync.Mutex
	max    int
	events []event.Event
	more   bool // there were more
}

// add takes a block; it is called concurrently.
func (c *collector) add(_ uint, db *logstorage.DataBlock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range db.RowsCount() {
		if len(c.events) >= c.max {
			c.more = true
			return
		}
		c.events = append(c.events, toEvent(db.Columns, i))
	}
}

// full reports whether there were more rows than the collector takes.
func (c *collector) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.more
}

// toEvent copies one row out of a block.
func toEvent(columns []logstorage.BlockColumn, i int) event.Event {
	ev := event.Event{Fields: make([]event.Field, 0, len(columns))}
	for k := range columns {
		value := columns[k].Values[i]
		if value == "" {
			continue
		}
		name, value := strings.Clone(columns[k].Name), strings.Clone(value)
		switch name {
		case "_stream", "_stream_id", query.Stream:
			continue
		case engineTime:
			name = event.Timestamp
			if t, err := time.Parse(time.RFC3339Nano, value); err == nil {
				ev.Time = t
			}
		case query.Tenant:
			ev.Tenant = tenant.ID(value)
		case event.EventID:
			ev.ID = value
		}
		ev.Fields = append(ev.Fields, event.Field{Name: name, Value: value})
	}
	return ev
}

// newestFirst orders events by time and id, both descending, and their fields by name.
func newestFirst(events []event.Event) {
	slices.SortFunc(events, func(a, b event.Event) int {
		if c := b.Time.Compare(a.Time); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	for i := range events {
		slices.SortFunc(events[i].Fields, func(a, b event.Field) int { return strings.Compare(a.Name, b.Name) })
	}
}
