package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
)

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

// Groups implements [alert.Shelf]. It counts here: SQL would sort the whole by the key.
func (a Alerts) Groups(ctx context.Context, q alert.Query, by alert.Key) (alert.Groups, error) {
	var out alert.Groups
	err := a.s.inScope(ctx, "group alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		groups, alerts, err := t.groups(ctx, q, by)
		if err != nil {
			return err
		}
		alert.SortGroups(groups)
		first := min(q.Offset, len(groups))
		out = alert.Groups{Items: groups[first:min(first+q.Limit, len(groups))], Total: len(groups), Alerts: alerts}
		return t.label(ctx, out.Items, by)
	})
	return out, err
}

// groups counts the alerts of each key, in no order, and all alerts.
func (t *txn) groups(ctx context.Context, q alert.Query, by alert.Key) (all []alert.Group, alerts int64, err error) {
	column, entity := groupColumn(by)
	w := t.alertFilter(q)
	found := make(map[string]*figures)
	err = t.packed(ctx, []string{"id", "level", "state", "risk", "last_at", column}, " FROM alerts"+w.String(), w.args, func(row []string) {
		alerts++
		one := figures{count: 1, rank: alert.LevelRank(row[1]), risk: int(number(row[3])), last: number(row[4]), newest: row[0]}
		if row[2] != string(alert.Closed) {
			one.open = 1
		}
		if entity == "" || !strings.Contains(row[5], "\n") {
			one.on(found, row[5])
			return
		}
		for key := range strings.SplitSeq(row[5], "\n") {
			one.on(found, key)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	for key, f := range found {
		all = append(all, f.group(key))
	}
	return all, alerts, nil
}

// figures add up what alerts have in common.
type figures struct {
	count, open int64
	rank        int // of the worst level
	risk        int // the highest
	last        int64
	newest      string
}

// on adds the figures to those of a key.
func (f figures) on(all map[string]*figures, key string) {
	known, ok := all[key]
	if !ok {
		known = new(figures)
		*known = f
		all[key] = known
		return
	}
	known.count += f.count
	known.open += f.open
	known.rank = max(known.rank, f.rank)
	known.risk = max(known.risk, f.risk)
	known.last = max(known.last, f.last)
	known.newest = max(known.newest, f.newest)
}

func (f *figures) group(key string) alert.Group {
	g := alert.Group{Key: key, Count: f.count, Open: f.open, Risk: f.risk, LastAt: at(f.last), Newest: f.newest}
	if f.rank >= 0 {
		g.WorstLevel = alert.Levels()[f.rank]
	}
	return g
}

// number reads a whole number as the engines write it.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
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
