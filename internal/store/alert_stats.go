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

// Stats implements [alert.Shelf]. It reads what it counts once, from one index, and counts here: on SQLite each grouping in SQL would
// sort the whole.
func (a Alerts) Stats(ctx context.Context, q alert.Query, width func(from, to time.Time) time.Duration) (alert.Stats, error) {
	tally := newTally()
	var out alert.Stats
	err := a.s.inScope(ctx, "figures about alerts", q.Tenants, func(ctx context.Context) error {
		t := a.s.from(ctx)
		w := t.alertFilter(q)
		text := "SELECT tenant_id, id, level, state, last_at, rule_id, source_id, host, address, users FROM alerts" + w.String()
		if err := t.each(ctx, text, w.args, tally.row); err != nil {
			return err
		}
		out = tally.stats(q, width)
		return t.nameTops(ctx, tally, &out)
	})
	return out, err
}

// tally counts rows of alerts.
type tally struct {
	total            int64
	levels           map[string]int64
	states           map[alert.State]int64
	fired            []firedAt
	rules            map[string]*alert.Group
	entities         map[event.Field]*alert.Group
	sources          map[alert.SourceCount]int64 // by tenant and source
	of, id           string
	level, state     string
	last             int64
	rule, source     string
	host, addr, user string
}

type firedAt struct {
	last int64
	rank int
}

func newTally() *tally {
	return &tally{levels: make(map[string]int64), states: make(map[alert.State]int64), rules: make(map[string]*alert.Group),
		entities: make(map[event.Field]*alert.Group), sources: make(map[alert.SourceCount]int64)}
}

func (c *tally) row(scan func(...any) error) error {
	if err := scan(&c.of, &c.id, &c.level, &c.state, &c.last, &c.rule, &c.source, &c.host, &c.addr, &c.user); err != nil {
		return err
	}
	c.total++
	c.levels[c.level]++
	c.states[alert.State(c.state)]++
	c.fired = append(c.fired, firedAt{c.last, alert.LevelRank(c.level)})
	one := alert.Group{Count: 1, WorstLevel: c.level, Newest: c.id}
	merge(c.rules, c.rule, one)
	for _, e := range []event.Field{{Name: event.HostName, Value: c.host}, {Name: event.SourceIP, Value: c.addr}, {Name: event.UserName, Value: c.user}} {
		for value := range strings.SplitSeq(e.Value, "\n") {
			if value != "" {
				merge(c.entities, event.Field{Name: e.Name, Value: value}, one)
			}
		}
	}
	if c.source != "" {
		c.sources[alert.SourceCount{Tenant: tenant.ID(c.of), Source: c.source}]++
	}
	return nil
}

// stats is everything but the names of what is most frequent.
func (c *tally) stats(q alert.Query, width func(from, to time.Time) time.Duration) alert.Stats {
	out := alert.Stats{Total: c.total, ByLevel: c.levels, ByState: c.states}
	if c.total == 0 {
		return out
	}
	slices.SortFunc(c.fired, func(a, b firedAt) int { return cmp.Compare(a.last, b.last) })
	from, to := q.From, q.To
	if from.IsZero() {
		from = at(c.fired[0].last)
	}
	if to.IsZero() {
		to = at(c.fired[len(c.fired)-1].last)
	}
	out.Width = width(from, to)
	us := out.Width.Microseconds()
	for _, f := range c.fired {
		start := at(f.last / us * us)
		if n := len(out.OverTime); n == 0 || !out.OverTime[n-1].At.Equal(start) {
			out.OverTime = append(out.OverTime, alert.Slice{At: start, Levels: make(map[string]int64)})
		}
		if f.rank >= 0 {
			out.OverTime[len(out.OverTime)-1].Levels[alert.Levels()[f.rank]]++
		}
	}
	for s, n := range c.sources {
		s.Count = n
		out.Sources = append(out.Sources, s)
	}
	slices.SortFunc(out.Sources, func(a, b alert.SourceCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Source, b.Source))
	})
	out.Sources = out.Sources[:min(len(out.Sources), alert.MaxTop)]
	return out
}

// nameTops adds the most frequent rules and entities, named as their latest alerts do.
func (t *txn) nameTops(ctx context.Context, c *tally, out *alert.Stats) error {
	out.Rules = top(c.rules, func(a, b string) int { return cmp.Compare(a, b) })
	fields := func(a, b event.Field) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value)) }
	entities := topKeys(c.entities, fields)
	var ids []string
	for _, g := range out.Rules {
		ids = append(ids, g.Newest)
	}
	for _, e := range entities {
		ids = append(ids, c.entities[e].Newest)
	}
	slices.Sort(ids)
	latest, err := t.alertsByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for i, g := range out.Rules {
		out.Rules[i].Label = latest[g.Newest].Rule.Title
	}
	for _, e := range entities {
		g := c.entities[e]
		value := labelOf(latest[g.Newest], e.Value, e.Name)
		out.Entities = append(out.Entities, alert.EntityCount{Entity: event.Field{Name: e.Name, Value: value}, Count: g.Count, WorstLevel: g.WorstLevel})
	}
	return nil
}

// topKeys is the keys of the most frequent groups; of equals the one that less puts first.
func topKeys[K comparable](groups map[K]*alert.Group, less func(a, b K) int) []K {
	keys := make([]K, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(cmp.Compare(groups[b].Count, groups[a].Count), less(a, b)) })
	return keys[:min(len(keys), alert.MaxTop)]
}

// top is the most frequent groups by their keys.
func top(groups map[string]*alert.Group, less func(a, b string) int) []alert.Group {
	var all []alert.Group
	for _, k := range topKeys(groups, less) {
		g := *groups[k]
		g.Key = k
		all = append(all, g)
	}
	return all
}
