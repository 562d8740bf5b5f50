package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

func newExceptions(b bench, now func() time.Time) *except.Service {
	return except.NewService(except.Deps{Repository: b.Exceptions(), Door: b.Store, Auditor: newTrail(b), Actor: identity.Actor, Now: now})
}

func exceptionsAreKept(t *testing.T, b bench) {
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	s := newExceptions(b, func() time.Time { return now })
	ctx := everyone(t)
	make := func(id tenant.ID, rule, filter, reason string, life time.Duration) except.Exception {
		t.Helper()
		e, err := s.Create(ctx, except.Draft{Tenant: id, Rule: rule, RuleTitle: "Rule " + rule, Query: filter, Reason: reason, Alert: "a1", ExpiresAt: now.Add(life)})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	long := make(one, "r1", `host.name:="web01"`, "备份任务", 30*24*time.Hour)
	soon := make(one, "r2", `user.name:="root"`, " scanner ", 24*time.Hour)
	general := make(one, "", `source.ip:="198.51.100.1"`, "our own scanner", 300*24*time.Hour)
	foreign := make(two, "r1", "*", "all of it", time.Hour)
	if soon.Reason != "scanner" {
		t.Errorf("reason %q", soon.Reason)
	}
	ids := func(q except.Query) (found []string) {
		t.Helper()
		list, _, err := s.List(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			found = append(found, e.ID)
		}
		return found
	}
	if got, err := s.Get(ctx, long.ID); err != nil || cmp.Diff(long, got) != "" {
		t.Errorf("%v %s", err, cmp.Diff(long, got))
	}
	later := now.Add(36 * time.Hour)
	for name, c := range map[string]struct {
		q    except.Query
		want []string
	}{
		"all":              {except.Query{}, []string{foreign.ID, general.ID, soon.ID, long.ID}},
		"one's":            {except.Query{Tenants: []tenant.ID{one}}, []string{general.ID, soon.ID, long.ID}},
		"a rule's":         {except.Query{Rule: "r1"}, []string{foreign.ID, long.ID}},
		"a rule's at all":  {except.Query{Tenants: []tenant.ID{one}, Rule: "r1", General: true}, []string{general.ID, long.ID}},
		"active":           {except.Query{States: []except.State{except.Active}}, []string{general.ID, long.ID}},
		"expiring":         {except.Query{States: []except.State{except.Expiring}}, []string{foreign.ID, soon.ID}},
		"expired later":    {except.Query{States: []except.State{except.Expired}, Now: later}, []string{foreign.ID, soon.ID}},
		"by reason":        {except.Query{Text: "备份"}, []string{long.ID}},
		"by filter":        {except.Query{Text: "ROOT"}, []string{soon.ID}},
		"second page":      {except.Query{Before: general.ID, Limit: 1}, []string{soon.ID}},
		"active, expiring": {except.Query{Tenants: []tenant.ID{one}, States: []except.State{except.Active, except.Expiring}}, []string{general.ID, soon.ID, long.ID}},
	} {
		if got := ids(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	exceptionsChange(t, b, s, long)
	exceptionsAreRefused(t, s, one, now)
	if err := s.Remove(ctx, long.ID, "no longer needed"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, long.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
	outsider := tenant.WithScope(t.Context(), tenant.Only(two))
	if _, err := s.Get(outsider, general.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's exception: %v", err)
	}
	if err := s.Remove(outsider, general.ID, "mine now"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's exception is removed: %v", err)
	}
	if list, _, err := s.List(outsider, except.Query{}); err != nil || len(list) != 1 {
		t.Errorf("a customer lists %d, %v", len(list), err)
	}
	if _, err := b.Exceptions().InForce(outsider, now); err == nil {
		t.Error("a customer reads what is in force for all")
	}
}

// exceptionsChange gives an exception other time, and counts on it.
func exceptionsChange(t *testing.T, b bench, s *except.Service, e except.Exception) {
	t.Helper()
	ctx := everyone(t)
	reason, end := "known backup", e.CreatedAt.Add(60*24*time.Hour)
	after, err := s.Update(ctx, e.ID, except.Patch{Reason: &reason, ExpiresAt: &end, Version: 1})
	if err != nil || after.Version != 2 || after.Reason != reason || !after.ExpiresAt.Equal(end) {
		t.Fatalf("%+v, %v", after, err)
	}
	var conflict *fault.Conflict
	if _, err := s.Update(ctx, e.ID, except.Patch{Reason: &reason, Version: 1}); !errors.As(err, &conflict) || conflict.Version != 2 {
		t.Errorf("old version: %v", err)
	}
	last := e.CreatedAt.Add(time.Minute)
	for _, at := range []time.Time{last, last.Add(-time.Second)} { // an older hit does not move the last one back
		if err := b.Exceptions().AddHits(ctx, e.Tenant, e.ID, 5, at); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Get(ctx, e.ID); err != nil || got.Hits != 10 || !got.LastHit.Equal(last) || got.Version != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := b.Exceptions().AddHits(ctx, e.Tenant, "gone", 5, last); err != nil {
		t.Errorf("hits of one that is gone: %v", err)
	}
	list, err := b.Exceptions().InForce(ctx, e.CreatedAt.Add(2*24*time.Hour))
	if err != nil || len(list) != 2 {
		t.Errorf("in force later: %d, %v", len(list), err)
	}
}

func exceptionsAreRefused(t *testing.T, s *except.Service, id tenant.ID, now time.Time) {
	t.Helper()
	fine := except.Draft{Tenant: id, Rule: "r1", Query: "*", Reason: "why", ExpiresAt: now.Add(time.Hour)}
	for name, wrong := range map[string]func(*except.Draft){
		"no reason":      func(d *except.Draft) { d.Reason = "  " },
		"no end":         func(d *except.Draft) { d.ExpiresAt = time.Time{} },
		"an end past":    func(d *except.Draft) { d.ExpiresAt = now },
		"an end too far": func(d *except.Draft) { d.ExpiresAt = now.Add(367 * 24 * time.Hour) },
		"a control rule": func(d *except.Draft) { d.Rule = "r\n1" },
	} {
		d := fine
		wrong(&d)
		if _, err := s.Create(everyone(t), d); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var q *query.Error
	for _, filter := range []string{"", "(", "* | limit 1", "_time:5m"} {
		d := fine
		d.Query = filter
		if _, err := s.Create(everyone(t), d); !errors.As(err, &q) {
			t.Errorf("filter %q: %v", filter, err)
		}
	}
	if err := s.Remove(everyone(t), "x", " "); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("removed without a reason: %v", err)
	}
}
