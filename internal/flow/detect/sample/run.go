package sample

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Fault says why a sample did not pass.
type Fault string

// The faults.
const (
	None   Fault = ""
	Silent Fault = "silent" // it should fire and does not
	Fires  Fault = "fires"  // it should not fire and does
	// Unread is a near miss that no parser understands: no rule would fire on it, so it proves nothing.
	Unread Fault = "unread"
)

// Result is what came of one sample.
type Result struct {
	Fired bool
	Fault Fault
	Lines []Reading
}

// Reading is one line as detection saw it.
type Reading struct {
	Event  *event.Event
	Steps  []parse.Step // the parser's; none for an event that was understood elsewhere
	Error  string       // why a line of the form [Event] could not be read
	Source logsource.Profile
	Fired  []string // ids of the rules under trial that fired
}

// Parser names the parser that understood the line; empty where none did.
func (r *Reading) Parser() string {
	if p := r.Event.Value(event.IsocParser); p != "none" {
		return p
	}
	return ""
}

// Runner runs the samples of rules. It keeps scratch memory and serves one goroutine.
type Runner struct {
	rules   []*sigma.Rule
	matcher *sigma.Matcher
	now     func() time.Time
	program *correlate.Program // nil where no correlation is under trial
	under   []string           // ids of correlations under trial
}

// Correlate puts correlations on trial too: their ids, of a program over the runner's set. A sample fires if one of them does, on
// its lines as if nothing was before and nothing came after.
func (r *Runner) Correlate(p *correlate.Program, ids []string) { r.program, r.under = p, ids }

// NewRunner tries the rules, all of which are in the set. Now says when records are received; nil is the wall clock.
func NewRunner(set *sigma.Set, rules []*sigma.Rule, now func() time.Time) *Runner {
	if now == nil {
		now = time.Now
	}
	return &Runner{rules: rules, matcher: set.Matcher(), now: now}
}

// Run tries one sample, which [Check] has let through. The error is the context's.
func (r *Runner) Run(ctx context.Context, s Sample) (Result, error) {
	read := r.reader(s)
	var out Result
	var items []correlate.Item
	for n, l := range s.Lines {
		if err := ctx.Err(); err != nil {
			return Result{}, fmt.Errorf("run sample %q: %w", s.Name, err)
		}
		line := read(l)
		line.Source = r.profile(line.Event)
		item := correlate.Begin(line.Event, line.Event.Time, n)
		r.matcher.Fired(line.Event, func(rule *sigma.Rule) {
			if slices.ContainsFunc(r.rules, func(x *sigma.Rule) bool { return x.ID == rule.ID }) {
				line.Fired = append(line.Fired, rule.ID)
			}
			if r.program != nil {
				r.program.Add(&item, rule.ID, line.Event, nil, nil)
			}
		})
		items = append(items, item)
		out.Lines = append(out.Lines, line)
	}
	r.correlate(items, &out)
	for _, l := range out.Lines {
		out.Fired = out.Fired || slices.ContainsFunc(l.Fired, r.decides)
	}
	out.Fault = faultOf(s, &out)
	return out, nil
}

// decides reports whether a firing of the rule is what the sample is about: where correlations are on trial, only theirs.
func (r *Runner) decides(id string) bool { return r.program == nil || slices.Contains(r.under, id) }

// correlate marks the lines that complete a correlation.
func (r *Runner) correlate(items []correlate.Item, out *Result) {
	if r.program == nil {
		return
	}
	engine := correlate.NewEngine(correlate.EngineOptions{EventID: func(line uint64, _ int) string { return strconv.FormatUint(line, 10) }})
	engine.Use(r.program, nil)
	found := func(f detect.Finding) {
		line, err := strconv.Atoi(f.EventID)
		if err == nil && slices.Contains(r.under, f.Rule.ID) {
			out.Lines[line].Fired = append(out.Lines[line].Fired, f.Rule.ID)
		}
	}
	for n := range items {
		engine.Apply(correlate.Batch{Sequence: uint64(n), Received: items[n].Time, Items: items[n : n+1]}, found)
	}
	engine.Flush(found)
}

func (r *Runner) profile(ev *event.Event) logsource.Profile { return logsource.Sign(ev).Profile() }

func faultOf(s Sample, r *Result) Fault {
	switch {
	case s.Fires && !r.Fired:
		return Silent
	case !s.Fires && r.Fired:
		return Fires
	case !s.Fires && slices.ContainsFunc(r.Lines, func(l Reading) bool { return l.Error != "" || s.Form != Event && l.Parser() == "" }):
		return Unread
	}
	return None
}

// reader returns what turns the sample's lines into events.
func (r *Runner) reader(s Sample) func(Line) Reading {
	start := r.now().UTC()
	parser := parse.New(parse.Options{
		Sources: func(kind string) (parse.Settings, bool) { return parse.Settings{Kind: kind}, true },
		Now:     func() time.Time { return start },
	})
	return func(l Line) Reading {
		out := Reading{Event: &event.Event{}}
		at, kind := start.Add(l.After), cmp.Or(l.Kind, s.Kind, "auto")
		if s.Form == Event {
			if err := parse.JSONEvent([]byte(l.Raw), out.Event); err != nil {
				out.Error = err.Error()
				out.Event = &event.Event{}
			}
		} else {
			out.Steps = parser.ExplainInto(&record.Record{Source: kind, Received: at, Input: "sample", Raw: []byte(l.Raw)}, out.Event)
		}
		if out.Event.Time.IsZero() || len(s.Lines) > 1 {
			out.Event.Time = at
		}
		enrich.New().Enrich(out.Event)
		return out
	}
}
