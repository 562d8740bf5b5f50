package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// ParseRequest is one record to try the parser on.
type ParseRequest struct {
	Raw string `json:"raw" minLength:"1" maxLength:"262144" doc:"The record as a sender would send it."`
	ParseSettings
}

// ParseSettings are what an operator says of a source.
type ParseSettings struct {
	Kind     string `json:"kind,omitempty" maxLength:"64" default:"auto" doc:"What the sender is said to be, as in a source."`
	TimeZone string `json:"time_zone,omitempty" maxLength:"64"`
	Encoding string `json:"encoding,omitempty" enum:"auto,utf-8,gb18030,utf-16" default:"auto"`
	Source   string `json:"source,omitempty" maxLength:"64" doc:"Id of a source whose own parser, where it has one, is to be tried too."`
}

// ParseLines are several records to try the parser on.
type ParseLines struct {
	Lines []string `json:"lines" minItems:"1" maxItems:"200" nullable:"false" doc:"Records as a sender would send them; together at most 1 MiB."`
	ParseSettings
}

// ParseResult is what the pipeline would make of the record, and how.
type ParseResult struct {
	Fields Event       `json:"fields"`
	Steps  []ParseStep `json:"steps" nullable:"false"`
}

// ParseStep is one step of the parser.
type ParseStep struct {
	Name   string       `json:"name"`
	Result string       `json:"result"`
	OK     bool         `json:"ok"`
	Fields []ParseField `json:"fields" nullable:"false" doc:"Fields the step added."`
}

// ParseField is one field with its value.
type ParseField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (a *API) declareParse() {
	register(a, operation{
		id: "parse", method: http.MethodPost, path: "/api/v1/parse", tag: "source",
		summary: "Try the parser on a record; nothing is kept",
	}, provider(identity.ManageSources), a.parse)
	register(a, operation{
		id: "parseLines", method: http.MethodPost, path: "/api/v1/parse/lines", tag: "source",
		summary: "Try the parser on several records; nothing is kept",
	}, provider(identity.ManageSources), a.parseLines)
}

func (a *API) parse(ctx context.Context, in *struct{ Body ParseRequest }) (*reply[ParseResult], error) {
	if err := a.mayTry(ctx, in.Body.Source); err != nil {
		return nil, err
	}
	rec := record.Record{Source: in.Body.Source, Received: a.opts.Now().UTC(), Input: "api", Raw: []byte(in.Body.Raw)}
	return answer(a.explain(in.Body.ParseSettings)(&rec, "")), nil
}

// mayTry refuses a source that is not there, or not for the caller.
func (a *API) mayTry(ctx context.Context, source string) error {
	if source == "" {
		return nil
	}
	owner, err := a.sourceOwner(ctx, source)
	if err == nil && !tenant.ScopeFrom(ctx).Allows(owner) {
		err = fault.ErrNotFound
	}
	return err
}

func (a *API) parseLines(ctx context.Context, in *struct{ Body ParseLines }) (*reply[List[ParseResult]], error) {
	if err := a.mayTry(ctx, in.Body.Source); err != nil {
		return nil, err
	}
	explain, now := a.explain(in.Body.ParseSettings), a.opts.Now().UTC()
	return answer(List[ParseResult]{Items: each(in.Body.Lines, func(line string) ParseResult {
		return explain(&record.Record{Source: in.Body.Source, Received: now, Input: "api", Raw: []byte(line)}, "")
	})}), nil
}

// explain is the one way in which anything but the pipeline parses: trials, what waits in the inbox, and what sources sent last. It is
// the pipeline's own parser, which keeps nothing, with the settings asked for.
func (a *API) explain(s ParseSettings) func(rec *record.Record, slug string) ParseResult {
	settings := parse.Settings{Kind: s.Kind, TimeZone: s.TimeZone, Encoding: s.Encoding}
	p := parse.New(parse.Options{
		Sources: func(string) (parse.Settings, bool) { return settings, true },
		Now:     a.opts.Now, Own: a.deps.Learning.Own,
	})
	return func(rec *record.Record, slug string) ParseResult {
		var ev event.Event
		steps := p.ExplainInto(rec, &ev)
		return ParseResult{Fields: eventBody(ev, slug), Steps: each(steps, stepBody)}
	}
}

func stepBody(s parse.Step) ParseStep {
	return ParseStep{
		Name: s.Name, Result: s.Result, OK: s.OK,
		Fields: each(s.Fields, func(f event.Field) ParseField { return ParseField{Name: f.Name, Value: f.Value} }),
	}
}
