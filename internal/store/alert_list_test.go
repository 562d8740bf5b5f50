package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// rulesOf names a page's alerts by their rules, in order.
func rulesOf(alerts []alert.Alert) string {
	var names []string
	for _, a := range alerts {
		names = append(names, a.Rule.ID)
	}
	return strings.Join(names, " ")
}

// fiveAlerts has an alert of each level for one customer and one alert of another's.
func fiveAlerts(t *testing.T, b bench) *alertBench {
	t.Helper()
	a := newAlertBench(t, b)
	for i, level := range []string{"low", "critical", "medium", "high"} {
		s := firing(a.one, level, fmt.Sprintf("H%d", i), fmt.Sprintf("192.0.2.%d", i), "Wang", i, fmt.Sprint("e", i))
		s.Rule.Level, s.Source = level, fmt.Sprint("s", i%2)
		s.Rule.Tags = [][]string{nil, {"attack.t1078", "attack.credential_access"}, {"attack.T1110.003"}, {"attack.t1110", "attack.credential-access"}}[i]
		a.apply(t, a.one, uint64(i+1), s)
	}
	other := firing(a.two, "other", "h9", "", "", 9, "e9")
	other.Source, other.Rule.Tags = "s9", nil
	a.apply(t, a.two, 1, other)
	return a
}

func alertsFilterByWhatTheyAreAbout(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	none, zero := "", "s0"
	start := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	entity := func(pairs ...string) (all []event.Field) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, event.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	for name, c := range map[string]struct {
		q    alert.Query
		want string
	}{
		"host, whatever its case":    {alert.Query{Entities: entity("host.name", "h1")}, "critical"},
		"user of several":            {alert.Query{Entities: entity("user.name", "wang")}, "high medium critical low"},
		"two entities":               {alert.Query{Entities: entity("user.name", "WANG", "source.ip", "192.0.2.2")}, "medium"},
		"no address":                 {alert.Query{Entities: entity("source.ip", "")}, "other"},
		"no such field":              {alert.Query{Entities: entity("process.executable", "")}, "other high medium critical low"},
		"a field's part is no value": {alert.Query{Entities: entity("host.name", "h")}, ""},
		"another host":               {alert.Query{Without: entity("host.name", "H1")}, "other high medium low"},
		"neither of two users":       {alert.Query{Without: entity("user.name", "wang", "user.name", "li")}, "other"},
		"any address":                {alert.Query{Without: entity("source.ip", "")}, "high medium critical low"},
		"any such field":             {alert.Query{Without: entity("process.executable", "")}, ""},
		"technique":                  {alert.Query{Techniques: []string{"t1110.003"}}, "medium"},
		"technique over others":      {alert.Query{Techniques: []string{"t1110"}}, "high medium"},
		"no other with its number":   {alert.Query{Techniques: []string{"t111"}}, ""},
		"one of two techniques":      {alert.Query{Techniques: []string{"t1110.003", "t1078"}}, "medium critical"},
		"tactic":                     {alert.Query{Tactics: []string{"credential-access"}}, "high critical"},
		"technique and tactic":       {alert.Query{Techniques: []string{"t1110"}, Tactics: []string{"credential-access"}}, "high"},
		"text of a title":            {alert.Query{Text: "RULE CRIT"}, "critical"},
		"source":                     {alert.Query{Source: &zero}, "medium low"},
		"no source":                  {alert.Query{Source: &none}, ""},
		"nobody's":                   {alert.Query{Assignee: &none, Levels: []string{"low"}}, "low"},
		"span":                       {alert.Query{From: start.Add(2 * time.Minute), To: start.Add(9 * time.Minute)}, "high medium"},
		"verdict":                    {alert.Query{Verdicts: []alert.Verdict{alert.Duplicate}}, ""},
		"text of a value":            {alert.Query{Text: "2.0.2.3"}, "high"},
		"a title known otherwise":    {alert.Query{Text: "登录", Titled: []string{"low"}}, "low"},
		"text and level":             {alert.Query{Text: "wang", Levels: []string{"high"}}, "high"},
		"open":                       {alert.Query{States: []alert.State{alert.New, alert.Acknowledged, alert.Investigating}, Tenants: []tenant.ID{a.two}}, "other"},
		"one state":                  {alert.Query{States: []alert.State{alert.Acknowledged}}, ""},
	} {
		p, err := a.List(ctx, c.q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := rulesOf(p.Items); got != c.want || p.Total != int64(len(p.Items)) {
			t.Errorf("%s: %q of %d, want %q", name, got, p.Total, c.want)
		}
	}
	// A customer's own filter finds no other's alerts.
	mine := tenant.WithScope(t.Context(), tenant.Only(a.one))
	for _, q := range []alert.Query{{Entities: entity("host.name", "h9")}, {Text: "h9"}, {Text: "x", Titled: []string{"other"}}} {
		if p, err := a.List(mine, q); err != nil || len(p.Items) != 0 || p.Total != 0 || p.Newest != "" {
			t.Errorf("%+v: %+v, %v", q, p, err)
		}
	}
}

func alertsSortAndJump(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	ctx := everyone(t)
	q := alert.Query{Sort: alert.Riskest, Limit: 2, Tenants: []tenant.ID{a.one}}
	var got []string
	for {
		p, err := a.List(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rulesOf(p.Items))
		if q.Cursor = p.Cursor; q.Cursor == "" {
			break
		}
	}
	if d := cmp.Diff([]string{"critical high", "medium low"}, got); d != "" {
		t.Errorf("by risk (-want +got):\n%s", d)
	}
	for offset, want := range map[int]string{1: "high medium", 3: "low", 4: ""} {
		p, err := a.List(ctx, alert.Query{Sort: alert.Riskest, Limit: 2, Offset: offset, Tenants: []tenant.ID{a.one}})
		if err != nil || rulesOf(p.Items) != want || p.Total != 4 {
			t.Errorf("offset %d: %q of %d, %v", offset, rulesOf(p.Items), p.Total, err)
		}
	}
	all, err := a.List(ctx, alert.Query{})
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := a.List(ctx, alert.Query{Until: all.Items[2].ID})
	if err != nil || rulesOf(snapshot.Items) != "medium critical low" || snapshot.Total != 3 || snapshot.Newest != all.Items[0].ID {
		t.Errorf("snapshot: %q of %d, newest %s, %v", rulesOf(snapshot.Items), snapshot.Total, snapshot.Newest, err)
	}
	if _, err := a.List(ctx, alert.Query{Offset: 1, Cursor: all.Items[0].ID}); err == nil {
		t.Error("offset and cursor together are taken")
	}
}

// What a list is filtered by of the rules of older alerts is filled in when the store opens, and goes with the customer.
func rulesFromBeforeAreFilledIn(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	intrude(t, b, `DELETE FROM alert_rules`)
	intrude(t, b, `DELETE FROM settings WHERE name = 'alerts.filled.8'`)
	again := openStore(t, b.options)
	a.Service = alert.NewService(alert.Deps{Door: again, Ledger: again.Alerts(), Shelf: again.Alerts(), Audit: a})
	if p, err := a.List(everyone(t), alert.Query{Techniques: []string{"t1110"}}); err != nil || rulesOf(p.Items) != "high medium" {
		t.Errorf("filled in: %+v, %v", p, err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM alert_rules`); n != 5 {
		t.Errorf("%d rules", n)
	}
}

// Pages of a search are those of any other list.
func searchesArePaged(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	for _, sort := range []alert.Sort{alert.Newest, alert.Riskest} {
		q := alert.Query{Text: "wang", Sort: sort, Limit: 3}
		first, err := a.List(everyone(t), q)
		if err != nil || first.Total != 4 || len(first.Items) != 3 || first.Cursor == "" {
			t.Fatalf("%s: %+v, %v", sort, first, err)
		}
		after, skipped := q, q
		after.Cursor, skipped.Offset = first.Cursor, 3
		p, err := a.List(everyone(t), after)
		o, errSkipped := a.List(everyone(t), skipped)
		if err != nil || errSkipped != nil || len(p.Items) != 1 || p.Total != 4 || p.Cursor != "" || cmp.Diff(p.Items, o.Items) != "" {
			t.Errorf("%s: %+v and %+v, %v, %v", sort, p, o, err, errSkipped)
		}
		if all := a.list(t, everyone(t), alert.Query{Text: "wang", Sort: sort}); rulesOf(all) != rulesOf(append(first.Items, p.Items...)) {
			t.Errorf("%s: %s", sort, rulesOf(all))
		}
		q.Until = first.Items[2].ID
		if p, err := a.List(everyone(t), q); err != nil || p.Newest != first.Newest || p.Total >= 4 {
			t.Errorf("%s until: %+v, %v", sort, p, err)
		}
	}
}

// An alert written before its entities were kept apart is filled in when the store opens.
func alertsFromBeforeAreFilledIn(t *testing.T, b bench) {
	a := fiveAlerts(t, b)
	intrude(t, b, `DELETE FROM alert_entities`)
	intrude(t, b, `UPDATE alerts SET risk = 0, risk_parts = '[]', host = '', address = '', users = ''`)
	intrude(t, b, `DELETE FROM settings WHERE name = 'alerts.filled.3'`)
	again := openStore(t, b.options)
	a.Service = alert.NewService(alert.Deps{Door: again, Ledger: again.Alerts(), Shelf: again.Alerts(), Audit: a})
	p, err := a.List(everyone(t), alert.Query{Entities: []event.Field{{Name: "host.name", Value: "h1"}}, Sort: alert.Riskest})
	if err != nil || rulesOf(p.Items) != "critical" || p.Items[0].Risk != 70 {
		t.Errorf("filled in: %+v, %v", p, err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM alerts WHERE host <> '' AND users <> ''`); n != 4 {
		t.Errorf("%d alerts are grouped", n)
	}
}

func riskFollowsCompany(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	a.now = time.Date(2026, 5, 4, 1, 0, 0, 0, time.UTC)
	of := func(rule string) alert.Alert {
		t.Helper()
		got := a.list(t, everyone(t), alert.Query{Rule: rule, Tenants: []tenant.ID{a.one}})
		if len(got) != 1 {
			t.Fatalf("%d alerts of %s", len(got), rule)
		}
		return got[0]
	}
	fire := func(seq uint64, rule, host, tactic string) {
		t.Helper()
		s := firing(a.one, rule, host, "", "", int(seq), fmt.Sprint("e", seq))
		s.Rule.Tags = []string{tactic}
		a.apply(t, a.one, seq, s)
	}
	fire(1, "r1", "h", "attack.execution")
	fire(2, "r2", "elsewhere", "attack.impact")
	stranger := firing(a.two, "r3", "h", "", "", 2, "x")
	a.apply(t, a.two, 1, stranger)
	if r := of("r1"); r.Risk != 50 {
		t.Errorf("alone: %d %+v", r.Risk, r.RiskParts)
	}
	version := of("r1").Version
	fire(3, "r4", "H", "attack.persistence")
	if r := of("r1"); r.Risk != 59 || r.Version != version {
		t.Errorf("with another rule at another stage: %d %+v, version %d", r.Risk, r.RiskParts, r.Version)
	}
	if r := of("r4"); r.Risk != 59 {
		t.Errorf("the other: %d %+v", r.Risk, r.RiskParts)
	}
	fire(4, "r1", "h", "attack.execution")
	r := of("r1")
	want := []alert.RiskPart{{Code: "level.high", Points: 50}, {Code: "firings", Points: 2}, {Code: "rules", Points: 4, N: 1}, {Code: "stages", Points: 5, N: 2}}
	if d := cmp.Diff(want, r.RiskParts); d != "" || r.Risk != 61 {
		t.Errorf("fired twice: %d (-want +got):\n%s", r.Risk, d)
	}
}

func riskOfOneBatchIsThatOfMany(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	a.now = time.Date(2026, 5, 4, 1, 0, 0, 0, time.UTC)
	signal := func(id tenant.ID, rule, host, user, tactic string, n int) alert.Signal {
		s := firing(id, rule, host, "", user, n, fmt.Sprintf("e%02d", n))
		s.Rule.Tags = []string{tactic}
		return s
	}
	signals := func(id tenant.ID) []alert.Signal {
		return []alert.Signal{
			signal(id, "r1", "h", "", "attack.execution", 1),
			signal(id, "r2", "H", "ann", "attack.impact", 2), // joins r1
			signal(id, "r3", "g", "Ann", "attack.impact", 3), // joins r2
			signal(id, "r2", "h", "bob", "attack.impact", 4), // r2 goes on and is about bob too
			signal(id, "r4", "f", "bob", "attack.discovery", 5),
			signal(id, "r1", "h", "", "attack.execution", 6),
		}
	}
	a.apply(t, a.one, 1, signals(a.one)...)
	for i, s := range signals(a.two) {
		a.apply(t, a.two, uint64(i+1), s)
	}
	of := func(id tenant.ID) map[string]int {
		risks := make(map[string]int)
		for _, al := range a.list(t, everyone(t), alert.Query{Tenants: []tenant.ID{id}}) {
			risks[al.Rule.ID] = al.Risk
		}
		return risks
	}
	if d := cmp.Diff(of(a.two), of(a.one)); d != "" || len(of(a.one)) != 4 {
		t.Errorf("(-many +one):\n%s", d)
	}
}
