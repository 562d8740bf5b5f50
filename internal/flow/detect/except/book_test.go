package except_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// shelf keeps exceptions in memory.
type shelf struct {
	mu   sync.Mutex
	list []except.Exception
	hits map[string]int64
	fail error
}

func (s *shelf) InForce(_ context.Context, after time.Time) ([]except.Exception, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []except.Exception
	for _, e := range s.list {
		if e.ExpiresAt.After(after) {
			found = append(found, e)
		}
	}
	return found, s.fail
}

func (s *shelf) AddHits(_ context.Context, _ tenant.ID, id string, n int64, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if s.hits == nil {
		s.hits = map[string]int64{}
	}
	s.hits[id] += n
	return nil
}

// parsed is a record as detection sees it.
func parsed(t *testing.T, id tenant.ID, kind, raw string) *event.Event {
	t.Helper()
	p := parse.New(parse.Options{Sources: func(string) (parse.Settings, bool) { return parse.Settings{Kind: kind, Encoding: "utf-8"}, true }})
	var ev event.Event
	p.Parse(&record.Record{Tenant: id, Source: "s1", Received: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Raw: []byte(raw)}, &ev)
	ev.Tenant, ev.ID = id, "00000001000000000001"+"0000"
	enrich.New().Enrich(&ev)
	return &ev
}

const failedLogin = `<38>May  4 03:02:01 web01 sshd[4242]: Failed password for invalid user C:\new\"x" from 203.0.113.7 port 4711 ssh2`

func TestExceptionsHoldForTheirCustomerTheirRuleAndTheirEvents(t *testing.T) {
	t.Parallel()
	one, two := tenant.NewID(), tenant.NewID()
	now := time.Now()
	of := func(id tenant.ID, name, rule, filter string) except.Exception {
		return except.Exception{ID: name, Tenant: id, Rule: rule, Query: filter, ExpiresAt: now.Add(time.Hour), Version: 1}
	}
	s := &shelf{list: []except.Exception{
		of(one, "address", "r1", `source.ip:="203.0.113.7"`),
		of(one, "general", "", `host.name:="db01"`),
		of(two, "missing", "r1", `process.command_line:*`),
		of(two, "broken", "r2", `(`),
		of(two, "not", "r3", `-process.command_line:*`),
		of(two, "text", "r4", `event.original:~"C:\\\\new\\\\"`),
		of(two, "quoted", "r5", `user.name:=`+strconv.Quote(`C:\new\"x"`)),
	}}
	b := except.NewBook(s, slog.New(slog.DiscardHandler), nil)
	if b.Suppresses("r1", parsed(t, one, "linux", failedLogin)) {
		t.Error("an empty book keeps something back")
	}
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why    string
		tenant tenant.ID
		rule   string
		want   bool
	}{
		{"its rule, its address", one, "r1", true},
		{"another rule", one, "r9", false},
		{"another customer, whose filter asks for a field that is not there", two, "r1", false},
		{"a filter that does not compile", two, "r2", false},
		{"a filter that asks for absence", two, "r3", true},
		{"a regular expression with backslashes", two, "r4", true},
		{"a value with backslashes and quotes", two, "r5", true},
		{"a third customer", tenant.NewID(), "r1", false},
	} {
		if got := b.Suppresses(c.rule, parsed(t, c.tenant, "linux", failedLogin)); got != c.want {
			t.Errorf("%s: %t, want %t", c.why, got, c.want)
		}
	}
	db := parsed(t, one, "linux", `<38>May  4 03:02:01 db01 sshd[1]: Failed password for root from 198.51.100.1 port 1 ssh2`)
	if !b.Suppresses("any rule", db) {
		t.Error("an exception from every rule does not hold for one")
	}
}

func TestHitsAreWrittenOnceAndOutliveChangesAndFailures(t *testing.T) {
	t.Parallel()
	id := tenant.NewID()
	x := except.Exception{ID: "x", Tenant: id, Rule: "r1", Query: "*", ExpiresAt: time.Now().Add(time.Hour), Version: 1}
	s := &shelf{list: []except.Exception{x}}
	b := except.NewBook(s, slog.New(slog.DiscardHandler), nil)
	reload := func() {
		t.Helper()
		if err := b.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	ev := parsed(t, id, "linux", failedLogin)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				b.Suppresses("r1", ev)
			}
		})
	}
	x.Version, x.ExpiresAt = 2, x.ExpiresAt.Add(time.Hour)
	s.mu.Lock()
	s.list = []except.Exception{x}
	s.mu.Unlock()
	reload() // while they count
	all.Wait()
	s.fail = errors.New("disk full")
	if b.Flush(t.Context()) == nil {
		t.Error("a failed write is told to nobody")
	}
	s.fail, s.list = nil, nil
	reload() // it was removed, or expired
	for range 2 {
		if err := b.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if s.hits["x"] != 4000 {
		t.Errorf("%d hits were written, want 4000", s.hits["x"])
	}
	if b.Suppresses("r1", ev) {
		t.Error("a removed exception keeps something back")
	}
}

func TestAnExpiredExceptionStopsBeforeAnybodyReadsTheBookAnew(t *testing.T) {
	t.Parallel()
	id := tenant.NewID()
	now := time.Now()
	x := except.Exception{ID: "x", Tenant: id, Query: "*", ExpiresAt: now.Add(time.Minute), Version: 1}
	b := except.NewBook(&shelf{list: []except.Exception{x}}, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	ev := parsed(t, id, "linux", failedLogin)
	if !b.Suppresses("r1", ev) || x.State(now) != except.Expiring {
		t.Error("it is not in force")
	}
	now = now.Add(time.Minute)
	if b.Suppresses("r1", ev) || x.State(now) != except.Expired {
		t.Error("it goes on after its end")
	}
}

func BenchmarkSuppresses(b *testing.B) {
	id := tenant.NewID()
	s := &shelf{}
	for i := range 1000 {
		s.list = append(s.list, except.Exception{ID: strconv.Itoa(i), Tenant: tenant.NewID(), Query: "*", ExpiresAt: time.Now().Add(time.Hour)})
	}
	book := except.NewBook(s, slog.New(slog.DiscardHandler), nil)
	if err := book.Reload(b.Context()); err != nil {
		b.Fatal(err)
	}
	ev := &event.Event{Tenant: id}
	for b.Loop() {
		book.Suppresses("r1", ev)
	}
}
