package parse

import (
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Unclaimed is the part of a record of which structure alone would tell: what a source's own pack is given to read.
type Unclaimed struct {
	Text    string // after the header, and of a record within a record the innermost
	Program string // of the header, as [pack.Sighting] has it
	Headed  bool   // a syslog header stands before it
	Object  bool   // it is a JSON object: a line within that is its own text
}

// Unclaimed parses rec into ev and returns what a pack of the source's own would be given of it. It reports false where a pack, the
// source's own included, or a format of a known product or program reads the record.
func (p *Parser) Unclaimed(rec *record.Record, ev *event.Event) (Unclaimed, bool) {
	var u Unclaimed
	p.parse(rec, ev, nil, &u)
	return u, u.Text != "" && !ev.Has(event.IsocFormat) && Structural(ev.Value(event.IsocParser))
}

// Structural reports whether a parser, as isoc.parser names it, goes by the structure of a record alone, or read nothing but its header.
func Structural(parser string) bool {
	switch parser {
	case parserNone, parserSyslog, "kv", "columns", "json":
		return true
	}
	return false
}

// ObjectAt returns where in a message the JSON object begins that the json step of a pack reads, -1 where there is none.
func ObjectAt(msg string) int { return jsonStart(msg) }

// own lets the packs of the record's source read what nothing else claims.
func (w *work) own(msg, app string) bool {
	if w.packs > 0 || w.unclaimed == nil && w.p.opts.Own == nil {
		return false
	}
	var set *pack.Set
	if w.p.opts.Own != nil {
		set = w.p.opts.Own(w.source)
	}
	if set == nil && w.unclaimed == nil {
		return false
	}
	sight := w.sighting(msg, app)
	if u := w.unclaimed; u != nil && !u.Object {
		*u = Unclaimed{Text: sight.Message, Program: sight.Program, Headed: w.headed, Object: sight.Object != nil}
	}
	if set == nil {
		return false
	}
	w.packs++
	out := set.Apply(w, &sight)
	w.packs--
	return w.settled(out)
}
