package store

import (
	"context"
	"strings"

	"github.com/isoc-project/isoc/internal/response/alert"
)

// firingAlerts bounds the alerts whose firings are read: each keeps [alert.MaxEvidence] at most.
const firingAlerts = 2000

// Firings implements [alert.Desk].
func (a Alerts) Firings(ctx context.Context, q alert.FiringQuery) (out alert.Firings, err error) {
	err = a.s.ReadTenant(ctx, q.Tenant, func(ctx context.Context) error {
		t := a.s.from(ctx)
		of := func() *where {
			w := t.rows()
			if q.Rule != "" {
				w.and("rule_id = ?", q.Rule)
			}
			return w.and("last_at >= ?", micros(q.Since))
		}
		w := of()
		row := t.sql.QueryRowContext(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM alerts"+w.String(), w.args...)
		if err := row.Scan(&out.Alerts, &out.Total); err != nil {
			return translate(err)
		}
		w = of()
		text := strings.Join([]string{
			"SELECT a.id, a.rule_id, a.title, e.event_id, e.at FROM (SELECT tenant_id, id, rule_id, title FROM alerts", w.String(),
			" ORDER BY last_at DESC, id DESC LIMIT ", w.bind(firingAlerts), ") a JOIN alert_evidence e ON e.tenant_id = a.tenant_id AND e.alert_id = a.id WHERE e.at >= ",
			w.bind(micros(q.Since)), " ORDER BY e.at DESC, e.event_id DESC LIMIT ", w.bind(q.Limit)}, "")
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			var f alert.KeptFiring
			var us int64
			err := scan(&f.Alert, &f.Rule, &f.Title, &f.EventID, &us)
			f.Time = at(us)
			out.Kept = append(out.Kept, f)
			return err
		})
	})
	return out, err
}
