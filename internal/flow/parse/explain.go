package parse

import (
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Step is one thing a parser tried on a record, and the fields it added.
type Step struct {
	Name   string        `json:"name"`
	Result string        `json:"result,omitempty"`
	OK     bool          `json:"ok"`
	Fields []event.Field `json:"fields,omitempty"`
}

// Explain parses rec as [Parser.Parse] does, by the same code, and returns the steps that were taken.
func (p *Parser) Explain(rec *record.Record) []Step {
	var ev event.Event
	return p.ExplainInto(rec, &ev)
}

// ExplainInto is [Parser.Explain] that also leaves the event.
func (p *Parser) ExplainInto(rec *record.Record, ev *event.Event) []Step {
	var t trace
	p.parse(rec, ev, &t, nil)
	return t.steps
}

// trace records steps; without one nothing is recorded.
type trace struct {
	steps []Step
	seen  int // fields already attributed to a step
}

// step notes what was tried; the fields added since the last step are its own.
func (w *work) step(name, result string, ok bool) {
	if w.trace == nil {
		return
	}
	fields := w.d.Event().Fields
	s := Step{Name: name, Result: result, OK: ok}
	if len(fields) > w.trace.seen {
		s.Fields = slices.Clone(fields[w.trace.seen:])
	}
	w.trace.seen = len(fields)
	w.trace.steps = append(w.trace.steps, s)
}
