package store

import (
	"context"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// levelRank is alert.LevelRank in SQL.
const levelRank = `CASE level WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 WHEN 'informational' THEN 0 ELSE -1 END`

// groupColumn is what alerts are grouped by under a key. The column about entities holds several values one a line.
func groupColumn(by alert.Key) (column, entity string) {
	switch by {
	case alert.ByRule:
		return "rule_id", ""
	case alert.ByHost:
		return "host", event.HostName
	case alert.ByAddress:
		return "address", event.SourceIP
	case alert.ByUser:
		return "users", event.UserName
	case alert.ByTenant:
		return "tenant_id", ""
	case alert.BySource:
		return "source_id", ""
	case alert.ByAssignee:
		return "assignee", ""
	}
	return "level", ""
}

// Groups implements [alert.Shelf].
func (a Alerts) Groups(ctx context.Context, q alert.Query, by alert.Key) (alert.Groups, error) {
	var out alert.Groups
	err := a.s.inScope(ctx, "group alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		groups, err := t.groups(ctx, q, by)
		if err != nil {
			return err
		}
		alert.SortGroups(groups)
		out = alert.Groups{Items: groups[:min(len(groups), alert.MaxGroups)], Total: len(groups)}
		return t.label(ctx, out.Items, by)
	})
	return out, err
}

// groups counts the alerts of each key, in no order.
func (t *txn) groups(ctx context.Context, q alert.Query, by alert.Key) ([]alert.Group, error) {
	column, entity := groupColumn(by)
	w := t.alertFilter(q)
	text := "SELECT " + column + " || '', COUNT(*), SUM(CASE WHEN state <> 'closed' THEN 1 ELSE 0 END), MAX(" + levelRank + "), MAX(risk), MAX(last_at), MAX(id) FROM alerts" +
		w.String() + " GROUP BY " + column + " || ''" // an expression, lest SQLite take the narrow index that begins with it and read every row
	rows, err := t.sql.QueryContext(ctx, text, w.args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	found := make(map[string]*alert.Group)
	for rows.Next() {
		var g alert.Group
		var rank int
		var last int64
		if err := rows.Scan(&g.Key, &g.Count, &g.Open, &rank, &g.Risk, &last, &g.Newest); err != nil {
			return nil, translate(err)
		}
		g.LastAt = at(last)
		if rank >= 0 {
			g.WorstLevel = alert.Levels()[rank]
		}
		if entity == "" || !strings.Contains(g.Key, "\n") {
			merge(found, g.Key, g)
			continue
		}
		for key := range strings.SplitSeq(g.Key, "\n") {
			merge(found, key, g)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	all := make([]alert.Group, 0, len(found))
	for key, g := range found {
		g.Key = key
		all = append(all, *g)
	}
	return all, nil
}

// merge adds a group's figures to those of its key.
func merge[K comparable](into map[K]*alert.Group, key K, g alert.Group) {
	known, ok := into[key]
	if !ok {
		known = new(alert.Group)
		*known = g
		into[key] = known
		return
	}
	known.Count += g.Count
	known.Open += g.Open
	known.Risk = max(known.Risk, g.Risk)
	known.Newest = max(known.Newest, g.Newest)
	if alert.LevelRank(g.WorstLevel) > alert.LevelRank(known.WorstLevel) {
		known.WorstLevel = g.WorstLevel
	}
	if g.LastAt.After(known.LastAt) {
		known.LastAt = g.LastAt
	}
}

// label names groups of rules and entities as their latest alerts do.
func (t *txn) label(ctx context.Context, groups []alert.Group, by alert.Key) error {
	_, entity := groupColumn(by)
	if by != alert.ByRule && entity == "" || len(groups) == 0 {
		return nil
	}
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.Newest
	}
	slices.Sort(ids)
	latest, err := t.alertsByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for i := range groups {
		groups[i].Label = labelOf(latest[groups[i].Newest], groups[i].Key, entity)
	}
	return nil
}

func labelOf(a alert.Alert, key, entity string) string {
	if entity == "" {
		return a.Rule.Title
	}
	for _, e := range a.Entities {
		if e.Name == entity && alert.Fold(e.Value) == key {
			return e.Value
		}
	}
	return key
}

// alertsByID reads alerts by their ids.
func (t *txn) alertsByID(ctx context.Context, ids []string) (map[string]alert.Alert, error) {
	found := make(map[string]alert.Alert, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	w := t.rows()
	in(w, "id", ids)
	all, err := t.alerts(ctx, "SELECT "+alertColumns+" FROM alerts"+w.String(), w.args)
	for _, a := range all {
		found[a.ID] = a
	}
	return found, err
}
