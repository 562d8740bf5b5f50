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
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
	"golang.org/x/sync/errgroup"
)

// alertBench is the alert service over a real store, with two customers.
type alertBench struct {
	*alert.Service
	one, two tenant.ID
	now      time.Time
	trail    []string // audit entries: action object
}

// Record implements alert.Auditor.
func (a *alertBench) Record(_ context.Context, id tenant.ID, action, object string, _, _ any, reason string) error {
	a.trail = append(a.trail, fmt.Sprintf("%s %s %s", id, action, reason))
	return nil
}

func newAlertBench(t *testing.T, b bench) *alertBench {
	t.Helper()
	a := &alertBench{one: newTenant(t, b, "one"), two: newTenant(t, b, "two"), now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	a.Service = alert.NewService(alert.Deps{Door: b.Store, Ledger: b.Alerts(), Shelf: b.Alerts(), Audit: a, Now: func() time.Time { return a.now }})
	return a
}

// firing is one signal of the rule r on host h from address ip, minutes after an arbitrary start.
func firing(id tenant.ID, r, h, ip, user string, minutes int, eventID string) alert.Signal {
	s := alert.Signal{Tenant: id, Model: "signature", Rule: alert.Rule{ID: r, Title: "Rule " + r, Level: "high", Tags: []string{"attack.t1110"}},
		Time: time.Date(2026, 5, 4, 0, minutes, 0, 0, time.UTC), EventID: eventID,
		Matches: []alert.Match{{Selection: "sel", Field: "message", Value: "bad", Pattern: "*bad*"}}}
	for _, f := range []event.Field{{Name: event.HostName, Value: h}, {Name: event.UserName, Value: user}, {Name: event.SourceIP, Value: ip}} {
		if f.Value != "" {
			s.Entities = append(s.Entities, f)
		}
	}
	return s
}

func (a *alertBench) apply(t *testing.T, id tenant.ID, seq uint64, signals ...alert.Signal) {
	t.Helper()
	if err := a.Apply(everyone(t), id, alert.Stream{Epoch: 1}, seq, signals); err != nil {
		t.Fatal(err)
	}
}

func (a *alertBench) list(t *testing.T, ctx context.Context, q alert.Query) []alert.Alert {
	t.Helper()
	p, err := a.List(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func alertsAreGrouped(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	a.apply(t, a.one, 1,
		firing(a.one, "r1", "web01", "203.0.113.7", "root", 0, "e01"),
		firing(a.one, "r1", "WEB01", "203.0.113.7", "admin", 5, "e02"),  // same host and address, another user: same alert
		firing(a.one, "r1", "web01", "203.0.113.8", "root", 1, "e03"),   // another address: another alert
		firing(a.one, "r2", "web01", "203.0.113.7", "root", 1, "e04"),   // another rule
		firing(a.two, "r1", "web01", "203.0.113.7", "root", 1, "stray"), // a stranger's signal is dropped
		firing(a.one, "r1", "web01", "203.0.113.7", "root", 300, "e05")) // long silence: a new alert
	a.apply(t, a.one, 2, firing(a.one, "r1", "web01", "203.0.113.7", "root", 350, "e06"))
	got := make(map[string]int64)
	for _, al := range a.list(t, everyone(t), alert.Query{}) {
		got[fmt.Sprintf("%s %s %s", al.Rule.ID, al.Entities[len(al.Entities)-1].Value, al.FirstAt.Format("15:04"))] += al.Count
	}
	want := map[string]int64{"r1 admin 00:00": 2, "r1 203.0.113.8 00:01": 1, "r2 203.0.113.7 00:01": 1, "r1 203.0.113.7 05:00": 2}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("alerts (-want +got):\n%s", d)
	}
}

func replayedSequenceCountsOnce(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	s := firing(a.one, "r1", "h", "192.0.2.1", "", 0, "e1")
	a.apply(t, a.one, 5, s)
	a.apply(t, a.one, 5, s)
	a.apply(t, a.one, 4, s)
	a.apply(t, a.two, 4, firing(a.two, "r1", "h", "192.0.2.1", "", 0, "e1")) // another tenant's ledger is its own
	for _, al := range a.list(t, everyone(t), alert.Query{}) {
		if al.Count != 1 {
			t.Errorf("tenant %s counts %d", al.Tenant, al.Count)
		}
	}
	a.apply(t, a.one, 6, s)
	if got := a.list(t, everyone(t), alert.Query{Tenants: []tenant.ID{a.one}}); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("a later sequence does not count: %+v", got)
	}
	// A queue that began anew counts from 1 again.
	for range 2 {
		if err := a.Apply(everyone(t), a.one, alert.Stream{Epoch: 2}, 1, []alert.Signal{s}); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.list(t, everyone(t), alert.Query{Tenants: []tenant.ID{a.one}}); len(got) != 1 || got[0].Count != 3 {
		t.Errorf("the first sequence of a new queue does not count once: %+v", got)
	}
}

func batchAppliedByTwoCountsOnce(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	for seq := range uint64(5) {
		var at errgroup.Group
		for range 4 {
			at.Go(func() error {
				s := firing(a.one, "r", "h", "192.0.2.1", "", 0, fmt.Sprintf("e%d", seq))
				err := a.Apply(ctx, a.one, alert.Stream{Epoch: 1}, seq+1, []alert.Signal{s})
				if errors.Is(err, fault.ErrConflict) { // as the pipeline does
					err = a.Apply(ctx, a.one, alert.Stream{Epoch: 1}, seq+1, []alert.Signal{s})
				}
				return err
			})
		}
		if err := at.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.list(t, ctx, alert.Query{}); len(got) != 1 || got[0].Count != 5 {
		t.Errorf("5 batches, each applied by four at once: %+v", got)
	}
}

func firingsMeanwhileNeverRefuseAMove(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	const batches = 40
	a.apply(t, a.one, 1, firing(a.one, "r", "h", "192.0.2.1", "", 0, "e0"))
	var firings errgroup.Group
	firings.Go(func() error {
		for seq := uint64(2); seq <= batches; seq++ {
			s := []alert.Signal{firing(a.one, "r", "h", "192.0.2.1", "", 0, fmt.Sprintf("e%d", seq))}
			err := fault.ErrConflict
			for errors.Is(err, fault.ErrConflict) {
				err = a.Apply(ctx, a.one, alert.Stream{Epoch: 1}, seq, s)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	al := a.list(t, ctx, alert.Query{})[0]
	for _, to := range []alert.State{alert.Acknowledged, alert.Investigating, alert.Acknowledged, alert.Investigating, alert.Acknowledged} {
		var err error
		if al, err = a.Transition(ctx, al.ID, alert.Move{To: to, Actor: "li", Version: al.Version}); err != nil {
			t.Errorf("move to %s: %v", to, err)
		}
	}
	if err := firings.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := a.list(t, ctx, alert.Query{}); len(got) != 1 || got[0].Count != batches || got[0].State != alert.Acknowledged {
		t.Errorf("after %d firings and five moves: %+v", batches, got)
	}
}

func evidenceKeepsFirstAndLatest(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	for seq := range 4 {
		var batch []alert.Signal
		for i := range 30 {
			batch = append(batch, firing(a.one, "r", "h", "192.0.2.1", "", 0, fmt.Sprintf("%02d-%02d", seq, i)))
		}
		a.apply(t, a.one, uint64(seq+1), batch...)
	}
	al := a.list(t, everyone(t), alert.Query{})[0]
	d, err := a.Get(everyone(t), al.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Count != 120 || len(d.Evidence) != alert.MaxEvidence || d.Evidence[0].EventID != "00-00" || d.Evidence[len(d.Evidence)-1].EventID != "03-29" {
		t.Errorf("count %d, %d kept, from %s to %s", d.Count, len(d.Evidence), d.Evidence[0].EventID, d.Evidence[len(d.Evidence)-1].EventID)
	}
	if diff := cmp.Diff([]alert.Match{{Selection: "sel", Field: "message", Value: "bad", Pattern: "*bad*"}}, d.Evidence[0].Matches); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}
}

func alertsMoveWithVerdictAndConflict(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	a.apply(t, a.one, 1, firing(a.one, "r", "h", "192.0.2.1", "", 0, "e1"))
	al := a.list(t, ctx, alert.Query{})[0]
	seen := al.Version
	a.apply(t, a.one, 2, firing(a.one, "r", "h", "192.0.2.1", "", 1, "e2")) // a firing meanwhile is no conflict
	al, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Acknowledged, Actor: "li", Version: seen})
	if err != nil || al.Assignee != "li" || al.State != alert.Acknowledged {
		t.Fatalf("acknowledge: %+v, %v", al, err)
	}
	var conflict *fault.Conflict
	if _, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Investigating, Actor: "wang", Version: seen}); !errors.As(err, &conflict) || conflict.By != "li" || !conflict.At.Equal(a.now) {
		t.Errorf("stale move: %v", err)
	}
	for name, m := range map[string]alert.Move{
		"verdict":  {To: alert.Closed, Reason: "x", Version: al.Version},
		"reason":   {To: alert.Closed, Verdict: alert.FalsePositive, Reason: " ", Version: al.Version},
		"to":       {To: "escalated", Version: al.Version},
		"verdict ": {To: alert.Investigating, Verdict: alert.FalsePositive, Version: al.Version},
	} {
		var invalid *fault.Invalid
		if _, err := a.Transition(ctx, al.ID, m); !errors.As(err, &invalid) || invalid.Field != map[bool]string{true: "verdict", false: name}[name == "verdict "] {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Closed, Verdict: alert.FalsePositive, Reason: "scanner of ours", Actor: "li", Version: al.Version})
	if err != nil {
		t.Fatal(err)
	}
	a.apply(t, a.one, 3, firing(a.one, "r", "h", "192.0.2.1", "", 2, "e3")) // a closed alert is never counted on
	if open := a.list(t, ctx, alert.Query{States: []alert.State{alert.New}}); len(open) != 1 || open[0].Count != 1 {
		t.Errorf("after closing: %+v", open)
	}
	d, err := a.Get(ctx, closed.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Transitions) != 2 || d.Transitions[1].Verdict != alert.FalsePositive || d.Transitions[1].From != alert.Acknowledged {
		t.Errorf("history: %+v", d.Transitions)
	}
	want := []string{string(a.one) + " alert.acknowledged ", string(a.one) + " alert.closed scanner of ours"}
	if diff := cmp.Diff(want, a.trail); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func alertsOfOthersAreNotFound(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	a.apply(t, a.one, 1, firing(a.one, "r", "h", "192.0.2.1", "", 0, "e1"))
	a.apply(t, a.two, 1, firing(a.two, "r", "h", "192.0.2.1", "", 0, "e1"))
	all := a.list(t, everyone(t), alert.Query{})
	if len(all) != 2 {
		t.Fatalf("the provider sees %d alerts", len(all))
	}
	mine := tenant.WithScope(t.Context(), tenant.Only(a.one))
	if got := a.list(t, mine, alert.Query{}); len(got) != 1 || got[0].Tenant != a.one {
		t.Errorf("tenant one sees %+v", got)
	}
	if _, err := a.List(mine, alert.Query{Tenants: []tenant.ID{a.two}}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("listing another's: %v", err)
	}
	if got := a.list(t, t.Context(), alert.Query{}); len(got) != 0 {
		t.Errorf("nobody sees %+v", got)
	}
	for _, al := range all {
		_, err := a.Get(mine, al.ID)
		_, moveErr := a.Transition(mine, al.ID, alert.Move{To: alert.Acknowledged, Version: al.Version})
		if foreign := al.Tenant != a.one; foreign != errors.Is(err, fault.ErrNotFound) || foreign != errors.Is(moveErr, fault.ErrNotFound) {
			t.Errorf("alert of %s: get %v, move %v", al.Tenant, err, moveErr)
		}
	}
}

func alertsPageAndFilter(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	for i := range 7 {
		a.apply(t, a.one, uint64(i+1), firing(a.one, fmt.Sprintf("r%d", i), fmt.Sprintf("h_%d%%", i), "192.0.2.1", "", 0, "e"))
	}
	var ids []string
	cursor := ""
	for {
		p, err := a.List(ctx, alert.Query{Limit: 3, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		if p.Total != 7 {
			t.Errorf("total %d", p.Total)
		}
		for _, al := range p.Items {
			ids = append(ids, al.Rule.ID)
		}
		if cursor = p.Cursor; cursor == "" {
			break
		}
	}
	if d := cmp.Diff([]string{"r6", "r5", "r4", "r3", "r2", "r1", "r0"}, ids); d != "" {
		t.Errorf("pages (-want +got):\n%s", d)
	}
	for text, n := range map[string]int{"RULE R3": 1, "h_4%": 1, "_": 7, "%' OR 1=1": 0} {
		if got := a.list(t, ctx, alert.Query{Text: text}); len(got) != n {
			t.Errorf("text %q finds %d, want %d", text, len(got), n)
		}
	}
	if got := a.list(t, ctx, alert.Query{Rule: "r2", Levels: []string{"high", "low"}, States: []alert.State{alert.New}}); len(got) != 1 {
		t.Errorf("filters find %d", len(got))
	}
	if got := a.list(t, ctx, alert.Query{Levels: []string{"low"}}); len(got) != 0 {
		t.Errorf("level finds %d", len(got))
	}
	if _, err := a.List(ctx, alert.Query{Limit: 501}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("limit 501: %v", err)
	}
}
