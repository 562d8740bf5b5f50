package sigma

import (
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Matcher matches events against a set. It keeps scratch memory between events and serves one goroutine.
type Matcher struct {
	set    *Set
	routes map[logsource.Signature]*route
	recent [recentRoutes]*route
	table  *nameTable
	runs   map[*program]*run
	event  eventText
	names  fieldNames
}

// maxRoutes bounds the signatures a matcher remembers: an event's dataset and channel come from outside.
const maxRoutes = 4096

// route is a signature and its program. Those taken lately are kept apart: to compare signatures is quicker than to hash one.
type route struct {
	sig  logsource.Signature
	prog *program
}

const recentRoutes = 1024

// Matcher returns a new matcher of the set.
func (s *Set) Matcher() *Matcher {
	return &Matcher{set: s, routes: map[logsource.Signature]*route{}, runs: map[*program]*run{}, table: newNameTable(), names: fieldNames{}}
}

// Match calls fn with a finding for each rule of the event's log source that the event fires, in the order the rules
// were given. The finding does not share memory that the event may reuse, but its strings.
func (m *Matcher) Match(ev *event.Event, fn func(detect.Finding)) {
	for _, r := range m.fire(m.route(ev), ev) {
		fn(m.finding(r, ev))
	}
}

// Each calls fn with each rule that [Matcher.Match] would report. Why it fired is worked out only where finding is called, which must
// be before fn returns.
func (m *Matcher) Each(ev *event.Event, fn func(r *Rule, finding func() detect.Finding)) {
	for _, r := range m.fire(m.route(ev), ev) {
		fn(r.rule, func() detect.Finding { return m.finding(r, ev) })
	}
}

// MatchAll is [Matcher.Match] for every rule, whatever its log source.
func (m *Matcher) MatchAll(ev *event.Event, fn func(detect.Finding)) {
	for _, r := range m.fire(m.whole(ev), ev) {
		fn(m.finding(r, ev))
	}
}

// Fired calls fn with each rule that [Matcher.Match] would report, without working out why it fired.
func (m *Matcher) Fired(ev *event.Event, fn func(*Rule)) {
	for _, r := range m.fire(m.route(ev), ev) {
		fn(r.rule)
	}
}

// FiredAll is [Matcher.Fired] for every rule, whatever its log source.
func (m *Matcher) FiredAll(ev *event.Event, fn func(*Rule)) {
	for _, r := range m.fire(m.whole(ev), ev) {
		fn(r.rule)
	}
}

// Prepare compiles what the event's log source needs, so that matching it waits for nothing. Matching does so by itself.
func (m *Matcher) Prepare(ev *event.Event) { m.route(ev) }

// PrepareAll compiles what [Matcher.MatchAll] needs.
func (m *Matcher) PrepareAll() { m.set.wholeProgram() }

// read makes the event the one that is matched.
func (m *Matcher) read(ev *event.Event) {
	m.event.reset(ev)
	m.event.layout = m.table.layout(ev)
}

// route returns the program for an event.
func (m *Matcher) route(ev *event.Event) *program {
	m.read(ev)
	var sig logsource.Signature
	for _, at := range m.event.layout.roles {
		sig.Read(m.table.known[m.event.layout.ids[at]].role, ev.Fields[at].Value)
	}
	sig.Reduce()
	recent := &m.recent[sig.Hash()%recentRoutes]
	if *recent == nil || (*recent).sig != sig {
		*recent = m.lookUp(sig)
	}
	return (*recent).prog
}

// whole returns the program of every rule, for an event.
func (m *Matcher) whole(ev *event.Event) *program {
	m.read(ev)
	return m.set.wholeProgram()
}

// lookUp returns the route of a signature, whose own strings belong to the event.
func (m *Matcher) lookUp(sig logsource.Signature) *route {
	if r, ok := m.routes[sig]; ok {
		return r
	}
	if len(m.routes) >= maxRoutes {
		clear(m.routes)
	}
	sig = sig.Clone()
	r := &route{sig: sig, prog: m.set.programFor(sig.Profile())}
	m.routes[sig] = r
	return r
}

// fire returns the rules that fire; the slice is valid until the next call.
func (m *Matcher) fire(p *program, ev *event.Event) []*compiledRule {
	if len(p.rules) == 0 {
		return nil
	}
	r := m.runs[p]
	if r == nil {
		r = newRun(p, m.table, &m.event, &m.set.meter)
		m.runs[p] = r
	}
	return r.fire(ev)
}
