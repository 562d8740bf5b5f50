package store

import (
	"context"
	"maps"
	"slices"
	"strings"

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

// AttackRecords implements [alert.Desk].
func (a Alerts) AttackRecords(ctx context.Context, q alert.RecordQuery) ([]alert.AttackRecord, error) {
	type key struct{ tenant, rule string }
	by := make(map[string]*alert.AttackRecord)
	err := a.s.inScope(ctx, "records of techniques", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		words := make(map[key]string)
		w := t.rows()
		if err := t.each(ctx, "SELECT tenant_id, rule_id, attack FROM alert_rules"+w.String(), w.args, func(scan func(...any) error) error {
			var k key
			var attack string
			err := scan(&k.tenant, &k.rule, &attack)
			words[k] = attack
			return err
		}); err != nil {
			return err
		}
		text, args := t.attackOf(q)
		return t.each(ctx, text, args, func(scan func(...any) error) error {
			var k key
			var day, week int64
			if err := scan(&k.tenant, &k.rule, &day, &week); err != nil {
				return err
			}
			r := by[words[k]]
			if r == nil {
				r = &alert.AttackRecord{Words: strings.Fields(words[k])}
				by[words[k]] = r
			}
			r.Day += day
			r.Week += week
			return nil
		})
	})
	out := make([]alert.AttackRecord, 0, len(by))
	for _, words := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[words])
	}
	return out, err
}

// attackOf is the statement that counts what fired lately, with what it binds.
func (t *txn) attackOf(q alert.RecordQuery) (text string, args []any) {
	w := t.rows()
	earliest := q.Week
	if q.Day.Before(earliest) {
		earliest = q.Day
	}
	w.and("last_at >= ?", micros(earliest))
	day, week := w.bind(micros(q.Day)), w.bind(micros(q.Week))
	return "SELECT tenant_id, rule_id, SUM(CASE WHEN last_at >= " + day + " THEN 1 ELSE 0 END), SUM(CASE WHEN last_at >= " + week +
		" THEN 1 ELSE 0 END) FROM alerts" + w.String() + " GROUP BY tenant_id, rule_id", w.args
}
