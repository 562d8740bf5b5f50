package store_test

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// newSources is the service over the store as the program wires it.
func newSources(t *testing.T, b bench) (*collect.Service, *collect.Registry) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	reg := collect.NewRegistry(b.Sources(), log)
	if err := reg.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return collect.NewService(collect.Deps{Repository: b.Sources(), Catalogue: b.Sources(), Transactor: b.Store, Auditor: newTrail(b), Registry: reg,
		Actor: func(context.Context) string { return "ann" }, Logger: log}), reg
}

var prefixes = cmpopts.EquateComparable(netip.Prefix{})

func sourcesAreKept(t *testing.T, b bench) {
	ctx, acme := everyone(t), newTenant(t, b, "acme")
	s, reg := newSources(t, b)
	made, token, err := s.Create(ctx, acme, collect.Draft{Name: "web", Kind: "linux", Senders: []string{"192.0.2.0/24", "2001:db8::1"},
		CertNames: []string{"fw1.example.com", "Branch Gate"},
		Port:      5515, TimeZone: "Asia/Shanghai", Encoding: "gb18030", ExpectMinutes: 90, VerdictsFrom: "low"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(ctx, acme, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(made, got.Source, prefixes); d != "" {
		t.Errorf("-made +got\n%s", d)
	}
	off, none := true, []string{}
	if src, ok := reg.ByCertName("branch gate"); !ok || src.ID != made.ID {
		t.Error("a certificate's name is not known")
	}
	changed, err := s.Update(ctx, acme, made.ID, collect.Patch{CertNames: &none, Disabled: &off, Senders: &none, Version: 1})
	if err != nil || changed.Version != 2 || !changed.Disabled || len(changed.Senders)+len(changed.CertNames) != 0 {
		t.Fatalf("%+v, %v", changed, err)
	}
	list, err := s.List(ctx, acme)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if d := cmp.Diff(changed, list[0].Source, prefixes, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("-changed +listed\n%s", d)
	}
	if _, ok := reg.ByToken(token); ok {
		t.Error("the token of a disabled source is known")
	}
	if err := s.Delete(ctx, acme, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, acme, made.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Error(err)
	}
}

func sourcesClash(t *testing.T, b bench) {
	ctx, acme, beta := everyone(t), newTenant(t, b, "acme"), newTenant(t, b, "beta")
	s, _ := newSources(t, b)
	made, _, err := s.Create(ctx, acme, collect.Draft{Name: "web", Port: 5515})
	if err != nil {
		t.Fatal(err)
	}
	var taken *fault.Taken
	if _, _, err := s.Create(ctx, acme, collect.Draft{Name: "web"}); !errors.As(err, &taken) || taken.Field != "name" {
		t.Errorf("name taken: %v", err)
	}
	if _, _, err := s.Create(ctx, beta, collect.Draft{Name: "web"}); err != nil {
		t.Errorf("the name is free at another customer: %v", err)
	}
	port := made
	port.ID, port.Name, port.TokenHash, port.Tenant = "other", "other", "other", beta
	if err := b.Sources().Create(ctx, port); !errors.As(err, &taken) || taken.Field != "port" {
		t.Errorf("port taken: %v", err)
	}
	var conflict *fault.Conflict
	stale := made
	stale.Version = 7
	if err := b.Sources().Update(ctx, stale); !errors.As(err, &conflict) || conflict.By != "ann" || conflict.Version != 1 {
		t.Errorf("stale version: %v", err)
	}
	outsider := tenant.WithScope(t.Context(), tenant.Only(beta))
	for what, err := range map[string]error{
		"update": b.Sources().Update(outsider, made),
		"delete": b.Sources().Delete(outsider, acme, made.ID),
		"move":   b.Sources().Delete(outsider, beta, made.ID),
	} {
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s by another customer: %v", what, err)
		}
	}
	if _, err := b.Sources().All(outsider); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a customer reads all sources: %v", err)
	}
}

func sourceActivityIsKept(t *testing.T, b bench) {
	ctx, acme, beta := everyone(t), newTenant(t, b, "acme"), newTenant(t, b, "beta")
	s, reg := newSources(t, b)
	one, _, err := s.Create(ctx, acme, collect.Draft{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := s.Create(ctx, beta, collect.Draft{Name: "two"})
	if err != nil {
		t.Fatal(err)
	}
	reg.Touch(one.ID, 5, 500)
	reg.Parsed(one.ID, 5, 2, nil)
	reg.Touch(two.ID, 1, 0)
	if err := reg.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone := collect.Activity{Source: "gone", Tenant: acme, Records: 1, LastSeen: time.Now()}
	if err := b.Sources().SaveActivity(ctx, []collect.Activity{gone}); err != nil {
		t.Errorf("activity of a source that is gone: %v", err)
	}
	_, again := newSources(t, b)
	if a := again.Activity(one.ID); a.Records != 5 || a.Unparsed != 2 || a.Tenant != acme || time.Since(a.LastSeen) > time.Minute {
		t.Errorf("%+v", a)
	}
	if a := again.Activity(two.ID); a.Records != 1 || a.Tenant != beta {
		t.Errorf("%+v", a)
	}
}

func sourceSeriesAreKept(t *testing.T, b bench) {
	ctx, acme, beta := everyone(t), newTenant(t, b, "acme"), newTenant(t, b, "beta")
	s, _ := newSources(t, b)
	one, _, err := s.Create(ctx, acme, collect.Draft{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := s.Create(ctx, beta, collect.Draft{Name: "two"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Hour)
	point := collect.Point{At: now, Records: 7, Bytes: 700, Processed: 6, Unparsed: 2, Dropped: 1, LagMedian: 3 * time.Second, LagMost: 9 * time.Second}
	pause := point
	pause.Pause = 10 * time.Minute
	old := collect.Point{At: now.Add(-50 * time.Hour), Records: 1}
	of := func(id tenant.ID, source string, p collect.Point) collect.SourcePoint {
		return collect.SourcePoint{Tenant: id, Source: source, Point: p}
	}
	shelf := b.Sources()
	for range 2 { // the second overwrites
		err = shelf.SaveSeries(ctx, []collect.SourcePoint{of(acme, one.ID, point), of(acme, one.ID, old), of(beta, two.ID, point), of(acme, "gone", point)},
			[]collect.SourcePoint{of(acme, one.ID, pause), of(acme, one.ID, old), of(beta, two.ID, point)})
		if err != nil {
			t.Fatal(err)
		}
	}
	minutes, err := shelf.Minutes(ctx, acme, one.ID, now.Add(-time.Hour))
	if err != nil || cmp.Diff([]collect.Point{point}, minutes) != "" {
		t.Errorf("minutes %+v, %v", minutes, err)
	}
	hours, err := shelf.HoursOfAll(ctx, acme, now)
	if err != nil || cmp.Diff([]collect.SourcePoint{of(acme, one.ID, pause)}, hours) != "" {
		t.Errorf("hours of all %+v, %v", hours, err)
	}
	if day, err := shelf.HourRecordsSince(ctx, now.Add(-time.Hour)); err != nil || len(day) == 0 || day[0].Records == 0 || day[0].Processed != 6 || day[0].Unparsed != 2 || day[0].Bytes != 0 {
		t.Errorf("records by the hour: %+v, %v", day, err)
	}
	if day, err := shelf.HourRecordsSince(ctx, now.Add(2*time.Hour)); err != nil || len(day) != 0 {
		t.Errorf("records of hours to come: %+v, %v", day, err)
	}
	if all, err := shelf.HoursSince(ctx, now.Add(time.Hour), now.Add(-time.Hour)); err != nil || cmp.Diff([]collect.SourcePoint{of(acme, one.ID, pause)}, all) != "" {
		t.Errorf("pauses %+v, %v", all, err)
	}
	if all, err := shelf.MinutesSince(ctx, now); err != nil || len(all) != 2 {
		t.Errorf("minutes since %+v, %v", all, err)
	}
	outsider := tenant.WithScope(t.Context(), tenant.Only(beta))
	if list, err := shelf.Minutes(outsider, acme, one.ID, time.Time{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another customer's minutes: %v, %v", list, err)
	}
	if list, err := shelf.Hours(outsider, beta, one.ID, time.Time{}); err != nil || len(list) != 0 {
		t.Errorf("another customer's source under its own name: %v, %v", list, err)
	}
	if _, err := shelf.MinutesSince(outsider, time.Time{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a customer reads all series: %v", err)
	}
	if err := shelf.PruneSeries(ctx, []collect.Source{one}, now.Add(-48*time.Hour), now.Add(-49*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b, `SELECT (SELECT COUNT(*) FROM source_minutes) * 10 + (SELECT COUNT(*) FROM source_hours)`); n != 22 {
		t.Errorf("%d minutes and hours are left, want 2 and 2", n)
	}
	if err := s.Delete(ctx, acme, one.ID); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b, `SELECT (SELECT COUNT(*) FROM source_minutes) * 10 + (SELECT COUNT(*) FROM source_hours)`); n != 11 {
		t.Errorf("%d minutes and hours are left after the source's deletion, want 1 and 1", n)
	}
}
