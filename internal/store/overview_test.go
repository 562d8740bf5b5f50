package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/tenant"
)

func newOverviews(b bench) *overview.Service {
	return overview.NewService(overview.Deps{Door: b.Store, Marks: b.Overviews(), Figures: b.Overviews(), Audit: newTrail(b)})
}

// desk is two customers with alerts, and a user.
func desk(t *testing.T, b bench) (a *alertBench, user string) {
	t.Helper()
	a = newAlertBench(t, b)
	a.now = time.Now()
	a.apply(t, a.one, 1,
		firing(a.one, "r1", "web01", "203.0.113.7", "root", 0, "e01"),
		firing(a.one, "r2", "web01", "203.0.113.7", "root", 0, "e02"),
		firing(a.one, "r3", "web01", "203.0.113.7", "root", 0, "e03"))
	a.apply(t, a.two, 1, firing(a.two, "r1", "db01", "203.0.113.9", "root", 0, "e04"))
	intrude(t, b, `INSERT INTO users SELECT 'u1', 'ann', '', '', '', '', FALSE, 0, 0, 0, '', 1, 0, ''`)
	return a, "u1"
}

func overviewCounts(t *testing.T, b bench) {
	a, user := desk(t, b)
	s := newOverviews(b)
	q := overview.Query{Tenants: []tenant.ID{a.one, a.two}, Wide: true, Chains: true, Platform: true, UserID: user, Username: "ann"}
	move := func(rule string, to alert.State, verdict alert.Verdict, by string) {
		t.Helper()
		al := a.list(t, everyone(t), alert.Query{Rule: rule, Tenants: []tenant.ID{a.one}})[0]
		if _, err := a.Transition(everyone(t), al.ID, alert.Move{To: to, Verdict: verdict, Reason: "because", Actor: by, Version: al.Version}); err != nil {
			t.Fatal(err)
		}
	}
	move("r1", alert.Acknowledged, "", "bob")
	move("r2", alert.Closed, alert.FalsePositive, "bob")
	move("r3", alert.Acknowledged, "", "ann") // her own doing is no news to her
	r, err := s.Look(everyone(t), q)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(r.Marked, r.Raised, r.Moved, r.Closed)
	if want := "false map[high:4] 1 1"; got != want {
		t.Errorf("overview %s, want %s", got, want)
	}
	count := func(q alert.Query) int64 {
		t.Helper()
		page, err := a.List(everyone(t), q)
		if err != nil {
			t.Fatal(err)
		}
		return page.Total
	}
	open := []alert.State{alert.New, alert.Acknowledged, alert.Investigating}
	lists := fmt.Sprint(count(alert.Query{RaisedFrom: r.Since, Levels: []string{"high"}}),
		count(alert.Query{MovedFrom: r.Since, NotBy: "ann", States: open}), count(alert.Query{MovedFrom: r.Since, NotBy: "ann", States: []alert.State{alert.Closed}}))
	if lists != "4 1 1" {
		t.Errorf("the lists behind the figures have %s rows", lists)
	}
	if n := count(alert.Query{RaisedFrom: time.Now().Add(time.Hour)}); n != 0 {
		t.Errorf("%d alerts were raised in the future", n)
	}
	changed := map[string]int64{}
	for _, c := range r.Changes {
		changed[c.Action] += c.Count
	}
	if d := cmp.Diff(map[string]int64{"tenant.create": 2}, changed); d != "" {
		t.Errorf("changes: %s", d)
	}
	standing(t, a, r)
}

func standing(t *testing.T, a *alertBench, r overview.Report) {
	t.Helper()
	if len(r.Standings) != 2 {
		t.Fatalf("%d standings", len(r.Standings))
	}
	one, two := r.Standings[0], r.Standings[1]
	if one.Tenant != a.one || one.Open["high"] != 2 || one.New != 0 || one.Oldest != "" || !one.At.IsZero() {
		t.Errorf("customer one stands %+v", one)
	}
	fresh := a.list(t, everyone(t), alert.Query{Tenants: []tenant.ID{a.two}})[0]
	if two.Tenant != a.two || two.Open["high"] != 1 || two.New != 1 || two.Risk != int64(fresh.Risk) || fresh.Risk == 0 || two.Oldest != fresh.ID || time.Since(two.At) > time.Minute {
		t.Errorf("customer two stands %+v", two)
	}
}

func overviewMarksMoveForward(t *testing.T, b bench) {
	a, user := desk(t, b)
	s := newOverviews(b)
	one := overview.Query{Tenants: []tenant.ID{a.one}, UserID: user, Username: "ann"}
	first, err := s.Look(everyone(t), one)
	if err != nil || first.Marked || first.Now.Sub(first.Since) != overview.DefaultReach {
		t.Fatalf("before any mark: %+v, %v", first, err)
	}
	if err := s.Seen(everyone(t), one, time.Now().Add(time.Hour)); err != nil { // the future is now
		t.Fatal(err)
	}
	if err := s.Seen(everyone(t), one, first.Now.Add(-time.Hour)); err != nil { // and a mark never goes back
		t.Fatal(err)
	}
	second, err := s.Look(everyone(t), one)
	if err != nil || !second.Marked || second.Since.Before(first.Now) || second.Since.After(second.Now) {
		t.Errorf("after the mark: %+v, %v", second, err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM audit_entries WHERE action = 'overview.seen' AND tenant_id = '`+a.one.String()+`'`); n != 1 {
		t.Errorf("%d entries, want one for the mark that moved", n)
	}
	for _, other := range []overview.Query{
		{Tenants: []tenant.ID{a.two}, UserID: user}, {Tenants: []tenant.ID{a.one, a.two}, UserID: user}, {Tenants: []tenant.ID{a.one, a.two}, Wide: true, UserID: user},
	} {
		if r, err := s.Look(everyone(t), other); err != nil || r.Marked {
			t.Errorf("the mark of one customer counts for %+v: %v, %v", other, r.Marked, err)
		}
	}
	intrude(t, b, `UPDATE overview_marks SET at = 1`)
	if r, err := s.Look(everyone(t), one); err != nil || r.Marked || r.Now.Sub(r.Since) != overview.MaxReach {
		t.Errorf("after years away: %+v, %v", r, err)
	}
}

func overviewsOfOthersAreClosed(t *testing.T, b bench) {
	a, user := desk(t, b)
	s := newOverviews(b)
	stranger := tenant.WithScope(t.Context(), tenant.Only(a.one))
	for name, q := range map[string]overview.Query{
		"another customer's": {Tenants: []tenant.ID{a.two}, Chains: true, UserID: user},
		"both":               {Tenants: []tenant.ID{a.one, a.two}, UserID: user},
		"the provider's":     {Tenants: []tenant.ID{a.one}, Wide: true, Platform: true, UserID: user},
	} {
		for who, ctx := range map[string]context.Context{"customer one": stranger, "nobody": t.Context()} {
			if r, err := s.Look(ctx, q); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s looks at %s: %+v, %v", who, name, r, err)
			}
			if err := s.Seen(ctx, q, time.Now()); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s marks %s: %v", who, name, err)
			}
		}
	}
	r, err := s.Look(stranger, overview.Query{Tenants: []tenant.ID{a.one}, Chains: true, UserID: user})
	if err != nil || r.Raised["high"] != 3 || len(r.Standings) != 1 {
		t.Errorf("customer one's own: %+v, %v", r, err)
	}
}
