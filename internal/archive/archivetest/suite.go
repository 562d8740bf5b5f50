package archivetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Open opens the archive in a folder with the given directory. It is called again on the same folder
// after Close to see what is left.
type Open func(t *testing.T, dir string, d archive.Directory) archive.Archive

// Run checks every promise of [archive.Archive].
func Run(t *testing.T, open Open) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, *bench){
		"finds what was appended":             checkRoundTrip,
		"answers every kind of query":         checkQueries,
		"pages newest first exactly once":     checkPaging,
		"pages rows shaped by pipes":          checkShapedPaging,
		"scans everything once, in order":     checkScan,
		"keeps tenants apart":                 checkTenancy,
		"refuses requests out of bounds":      checkBounds,
		"searches across retention classes":   checkClasses,
		"keeps events outside the retention":  checkOutOfRange,
		"keeps odd and oversized events":      checkOdd,
		"keeps streams with countless fields": checkManyNames,
		"counts over time":                    checkHistogram,
		"lists fields and values":             checkFields,
		"deletes one tenant only":             checkDeletion,
		"knows what a replay must skip":       checkSeen,
		"keeps durable events over a restart": checkRestart,
		"refuses bad events whole":            checkRefusal,
		"ends a cancelled search":             checkCancel,
		"is searched while appended to":       checkConcurrency,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newBench(t, open))
		})
	}
}

// bench is an archive with two tenants and the means to fill it.
type bench struct {
	archive.Archive
	open   Open
	dir    string
	places *Places
	a, b   tenant.ID
	now    time.Time
	mu     sync.Mutex
	seq    uint64
}

func newBench(t *testing.T, open Open) *bench {
	t.Helper()
	s := &bench{open: open, dir: t.TempDir(), places: NewPlaces(), a: tenant.NewID(), b: tenant.NewID(), now: time.Now().UTC().Truncate(time.Second)}
	s.places.Set(s.a, archive.Placement{Account: 1, RetentionDays: 30})
	s.places.Set(s.b, archive.Placement{Account: 2, RetentionDays: 30})
	s.Archive = open(t, s.dir, s.places)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// reopen closes the archive and opens it again.
func (s *bench) reopen(t *testing.T) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	s.Archive = s.open(t, s.dir, s.places)
}

// Places is a directory of tenants in memory.
type Places struct {
	mu sync.RWMutex
	m  map[tenant.ID]archive.Placement
}

// NewPlaces returns an empty directory.
func NewPlaces() *Places { return &Places{m: map[tenant.ID]archive.Placement{}} }

// Set places a tenant.
func (p *Places) Set(id tenant.ID, at archive.Placement) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m[id] = at
}

// Place returns the place of a tenant.
func (p *Places) Place(id tenant.ID) (archive.Placement, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	at, ok := p.m[id]
	return at, ok
}

var _ archive.Directory = (*Places)(nil)

// Everyone returns a context that may touch every tenant.
func Everyone() context.Context { return tenant.WithScope(context.Background(), tenant.All()) }

// ID returns an event id made as the queue makes it.
func ID(seq uint64, index int) string { return fmt.Sprintf("%08x%012x%04x", Epoch, seq, index) }

// Epoch begins the ids of [ID].
const Epoch = 0x65f00000

// events makes one batch: each entry is the fields of an event as name, value, name, value…, with
// times one second apart, ending now.
func (s *bench) events(id tenant.ID, rows ...[]string) []event.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	out := make([]event.Event, len(rows))
	for i, row := range rows {
		ev := event.Event{Tenant: id, Time: s.now.Add(time.Duration(i-len(rows)+1) * time.Second), ID: ID(s.seq, i)}
		for k := 0; k+1 < len(row); k += 2 {
			ev.Add(row[k], row[k+1])
		}
		ev.SetIfAbsent(event.Dataset, "linux.syslog")
		ev.SetIfAbsent(event.Original, "<13>"+ev.Value(event.Message))
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, fmt.Sprint(s.seq))
		ev.Add(event.Ingested, s.now.Format(time.RFC3339Nano))
		out[i] = ev
	}
	return out
}

// put appends events and waits until they can be found.
func (s *bench) put(t *testing.T, events []event.Event) {
	t.Helper()
	if err := s.Append(Everyone(), events); err != nil {
		t.Fatalf("append: %v", err)
	}
	if err := s.Flush(Everyone()); err != nil {
		t.Fatalf("flush: %v", err)
	}
}

// find returns every event the query finds, over all pages.
func (s *bench) find(t *testing.T, text string, ids ...tenant.ID) []event.Event {
	t.Helper()
	var all []event.Event
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		r, err := s.Search(Everyone(), archive.Search{Tenants: ids, Query: parse(t, text), Limit: 100, Cursor: cursor})
		if err != nil {
			t.Fatalf("search %s: %v", text, err)
		}
		all = append(all, r.Events...)
		cursor = r.Cursor
		if pages > 10_000 {
			t.Fatalf("search %s does not end", text)
		}
	}
	return all
}

func parse(t *testing.T, text string) *query.Query {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return q
}

// values returns one field of every event, in order.
func values(events []event.Event, name string) []string {
	out := make([]string, len(events))
	for i := range events {
		out[i] = events[i].Value(name)
	}
	return out
}

// within polls until ok or a generous deadline.
func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // the pause of a poll with a deadline
	}
}
