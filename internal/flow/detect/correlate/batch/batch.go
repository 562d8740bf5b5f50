package batch

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// Event is one event with the rules of single events that fired on it.
type Event struct {
	Tenant   string
	Time     time.Time
	Received time.Time // the latest of its batch
	Sequence uint64    // of its batch
	Index    int
	Fields   map[string]string
	Fired    []string // names
}

// Firing is one firing of a correlation.
type Firing struct {
	Rule   string // id
	Tenant string
	Group  string // values, each ended by "|"
	Time   time.Time
	Event  string         // "sequence.index" of the event that completed it
	Parts  map[string]int // how often each rule fired in it, and what those of correlations had in those firings: "c0", "c0/r1"
}

// maxNested is how deep parts of parts are told.
const maxNested = 3

// Options are the numbers of the definition that are not the documents'.
type Options struct {
	Lateness, MaxAhead, IdleGrace, IdleClose, Sweep time.Duration
	MaxEntries                                      int // of a group
	// Standing tells what becomes of a rule's firings at a customer while a batch is judged; nil is that all count.
	Standing func(sequence uint64, tenant, name string) policy.Disposition
}

// Judge returns the firings over the events in the order of their arrival. Names of rules must be unique, and correlations must stand
// after those they are made of. With end every group is ended after the last event.
func Judge(docs []*sigma.Correlation, events []Event, o Options, end bool) []Firing {
	j := &judgement{docs: docs, o: o, groups: map[string]*group{}, delay: map[string]time.Duration{}}
	for _, d := range docs { // what a correlation is made of is known first
		late := o.Lateness
		for _, name := range d.Rules {
			late = max(late, o.Lateness+j.delay[name])
		}
		if d.Until != "" {
			late = max(late, o.Lateness+j.delay[d.Until])
		}
		j.late = append(j.late, late)
		if closes(d) {
			j.delay[d.Name] = d.Timespan + late
		} else {
			j.delay[d.Name] = late
		}
	}
	for _, ev := range events {
		j.begin(ev.Sequence)
		j.advance(ev.Received)
		if ev.Time.After(ev.Received.Add(o.MaxAhead)) {
			ev.Time = ev.Received
		}
		j.take(&happening{Event: ev, fired: ev.Fired})
		j.settle(0)
	}
	if end {
		j.finish = true
		j.sweep()
	}
	return j.firings
}

func (j *judgement) standing(tenant, name string) policy.Disposition {
	if j.o.Standing == nil {
		return policy.Raise
	}
	return j.o.Standing(j.batch, tenant, name)
}

// counts reports whether a firing of a rule counts in a correlation, and whether as that of a rule in the shadow.
func (j *judgement) counts(tenant, name string, d *sigma.Correlation) (ok, trial bool) {
	switch j.standing(tenant, name) {
	case policy.Raise:
		return true, false
	case policy.Shadow:
		return j.standing(tenant, d.Name) == policy.Shadow, true
	}
	return false, false
}

// begin lets a batch be judged by what stands then: what is no longer in the shadow forgets what was only on trial.
func (j *judgement) begin(batch uint64) {
	if j.batch == batch {
		return
	}
	j.batch = batch
	for _, g := range j.groups {
		if j.standing(g.tenant, j.docs[g.index].Name) == policy.Shadow {
			continue
		}
		n := len(g.seen)
		g.seen = slices.DeleteFunc(g.seen, func(m *member) bool { return m.trial })
		if len(g.seen) == n {
			continue
		}
		g.fired, g.start = time.Time{}, time.Time{}
		if len(g.seen) > 0 {
			g.start = g.seen[0].Time
		}
	}
}

// closes reports whether the correlation is judged as windows close.
func closes(d *sigma.Correlation) bool {
	if d.Type == sigma.TemporalOrdered {
		return false
	}
	for _, b := range d.Bounds {
		if b.Op != sigma.GT && b.Op != sigma.GTE {
			return true
		}
	}
	return d.Negates()
}

type judgement struct {
	docs    []*sigma.Correlation
	o       Options
	late    []time.Duration
	delay   map[string]time.Duration
	clock   time.Time
	batch   uint64
	step    int64
	touches int
	groups  map[string]*group
	waiting []*happening // firings of correlations still to be counted in others
	firings []Firing
	finish  bool
}

// happening is an event as correlations see it: the rules that fired on it, correlations included, and through which of them it came.
type happening struct {
	Event
	fired []string
	via   map[string][]string       // correlation → the rule below it, for names that aliases give
	parts map[string]map[string]int // correlation → the parts of its firing
}

type group struct {
	doc, tenant, key string
	index            int
	seen             []*member // accepted and not closed
	newest           time.Time
	has              bool
	fired            time.Time
	closed           time.Time
	start            time.Time
	touched          time.Time
	order            int
}

type member struct {
	happening
	value string
	trial bool // a rule in the shadow had part in it
}

func (a *member) before(b *member) bool {
	if !a.Time.Equal(b.Time) {
		return a.Time.Before(b.Time)
	}
	if a.Sequence != b.Sequence {
		return a.Sequence < b.Sequence
	}
	return a.Index < b.Index
}

func (j *judgement) idle(i int) time.Duration {
	if closes(j.docs[i]) {
		return j.docs[i].Timespan + j.late[i] + j.o.IdleClose
	}
	return j.docs[i].Timespan + j.late[i] + j.o.IdleGrace
}

func (j *judgement) advance(received time.Time) {
	if received.After(j.clock) {
		j.clock = received
	}
	if step := j.clock.UnixNano() / int64(j.o.Sweep); step > j.step {
		j.step = step
		j.sweep()
	}
}

func (j *judgement) sweep() {
	for i := range j.docs {
		due := map[string][]*group{}
		var tenants []string
		for _, g := range j.groups {
			if g.index == i && (j.finish || j.clock.Sub(g.touched) > j.idle(i)) {
				if due[g.tenant] == nil {
					tenants = append(tenants, g.tenant)
				}
				due[g.tenant] = append(due[g.tenant], g)
			}
		}
		sort.Strings(tenants)
		for _, t := range tenants {
			sort.Slice(due[t], func(a, b int) bool { return due[t][a].order < due[t][b].order })
			for _, g := range due[t] {
				j.end(g)
				j.settle(i + 1)
			}
		}
	}
}

func (j *judgement) end(g *group) {
	if closes(j.docs[g.index]) {
		j.close(g, true)
	}
	delete(j.groups, g.tenant+"\x00"+g.doc+"\x00"+g.key)
}

// take counts a happening in every correlation that one of its rules is named by, and leaves what then fires to settle.
func (j *judgement) take(h *happening) { j.waiting = append(j.waiting, h) }

// settle counts what waits, one correlation after the other.
func (j *judgement) settle(from int) {
	for i := from; i < len(j.docs); i++ {
		// What happened at one event is one happening with all its rules, for each group.
		type slot struct {
			h     *happening
			key   string
			rules []string
			trial bool
			parts map[string]map[string]int
		}
		var slots []*slot
		for _, h := range j.waiting {
			for _, name := range h.fired {
				d := j.docs[i]
				if !slices.Contains(d.Rules, name) && d.Until != name {
					continue
				}
				counts, trial := j.counts(h.Tenant, name, d)
				if !counts {
					continue
				}
				key, ok := j.key(d.GroupBy, i, name, h)
				if !ok {
					continue
				}
				if len(d.Fields) > 0 {
					if _, ok := j.value(i, name, h); !ok {
						continue
					}
				}
				at := slices.IndexFunc(slots, func(s *slot) bool {
					return s.key == key && s.h.Sequence == h.Sequence && s.h.Index == h.Index && s.h.Tenant == h.Tenant
				})
				if at < 0 {
					slots = append(slots, &slot{h: h, key: key, parts: map[string]map[string]int{}})
					at = len(slots) - 1
				}
				slots[at].rules = append(slots[at].rules, name)
				add(slots[at].parts, name, h.parts[name])
				slots[at].trial = slots[at].trial || trial
			}
		}
		for _, s := range slots {
			m := &member{happening: *s.h, trial: s.trial}
			m.fired, m.parts = s.rules, s.parts
			if len(j.docs[i].Fields) > 0 {
				m.value, _ = j.value(i, s.rules[0], s.h)
			}
			j.count(i, s.key, m)
		}
	}
	j.waiting = nil
}

func (j *judgement) field(i int, rule, name string, h *happening) (string, bool) {
	for _, a := range j.docs[i].Aliases {
		if a.Name != name {
			continue
		}
		for _, f := range a.Fields {
			if f.Rule == rule {
				name = f.Field
			}
		}
	}
	if below := h.via[rule]; len(below) > 0 { // a correlation: its names, down to the rule of the event
		for k, d := range j.docs {
			if d.Name == rule {
				return j.field(k, below[0], name, h)
			}
		}
	}
	v, ok := h.Fields[name]
	if !ok || v == "" || v == "-" {
		return "", false
	}
	if a, err := netip.ParseAddr(v); err == nil {
		return a.Unmap().String(), true
	}
	return strings.Map(unicode.ToLower, v), true
}

func (j *judgement) key(names []string, i int, rule string, h *happening) (string, bool) {
	key := ""
	for _, n := range names {
		v, ok := j.field(i, rule, n, h)
		if !ok {
			return "", false
		}
		key += v + "|"
	}
	return key, true
}

func (j *judgement) value(i int, rule string, h *happening) (string, bool) {
	d := j.docs[i]
	key, ok := j.key(d.Fields, i, rule, h)
	if ok && d.Type != sigma.ValueCount {
		_, err := strconv.ParseFloat(strings.TrimSuffix(key, "|"), 64)
		ok = err == nil
	}
	return key, ok
}

// add adds up the parts of several firings of one correlation at one event.
func add(to map[string]map[string]int, name string, parts map[string]int) {
	if to[name] == nil {
		to[name] = map[string]int{}
	}
	for part, n := range parts {
		to[name][part] += n
	}
}

// count adds one member to its group and judges.
func (j *judgement) count(i int, key string, m *member) {
	d := j.docs[i]
	id := m.Tenant + "\x00" + d.ID + "\x00" + key
	g := j.groups[id]
	if g != nil && j.clock.Sub(g.touched) > j.idle(i) {
		j.end(g)
		g = nil
	}
	if g == nil {
		g = &group{doc: d.ID, tenant: m.Tenant, key: key, index: i}
		j.groups[id] = g
	}
	j.touches++
	g.touched, g.order = j.clock, j.touches
	if g.has && (!m.Time.After(g.newest.Add(-d.Timespan-j.late[i])) || !g.closed.IsZero() && m.Time.Before(g.closed)) {
		return // late
	}
	if !g.has || m.Time.After(g.newest) {
		g.newest, g.has = m.Time, true
	}
	if k := slices.IndexFunc(g.seen, func(o *member) bool { return o.Sequence == m.Sequence && o.Index == m.Index && o.Time.Equal(m.Time) }); k >= 0 {
		g.seen[k].fired = append(slices.Clone(g.seen[k].fired), m.fired...) // one event is one
		g.seen[k].trial = g.seen[k].trial || m.trial
		for name, parts := range m.parts {
			add(g.seen[k].parts, name, parts)
		}
		m = g.seen[k]
	} else {
		g.seen = append(g.seen, m)
	}
	slices.SortStableFunc(g.seen, func(a, b *member) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	if closes(d) {
		if g.start.IsZero() || m.Time.Before(g.start) {
			g.start = m.Time
		}
		j.bound(i, g)
		j.close(g, false)
		return
	}
	var held []*member
	for _, o := range g.seen {
		if o.Time.After(g.newest.Add(-d.Timespan - j.late[i])) {
			held = append(held, o)
		}
	}
	g.seen = held
	j.bound(i, g)
	if slices.Contains(g.seen, m) {
		j.slide(i, g, m)
	}
}

// bound drops what is beyond the most entries a group may hold.
func (j *judgement) bound(i int, g *group) {
	d := j.docs[i]
	if len(g.seen) <= j.o.MaxEntries {
		return
	}
	drop := 0
	switch {
	case d.Type == sigma.Temporal || d.Type == sigma.TemporalOrdered: // the first of the longest row of the same
		same := func(a, b *member) bool {
			x, y := slices.Clone(a.fired), slices.Clone(b.fired)
			slices.Sort(x)
			slices.Sort(y)
			return slices.Equal(slices.Compact(x), slices.Compact(y))
		}
		most := 0
		for a := range g.seen {
			n := 0
			for b := a; b < len(g.seen) && same(g.seen[a], g.seen[b]); b++ {
				n++
			}
			if n > most {
				most, drop = n, a
			}
		}
	case closes(d):
		drop = len(g.seen) - 1
	}
	g.seen = slices.Delete(slices.Clone(g.seen), drop, drop+1)
}

func (j *judgement) slide(i int, g *group, m *member) {
	d := j.docs[i]
	for _, w := range g.seen {
		if w.before(m) || !w.Time.Before(m.Time.Add(d.Timespan)) || w.Time.Before(g.newest.Add(-j.late[i])) {
			continue
		}
		if !g.fired.IsZero() && w.Time.Before(g.fired.Add(d.Timespan)) {
			continue
		}
		var window []*member
		for _, o := range g.seen {
			if o.Time.After(w.Time.Add(-d.Timespan)) && !w.before(o) {
				window = append(window, o)
			}
		}
		if part := holds(d, window); part != nil {
			g.fired = w.Time
			j.fire(i, g, part)
			return
		}
	}
}

func (j *judgement) close(g *group, all bool) {
	d := j.docs[g.index]
	for len(g.seen) > 0 && (all || !g.newest.Before(g.start.Add(d.Timespan+j.late[g.index]))) {
		end := g.start.Add(d.Timespan)
		var window, rest []*member
		for _, o := range g.seen {
			if o.Time.Before(end) {
				window = append(window, o)
			} else {
				rest = append(rest, o)
			}
		}
		if len(window) > 0 {
			if part := holds(d, window); part != nil {
				j.fire(g.index, g, part)
			}
		}
		g.seen, g.closed, g.start = rest, end, time.Time{}
		if len(rest) > 0 {
			g.start = rest[0].Time
		}
	}
}

func (j *judgement) fire(i int, g *group, window []*member) {
	d, last := j.docs[i], window[len(window)-1]
	parts := map[string]int{}
	for _, o := range window {
		named := map[string]bool{}
		for _, r := range o.fired {
			if slices.Contains(d.Rules, r) && !named[r] {
				named[r] = true
				parts[r]++
				for name, n := range o.parts[r] {
					if strings.Count(name, "/") < maxNested-1 {
						parts[r+"/"+name] += n
					}
				}
			}
		}
	}
	j.firings = append(j.firings, Firing{Rule: d.ID, Tenant: g.tenant, Group: g.key, Time: last.Time, Event: fmt.Sprintf("%d.%d", last.Sequence, last.Index), Parts: parts})
	h := last.happening
	h.via = map[string][]string{}
	for k, v := range last.via {
		h.via[k] = v
	}
	h.via[d.Name] = last.fired
	h.parts = map[string]map[string]int{d.Name: parts}
	h.fired = []string{d.Name}
	j.take(&h)
}
