package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// backfillsAreKept raises what was found in the archive once, on alerts of its own, and keeps the runs.
func backfillsAreKept(t *testing.T, b bench) {
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	ctx := tenant.WithScope(t.Context(), tenant.Only(one))
	alerts := alert.NewService(alert.Deps{Door: b.Store, Ledger: b.Alerts(), Shelf: b.Alerts()})
	when := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	signals := func(of tenant.ID, first, n int) (all []alert.Signal) {
		for i := range n {
			all = append(all, alert.Signal{
				Tenant: of, Model: "signature", Rule: alert.Rule{ID: "r", Title: "R", Level: "high"}, EventID: fmt.Sprintf("%024d", first+i),
				Time: when.Add(time.Duration(first+i) * time.Second), Entities: []event.Field{{Name: event.HostName, Value: "web"}},
			})
		}
		return all
	}
	raise := func(run string, first, n, want int) {
		t.Helper()
		fresh, err := alerts.Backfill(ctx, one, alert.Search{Run: run, By: "ann"}, append(signals(one, first, n), signals(two, 900, 1)...))
		if err != nil || fresh != want {
			t.Fatalf("%d are new, want %d: %v", fresh, want, err)
		}
	}
	if err := alerts.Apply(ctx, one, alert.Stream{Epoch: 7}, 3, signals(one, 100, 2)); err != nil {
		t.Fatal(err)
	}
	run := backfill.Run{Tenant: one, ID: "01A", Rule: "r", Text: "x", Epoch: 7, First: 1, End: 100, From: when, To: when.Add(time.Hour), State: backfill.Running, By: "ann", At: when}
	add := func(r backfill.Run) error {
		return b.InTenant(ctx, one, func(ctx context.Context) error { return b.Backfills().Add(ctx, r) })
	}
	if err := add(run); err != nil {
		t.Fatal(err)
	}
	raise("01A", 0, 5, 5)
	raise("01A", 0, 5, 0) // killed, and begun again
	later := run
	later.ID = "01B"
	if err := add(later); err != nil {
		t.Fatal(err)
	}
	raise("01B", 3, 4, 2)
	if err := alerts.Apply(ctx, one, alert.Stream{Epoch: 7}, 4, signals(one, 102, 1)); err != nil {
		t.Fatal(err)
	}
	page, err := alerts.List(ctx, alert.Query{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, a := range page.Items {
		counts[a.BackfilledBy] += a.Count
	}
	if diff := cmp.Diff(map[string]int64{"": 3, "ann": 7}, counts); diff != "" || len(page.Items) != 2 {
		t.Errorf("%d alerts: %s", len(page.Items), diff)
	}
	if d, err := alerts.Get(ctx, page.Items[1].ID); err != nil || d.BackfilledBy != page.Items[1].BackfilledBy {
		t.Errorf("by itself: %q, %v", d.BackfilledBy, err)
	}
	run.State, run.FinishedAt, run.Until, run.Events, run.Hits, run.Early = backfill.Done, when.Add(time.Minute), when, 10, 5, "time"
	if err := b.Backfills().Save(ctx, run); err != nil {
		t.Fatal(err)
	}
	got, err := b.Backfills().Runs(ctx, one, "r")
	run.Raised, later.Raised = 5, 2
	if diff := cmp.Diff([]backfill.Run{later, run}, got); err != nil || diff != "" {
		t.Errorf("%v: %s", err, diff)
	}
	if _, err := b.Backfills().Runs(ctx, two, "r"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's runs: %v", err)
	}
}
