package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/response/alert"
)

func firingsAreTold(t *testing.T, b bench) {
	a := newAlertBench(t, b)
	a.apply(t, a.one, 1,
		firing(a.one, "r1", "web01", "203.0.113.7", "root", 0, "e01"),
		firing(a.one, "r1", "web01", "203.0.113.7", "root", 5, "e02"),
		firing(a.one, "r1", "web02", "203.0.113.8", "root", 6, "e03"),
		firing(a.one, "r2", "web01", "203.0.113.7", "root", 7, "e04"))
	a.apply(t, a.two, 1, firing(a.two, "r1", "web01", "203.0.113.7", "root", 8, "e05"))
	start := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		q    alert.FiringQuery
		want string
	}{
		"of a rule":        {alert.FiringQuery{Tenant: a.one, Rule: "r1", Since: start, Limit: 10}, "2 3: e03 e02 e01"},
		"of every rule":    {alert.FiringQuery{Tenant: a.one, Since: start, Limit: 10}, "3 4: e04 e03 e02 e01"},
		"bounded":          {alert.FiringQuery{Tenant: a.one, Rule: "r1", Since: start, Limit: 2}, "2 3: e03 e02"},
		"since":            {alert.FiringQuery{Tenant: a.one, Rule: "r1", Since: start.Add(5 * time.Minute), Limit: 9}, "2 3: e03 e02"},
		"of another's":     {alert.FiringQuery{Tenant: a.two, Rule: "r1", Since: start, Limit: 9}, "1 1: e05"},
		"where none fired": {alert.FiringQuery{Tenant: a.two, Rule: "r9", Since: start, Limit: 9}, "0 0:"},
	} {
		f, err := a.Firings(everyone(t), c.q)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%d %d:", f.Alerts, f.Total)
		for _, k := range f.Kept {
			got += " " + k.EventID
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
