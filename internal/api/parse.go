package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// ParseRequest is one record to try the parser on.
type ParseRequest struct {
	Raw      string `json:"raw" minLength:"1" maxLength:"262144" doc:"The record as a sender would send it."`
	Kind     string `json:"kind,omitempty" enum:"auto,linux,windows,macos,network,firewall,ids,waf,vpn,proxy,dns,mail,web,nginx,apache,iis,database,container,cloud,endpoint,application,syslog,json,cef,leef,kv,csv" default:"auto"`
	TimeZone string `json:"time_zone,omitempty" maxLength:"64"`
	Encoding string `json:"encoding,omitempty" enum:"auto,utf-8,gb18030,utf-16" default:"auto"`
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
}

// parse runs the pipeline's own parser. The parser keeps nothing, so each try has its own with the settings asked for.
func (a *API) parse(_ context.Context, in *struct{ Body ParseRequest }) (*reply[ParseResult], error) {
	settings := parse.Settings{Kind: in.Body.Kind, TimeZone: in.Body.TimeZone, Encoding: in.Body.Encoding}
	p := parse.New(parse.Options{
		Sources: func(string) (parse.Settings, bool) { return settings, true },
		Now:     a.opts.Now,
	})
	var ev event.Event
	steps := p.ExplainInto(&record.Record{Received: a.opts.Now().UTC(), Input: "api", Raw: []byte(in.Body.Raw)}, &ev)
	return answer(ParseResult{Fields: eventBody(ev, ""), Steps: each(steps, stepBody)}), nil
}

func stepBody(s parse.Step) ParseStep {
	return ParseStep{
		Name: s.Name, Result: s.Result, OK: s.OK,
		Fields: each(s.Fields, func(f event.Field) ParseField { return ParseField{Name: f.Name, Value: f.Value} }),
	}
}
