package tail_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/archive/tail"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

const one, two = tenant.ID("01M84XKEADFFZQ4XT3T19XDSWF"), tenant.ID("01M84XKEADFFZQ4XT3T19XDSWG")

func batch(of tenant.ID, ids ...string) []event.Event {
	var events []event.Event
	for _, id := range ids {
		events = append(events, event.Event{Tenant: of, ID: id})
	}
	return events
}

func watch(t *testing.T, h *tail.Hub, ids ...tenant.ID) *tail.Watcher {
	t.Helper()
	w, err := h.Watch(tenant.WithScope(t.Context(), tenant.All()), ids)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestWatcherSeesItsTenantsOnceAndInOrder(t *testing.T) {
	t.Parallel()
	var h tail.Hub
	h.Publish(batch(one, "before"))
	w := watch(t, &h, one)
	h.Publish(append(batch(one, "a", "b"), batch(two, "foreign")...))
	h.Publish(batch(two, "foreign too"))
	h.Publish(batch(one, "c"))
	var got []string
	for len(got) < 3 {
		if err := w.Next(t.Context(), func(e *event.Event) { got = append(got, e.ID) }); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, got); diff != "" {
		t.Fatal(diff)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := w.Next(ctx, func(e *event.Event) { t.Errorf("saw %s", e.ID) }); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestSlowWatcherLearnsHowManyOfItsOwnItMissed(t *testing.T) {
	t.Parallel()
	var h tail.Hub
	w := watch(t, &h, one)
	for i := range 100 {
		h.Publish(append(batch(one, fmt.Sprint(i)), batch(two, "x", "y", "z")...))
	}
	seen, missed := uint64(0), w.Missed()
	for seen+missed < 100 {
		if err := w.Next(t.Context(), func(*event.Event) { seen++ }); err != nil {
			t.Fatal(err)
		}
	}
	if seen+missed != 100 || missed == 0 || w.Missed() != 0 {
		t.Fatalf("saw %d, missed %d", seen, missed)
	}
}

func TestWatchingIsRefusedOutsideTheScopeAndBeyondTheBound(t *testing.T) {
	t.Parallel()
	var h tail.Hub
	ctx := tenant.WithScope(t.Context(), tenant.Only(one))
	if _, err := h.Watch(ctx, []tenant.ID{one, two}); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("foreign: %v", err)
	}
	if _, err := h.Watch(ctx, nil); !errors.Is(err, fault.ErrInvalid) {
		t.Fatalf("nobody: %v", err)
	}
	if _, err := h.Watch(context.Background(), []tenant.ID{one}); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("without a scope: %v", err)
	}
	for range tail.MaxWatchers {
		watch(t, &h, one)
	}
	_, err := h.Watch(ctx, []tenant.ID{one})
	if !errors.Is(err, fault.ErrQuota) {
		t.Fatalf("one too many: %v", err)
	}
}

func TestClosedWatcherMakesRoom(t *testing.T) {
	t.Parallel()
	var h tail.Hub
	ctx := tenant.WithScope(t.Context(), tenant.All())
	for range 3 * tail.MaxWatchers {
		w, err := h.Watch(ctx, []tenant.ID{one})
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
	}
}

func TestClosedHubEndsWatchingAndRefusesMore(t *testing.T) {
	t.Parallel()
	var h tail.Hub
	w := watch(t, &h, one)
	h.Close()
	h.Close()
	<-w.Done()
	h.Publish(batch(one, "late"))
	if _, err := h.Watch(tenant.WithScope(t.Context(), tenant.All()), []tenant.ID{one}); !errors.Is(err, fault.ErrUnavailable) {
		t.Fatal(err)
	}
}
