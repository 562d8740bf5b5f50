package except

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Book holds what is in force and counts what it keeps back. Suppresses never waits: it reads a snapshot that no one changes. A
// customer without exceptions costs one look into a map for each finding, and nothing for each event.
type Book struct {
	shelf Shelf
	log   *slog.Logger
	now   func() time.Time

	pages atomic.Pointer[map[tenant.ID]*page] // nil until the first exception anywhere

	mu      sync.Mutex        // one Reload or Flush at a time
	entries map[string]*entry // by id; those that are gone stay until their hits are written
}

// page is the exceptions of one customer.
type page struct {
	rules   map[string][]*entry
	general []*entry
}

// entry is one version of an exception in force. Nothing in it changes but the tally and, under the book's lock, gone.
type entry struct {
	Exception
	filter *query.Filter // nil where it does not compile: it then keeps nothing back, and its list says so
	tally  *tally        // of all versions
	gone   bool
}

// tally counts hits that are not written yet.
type tally struct {
	hits atomic.Int64
	last atomic.Int64 // Unix microseconds
}

// NewBook returns an empty book; Reload fills it. now may be nil for the wall clock.
func NewBook(shelf Shelf, log *slog.Logger, now func() time.Time) *Book {
	if now == nil {
		now = time.Now
	}
	return &Book{shelf: shelf, log: log.With("component", "except"), now: now, entries: map[string]*entry{}}
}

// Suppresses reports whether an exception is about this rule firing on this event, and counts it. One whose time is over says no
// from that moment on, whether or not the book was read anew.
func (b *Book) Suppresses(rule string, ev *event.Event) bool {
	e, now := b.about(rule, ev)
	if e == nil {
		return false
	}
	e.tally.hits.Add(1)
	e.tally.last.Store(now.UnixMicro())
	return true
}

// Covers is [Book.Suppresses] without counting: what would happen.
func (b *Book) Covers(rule string, ev *event.Event) bool {
	e, _ := b.about(rule, ev)
	return e != nil
}

// about finds the exception in force that is about a rule firing on an event, and when that was asked.
func (b *Book) about(rule string, ev *event.Event) (*entry, time.Time) {
	pages := b.pages.Load()
	if pages == nil {
		return nil, time.Time{}
	}
	p := (*pages)[ev.Tenant]
	if p == nil {
		return nil, time.Time{}
	}
	for _, entries := range [][]*entry{p.rules[rule], p.general} {
		for _, e := range entries {
			if e.filter == nil || !e.filter.Match(ev) {
				continue
			}
			if now := b.now(); now.Before(e.ExpiresAt) {
				return e, now
			}
		}
	}
	return nil, time.Time{}
}

// Reload reads what is in force. It needs a scope that allows all customers.
func (b *Book) Reload(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, err := b.shelf.InForce(ctx, b.now())
	if err != nil {
		return fmt.Errorf("read exceptions: %w", err)
	}
	for _, e := range b.entries {
		e.gone = true
	}
	pages := make(map[tenant.ID]*page)
	for _, x := range list {
		e := b.keep(x)
		p := pages[x.Tenant]
		if p == nil {
			p = &page{rules: map[string][]*entry{}}
			pages[x.Tenant] = p
		}
		if x.Rule == "" {
			p.general = append(p.general, e)
		} else {
			p.rules[x.Rule] = append(p.rules[x.Rule], e)
		}
	}
	if len(pages) == 0 {
		b.pages.Store(nil)
		return nil
	}
	b.pages.Store(&pages)
	return nil
}

// keep returns the entry of an exception: the one there was where nothing about it changed.
func (b *Book) keep(x Exception) *entry {
	old := b.entries[x.ID]
	if old != nil && old.Version == x.Version {
		old.gone = false
		return old
	}
	e := &entry{Exception: x}
	if old != nil {
		e.filter, e.tally = old.filter, old.tally // what an exception is about never changes
	} else {
		var err error
		e.tally = &tally{}
		if e.filter, err = query.CompileFilter(x.Query); err != nil {
			b.log.Warn("an exception has no effect: its filter is refused", "exception", x.ID, "tenant", x.Tenant, "error", err)
		}
	}
	b.entries[x.ID] = e
	return e
}

// Follow writes the hits counted and reads what another process changed.
func (b *Book) Follow(ctx context.Context) error { return errors.Join(b.Flush(ctx), b.Reload(ctx)) }

// Flush writes the hits counted since the last time. What cannot be written is tried again at the next.
func (b *Book) Flush(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for id, e := range b.entries {
		if n := e.tally.hits.Swap(0); n > 0 {
			if err := b.shelf.AddHits(ctx, e.Tenant, id, n, time.UnixMicro(e.tally.last.Load()).UTC()); err != nil {
				e.tally.hits.Add(n)
				errs = append(errs, fmt.Errorf("hits of exception %s: %w", id, err))
				continue
			}
		}
		if e.gone && e.tally.hits.Load() == 0 {
			delete(b.entries, id)
		}
	}
	return errors.Join(errs...)
}
