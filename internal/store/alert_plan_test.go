package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestFirstPageIsReadInTheOrderOfAnIndex asks SQLite how it would read the first page: the ids in the order of an index, so that it
// sorts no more than the page.
func TestFirstPageIsReadInTheOrderOfAnIndex(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ctx := tenant.WithScope(t.Context(), tenant.All())
	one := []tenant.ID{"01M84XKEADFFZQ4XT3T19XDSWF"}
	open := []alert.State{alert.New, alert.Acknowledged, alert.Investigating}
	for name, q := range map[string]alert.Query{
		"newest":                      {},
		"newest, one customer":        {Tenants: one},
		"newest open":                 {States: open},
		"by risk":                     {Sort: alert.Riskest},
		"open by risk":                {Sort: alert.Riskest, States: open},
		"open by risk, one customer":  {Sort: alert.Riskest, States: open, Tenants: one},
		"closed by risk":              {Sort: alert.Riskest, States: []alert.State{alert.Closed}},
		"open by risk, deep":          {Sort: alert.Riskest, States: open, Offset: 40_000},
		"newest of a snapshot":        {Until: "01M84XKEADFFZQ4XT3T19XDSWF"},
		"high and open by risk":       {Sort: alert.Riskest, States: open, Levels: []string{"high"}},
		"newest high of one customer": {Levels: []string{"high"}, Tenants: one},
	} {
		t.Run(name, func(t *testing.T) {
			q.Limit = 200
			err := s.inScope(ctx, "plan", q.Tenants, func(ctx context.Context) error {
				tx := s.from(ctx)
				text, args, err := tx.pageOf(q)
				if err != nil {
					return err
				}
				return tx.checkPlan(t, ctx, text, args)
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// checkPlan fails where a statement sorts more than its outermost select finds, or reads a table from end to end without an index.
func (t *txn) checkPlan(tt *testing.T, ctx context.Context, text string, args []any) error {
	tt.Helper()
	var plan []string
	bad := false
	err := t.each(ctx, "EXPLAIN QUERY PLAN "+text, args, func(scan func(...any) error) error {
		var id, parent, unused int
		var detail string
		err := scan(&id, &parent, &unused, &detail)
		plan = append(plan, fmt.Sprintf("%d<%d %s", id, parent, detail))
		bad = bad || parent != 0 && strings.Contains(detail, "TEMP B-TREE FOR") && strings.Contains(detail, "ORDER BY")
		bad = bad || strings.HasPrefix(detail, "SCAN alerts") && !strings.Contains(detail, "COVERING INDEX")
		return err
	})
	if err == nil && (bad || len(plan) == 0) {
		tt.Errorf("plan:\n%s", strings.Join(plan, "\n"))
	}
	return err
}
