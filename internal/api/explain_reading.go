package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Names of the steps that come after the parser's.
const (
	stepEnrich = "enrich" // fields that follow from other fields
	stepBeside = "beside" // fields that the record's text does not give: its envelope named them
)

// maxReadValue bounds a value as a reading shows it.
const maxReadValue = 1 << 10

// EventReading is how an event's fields were read from its record, told by reading it again.
type EventReading struct {
	Source  ReadingSource `json:"source"`
	Steps   []ReadingStep `json:"steps" nullable:"false"`
	Changed []string      `json:"changed" nullable:"false" doc:"Fields that are read otherwise today than they were: parser or settings have changed."`
}

// ReadingSource is the source the record came through, with the settings that were used to read it again.
type ReadingSource struct {
	ID       string `json:"id"`
	Name     string `json:"name" doc:"Empty where the source is gone."`
	Kind     string `json:"kind"`
	TimeZone string `json:"time_zone"`
}

// ReadingStep is one step and the fields it gave.
type ReadingStep struct {
	Name   string         `json:"name" doc:"The parser's steps, then enrich and beside."`
	Result string         `json:"result"`
	OK     bool           `json:"ok"`
	Fields []ReadingField `json:"fields" nullable:"false"`
}

// ReadingField is a field of the event and where its value stands in event.original.
type ReadingField struct {
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Raw   []Stretch `json:"raw" nullable:"false"`
}

// reading is an event read again.
type reading struct {
	source   ReadingSource
	steps    []parse.Step
	again    event.Event
	changed  []string
	original string
	ruler    ruler
	places   map[event.Field][]parse.Place
}

// reread reads the record of an archived event as its source is set now.
func (a *API) reread(ctx context.Context, id tenant.ID, ev *event.Event) (reading, error) {
	original := ev.Value(event.Original)
	r := reading{original: original, ruler: newRuler(original), source: ReadingSource{ID: ev.Value(event.IsocSource)}}
	settings := parse.Settings{Encoding: "utf-8"} // the archive has the record decoded
	src, err := a.deps.Sources.Get(ctx, id, r.source.ID)
	switch {
	case errors.Is(err, fault.ErrNotFound):
	case err != nil:
		return r, fmt.Errorf("source of event: %w", err)
	default:
		r.source = sourceOf(src)
		settings.Kind, settings.TimeZone = src.Source.Kind, src.Source.TimeZone
	}
	received, err := time.Parse(time.RFC3339Nano, ev.Value(event.Ingested))
	if err != nil {
		received = ev.Time
	}
	p := parse.New(parse.Options{Sources: func(string) (parse.Settings, bool) { return settings, true }, Now: a.opts.Now, Own: a.deps.Learning.Own})
	r.steps = p.ExplainInto(&record.Record{Tenant: id, Source: r.source.ID, Received: received, Raw: []byte(original)}, &r.again)
	if enc := ev.Value("log.encoding"); enc != "" && len(r.steps) > 0 {
		r.steps[0].Result = enc
	}
	r.again.Tenant = id
	r.enrich(a.deps.Enricher)
	r.compare(ev)
	r.locate(ev)
	return r, nil
}

func sourceOf(o collect.Overview) ReadingSource {
	return ReadingSource{ID: o.Source.ID, Name: o.Source.Name, Kind: o.Source.Kind, TimeZone: o.Source.TimeZone}
}

func (r *reading) enrich(e Enricher) {
	n := len(r.again.Fields)
	e.Enrich(&r.again)
	if len(r.again.Fields) > n {
		r.steps = append(r.steps, parse.Step{Name: stepEnrich, OK: true, Fields: slices.Clone(r.again.Fields[n:])})
	}
}

// compare finds what the record's text does not give, and what it gives otherwise than before.
func (r *reading) compare(ev *event.Event) {
	var beside []event.Field
	for _, f := range ev.Fields {
		if bookkeeping(f.Name) || slices.Contains(r.again.Fields, f) {
			continue
		}
		if r.again.Has(f.Name) {
			if !slices.Contains(r.changed, f.Name) {
				r.changed = append(r.changed, f.Name)
			}
			continue
		}
		beside = append(beside, f)
	}
	if len(beside) > 0 {
		r.steps = append(r.steps, parse.Step{Name: stepBeside, OK: true, Fields: beside})
	}
	// Steps show what the event has: a field that is read today, but was not then, is no part of it.
	for i := range r.steps {
		r.steps[i].Fields = slices.DeleteFunc(slices.Clone(r.steps[i].Fields), func(f event.Field) bool {
			return bookkeeping(f.Name) || f.Value == "" || !ev.Has(f.Name)
		})
	}
}

// bookkeeping are fields that say nothing of what the record means.
func bookkeeping(name string) bool {
	switch name {
	case event.Original, event.EventID, event.Sequence, event.Ingested, event.Timestamp:
		return true
	}
	return strings.HasPrefix(name, "isoc.")
}

func (r *reading) locate(ev *event.Event) {
	r.places = map[event.Field][]parse.Place{}
	for _, p := range parse.Locate(r.original, ev.Fields) {
		f := ev.Fields[p.Field]
		r.places[f] = append(r.places[f], p)
	}
}

// complete is the archived event with the empty fields that the archive does not keep, and rules may ask for.
func (r *reading) complete(ev *event.Event) *event.Event {
	out := &event.Event{Tenant: ev.Tenant, Time: ev.Time, ID: ev.ID, Fields: slices.Clone(ev.Fields)}
	for _, f := range r.again.Fields {
		if f.Value == "" && !ev.Has(f.Name) {
			out.Add(f.Name, "")
		}
	}
	return out
}

// rawOf is where bytes of a field's value stand in the record.
func (r *reading) rawOf(f event.Field, start, end int) []Stretch {
	if f.Name == event.Original {
		return []Stretch{r.ruler.stretch(start, end)}
	}
	var out []Stretch
	for _, p := range r.places[f] {
		if from, to := p.Part(start, end); from < to && to <= len(r.original) {
			out = append(out, r.ruler.stretch(from, to))
		}
	}
	return out
}

func (r *reading) body() *EventReading {
	return &EventReading{Source: r.source, Changed: whole(r.changed), Steps: each(r.steps, func(s parse.Step) ReadingStep {
		return ReadingStep{Name: s.Name, Result: s.Result, OK: s.OK, Fields: each(s.Fields, r.field)}
	})}
}

func (r *reading) field(f event.Field) ReadingField {
	out := ReadingField{Name: f.Name, Value: f.Value[:runeStart(f.Value, min(len(f.Value), maxReadValue))], Raw: []Stretch{}}
	for _, p := range r.places[f] {
		out.Raw = append(out.Raw, r.ruler.stretch(p.Start, p.End))
	}
	return out
}
