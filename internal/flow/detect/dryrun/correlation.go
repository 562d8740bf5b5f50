package dryrun

import (
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// maxParts bounds the events that windows not yet passed may still name.
const maxParts = 4_000_000

// tick is how often the engine is told the time: whenever it would look for groups that have been quiet for long.
const tick = 10 * time.Second

// Text is a document with the file it is of, which decides whom a name means.
type Text struct {
	File   string
	Source []byte
}

// Compound is a correlation with everything it is made of. It is tried with a state of its own that begins empty.
type Compound struct {
	correlation *sigma.Correlation
	rules       []*sigma.Rule // that have part in it
	program     *correlate.Program
}

// compound resolves a correlation over the rules of its text and of the others, as filters leave them.
func compound(docs sigma.Documents, with []Text, d Deps) (*Compound, error) {
	if len(docs.Filters) > 0 {
		return nil, fault.NewInvalid("source", "dryrun.one", "must be one rule")
	}
	c := &Compound{correlation: docs.Correlations[0]}
	for _, t := range with { // what cannot be read is missed below
		more, _ := sigma.ParseDocuments(t.File, t.Source)
		docs.Add(more)
	}
	set, _ := sigma.Compile(d.Filtered(docs.Rules), sigma.Options{})
	var rules []*sigma.Rule
	set.Rules(func(r *sigma.Rule) { rules = append(rules, r) })
	program, bad := correlate.Compile(docs.Correlations, rules, correlate.Options{Pack: d.Pack})
	for _, b := range bad {
		if b.Rule == c.correlation.ID {
			return nil, refused(b.Field + ": " + b.Reason)
		}
	}
	c.program = program
	c.rules = slices.DeleteFunc(rules, func(r *sigma.Rule) bool { return !program.Feeds(r.ID) })
	return c, nil
}

// correlator makes firings of a correlation of firings of its parts, piece by piece.
type correlator struct {
	of     *Compound
	spared func(rule string, ev *event.Event) bool
	engine *correlate.Engine
	clock  time.Time
	keep   time.Duration // how long after its time an event may still be named
	ids    []part        // of the events that had part, those named longest ago first
	first  uint64        // number of the first of them
	next   uint64
}

// part is an event that counted.
type part struct {
	id string
	at time.Time
}

func newCorrelator(c *Compound, spared func(string, *event.Event) bool) *correlator {
	x := &correlator{of: c, spared: spared, keep: c.program.Horizon()}
	x.engine = correlate.NewEngine(correlate.EngineOptions{EventID: x.id})
	x.engine.Use(c.program, nil)
	return x
}

func (c *correlator) id(n uint64, _ int) string {
	if n < c.first || n-c.first >= uint64(len(c.ids)) {
		return ""
	}
	return c.ids[n-c.first].id
}

// piece returns the piece with the firings of the correlation in place of those of its parts, and how many of these an exception is about.
// What is completed by an event that has gone is at none: -1.
func (c *correlator) piece(p Piece) (out Piece, excepted int) {
	out = Piece{Until: p.Until, Events: p.Events}
	at := 0
	for i, ev := range p.Events {
		c.pass(ev.Time, func(f detect.Finding) { c.found(&out, f, i) })
		item := correlate.Begin(ev, c.clock, 0)
		except := func(id string) bool { return c.spared != nil && c.spared(id, ev) }
		for ; at < len(p.Findings) && p.At[at] == i; at++ {
			rule := p.Findings[at].Rule.ID
			if except(rule) || except(c.of.correlation.ID) {
				excepted++
			}
			if !except(rule) {
				c.of.program.Add(&item, rule, ev, nil, except)
			}
		}
		if item.Empty() {
			continue
		}
		c.ids = append(c.ids, part{ev.ID, ev.Time})
		b := correlate.Batch{Sequence: c.next, Received: c.clock, Items: []correlate.Item{item}}
		c.next++
		c.engine.Apply(b, func(f detect.Finding) { c.found(&out, f, i) })
	}
	c.pass(p.Until, func(f detect.Finding) { c.found(&out, f, -1) })
	c.forget()
	return out, excepted
}

// pass lets time go by until at. The engine is told of every step of it, so that what it does about silence is the same whichever
// events were read that have no part in the correlation: in detection some customer's records always come.
func (c *correlator) pass(at time.Time, found func(detect.Finding)) {
	for next := c.clock.Truncate(tick).Add(tick); !next.After(at); next = next.Add(tick) {
		if c.engine.Stats().Groups == 0 {
			break
		}
		c.engine.Apply(correlate.Batch{Sequence: c.next, Received: next}, found)
	}
	if at.After(c.clock) {
		c.clock = at
	}
}

// end returns what the windows come to that are still open.
func (c *correlator) end(until time.Time) Piece {
	out := Piece{Until: until}
	c.engine.Flush(func(f detect.Finding) { c.found(&out, f, -1) })
	return out
}

func (c *correlator) found(p *Piece, f detect.Finding, i int) {
	if f.Rule.ID != c.of.correlation.ID {
		return
	}
	if i >= 0 && p.Events[i].ID != f.EventID {
		i = -1
	}
	p.Findings, p.At = append(p.Findings, f), append(p.At, i)
}

// forget lets the names go of events that no window can hold any more.
func (c *correlator) forget() {
	n := 0
	for n < len(c.ids) && c.ids[n].at.Before(c.clock.Add(-c.keep)) {
		n++
	}
	c.ids = c.ids[n:]
	c.first += uint64(n)
}
