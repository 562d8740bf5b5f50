package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Stats implements [alert.Shelf].
func (a Alerts) Stats(ctx context.Context, q alert.Query, width func(from, to time.Time) time.Duration) (alert.Stats, error) {
	out := alert.Stats{ByLevel: make(map[string]int64), ByState: make(map[alert.State]int64)}
	err := a.s.inScope(ctx, "figures about alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		if err := t.spread(ctx, q, &out); err != nil || out.Total == 0 {
			return err
		}
		from, to, err := t.spanOf(ctx, q)
		if err != nil {
			return err
		}
		out.Width = width(from, to)
		if err := t.overTime(ctx, q, &out); err != nil {
			return err
		}
		return t.tops(ctx, q, &out)
	})
	return out, err
}

// spread counts by level and state.
func (t *txn) spread(ctx context.Context, q alert.Query, out *alert.Stats) error {
	w := t.alertFilter(q)
	return t.each(ctx, "SELECT level, state, COUNT(*) FROM alerts"+w.String()+" GROUP BY level, state", w.args, func(scan func(...any) error) error {
		var level, state string
		var n int64
		if err := scan(&level, &state, &n); err != nil {
			return err
		}
		out.ByLevel[level] += n
		out.ByState[alert.State(state)] += n
		out.Total += n
		return nil
	})
}

// spanOf is the time that the figures are about: what was asked for, or where the alerts are.
func (t *txn) spanOf(ctx context.Context, q alert.Query) (from, to time.Time, err error) {
	from, to = q.From, q.To
	if !from.IsZero() && !to.IsZero() {
		return from, to, nil
	}
	w := t.alertFilter(q)
	var first, last int64
	if err := t.sql.QueryRowContext(ctx, "SELECT MIN(last_at), MAX(last_at) FROM alerts"+w.String(), w.args...).Scan(&first, &last); err != nil {
		return from, to, translate(err)
	}
	if from.IsZero() {
		from = at(first)
	}
	if to.IsZero() {
		to = at(last)
	}
	return from, to, nil
}

// overTime counts by slices of time that begin at whole multiples of their width.
func (t *txn) overTime(ctx context.Context, q alert.Query, out *alert.Stats) error {
	w := t.alertFilter(q)
	n := w.bind(out.Width.Microseconds())
	text := "SELECT last_at / " + n + ", level, COUNT(*) FROM alerts" + w.String() + " GROUP BY 1, 2 ORDER BY 1"
	return t.each(ctx, text, w.args, func(scan func(...any) error) error {
		var slice, n int64
		var level string
		if err := scan(&slice, &level, &n); err != nil {
			return err
		}
		start := at(slice * out.Width.Microseconds())
		if len(out.OverTime) == 0 || !out.OverTime[len(out.OverTime)-1].At.Equal(start) {
			out.OverTime = append(out.OverTime, alert.Slice{At: start, Levels: make(map[string]int64)})
		}
		out.OverTime[len(out.OverTime)-1].Levels[level] += n
		return nil
	})
}

// tops finds the most frequent rules, entities and sources.
func (t *txn) tops(ctx context.Context, q alert.Query, out *alert.Stats) error {
	rules, err := t.top(ctx, q, alert.ByRule)
	if err != nil {
		return err
	}
	out.Rules = rules
	for _, by := range []alert.Key{alert.ByHost, alert.ByAddress, alert.ByUser} {
		groups, err := t.top(ctx, q, by)
		if err != nil {
			return err
		}
		_, entity := groupColumn(by)
		for _, g := range groups {
			out.Entities = append(out.Entities, alert.EntityCount{Entity: event.Field{Name: entity, Value: g.Label}, Count: g.Count, WorstLevel: g.WorstLevel})
		}
	}
	slices.SortStableFunc(out.Entities, func(a, b alert.EntityCount) int { return cmp.Compare(b.Count, a.Count) })
	out.Entities = out.Entities[:min(len(out.Entities), alert.MaxTop)]
	w := t.alertFilter(q)
	w.and("source_id <> ''")
	text := "SELECT tenant_id, source_id, COUNT(*) FROM alerts" + w.String() + " GROUP BY tenant_id, source_id ORDER BY 3 DESC, 2 LIMIT " + w.bind(alert.MaxTop)
	return t.each(ctx, text, w.args, func(scan func(...any) error) error {
		var of string
		var c alert.SourceCount
		if err := scan(&of, &c.Source, &c.Count); err != nil {
			return err
		}
		c.Tenant = tenant.ID(of)
		out.Sources = append(out.Sources, c)
		return nil
	})
}

// top is the most frequent groups that have a key, labelled.
func (t *txn) top(ctx context.Context, q alert.Query, by alert.Key) ([]alert.Group, error) {
	groups, err := t.groups(ctx, q, by)
	if err != nil {
		return nil, err
	}
	groups = slices.DeleteFunc(groups, func(g alert.Group) bool { return g.Key == "" })
	slices.SortFunc(groups, func(a, b alert.Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Risk, a.Risk), strings.Compare(a.Key, b.Key))
	})
	groups = groups[:min(len(groups), alert.MaxTop)]
	return groups, t.label(ctx, groups, by)
}
