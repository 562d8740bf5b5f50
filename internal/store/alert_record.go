package store

import (
	"context"

	"github.com/isoc-project/isoc/internal/response/alert"
)

// Records implements [alert.Desk]. It groups in the order of an index and reads no row.
func (a Alerts) Records(ctx context.Context, q alert.RecordQuery) (map[string]alert.RuleRecord, error) {
	found := make(map[string]alert.RuleRecord)
	err := a.s.inScope(ctx, "records of rules", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		text, args := t.recordsOf(q)
		return t.each(ctx, text, args, func(scan func(...any) error) error {
			var rule, state, verdict string
			var n, day, week, last int64
			if err := scan(&rule, &state, &verdict, &n, &day, &week, &last); err != nil {
				return err
			}
			r := found[rule]
			r.Total += n
			r.Day += day
			r.Week += week
			if fired := at(last); fired.After(r.LastAt) {
				r.LastAt = fired
			}
			if alert.State(state) == alert.Closed {
				if r.Verdicts == nil {
					r.Verdicts = make(map[alert.Verdict]int64)
				}
				r.Verdicts[alert.Verdict(verdict)] += n
			}
			found[rule] = r
			return nil
		})
	})
	return found, err
}

// recordsOf is the statement that reads records, with what it binds.
func (t *txn) recordsOf(q alert.RecordQuery) (text string, args []any) {
	w := t.rows()
	if q.Rule != "" {
		w.and("rule_id = ?", q.Rule)
	}
	day, week := w.bind(micros(q.Day)), w.bind(micros(q.Week))
	return "SELECT rule_id, state, verdict, COUNT(*), SUM(CASE WHEN last_at >= " + day + " THEN 1 ELSE 0 END), SUM(CASE WHEN last_at >= " + week +
		" THEN 1 ELSE 0 END), MAX(last_at) FROM alerts" + w.String() + " GROUP BY rule_id, tenant_id, state, verdict", w.args // by tenant only because the index is
}
