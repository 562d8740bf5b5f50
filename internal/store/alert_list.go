package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// alertColumns are those that [txn.alerts] reads, in its order.
const alertColumns = `tenant_id, id, fingerprint, rule_id, title, level, tags, models, entities, state, verdict, reason, assignee,
	count, first_at, last_at, created_at, updated_at, updated_by, version, moved_version, risk, risk_parts, source_id, host, address, users, backfilled_by, rule_digest`

// List implements [alert.Shelf]. It finds the ids of the page in an index and only then reads their rows, so that a page far down
// costs little more than the first.
func (a Alerts) List(ctx context.Context, q alert.Query) (alert.Page, error) {
	var page alert.Page
	err := a.s.inScope(ctx, "list alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		if q.Text != "" {
			return t.searchAlerts(ctx, q, &page)
		}
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

// searchAlerts fills in a page where looking for its alerts costs more than anything else: it looks once, and counts and orders here.
func (t *txn) searchAlerts(ctx context.Context, q alert.Query, page *alert.Page) error {
	var after alert.Cursor
	if q.Cursor != "" {
		var err error
		if after, err = q.Sort.ReadCursor(q.Cursor); err != nil {
			return err
		}
	}
	var found []alert.Cursor
	w := t.alertFilter(q)
	err := t.packed(ctx, []string{"id", "risk"}, " FROM alerts"+w.String(), w.args, func(row []string) {
		page.Newest = max(page.Newest, row[0])
		if q.Until != "" && row[0] > q.Until {
			return
		}
		page.Total++
		c := alert.Cursor{ID: row[0]}
		if q.Sort == alert.Riskest {
			c.Risk = int(number(row[1]))
		}
		if q.Cursor == "" || before(after, c) < 0 {
			found = append(found, c)
		}
	})
	if err != nil {
		return err
	}
	slices.SortFunc(found, before)
	found = found[min(q.Offset, len(found)):]
	found = found[:min(q.Limit+1, len(found))]
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	byID, err := t.alertsByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		page.Items = append(page.Items, byID[id])
	}
	return nil
}

// before puts the riskier first, and of equals the later.
func before(a, b alert.Cursor) int {
	return cmp.Or(cmp.Compare(b.Risk, a.Risk), cmp.Compare(b.ID, a.ID))
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
	if len(q.Techniques)+len(q.Tactics) > 0 {
		t.ofAttack(w, q.Techniques, q.Tactics)
	}
	for _, e := range q.Entities {
		t.aboutEntity(w, e, true)
	}
	for _, e := range q.Without {
		t.aboutEntity(w, e, false)
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

// aboutEntity adds that an alert lists the entity or, for an empty value, nothing under the field; or that it is not so.
func (t *txn) aboutEntity(w *where, e event.Field, holds bool) {
	lists := t.rows().and("field = ?", alert.Fold(e.Name))
	if e.Value != "" {
		lists.and("value = ?", alert.Fold(e.Value))
	}
	if e.Value == "" {
		holds = !holds
	}
	column, grouped := groupedBy(e.Name)
	switch {
	case e.Value == "" && grouped && holds:
		w.and(column + " <> ''")
	case e.Value == "" && grouped:
		w.and(column + " = ''")
	case holds:
		w.within(lists, "(tenant_id, id) IN (SELECT tenant_id, alert_id FROM alert_entities", ")")
	default:
		w.within(lists, "(tenant_id, id) NOT IN (SELECT tenant_id, alert_id FROM alert_entities", ")")
	}
}

// ofAttack adds that the alert's rule has one of the techniques, or a sub-technique of one, and one of the tactics.
func (t *txn) ofAttack(w *where, techniques, tactics []string) {
	rules := t.rows()
	or := &where{}
	for _, name := range techniques {
		or.and(`attack LIKE ? ESCAPE '\'`, like(" "+name+" "))
		or.and(`attack LIKE ? ESCAPE '\'`, like(" "+name+"."))
	}
	if len(techniques) > 0 {
		rules.either(or.conditions, or.args)
	}
	or = &where{}
	for _, name := range tactics {
		or.and(`attack LIKE ? ESCAPE '\'`, like(" "+name+" "))
	}
	if len(tactics) > 0 {
		rules.either(or.conditions, or.args)
	}
	w.within(rules, "(tenant_id, rule_id) IN (SELECT tenant_id, rule_id FROM alert_rules", ")")
}

// aboutText adds that the text is in a title of the rule, in the title a reader knows the rule by, or in an entity's value.
func (t *txn) aboutText(w *where, q alert.Query) {
	or := &where{}
	folded := like(alert.Fold(q.Text))
	or.within(t.rows().and(`title LIKE ? ESCAPE '\'`, folded), "(tenant_id, rule_id) IN (SELECT tenant_id, rule_id FROM alert_rules", ")")
	in(or, "rule_id", q.Titled)
	// By the id alone, which no other customer's alert has either: so SQLite reads the index that covers the list, not the rows.
	or.within(t.rows().and(`value LIKE ? ESCAPE '\'`, folded), "id IN (SELECT alert_id FROM alert_entities", ")")
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
			&r.Version, &r.MovedVersion, &r.Risk, &r.RiskParts, &r.SourceID, &r.Host, &r.Address, &r.Users, &r.BackfilledBy, &r.RuleDigest); err != nil {
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
