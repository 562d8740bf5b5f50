package input_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	acme = tenant.ID("01J0000000000000000000000A")
	beta = tenant.ID("01J0000000000000000000000B")

	acmeToken = "src_acmeacmeacmeacmeacmeacmeacmeacmeacmeacmeacmeacmeacme"
	betaToken = "src_betabetabetabetabetabetabetabetabetabetabetabetabeta"
)

// world is an intake with two tenants and what it stored.
type world struct {
	*shelf
	registry *collect.Registry
	intake   *collect.Intake
	standing *standings
	sources  *catalogue
}

func newWorld(t testing.TB, sources ...collect.Source) *world {
	t.Helper()
	sources = append(sources,
		collect.Source{ID: "acme-token", Tenant: acme, TokenHash: collect.HashToken(acmeToken)},
		collect.Source{ID: "beta-token", Tenant: beta, TokenHash: collect.HashToken(betaToken)})
	w := &world{shelf: &shelf{}, standing: &standings{}, sources: &catalogue{sources: sources}}
	w.registry = collect.NewRegistry(w.sources, slog.New(slog.DiscardHandler))
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.intake = collect.NewIntake(collect.IntakeOptions{Publisher: w.shelf, Registry: w.registry, Standings: w.standing, Logger: slog.New(slog.DiscardHandler)})
	return w
}

// shelf is a publisher that remembers, and refuses when told to.
type shelf struct {
	mu     sync.Mutex
	err    error
	stored []record.Record
	marks  map[string]string
}

func (s *shelf) Publish(_ context.Context, recs []record.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	for _, r := range recs {
		r.Raw = slices.Clone(r.Raw)
		s.stored = append(s.stored, r)
	}
	return nil
}

func (s *shelf) PublishInbox(ctx context.Context, recs []record.Record) error {
	return s.Publish(ctx, recs)
}

func (s *shelf) PublishMarked(ctx context.Context, recs []record.Record, m record.Mark) error {
	if err := s.Publish(ctx, recs); err != nil {
		return err
	}
	return s.SetMark(ctx, m)
}

func (s *shelf) SetMark(_ context.Context, m record.Mark) error {
	if err := m.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.marks == nil {
		s.marks = map[string]string{}
	}
	s.marks[m.Key] = m.Value
	return nil
}

func (s *shelf) Marks(prefix string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]string{}
	for k, v := range s.marks {
		if strings.HasPrefix(k, prefix) {
			found[k] = v
		}
	}
	return found
}

func (s *shelf) DropMarks(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		delete(s.marks, k)
	}
}

func (s *shelf) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// raws returns "source:raw" of what is stored, source "inbox" for nobody's.
func (s *shelf) raws() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, r := range s.stored {
		source := r.Source
		if r.Tenant == "" {
			source = "inbox"
		}
		out = append(out, fmt.Sprintf("%s:%s", source, r.Raw))
	}
	return out
}

func (s *shelf) records() []record.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stored)
}

// await polls until n records are stored and returns them.
func (s *shelf) await(t testing.TB, n int) []string {
	t.Helper()
	waitFor(t, fmt.Sprintf("%d records", n), func() bool { return len(s.raws()) >= n })
	return s.raws()
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// failAfter stores a few batches and then refuses.
type failAfter struct {
	*shelf
	batches int
}

func (f *failAfter) Publish(ctx context.Context, recs []record.Record) error {
	if f.batches == 0 {
		return fmt.Errorf("full: %w", fault.ErrUnavailable)
	}
	f.batches--
	return f.shelf.Publish(ctx, recs)
}

// swap makes the intake store through another publisher.
func (w *world) swap(p collect.Publisher) {
	w.intake = collect.NewIntake(collect.IntakeOptions{Publisher: p, Registry: w.registry, Standings: w.standing, Logger: slog.New(slog.DiscardHandler)})
}

type standings struct {
	mu sync.Mutex
	of map[tenant.ID]collect.Standing
}

func (s *standings) Standing(id tenant.ID) (collect.Standing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[id], true
}

func (s *standings) set(id tenant.ID, v collect.Standing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of = map[tenant.ID]collect.Standing{id: v}
}

// catalogue is a fixed list of sources.
type catalogue struct {
	mu      sync.Mutex
	sources []collect.Source
}

func (c *catalogue) All(ctx context.Context) ([]collect.Source, error) {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return nil, fault.ErrNotFound
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sources), nil
}

func (*catalogue) AllActivity(context.Context) ([]collect.Activity, error) { return nil, nil }

func (*catalogue) SaveActivity(context.Context, []collect.Activity) error { return nil }

func (c *catalogue) set(sources ...collect.Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources = sources
}

func prefix(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

func (c *catalogue) MinutesSince(context.Context, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (c *catalogue) HoursSince(context.Context, time.Time, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (c *catalogue) HourRecordsSince(context.Context, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (c *catalogue) SaveSeries(context.Context, []collect.SourcePoint, []collect.SourcePoint) error {
	return nil
}
func (c *catalogue) PruneSeries(context.Context, []collect.Source, time.Time, time.Time) error {
	return nil
}
