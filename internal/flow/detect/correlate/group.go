package correlate

import (
	"cmp"
	"math"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// cellKey is one rule at one customer.
type cellKey struct {
	tenant tenant.ID
	rule   int32
}

// cell holds the groups of one rule at one customer, the one that was touched longest ago first.
type cell struct {
	groups        map[string]*group
	first, last   *group
	bytes         int64
	late, evicted uint64
	trial         bool // a group may hold an entry of a rule on trial
}

// group is what is remembered of the events with the same values in the fields of group-by.
type group struct {
	key        string
	entries    []entry // by time, then arrival
	newest     int64
	fired      int64 // time of the last firing; never where there was none
	start      int64 // of the open window, where windows close; never where none is open
	closed     int64 // end of the last window closed
	touched    int64 // clock
	bytes      int64
	source     string
	entities   []event.Field // the newest of each
	prev, next *group
}

// entry is one event in a group.
type entry struct {
	time  int64
	seq   uint64
	value uint64
	more  *more // nil for nearly all
	mask  uint32
	index uint16
	trial bool // a rule on trial had part in it
}

// more is what entries have where correlations are made of correlations.
type more struct {
	up    []Contribution // what a firing completed by it adds to other correlations
	inner []tally        // the firings of correlations that the entry is, each with what led to it
}

func (a *entry) inner() []tally {
	if a.more == nil {
		return nil
	}
	return a.more.inner
}

// join adds to an event that counts directly what it counts for through another correlation. What an entry points to is shared by none.
func (a *entry) join(b *entry) {
	a.mask |= b.mask
	a.trial = a.trial || b.trial
	switch {
	case b.more == nil:
	case a.more == nil:
		a.more = b.more
	default:
		if a.more.up == nil {
			a.more.up = b.more.up
		}
		a.more.inner = append(a.more.inner, b.more.inner...)
	}
}

// never is before any time.
const never = math.MinInt64 / 2

func (a *entry) compare(b *entry) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.seq, b.seq), cmp.Compare(a.index, b.index))
}

// after is the place of the first entry later than a time.
func (g *group) after(t int64) int {
	if n := len(g.entries); n == 0 || g.entries[0].time > t {
		return 0
	} else if g.entries[n-1].time <= t {
		return n
	}
	i, _ := slices.BinarySearchFunc(g.entries, t, func(e entry, t int64) int {
		if e.time <= t {
			return -1
		}
		return 1
	})
	return i
}

// insert keeps the order; nearly always it is the end. It returns the entry's place.
func (g *group) insert(en entry) int {
	i := len(g.entries)
	for i > 0 && g.entries[i-1].compare(&en) > 0 {
		i--
	}
	if i > 0 && g.entries[i-1].compare(&en) == 0 {
		g.entries[i-1].join(&en)
		return i - 1
	}
	g.entries = slices.Insert(g.entries, i, en)
	return i
}

// prune forgets entries that no window needs, and those beyond the bound. It returns where the entry at a place then is, or -1.
func (g *group) prune(r *rule, at int) int {
	if n := g.after(g.newest - r.span - r.late); n > 0 {
		g.forget(n)
		at -= n
	}
	if len(g.entries) > r.keep {
		i := 0
		if r.temporal() {
			i = longestRun(g.entries)
		}
		if i == 0 {
			g.forget(1)
		} else {
			g.entries = slices.Delete(g.entries, i, i+1)
		}
		if at == i {
			return -1
		}
		if at > i {
			at--
		}
	}
	return at
}

// forget drops the first n entries without moving the others; the next growth takes their room back.
func (g *group) forget(n int) {
	clear(g.entries[:n])
	g.entries = g.entries[n:]
}

// forgetTrials drops the entries that rules on trial had part in, and what they led to. It returns how many there were.
func (g *group) forgetTrials() int {
	n := len(g.entries)
	g.entries = slices.DeleteFunc(g.entries, func(en entry) bool { return en.trial })
	if n -= len(g.entries); n == 0 {
		return 0
	}
	g.fired = never
	if g.start != never {
		if g.start = never; len(g.entries) > 0 {
			g.start = g.entries[0].time
		}
	}
	return n
}

// fill opens the window that the newly inserted entry begins, and bounds it. Where a condition counts, an entry beyond the bound is
// not kept, for it decides nothing; where it asks which rules fired, one goes of which there are most in a row.
func (g *group) fill(r *rule, t int64) {
	if g.start == never || t < g.start {
		g.start = t
	}
	if len(g.entries) <= r.keep {
		return
	}
	i := len(g.entries) - 1
	if r.temporal() {
		i = longestRun(g.entries)
	}
	g.entries = slices.Delete(g.entries, i, i+1)
}

// longestRun is the place of the first of the most entries in a row that tell the same.
func longestRun(entries []entry) int {
	best, length := 0, 0
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].mask == entries[i].mask {
			j++
		}
		if j-i > length {
			best, length = i, j-i
		}
		i = j
	}
	return best
}

// learn keeps what the newest event says of whom the group is about.
func (g *group) learn(source string, entities []event.Field) {
	g.source = source
	for _, f := range entities {
		i := slices.IndexFunc(g.entities, func(x event.Field) bool { return x.Name == f.Name })
		if i < 0 {
			g.entities = append(g.entities, f)
		} else {
			g.entities[i].Value = f.Value
		}
	}
}

// Costs of state in bytes, measured by BenchmarkCorrelate (heap/estimate).
const (
	groupCost = 288
	entryCost = 60 // 48, and the room that slices grow by
	upCost    = 96
	moreCost  = 48
)

// size is what the group costs. It depends on the state alone, so that a restored engine evicts as the first would have.
func (g *group) size(r *rule) int64 {
	n := groupCost + len(g.key) + entryCost*len(g.entries)
	for _, f := range g.entities {
		n += 32 + len(f.Value)
	}
	for i := 0; (r.inner || r.depth > 1) && i < len(g.entries); i++ {
		if m := g.entries[i].more; m != nil {
			n += moreCost + upCost*len(m.up) + costOf(m.inner)
		}
	}
	return int64(n)
}

func (c *cell) link(g *group) {
	g.prev, g.next = c.last, nil
	if c.last != nil {
		c.last.next = g
	} else {
		c.first = g
	}
	c.last = g
}

func (c *cell) unlink(g *group) {
	if g.prev != nil {
		g.prev.next = g.next
	} else {
		c.first = g.next
	}
	if g.next != nil {
		g.next.prev = g.prev
	} else {
		c.last = g.prev
	}
	g.prev, g.next = nil, nil
}
