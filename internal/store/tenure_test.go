package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// tenuresAreKept says since when rules are in force, and from where for customers whose alerts are ahead.
func tenuresAreKept(t *testing.T, b bench) {
	ctx := everyone(t)
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	known := func(id tenant.ID) bool { return id == one || id == two }
	when := time.Date(2026, 3, 20, 23, 0, 0, 0, time.UTC)
	on, off := tenure.Standing{State: tenure.On, Text: "a"}, tenure.Standing{State: tenure.Off, Text: "a"}
	follow := func(seq uint64, st tenure.Standing, own map[tenant.ID]map[string]tenure.State) {
		t.Helper()
		now := &tenure.Ruling{Rules: map[string]tenure.Standing{"r": st, "s": on}, Tenants: own}
		if err := tenure.NewRecorder(b.Tenures(), known).InForce(ctx, now, 7, seq, when.Add(time.Duration(seq)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	follow(1, on, nil)
	follow(2, on, nil) // as before
	follow(10, off, map[tenant.ID]map[string]tenure.State{one: {"r": tenure.On}})
	stream := alert.Stream{Epoch: 7}
	err := b.InTenant(tenant.WithScope(ctx, tenant.Only(two)), two, func(ctx context.Context) error {
		_, err := b.Alerts().Advance(ctx, two, stream, 25)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	follow(20, on, nil)
	type row struct {
		First uint64
		State tenure.State
	}
	for id, want := range map[tenant.ID][]row{one: {{1, tenure.On}}, two: {{1, tenure.On}, {10, tenure.Off}, {26, tenure.On}}} {
		h, err := b.Tenures().History(tenant.WithScope(ctx, tenant.Only(id)), id, "r")
		if err != nil {
			t.Fatal(err)
		}
		var got []row
		for _, s := range h.Spans() {
			got = append(got, row{s.First, s.State})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if len(h.Editions) != 3 || !h.Editions[2].At.Equal(when.Add(20*time.Second)) {
			t.Errorf("editions %+v", h.Editions)
		}
	}
	last, now, err := b.Tenures().Last(ctx)
	if err != nil || last.Sequence != 20 || now.Rules["r"] != on || now.Tenants[one]["r"] != "" {
		t.Errorf("last %+v, %+v, %v", last, now, err)
	}
	if _, err := b.Tenures().History(tenant.WithScope(ctx, tenant.Only(one)), two, "r"); err == nil {
		t.Error("another's history was read")
	}
}
