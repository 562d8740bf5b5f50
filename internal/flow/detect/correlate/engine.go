package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Model is this model's name in findings.
const Model = "correlation"

// GroupBy is what matches of a finding are called that tell the values of its group.
const GroupBy = "group-by"

// Batch is what the events of one batch of the queue add, in their order.
type Batch struct {
	Sequence uint64
	Received time.Time // the latest receipt in the batch, of all its records
	Items    []Item
}

// Engine holds the state of correlations and judges what is added to it. Its findings, and its state, are a pure function of the state
// before and the batches since: it never looks at a clock. It serves one goroutine.
type Engine struct {
	opts    EngineOptions
	program *Program
	policy  *policy.Snapshot
	clock   int64 // latest receipt, ns
	swept   int64 // clock of the last sweep, in sweepSteps
	ending  bool  // every group is taken for quiet
	cells   map[cellKey]*cell
	usage   map[tenant.ID]int64 // bytes
	bytes   int64
	groups  int64
	entries int64
	late    uint64
	evicted uint64

	sequence uint64
	pending  []pending
	scratch  scratch
}

// EngineOptions are what an engine needs of its surroundings.
type EngineOptions struct {
	// MaxBytes bounds the state, as the engine estimates it; 0 is 128 MiB.
	MaxBytes int64
	// EventID names the event at a place of a batch.
	EventID func(sequence uint64, index int) string
}

const defaultBytes = 128 << 20

// pending is a contribution that is still to be worked in.
type pending struct {
	Contribution
	entry    entry
	source   string
	entities []event.Field
}

// NewEngine returns an engine without rules.
func NewEngine(opts EngineOptions) *Engine {
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = defaultBytes
	}
	return &Engine{opts: opts, program: &Program{}, cells: map[cellKey]*cell{}, usage: map[tenant.ID]int64{}, clock: never}
}

// Program returns the program in use.
func (e *Engine) Program() *Program { return e.program }

// Apply works in a batch and calls found for each firing that is an alert. Items must have been made with the program and the standings in use.
func (e *Engine) Apply(b Batch, found func(detect.Finding)) {
	e.sequence = b.Sequence
	e.advance(b.Received.UnixNano(), found)
	for i := range b.Items {
		it := &b.Items[i]
		en := entry{time: it.Time.UnixNano(), seq: b.Sequence, index: uint16(it.Index)}
		for _, c := range it.adds {
			e.pend(c, en, nil, it.Source, it.Entities)
		}
		e.work(it.Tenant, found)
	}
	e.trim()
}

// pend puts a contribution on the list; inner is the firing of a correlation that it is. What one event adds to one group is one entry.
func (e *Engine) pend(c Contribution, en entry, inner []tally, source string, entities []event.Field) {
	en.mask, en.value, en.trial = c.mask, c.value, c.trial
	if len(c.up)+len(inner) > 0 {
		en.more = &more{up: c.up, inner: inner}
	}
	for i := range e.pending {
		p := &e.pending[i]
		if p.rule == c.rule && p.key == c.key && p.entry.compare(&en) == 0 {
			p.entry.join(&en)
			return
		}
	}
	e.pending = append(e.pending, pending{Contribution: c, entry: en, source: source, entities: entities})
}

// work works in all that is pending, inner correlations before those made of them.
func (e *Engine) work(id tenant.ID, found func(detect.Finding)) {
	for len(e.pending) > 0 {
		next := 0
		for i := range e.pending {
			if e.pending[i].rule < e.pending[next].rule {
				next = i
			}
		}
		p := e.pending[next]
		e.pending = slices.Delete(e.pending, next, next+1)
		e.add(id, p, found)
	}
}

// advance moves the clock and lets quiet groups go.
func (e *Engine) advance(now int64, found func(detect.Finding)) {
	e.clock = max(e.clock, now)
	if step := e.clock / int64(sweepStep); step > e.swept || e.swept == 0 {
		e.swept = step
		e.sweep(found)
	}
}

// sweep ends the groups that have been quiet for long, in an order that does not depend on memory.
func (e *Engine) sweep(found func(detect.Finding)) {
	e.sweepRules(0, int32(len(e.program.rules)), found)
}

func (e *Engine) sweepRules(from, to int32, found func(detect.Finding)) {
	var due []cellKey
	for k, c := range e.cells {
		if k.rule >= from && k.rule < to && c.first != nil && (e.ending || e.clock-c.first.touched > e.program.rules[k.rule].idle) {
			due = append(due, k)
		}
	}
	slices.SortFunc(due, func(a, b cellKey) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.tenant, b.tenant)) })
	for _, k := range due {
		c, r := e.cells[k], e.program.rules[k.rule]
		for c.first != nil && (e.ending || e.clock-c.first.touched > r.idle) {
			e.end(k, c, c.first, found)
			e.work(k.tenant, found)
		}
	}
}

// Flush ends every group as if none heard anything any more.
func (e *Engine) Flush(found func(detect.Finding)) {
	e.ending = true
	for i := range e.program.rules { // what ends may begin groups of the correlations made of it, which come later
		e.sweepRules(int32(i), int32(i)+1, found)
	}
	e.ending = false
}

// end forgets a group; a window that was open is judged.
func (e *Engine) end(k cellKey, c *cell, g *group, found func(detect.Finding)) {
	r := e.program.rules[k.rule]
	if r.mode == closing {
		e.close(k, r, g, true, found)
	}
	e.drop(k, c, g)
}

func (e *Engine) drop(k cellKey, c *cell, g *group) {
	c.unlink(g)
	delete(c.groups, g.key)
	e.account(k, c, -g.bytes)
	e.groups--
	e.entries -= int64(len(g.entries))
}

func (e *Engine) account(k cellKey, c *cell, bytes int64) {
	c.bytes += bytes
	e.bytes += bytes
	if e.usage[k.tenant] += bytes; e.usage[k.tenant] == 0 {
		delete(e.usage, k.tenant)
	}
}

// add works one contribution in.
func (e *Engine) add(id tenant.ID, p pending, found func(detect.Finding)) {
	k := cellKey{id, p.rule}
	c := e.cells[k]
	if c == nil {
		c = &cell{groups: map[string]*group{}}
		e.cells[k] = c
	}
	r := e.program.rules[p.rule]
	g := c.groups[p.key]
	if g != nil && e.clock-g.touched > r.idle {
		e.end(k, c, g, found)
		g = nil
	}
	if g == nil {
		g = &group{key: p.key, newest: never, fired: never, start: never, closed: never}
		c.groups[p.key] = g
		e.groups++
	} else {
		c.unlink(g)
	}
	g.touched = e.clock
	c.link(g)
	before, held := g.bytes, len(g.entries)
	if p.entry.time <= g.newest-r.span-r.late || p.entry.time < g.closed {
		c.late++
		e.late++
	} else {
		c.trial = c.trial || p.entry.trial
		g.learn(p.source, p.entities)
		at := g.insert(p.entry)
		g.newest = max(g.newest, p.entry.time)
		if r.mode == closing {
			g.fill(r, p.entry.time)
			e.close(k, r, g, false, found)
		} else if at = g.prune(r, at); at >= 0 {
			e.slide(k, r, g, at, found)
		}
	}
	g.bytes = g.size(r)
	e.entries += int64(len(g.entries) - held)
	e.account(k, c, g.bytes-before)
}

// slide judges the windows that the entry at a place is in, and fires at the end of the first that holds.
func (e *Engine) slide(k cellKey, r *rule, g *group, at int, found func(detect.Finding)) {
	horizon, end := g.newest-r.late, g.entries[at].time+r.span
	for i := at; i < len(g.entries) && g.entries[i].time < end; i++ {
		w := &g.entries[i]
		if w.time < horizon || w.time < g.fired+r.span {
			continue
		}
		lo := g.after(w.time - r.span)
		if first := e.scratch.holds(r, g.entries[lo:i+1]); first >= 0 {
			g.fired = w.time
			e.fire(k, r, g, g.entries[lo+first:i+1], found)
			return
		}
	}
}

// close judges the windows that nothing can come into any more, or with all every one.
func (e *Engine) close(k cellKey, r *rule, g *group, all bool, found func(detect.Finding)) {
	for len(g.entries) > 0 && (all || g.newest >= g.start+r.span+r.late) {
		end := g.start + r.span
		n := g.after(end - 1)
		if n > 0 && e.scratch.holds(r, g.entries[:n]) >= 0 {
			e.fire(k, r, g, g.entries[:n], found)
		}
		if all {
			e.entries -= int64(n)
		}
		g.forget(n)
		if g.closed = end; len(g.entries) > 0 {
			g.start = g.entries[0].time
		} else {
			g.start = never
		}
	}
}

// fire reports a firing completed by the last of the entries, and adds it to the correlations that are made of it: to all of them if it counts
// for the customer, and where it is in the shadow to those that are so too.
func (e *Engine) fire(k cellKey, r *rule, g *group, window []entry, found func(detect.Finding)) {
	last := window[len(window)-1]
	tells, feeds := !r.silent && found != nil, last.more != nil && len(last.more.up) > 0
	if !tells && !feeds {
		return
	}
	parts := r.tallies(window)
	if tells {
		found(e.finding(k, r, g, window, parts))
	}
	standing := e.policy.Decide(k.tenant, r.ID)
	if feeds && standing != policy.Drop {
		entities := slices.Clone(g.entities)
		for _, c := range last.more.up {
			c.trial = standing == policy.Shadow
			if c.trial && !e.onTrial(k.tenant, c.rule) {
				continue
			}
			e.pend(c, entry{time: last.time, seq: last.seq, index: last.index}, []tally{{id: r.ID, inner: carried(parts, maxNested-1)}}, g.source, entities)
		}
	}
}

// trim evicts until the state is within its bound: of the customer who holds most, of the rule that holds most there, the group that was touched longest
// ago. So whoever floods pushes out his own, and a customer below an equal share loses nothing.
func (e *Engine) trim() {
	if e.bytes <= e.opts.MaxBytes {
		return
	}
	target := e.opts.MaxBytes - e.opts.MaxBytes/8 // rarely and much: to find whom costs more than to forget
	cells := make(map[tenant.ID][]cellKey, len(e.usage))
	for k := range e.cells {
		cells[k.tenant] = append(cells[k.tenant], k)
	}
	for e.bytes > target {
		var most tenant.ID
		for id, n := range e.usage {
			if m := e.usage[most]; n > m || n == m && id < most {
				most = id
			}
		}
		var key cellKey
		var fullest *cell
		for _, k := range cells[most] {
			if c := e.cells[k]; fullest == nil || c.bytes > fullest.bytes || c.bytes == fullest.bytes && k.rule < key.rule {
				key, fullest = k, c
			}
		}
		if fullest == nil || fullest.first == nil {
			return
		}
		for stop := fullest.bytes - fullest.bytes/8; fullest.first != nil && fullest.bytes >= stop && e.bytes > target; {
			e.drop(key, fullest, fullest.first)
			fullest.evicted++
			e.evicted++
		}
	}
}

// Stats tells of the state.
func (e *Engine) Stats() Stats {
	s := Stats{Groups: e.groups, Entries: e.entries, Bytes: e.bytes, MaxBytes: e.opts.MaxBytes, Late: e.late, Evicted: e.evicted}
	for k, c := range e.cells {
		if c.late+c.evicted > 0 {
			s.Cells = append(s.Cells, CellStats{Tenant: k.tenant, Rule: e.program.rules[k.rule].ID, Late: c.late, Evicted: c.evicted})
		}
	}
	slices.SortFunc(s.Cells, func(a, b CellStats) int {
		return cmp.Or(cmp.Compare(b.Evicted, a.Evicted), cmp.Compare(b.Late, a.Late), cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Rule, b.Rule))
	})
	s.Cells = s.Cells[:min(len(s.Cells), maxCells)]
	return s
}

// Forget drops the state of customers that are gone.
func (e *Engine) Forget(known func(tenant.ID) bool) (forgot bool) {
	for k, c := range e.cells {
		if known(k.tenant) {
			continue
		}
		for c.first != nil {
			e.drop(k, c, c.first)
		}
		delete(e.cells, k)
		forgot = true
	}
	return forgot
}

// Use puts a program in force, and for whom its rules count; nil is for everybody. Rules that are the same keep their state, others begin
// anew. Correlations that are no longer in the shadow forget what rules on trial had part in: no alert comes of it.
func (e *Engine) Use(p *Program, standing *policy.Snapshot) {
	if p != e.program {
		e.adopt(p)
	}
	if standing != e.policy {
		e.policy = standing
		e.forgetTrials()
	}
}

func (e *Engine) onTrial(id tenant.ID, rule int32) bool {
	return e.policy.Decide(id, e.program.rules[rule].ID) == policy.Shadow
}

func (e *Engine) forgetTrials() {
	for k, c := range e.cells {
		if !c.trial || e.onTrial(k.tenant, k.rule) {
			continue
		}
		c.trial = false
		for g := c.first; g != nil; g = g.next {
			if n := g.forgetTrials(); n > 0 {
				was := g.bytes
				g.bytes = g.size(e.program.rules[k.rule])
				e.account(k, c, g.bytes-was)
				e.entries -= int64(n)
			}
		}
	}
}

func (e *Engine) adopt(p *Program) {
	moved := make(map[int32]int32, len(e.program.rules))
	for i, old := range e.program.rules {
		for j, r := range p.rules {
			if old.ID == r.ID && old.digest == r.digest {
				moved[int32(i)] = int32(j)
			}
		}
	}
	cells := make(map[cellKey]*cell, len(e.cells))
	for k, c := range e.cells {
		to, ok := moved[k.rule]
		if !ok {
			for c.first != nil {
				e.drop(k, c, c.first)
			}
			continue
		}
		for g := c.first; g != nil; g = g.next {
			for i := range g.entries {
				if m := g.entries[i].more; m != nil {
					m.up = remap(m.up, moved)
				}
			}
			was := g.bytes
			g.bytes = g.size(p.rules[to])
			e.account(k, c, g.bytes-was)
		}
		cells[cellKey{k.tenant, to}] = c
	}
	e.cells, e.program = cells, p
}

// remap renumbers what a firing adds and leaves out what is no more. Lists are shared by none.
func remap(up []Contribution, moved map[int32]int32) (out []Contribution) {
	for _, c := range up {
		if to, ok := moved[c.rule]; ok {
			c.rule, c.up = to, remap(c.up, moved)
			out = append(out, c)
		}
	}
	return out
}
