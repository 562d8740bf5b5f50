package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// Stats implements [alert.Shelf]. It reads what it counts once, from one index, and counts here: on SQLite each grouping in SQL would
// sort the whole.
func (a Alerts) Stats(ctx context.Context, q alert.Query, width func(from, to time.Time) time.Duration) (alert.Stats, error) {
	c := newTally()
	var out alert.Stats
	err := a.s.inScope(ctx, "figures about alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		w := t.alertFilter(q)
		columns := []string{"id", "level", "state", "last_at", "source_id", "host", "address", "users", "rule_id"}
		if err := t.packed(ctx, columns, " FROM alerts"+w.String(), w.args, c.row); err != nil {
			return err
		}
		out = c.stats(q, width)
		return t.nameTops(ctx, c, &out)
	})
	return out, err
}

// tally counts rows of alerts.
type tally struct {
	total   int64
	states  map[string]int64
	levels  map[string]int64
	fired   []firedAt
	rules   map[string]*figures
	sources map[string]*figures
	about   [3]map[string]*figures // by [tallied]
}

// tallied are the entities that are counted.
var tallied = [3]string{event.HostName, event.SourceIP, event.UserName}

type firedAt struct {
	last int64
	rank int
}

func newTally() *tally {
	c := &tally{states: make(map[string]int64), levels: make(map[string]int64), rules: make(map[string]*figures), sources: make(map[string]*figures)}
	for i := range c.about {
		c.about[i] = make(map[string]*figures)
	}
	return c
}

func (c *tally) row(row []string) {
	rank := alert.LevelRank(row[1])
	one := figures{count: 1, rank: rank, newest: row[0]}
	c.total++
	c.levels[row[1]]++
	c.states[row[2]]++
	c.fired = append(c.fired, firedAt{number(row[3]), rank})
	if row[4] != "" {
		one.on(c.sources, row[4])
	}
	for i := range c.about {
		for value := row[5+i]; value != ""; {
			var first string
			first, value, _ = strings.Cut(value, "\n")
			one.on(c.about[i], first)
		}
	}
	one.on(c.rules, row[8])
}

// stats is everything but the names of what is most frequent.
func (c *tally) stats(q alert.Query, width func(from, to time.Time) time.Duration) alert.Stats {
	out := alert.Stats{Total: c.total, ByLevel: c.levels, ByState: make(map[alert.State]int64)}
	for s, n := range c.states {
		out.ByState[alert.State(s)] = n
	}
	if c.total == 0 {
		return out
	}
	from, to := q.From, q.To
	earliest, latest := c.fired[0].last, c.fired[0].last
	for _, f := range c.fired {
		earliest, latest = min(earliest, f.last), max(latest, f.last)
	}
	if from.IsZero() {
		from = at(earliest)
	}
	if to.IsZero() {
		to = at(latest)
	}
	out.Width = width(from, to)
	us := out.Width.Microseconds()
	counted := make(map[int64]*[5]int64) // by slice and level
	for _, f := range c.fired {
		start := f.last / us * us
		if counted[start] == nil {
			counted[start] = new([5]int64)
		}
		if f.rank >= 0 {
			counted[start][f.rank]++
		}
	}
	for _, start := range slices.Sorted(maps.Keys(counted)) {
		slice := alert.Slice{At: at(start), Levels: make(map[string]int64)}
		for rank, n := range counted[start] {
			if n > 0 {
				slice.Levels[alert.Levels()[rank]] = n
			}
		}
		out.OverTime = append(out.OverTime, slice)
	}
	return out
}

// nameTops adds the most frequent rules, entities and sources, named as their latest alerts do.
func (t *txn) nameTops(ctx context.Context, c *tally, out *alert.Stats) error {
	rules, sources := top("", c.rules), top("", c.sources)
	var entities []most
	for i, values := range c.about {
		entities = append(entities, top(tallied[i], values)...)
	}
	slices.SortFunc(entities, moreFrequent)
	entities = entities[:min(len(entities), alert.MaxTop)]
	var ids []string
	for _, m := range slices.Concat(rules, sources, entities) {
		ids = append(ids, m.newest)
	}
	slices.Sort(ids)
	latest, err := t.alertsByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, m := range rules {
		g := m.group(m.key)
		g.Label = latest[m.newest].Rule.Title
		out.Rules = append(out.Rules, g)
	}
	for _, m := range sources {
		out.Sources = append(out.Sources, alert.SourceCount{Tenant: latest[m.newest].Tenant, Source: m.key, Count: m.count})
	}
	for _, m := range entities {
		value := labelOf(latest[m.newest], m.key, m.field)
		out.Entities = append(out.Entities, alert.EntityCount{Entity: event.Field{Name: m.field, Value: value}, Count: m.count, WorstLevel: m.group("").WorstLevel})
	}
	return nil
}

// most is what is among the most frequent.
type most struct {
	field, key string
	figures
}

// top is the most frequent keys with their figures.
func top(field string, all map[string]*figures) []most {
	found := make([]most, 0, len(all))
	for key, f := range all {
		found = append(found, most{field, key, *f})
	}
	slices.SortFunc(found, moreFrequent)
	return found[:min(len(found), alert.MaxTop)]
}

// moreFrequent orders by frequency, and then by name, so that no two stand equal.
func moreFrequent(a, b most) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.field, b.field), cmp.Compare(a.key, b.key))
}
