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
		Port: 5515, TimeZone: "Asia/Shanghai", Encoding: "gb18030"})
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
	changed, err := s.Update(ctx, acme, made.ID, collect.Patch{Disabled: &off, Senders: &none, Version: 1})
	if err != nil || changed.Version != 2 || !changed.Disabled || len(changed.Senders) != 0 {
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
	reg.Touch(one.ID, 5, 2)
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
