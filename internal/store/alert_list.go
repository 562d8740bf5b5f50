package store

import (
	"context"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// alertColumns are those that [txn.alerts] reads, in its order.
const alertColumns = `tenant_id, id, fingerprint, rule_id, title, level, tags, models, entities, state, verdict, reason, assignee,
	count, first_at, last_at, created_at, updated_at, updated_by, version, moved_version, risk, risk_parts, source_id, host, address, users`

// List implements [alert.Shelf]. It finds the ids of the page in an index and only then reads their rows, so that a page far down
// costs little more than the first.
func (a Alerts) List(ctx context.Context, q alert.Query) (alert.Page, error) {
	var page alert.Page
	err := a.s.inScope(ctx, "list alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		if err := t.countAlerts(ctx, q, &page); err != nil {
			return err
		}
		text, args, err := t.pageOf(q)
		if err != nil {
			return err
		}
		page.Items, err = t.alerts(ctx, text, args)
		return err
	})
	if err != nil {
		return alert.Page{}, err
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Cursor = q.Sort.CursorOf(page.Items[q.Limit-1])
	}
	return page, nil
}

// pageOf is the statement that reads one page of alerts, with what it binds.
func (t *txn) pageOf(q alert.Query) (text string, args []any, err error) {
	w := t.alertFilter(q)
	if q.Until != "" {
		w.and("id <= ?", q.Until)
	}
	if err := w.beyond(q); err != nil {
		return "", nil, err
	}
	order := " ORDER BY id DESC"
	if q.Sort == alert.Riskest {
		order = " ORDER BY risk DESC, id DESC"
	}
	window := " LIMIT " + w.bind(q.Limit+1)
	if q.Offset > 0 {
		window += " OFFSET " + w.bind(q.Offset)
	}
	return "SELECT " + alertColumns + " FROM alerts WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM alerts" +
		w.String() + order + window + ")" + order, w.args, nil
}

// countAlerts fills in the figures of a page: how many there are as of the snapshot, and the latest of all.
func (t *txn) countAlerts(ctx context.Context, q alert.Query, page *alert.Page) error {
	w := t.alertFilter(q)
	counted := "COUNT(*)"
	if q.Until != "" {
		counted = "COALESCE(SUM(CASE WHEN id <= " + w.bind(q.Until) + " THEN 1 ELSE 0 END), 0)"
	}
	text := "SELECT " + counted + ", COALESCE(MAX(id), '') FROM alerts" + w.String()
	return translate(t.sql.QueryRowContext(ctx, text, w.args...).Scan(&page.Total, &page.Newest))
}

// beyond begins a page after its cursor.
func (w *where) beyond(q alert.Query) error {
	if q.Cursor == "" {
		return nil
	}
	c, err := q.Sort.ReadCursor(q.Cursor)
	if err != nil {
		return err
	}
	if q.Sort == alert.Riskest {
		w.and("risk < ? OR (risk = ? AND id < ?)", c.Risk, c.Risk, c.ID)
	} else {
		w.and("id < ?", c.ID)
	}
	return nil
}

// alertFilter is everything of the query but where its page begins and ends.
func (t *txn) alertFilter(q alert.Query) *where {
	w := t.rows()
	if len(q.States) > 0 && !slices.Contains(q.States, alert.Closed) {
		w.and("state <> 'closed'") // the words of the indexes over open alerts
	}
	if !isOpen(q.States) {
		in(w, "state", q.States)
	}
	in(w, "level", q.Levels)
	in(w, "verdict", q.Verdicts)
	if q.Rule != "" {
		w.and("rule_id = ?", q.Rule)
	}
	if q.Assignee != nil {
		w.and("assignee = ?", *q.Assignee)
	}
	if q.Source != nil {
		w.and("source_id = ?", *q.Source)
	}
	if !q.From.IsZero() {
		w.and("last_at >= ?", micros(q.From))
	}
	if !q.To.IsZero() {
		w.and("last_at < ?", micros(q.To))
	}
	if !q.RaisedFrom.IsZero() {
		w.raisedFrom(q.RaisedFrom)
	}
	if !q.MovedFrom.IsZero() {
		t.movedFrom(w, q.MovedFrom, q.NotBy)
	}
	for _, e := range q.Entities {
		t.aboutEntity(w, e)
	}
	if q.Text != "" {
		t.aboutText(w, q)
	}
	return w
}

// isOpen reports whether the states are exactly all but closed.
func isOpen(states []alert.State) bool {
	for _, s := range []alert.State{alert.New, alert.Acknowledged, alert.Investigating} {
		if !slices.Contains(states, s) {
			return false
		}
	}
	return !slices.Contains(states, alert.Closed)
}

// aboutEntity adds that an alert lists the entity or, for an empty value, nothing under the field.
func (t *txn) aboutEntity(w *where, e event.Field) {
	if e.Value != "" {
		w.within(t.rows().and("field = ? AND value = ?", alert.Fold(e.Name), alert.Fold(e.Value)), "(tenant_id, id) IN (SELECT tenant_id, alert_id FROM alert_entities", ")")
		return
	}
	if column, ok := groupedBy(e.Name); ok {
		w.and(column + " = ''")
		return
	}
	w.within(t.rows().and("field = ?", alert.Fold(e.Name)), "(tenant_id, id) NOT IN (SELECT tenant_id, alert_id FROM alert_entities", ")")
}

// aboutText adds that the text is in the rule's title, in the title a reader knows the rule by, or in an entity's value.
func (t *txn) aboutText(w *where, q alert.Query) {
	or := &where{}
	or.and(`LOWER(title) LIKE ? ESCAPE '\'`, like(q.Text))
	in(or, "rule_id", q.Titled)
	or.within(t.rows().and(`value LIKE ? ESCAPE '\'`, like(alert.Fold(q.Text))), "(tenant_id, id) IN (SELECT tenant_id, alert_id FROM alert_entities", ")")
	w.either(or.conditions, or.args)
}

// groupedBy is the column that holds what alerts have under an entity field, for the fields that have one.
func groupedBy(field string) (string, bool) {
	switch field {
	case event.HostName:
		return "host", true
	case event.SourceIP:
		return "address", true
	case event.UserName:
		return "users", true
	}
	return "", false
}

func (t *txn) alerts(ctx context.Context, text string, args []any) ([]alert.Alert, error) {
	rows, err := t.sql.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var all []alert.Alert
	for rows.Next() {
		var r sqlgen.Alert
		if err := rows.Scan(&r.TenantID, &r.ID, &r.Fingerprint, &r.RuleID, &r.Title, &r.Level, &r.Tags, &r.Models, &r.Entities,
			&r.State, &r.Verdict, &r.Reason, &r.Assignee, &r.Count, &r.FirstAt, &r.LastAt, &r.CreatedAt, &r.UpdatedAt, &r.UpdatedBy,
			&r.Version, &r.MovedVersion, &r.Risk, &r.RiskParts, &r.SourceID, &r.Host, &r.Address, &r.Users); err != nil {
			return nil, translate(err)
		}
		al, err := alertOf(r)
		if err != nil {
			return nil, err
		}
		all = append(all, al)
	}
	return all, translate(rows.Err())
}
