package collect_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
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
)

// shop is everything a service needs, in memory.
type shop struct {
	mu       sync.Mutex
	sources  []collect.Source
	activity []collect.Activity
	audited  []string

	registry *collect.Registry
	service  *collect.Service
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{}
	log := slog.New(slog.DiscardHandler)
	s.registry = collect.NewRegistry(s, log)
	s.service = collect.NewService(collect.Deps{Repository: s, Catalogue: s, Transactor: s, Auditor: s, Registry: s.registry,
		Actor: func(context.Context) string { return "ann" }, Logger: log})
	return s
}

func provider(t *testing.T) context.Context { return tenant.WithScope(t.Context(), tenant.All()) }

func customer(t *testing.T, id tenant.ID) context.Context {
	return tenant.WithScope(t.Context(), tenant.Only(id))
}

func (s *shop) InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error {
	if !tenant.ScopeFrom(ctx).Allows(id) {
		return fault.ErrNotFound
	}
	return fn(ctx)
}

func (s *shop) Record(_ context.Context, id tenant.ID, action, object string, _, _ any, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audited = append(s.audited, fmt.Sprintf("%s %s %.6s", id[len(id)-1:], action, object))
	return nil
}

func (s *shop) find(id tenant.ID, source string) int {
	return slices.IndexFunc(s.sources, func(x collect.Source) bool { return x.Tenant == id && x.ID == source })
}

func (s *shop) List(_ context.Context, id tenant.ID) (list []collect.Source, err error) {
	for _, x := range s.sources {
		if x.Tenant == id {
			list = append(list, x)
		}
	}
	return list, nil
}

func (s *shop) Get(_ context.Context, id tenant.ID, source string) (collect.Source, error) {
	if i := s.find(id, source); i >= 0 {
		return s.sources[i], nil
	}
	return collect.Source{}, fault.ErrNotFound
}

func (s *shop) Create(_ context.Context, x collect.Source) error {
	s.sources = append(s.sources, x)
	return nil
}

func (s *shop) Update(_ context.Context, x collect.Source) error {
	i := s.find(x.Tenant, x.ID)
	if i < 0 {
		return fault.ErrNotFound
	}
	x.Version++
	s.sources[i] = x
	return nil
}

func (s *shop) Delete(_ context.Context, id tenant.ID, source string) error {
	i := s.find(id, source)
	if i < 0 {
		return fault.ErrNotFound
	}
	s.sources = slices.Delete(s.sources, i, i+1)
	return nil
}

func (s *shop) All(ctx context.Context) ([]collect.Source, error) {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return nil, fault.ErrNotFound
	}
	return slices.Clone(s.sources), nil
}

func (s *shop) AllActivity(context.Context) ([]collect.Activity, error) { return s.activity, nil }

func (s *shop) SaveActivity(_ context.Context, list []collect.Activity) error {
	s.activity = list
	return nil
}

func (s *shop) MinutesSince(context.Context, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (s *shop) HoursSince(context.Context, time.Time, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (s *shop) HourRecordsSince(context.Context, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}
func (s *shop) SaveSeries(context.Context, []collect.SourcePoint, []collect.SourcePoint) error {
	return nil
}
func (s *shop) PruneSeries(context.Context, []collect.Source, time.Time, time.Time) error { return nil }
func (s *shop) Minutes(context.Context, tenant.ID, string, time.Time) ([]collect.Point, error) {
	return nil, nil
}
func (s *shop) Hours(context.Context, tenant.ID, string, time.Time) ([]collect.Point, error) {
	return nil, nil
}
func (s *shop) HoursOfAll(context.Context, tenant.ID, time.Time) ([]collect.SourcePoint, error) {
	return nil, nil
}

// shelf is a publisher that remembers.
type shelf struct {
	stored, inbox []record.Record
	err           error
}

func (s *shelf) Publish(_ context.Context, recs []record.Record) error {
	if s.err != nil {
		return s.err
	}
	s.stored = append(s.stored, recs...)
	return nil
}

func (s *shelf) PublishInbox(_ context.Context, recs []record.Record) error {
	s.inbox = append(s.inbox, recs...)
	return nil
}

func (s *shelf) PublishMarked(ctx context.Context, recs []record.Record, _ record.Mark) error {
	return s.Publish(ctx, recs)
}
