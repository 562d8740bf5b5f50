package store

import (
	"context"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// recentVerdicts is how many past judgements are told in full.
const recentVerdicts = 10

// LocateAll implements [alert.Shelf].
func (a Alerts) LocateAll(ctx context.Context, ids []string) (map[string]tenant.ID, error) {
	found := make(map[string]tenant.ID, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := a.s.inScope(ctx, "find the tenants of alerts", nil, func(ctx context.Context) error {
		t := a.s.from(ctx)
		w := t.rows()
		in(w, "id", ids)
		return t.each(ctx, "SELECT id, tenant_id FROM alerts"+w.String(), w.args, func(scan func(...any) error) error {
			var id, of string
			err := scan(&id, &of)
			found[id] = tenant.ID(of)
			return err
		})
	})
	return found, err
}

// Alert implements [alert.Shelf].
func (a Alerts) Alert(ctx context.Context, id tenant.ID, alertID string) (alert.Alert, error) {
	row, err := a.s.from(ctx).AlertByID(ctx, id.String(), alertID)
	if err != nil {
		return alert.Alert{}, translate(err)
	}
	return alertOf(row)
}

// Related implements [alert.Shelf]. It reads the latest few alerts of each entity from its index and merges them.
func (a Alerts) Related(ctx context.Context, of alert.Alert, entities []event.Field, limit int) (alert.Related, error) {
	var out alert.Related
	err := a.s.ReadTenant(ctx, of.Tenant, func(ctx context.Context) error {
		t := a.s.from(ctx)
		var ids []string
		for _, e := range entities {
			field, value := alert.Fold(e.Name), alert.Fold(e.Value)
			n, err := t.CountAlertEntity(ctx, sqlgen.CountAlertEntityParams{TenantID: of.Tenant.String(), Field: field, Value: value})
			if err != nil {
				return translate(err)
			}
			out.Entities = append(out.Entities, alert.EntityTotal{Entity: e, Total: n})
			some, err := t.LatestAboutEntity(ctx, sqlgen.LatestAboutEntityParams{TenantID: of.Tenant.String(), Field: field, Value: value, Latest: int32(limit) + 1})
			if err != nil {
				return translate(err)
			}
			ids = append(ids, some...)
		}
		slices.Sort(ids)
		ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == of.ID })
		slices.Reverse(ids)
		ids = ids[:min(len(ids), limit)]
		found, err := t.alertsByID(ctx, ids)
		for _, id := range ids {
			if al, ok := found[id]; ok {
				out.Alerts = append(out.Alerts, al)
			}
		}
		return err
	})
	return out, err
}

// Precedents implements [alert.Shelf].
func (a Alerts) Precedents(ctx context.Context, of alert.Alert) (alert.Precedents, error) {
	var out alert.Precedents
	err := a.s.ReadTenant(ctx, of.Tenant, func(ctx context.Context) error {
		t := a.s.from(ctx)
		var err error
		if out.Here, err = t.verdicts(ctx, of.Rule.ID, "id <> ?", of.ID); err != nil {
			return err
		}
		w := t.rows().and("rule_id = ? AND state = 'closed' AND id <> ?", of.Rule.ID, of.ID)
		limit := w.bind(recentVerdicts)
		out.Recent, err = t.alerts(ctx, "SELECT "+alertColumns+" FROM alerts"+w.String()+" ORDER BY updated_at DESC, id DESC LIMIT "+limit, w.args)
		return err
	})
	if err != nil || !tenant.ScopeFrom(ctx).IsAll() {
		return out, err
	}
	err = a.s.AllTenants(ctx, "verdicts of a rule elsewhere", func(ctx context.Context) error {
		t := a.s.from(ctx)
		out.Elsewhere, err = t.verdicts(ctx, of.Rule.ID, "tenant_id <> ?", of.Tenant.String())
		return err
	})
	return out, err
}

// verdicts counts by verdict the closed alerts of a rule but one alert's or one tenant's, the most frequent first.
func (t *txn) verdicts(ctx context.Context, rule, but, value string) ([]alert.VerdictCount, error) {
	w := t.rows().and("rule_id = ? AND state = 'closed'", rule).and(but, value)
	var all []alert.VerdictCount
	text := "SELECT verdict, COUNT(*), COUNT(DISTINCT tenant_id) FROM alerts" + w.String() + " GROUP BY verdict ORDER BY 2 DESC, 1"
	err := t.each(ctx, text, w.args, func(scan func(...any) error) error {
		var v string
		var c alert.VerdictCount
		err := scan(&v, &c.Count, &c.Tenants)
		c.Verdict = alert.Verdict(v)
		all = append(all, c)
		return err
	})
	return all, err
}
