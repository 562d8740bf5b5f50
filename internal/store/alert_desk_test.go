package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// items names alerts as they stand.
func items(alerts ...alert.Alert) []alert.Item {
	var all []alert.Item
	for _, a := range alerts {
		all = append(all, alert.Item{ID: a.ID, Version: a.Version})
	}
	return all
}

func anywhere(tenant.ID) error { return nil }

func groupsCountTheirRows(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	a.apply(t, a.one, 9, firing(a.one, "low", "h0", "192.0.2.0", "second", 1, "e8")) // a second user on the first alert
	entity := map[alert.Key]string{alert.ByHost: "host.name", alert.ByAddress: "source.ip", alert.ByUser: "user.name"}
	for _, by := range []alert.Key{alert.ByRule, alert.ByHost, alert.ByAddress, alert.ByUser, alert.ByTenant, alert.BySource, alert.ByLevel, alert.ByAssignee} {
		groups, err := a.Groups(ctx, alert.Query{}, by)
		if err != nil || groups.Total != len(groups.Items) || groups.Total == 0 {
			t.Fatalf("%s: %+v, %v", by, groups, err)
		}
		for i, g := range groups.Items {
			if i > 0 && g.Risk > groups.Items[i-1].Risk {
				t.Errorf("%s: %s stands below a lower risk", by, g.Key)
			}
			q := alert.Query{}
			switch by {
			case alert.ByRule:
				q.Rule = g.Key
			case alert.ByTenant:
				q.Tenants = []tenant.ID{tenant.ID(g.Key)}
			case alert.BySource:
				q.Source = &g.Key
			case alert.ByLevel:
				q.Levels = []string{g.Key}
			case alert.ByAssignee:
				q.Assignee = &g.Key
			default:
				q.Entities = []event.Field{{Name: entity[by], Value: g.Key}}
			}
			if p, err := a.List(ctx, q); err != nil || p.Total != g.Count || g.Open != g.Count {
				t.Errorf("%s %q counts %d, and lists %d, %v", by, g.Key, g.Count, p.Total, err)
			}
		}
	}
	users, err := a.Groups(ctx, alert.Query{}, alert.ByUser)
	if err != nil || users.Alerts != 5 || users.Total != 3 {
		t.Errorf("an alert with two users counts twice: %+v, %v", users, err)
	}
	some, err := a.Groups(ctx, alert.Query{Offset: 1, Limit: 1}, alert.ByUser)
	if err != nil || some.Alerts != 5 || some.Total != 3 || cmp.Diff(some.Items, users.Items[1:2]) != "" {
		t.Errorf("the second group: %+v, %v", some, err)
	}
	if past, err := a.Groups(ctx, alert.Query{Offset: 9}, alert.ByUser); err != nil || len(past.Items) != 0 || past.Total != 3 {
		t.Errorf("beyond the last group: %+v, %v", past, err)
	}
	hosts, err := a.Groups(ctx, alert.Query{Levels: []string{"critical"}}, alert.ByHost)
	if err != nil || len(hosts.Items) != 1 || hosts.Items[0].Key != "h1" || hosts.Items[0].Label != "H1" || hosts.Items[0].WorstLevel != "critical" {
		t.Errorf("hosts of a level: %+v, %v", hosts, err)
	}
	mine := tenant.WithScope(t.Context(), tenant.Only(a.two))
	if g, err := a.Groups(mine, alert.Query{}, alert.ByHost); err != nil || len(g.Items) != 1 || g.Items[0].Key != "h9" {
		t.Errorf("a customer's groups: %+v, %v", g, err)
	}
}

func figuresCountTheirRows(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	s, err := a.Stats(everyone(t), alert.Query{Tenants: []tenant.ID{a.one}}, 60)
	if err != nil || s.Total != 4 || s.ByLevel["critical"] != 1 || s.ByState[alert.New] != 4 || len(s.Rules) != 4 || s.Rules[0].Label == "" {
		t.Fatalf("%+v, %v", s, err)
	}
	var counted int64
	for _, l := range s.OverTime {
		for level, n := range l.Levels {
			counted += n
			p, err := a.List(everyone(t), alert.Query{Tenants: []tenant.ID{a.one}, Levels: []string{level}, From: l.At, To: l.At.Add(s.Width)})
			if err != nil || p.Total != n {
				t.Errorf("slice %s: %d of %s, and %d listed, %v", l.At, n, level, p.Total, err)
			}
		}
	}
	if counted != 4 || s.Entities[0].Entity.Value != "Wang" || s.Entities[0].Count != 4 || len(s.Sources) != 2 {
		t.Errorf("%d over time, entities %+v, sources %+v", counted, s.Entities, s.Sources)
	}
	mine := tenant.WithScope(t.Context(), tenant.Only(a.two))
	if s, err := a.Stats(mine, alert.Query{}, 60); err != nil || s.Total != 1 || len(s.Sources) != 1 || s.Sources[0].Source != "s9" {
		t.Errorf("a customer's figures: %+v, %v", s, err)
	}
}

func manyAlertsChangeAtOnce(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	all := a.list(t, ctx, alert.Query{})
	a.trail = nil
	stale := items(all...)
	stale[1].Version = 99
	stale = append(stale, alert.Item{ID: "01J0000000000000000000000A", Version: 1}, stale[0])
	closing := alert.Move{To: alert.Closed, Verdict: alert.FalsePositive, Reason: "a scanner of ours", Actor: "li"}
	out, err := a.Bulk(ctx, alert.Bulk{Items: stale, Move: closing, May: anywhere})
	if err != nil || len(out.Changed) != 4 || len(out.Failed) != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, f := range out.Failed {
		if want := map[bool]error{true: fault.ErrConflict, false: fault.ErrNotFound}[f.ID == stale[1].ID]; !errors.Is(f.Err, want) {
			t.Errorf("%s: %v", f.ID, f.Err)
		}
	}
	if len(a.trail) != 4 {
		t.Errorf("on record: %v", a.trail)
	}
	if got := a.list(t, ctx, alert.Query{States: []alert.State{alert.Closed}}); len(got) != 4 || got[0].Verdict != alert.FalsePositive {
		t.Errorf("closed: %+v", got)
	}
	for name, bulk := range map[string]alert.Bulk{
		"no verdict": {Items: items(all[0]), Move: alert.Move{To: alert.Closed, Reason: "x"}, May: anywhere},
		"no reason":  {Items: items(all[0]), Move: alert.Move{To: alert.Closed, Verdict: alert.Duplicate}, May: anywhere},
		"nothing":    {Items: items(all[0]), May: anywhere},
		"no alerts":  {Move: closing, May: anywhere},
		"too many":   {Items: make([]alert.Item, 501), Move: closing, May: anywhere},
		"no text":    {Items: items(all[0]), Move: alert.Move{To: alert.Acknowledged, Reason: "a\x00b"}, May: anywhere},
	} {
		if _, err := a.Bulk(ctx, bulk); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A stranger's alerts are not found, and those of a customer where one may not judge are refused.
	mine := tenant.WithScope(t.Context(), tenant.Only(a.one))
	fresh := a.list(t, ctx, alert.Query{})
	out, err = a.Bulk(mine, alert.Bulk{Items: items(fresh...), Move: alert.Move{To: alert.Investigating, Actor: "eve"}, May: func(tenant.ID) error { return fault.ErrForbidden }})
	if err != nil || len(out.Changed) != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	for i, al := range fresh {
		want := map[bool]error{true: fault.ErrForbidden, false: fault.ErrNotFound}[al.Tenant == a.one]
		for _, f := range out.Failed {
			if f.ID == fresh[i].ID && !errors.Is(f.Err, want) {
				t.Errorf("alert of %s: %v", al.Tenant, f.Err)
			}
		}
	}
}

func firingsWhileManyCloseAreNotLost(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	const alerts, batches = 20, 30
	batch := func(seq int) (s []alert.Signal) {
		for i := range alerts {
			s = append(s, firing(a.one, fmt.Sprint("r", i%3), fmt.Sprint("h", i), "192.0.2.1", "", seq, fmt.Sprintf("%03d-%03d", seq, i)))
		}
		return s
	}
	a.apply(t, a.one, 1, batch(1)...)
	var work errgroup.Group
	work.Go(func() error {
		for seq := 2; seq <= batches; seq++ {
			err := fault.ErrConflict
			for errors.Is(err, fault.ErrConflict) { // as the pipeline does
				err = a.Apply(ctx, a.one, alert.Stream{Epoch: 1}, uint64(seq), batch(seq))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	var closed int
	for range 5 {
		open := a.list(t, ctx, alert.Query{States: []alert.State{alert.New}, Limit: 500})
		if len(open) == 0 {
			continue
		}
		out, err := a.Bulk(ctx, alert.Bulk{Items: items(open...), May: anywhere,
			Move: alert.Move{To: alert.Closed, Verdict: alert.FalsePositive, Reason: "x", Actor: "li"}})
		if err != nil || len(out.Failed) != 0 {
			t.Errorf("closing: %+v, %v", out.Failed, err)
		}
		closed += len(out.Changed)
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	var counted int64
	kept := 0
	for _, al := range a.list(t, ctx, alert.Query{Limit: 500}) {
		counted += al.Count
		if al.State == alert.Closed {
			kept++
		}
	}
	if counted != alerts*batches || kept != closed {
		t.Errorf("%d firings counted of %d, %d alerts closed of %d", counted, alerts*batches, kept, closed)
	}
}

func alertsAreGivenAndReleased(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	al := a.list(t, ctx, alert.Query{Rule: "high"})[0]
	seen := al.Version
	li, nobody := "li", ""
	given, err := a.Transition(ctx, al.ID, alert.Move{Assignee: &li, Actor: "wang", Version: seen})
	if err != nil || given.Assignee != "li" || given.State != alert.New || given.Version != seen+1 {
		t.Fatalf("%+v, %v", given, err)
	}
	if _, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Acknowledged, Actor: "zhao", Version: seen}); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("a move on what stood before it was given: %v", err)
	}
	same, err := a.Transition(ctx, al.ID, alert.Move{Assignee: &li, Actor: "wang", Version: given.Version})
	if err != nil || same.Version != given.Version {
		t.Errorf("given again: %+v, %v", same, err)
	}
	released, err := a.Transition(ctx, al.ID, alert.Move{Assignee: &nobody, Actor: "li", Version: given.Version})
	if err != nil || released.Assignee != "" {
		t.Errorf("released: %+v, %v", released, err)
	}
	closed, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Closed, Verdict: alert.Duplicate, Reason: "x", Actor: "li", Version: released.Version})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Transition(ctx, al.ID, alert.Move{Assignee: &li, Actor: "li", Version: closed.Version}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("a closed alert is given: %v", err)
	}
	want := []string{string(a.one) + " alert.assign ", string(a.one) + " alert.assign ", string(a.one) + " alert.closed x"}
	if d := cmp.Diff(want, a.trail); d != "" {
		t.Errorf("audit (-want +got):\n%s", d)
	}
}

func whatIsKnownOfAnAlert(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	ctx := everyone(t)
	for i, id := range []tenant.ID{a.one, a.one, a.one, a.two} {
		a.apply(t, id, uint64(i+1), firing(id, "r", fmt.Sprint("h", i), "192.0.2.1", map[bool]string{true: "root", false: ""}[i < 2], 0, fmt.Sprint("e", i)))
	}
	a.now = a.now.Add(time.Hour)
	for i, al := range a.list(t, ctx, alert.Query{}) {
		if al.Entities[0].Value == "h0" {
			continue
		}
		verdict := map[bool]alert.Verdict{true: alert.FalsePositive, false: alert.BenignPositive}[al.Tenant == a.one]
		if _, err := a.Transition(ctx, al.ID, alert.Move{To: alert.Closed, Verdict: verdict, Reason: fmt.Sprint("why ", i), Actor: "li", Version: al.Version}); err != nil {
			t.Fatal(err)
		}
	}
	first := a.list(t, ctx, alert.Query{Entities: []event.Field{{Name: "host.name", Value: "h0"}}})[0]
	r, err := a.Related(ctx, first.ID, 10)
	if err != nil || len(r.Alerts) != 2 || r.Alerts[0].Entities[0].Value != "h2" || len(r.Entities) != 3 {
		t.Fatalf("related: %+v, %v", r, err)
	}
	for _, e := range r.Entities {
		if want := map[string]int64{"host.name": 1, "source.ip": 3, "user.name": 2}[e.Entity.Name]; e.Total != want {
			t.Errorf("%s: %d alerts, want %d", e.Entity.Name, e.Total, want)
		}
	}
	p, err := a.Precedents(ctx, first.ID)
	if err != nil || len(p.Recent) != 2 || p.Recent[0].Reason == "" {
		t.Fatalf("precedents: %+v, %v", p, err)
	}
	if d := cmp.Diff([]alert.VerdictCount{{Verdict: alert.FalsePositive, Count: 2, Tenants: 1}}, p.Here); d != "" {
		t.Errorf("here (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]alert.VerdictCount{{Verdict: alert.BenignPositive, Count: 1, Tenants: 1}}, p.Elsewhere); d != "" {
		t.Errorf("elsewhere (-want +got):\n%s", d)
	}
	mine := tenant.WithScope(t.Context(), tenant.Only(a.one))
	if p, err := a.Precedents(mine, first.ID); err != nil || p.Elsewhere != nil || len(p.Here) != 1 {
		t.Errorf("a customer is told %+v, %v", p, err)
	}
	theirs := tenant.WithScope(t.Context(), tenant.Only(a.two))
	if _, err := a.Related(theirs, first.ID, 10); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a stranger's: %v", err)
	}
	if _, err := a.Precedents(theirs, first.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a stranger's: %v", err)
	}
}

func recordsCountTheirRows(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	a.apply(t, a.two, 2, firing(a.two, "low", "h8", "", "", 2, "e10"))
	close := func(rule string, of tenant.ID, verdict alert.Verdict) {
		t.Helper()
		p, err := a.List(ctx, alert.Query{Rule: rule, Tenants: []tenant.ID{of}})
		if err != nil || len(p.Items) != 1 {
			t.Fatalf("%s: %+v, %v", rule, p, err)
		}
		if _, err := a.Transition(ctx, p.Items[0].ID, alert.Move{To: alert.Closed, Verdict: verdict, Reason: "r", Actor: "li", Version: p.Items[0].Version}); err != nil {
			t.Fatal(err)
		}
	}
	close("low", a.one, alert.FalsePositive)
	close("low", a.two, alert.BenignPositive)
	start := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC) // alerts fire so many minutes later
	q := alert.RecordQuery{Day: start.Add(2 * time.Minute), Week: start.Add(time.Minute)}
	for name, c := range map[string]struct {
		ctx     context.Context
		tenants []tenant.ID
		rules   int
	}{
		"everybody's":                 {ctx, nil, 5},
		"one customer's":              {ctx, []tenant.ID{a.one}, 4},
		"the other's":                 {ctx, []tenant.ID{a.two}, 2},
		"within the other's scope":    {tenant.WithScope(t.Context(), tenant.Only(a.two)), nil, 2},
		"within nobody's scope":       {tenant.WithScope(t.Context(), tenant.Only()), nil, 0},
		"within both customers' also": {tenant.WithScope(t.Context(), tenant.Only(a.one, a.two)), nil, 5},
	} {
		q.Tenants = c.tenants
		records, err := a.Records(c.ctx, q)
		if err != nil || len(records) != c.rules {
			t.Errorf("%s: %+v, %v", name, records, err)
		}
		for rule, r := range records {
			rows := func(q alert.Query) int64 {
				q.Rule, q.Tenants = rule, c.tenants
				p, err := a.List(c.ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				return p.Total
			}
			got := []int64{r.Day, r.Week, r.Total, r.Verdicts[alert.FalsePositive], r.Verdicts[alert.BenignPositive]}
			want := []int64{rows(alert.Query{From: q.Day}), rows(alert.Query{From: q.Week}), rows(alert.Query{}),
				rows(alert.Query{Verdicts: []alert.Verdict{alert.FalsePositive}}), rows(alert.Query{Verdicts: []alert.Verdict{alert.BenignPositive}})}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: -rows +figures\n%s", name, rule, diff)
			}
		}
	}
	q.Tenants = nil
	found, err := a.AttackRecords(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	var week int64
	for _, r := range found {
		week += r.Week
	}
	if p, err := a.List(ctx, alert.Query{From: q.Week}); err != nil || p.Total != week {
		t.Errorf("%d alerts by what their rules are tagged with, %d listed, %v", week, p.Total, err)
	}
	q.Rule = "low"
	one, err := a.Records(ctx, q)
	if err != nil || len(one) != 1 || one["low"].Total != 2 || one["low"].Day != 1 || !one["low"].LastAt.Equal(start.Add(2*time.Minute)) {
		t.Errorf("one rule's: %+v, %v", one, err)
	}
	foreign := alert.RecordQuery{Tenants: []tenant.ID{a.one}}
	if _, err := a.Records(tenant.WithScope(t.Context(), tenant.Only(a.two)), foreign); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("records outside the scope: %v", err)
	}
	if _, err := a.AttackRecords(tenant.WithScope(t.Context(), tenant.Only(a.two)), foreign); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("records of techniques outside the scope: %v", err)
	}
}
