package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// SourceHealth says how a source is, and why.
type SourceHealth struct {
	State     string         `json:"state" enum:"silent,degraded,never,healthy,disabled"`
	Codes     []SourceReason `json:"codes" nullable:"false" doc:"What is wrong; empty where nothing is."`
	UsualS    int64          `json:"usual_s" doc:"The longest pause in seconds that is usual for the source, learned from the last 14 days; 0 while unknown."`
	ClockS    *float64       `json:"clock_s,omitempty" doc:"Seconds by which even the quickest events lay behind their receipt in the last 15 minutes, negative where ahead: the sender's clock or time zone rather than the way. Absent while minutes disagree."`
	UsualHour *int64         `json:"usual_hour,omitempty" doc:"Records that are usual in an hour at this time of the week, learned from the last four weeks; absent while fewer than two are known."`
	AllowedS  int64          `json:"allowed_s" doc:"The pause in seconds after which the source counts as silent."`
}

// SourceReason is one thing that is wrong with a source, with the figure that says so.
type SourceReason struct {
	Code  string  `json:"code" enum:"silent,unparsed,worse,late,clock,ahead,dropping,drop,burst,port" doc:"silent: value seconds without a record. unparsed: share of the last hour's records. worse: share not understood, more than is usual of the source. late, ahead: median seconds. clock: seconds that even the quickest events lie behind. drop, burst: records of the last hour, few or many for the source at this hour of the week. dropping: datagrams dropped in the last 15 minutes. port: the own port that could not be opened."`
	Value float64 `json:"value"`
	Limit float64 `json:"limit" doc:"What is tolerated; 0 where nothing is."`
}

// SourceSpark is records over time, compact.
type SourceSpark struct {
	From    time.Time `json:"from"`
	StepS   int64     `json:"step_s"`
	Records []int64   `json:"records" nullable:"false" doc:"Oldest first, the running step last."`
}

// SourcePoint is what a source did in one step of a series.
type SourcePoint struct {
	At        time.Time `json:"at" doc:"Beginning of the step."`
	Records   int64     `json:"records"`
	Bytes     int64     `json:"bytes"`
	Processed int64     `json:"processed" doc:"Looked at by the parser."`
	Unparsed  int64     `json:"unparsed" doc:"Of these, understood by no parser."`
	Dropped   int64     `json:"dropped" doc:"Datagrams over the customer's rate."`
	LagP50S   int64     `json:"lag_p50_s" doc:"Median seconds by which events lay behind their receipt; of an hour, its worst minute."`
	LagMaxS   int64     `json:"lag_max_s"`
}

// SourceSeries is what a source did over time, without gaps.
type SourceSeries struct {
	StepS int64         `json:"step_s"`
	Items []SourcePoint `json:"items" nullable:"false" doc:"Oldest first, the running step last."`
}

// LatestRecord is one record of a source: what was kept of it, and how the parser understands it with the source's present settings.
type LatestRecord struct {
	Raw    string      `json:"raw" doc:"The record as received."`
	Event  Event       `json:"event" doc:"What was kept."`
	Steps  []ParseStep `json:"steps" nullable:"false" doc:"Steps of the parser, as it would go now; what an envelope said beside the record is not in them."`
	Parsed bool        `json:"parsed" doc:"A parser understood it when it came."`
}

// SourcesPage is sources of several customers, the most pressing first.
type SourcesPage struct {
	Items  []Source       `json:"items" nullable:"false"`
	Total  int            `json:"total" doc:"Sources that match, on this page or not."`
	States map[string]int `json:"states" doc:"How many sources match in each state, whatever states were asked for."`
}

// SparkWish is embedded by lists of sources that may come with their records over time.
type SparkWish struct {
	Series string `query:"series" enum:",1h,24h" doc:"Also records over the last hour by the minute, or the last day by the hour."`
}

func (a *API) declareSourceHealth() {
	register(a, operation{
		id: "listAllSources", method: http.MethodGet, path: "/api/v1/sources", tag: "source",
		summary: "Sources of all customers, the most pressing first",
	}, named(identity.ReadSources), a.listAllSources)
	register(a, operation{
		id: "sourceSeries", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources/{source}/series", tag: "source",
		summary: "What a source did over time",
	}, inPath(identity.ReadSources), a.sourceSeries)
	register(a, operation{
		id: "sourceLatest", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources/{source}/latest", tag: "source",
		summary: "The latest records of a source, and how they were understood",
	}, inPath(identity.SearchEvents), a.sourceLatest)
}

// sourcesOf lists one customer's sources, with their records over time where asked for.
func (a *API) sourcesOf(ctx context.Context, id tenant.ID, series string) ([]Source, error) {
	found, err := a.deps.Sources.List(ctx, id)
	if err != nil {
		return nil, err
	}
	var days map[string][]collect.Point
	if series == "24h" {
		if days, err = a.deps.Sources.DayOf(ctx, id); err != nil {
			return nil, err
		}
	}
	return each(found, func(o collect.Overview) Source {
		s := a.overviewBody(o)
		switch series {
		case "1h":
			s.Series = sparkBody(o.Condition.Minutes, time.Minute)
		case "24h":
			s.Series = sparkBody(days[o.ID], time.Hour)
		}
		return s
	}), nil
}

func (a *API) listAllSources(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
	State  string `query:"state" maxLength:"100" doc:"One or several states, comma-separated."`
	Text   string `query:"q" maxLength:"200" doc:"Part of the name, kind, id, an address or the port; of Chinese names also the first letters of their reading."`
	Sort   string `query:"sort" enum:",fit" doc:"fit: the names that fit q best first."`
	Limit  int    `query:"limit" minimum:"1" maximum:"2000" default:"500"`
	SparkWish
}) (*reply[SourcesPage], error) {
	states, err := readStates(in.State)
	if err != nil {
		return nil, err
	}
	var refs []string
	if in.Tenant != "" {
		refs = []string{in.Tenant}
	}
	of, err := a.tenants(ctx, identity.ReadSources, refs)
	if err != nil {
		return nil, err
	}
	page := SourcesPage{Items: []Source{}, States: map[string]int{}}
	for _, t := range of {
		found, err := a.sourcesOf(ctx, t.ID, in.Series)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if !s.matches(in.Text) {
				continue
			}
			page.States[s.Health.State]++
			if len(states) == 0 || slices.Contains(states, s.Health.State) {
				page.Items = append(page.Items, s)
			}
		}
	}
	page.Total = len(page.Items)
	slices.SortStableFunc(page.Items, pressing)
	if in.Sort == "fit" {
		slices.SortStableFunc(page.Items, func(x, y Source) int { return fit(in.Text, y.Name) - fit(in.Text, x.Name) })
	}
	page.Items = page.Items[:min(len(page.Items), in.Limit)]
	if err := a.auditRead(ctx, ids(of), "source.list", "source"); err != nil {
		return nil, err
	}
	return answer(page), nil
}

// pressing orders sources by how pressing their state is, then by name.
func pressing(x, y Source) int {
	order := collect.States()
	at := func(s Source) int { return slices.Index(order, collect.State(s.Health.State)) }
	return cmp.Or(cmp.Compare(at(x), at(y)), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
}

func readStates(text string) ([]string, error) {
	var states []string
	for s := range strings.SplitSeq(text, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !slices.Contains(collect.States(), collect.State(s)) {
			return nil, fault.NewInvalid("state", "source.state", "must be silent, degraded, never, healthy or disabled")
		}
		states = append(states, s)
	}
	return states, nil
}

// matches reports whether text is part of what people know the source by.
func (s *Source) matches(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	known := strings.ToLower(strings.Join([]string{s.Name, s.Kind, s.ID, strings.Join(s.Senders, " ")}, "\n"))
	return strings.Contains(known, text) || fit(text, s.Name) > 0 || s.Port != 0 && strconv.Itoa(s.Port) == text
}

func (a *API) sourceSeries(ctx context.Context, in *struct {
	SourcePath
	Span string `query:"span" maxLength:"8" default:"24h" doc:"1h, 24h or 48h by the minute; 7d, 30d or 90d by the hour."`
}) (*reply[SourceSeries], error) {
	t := tenantIn(ctx)
	span, ok := collect.Spans()[in.Span]
	if !ok {
		return nil, fault.NewInvalid("span", "source.series", "must be 1h, 24h, 48h, 7d, 30d or 90d")
	}
	points, err := a.deps.Sources.Series(ctx, t.ID, in.Source, span)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "source.read", "source/"+in.Source); err != nil {
		return nil, err
	}
	return answer(SourceSeries{StepS: int64(span.Step / time.Second), Items: each(points, pointBody)}), nil
}

func (a *API) sourceLatest(ctx context.Context, in *struct {
	SourcePath
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"5"`
}) (*reply[List[LatestRecord]], error) {
	t := tenantIn(ctx)
	src, err := a.deps.Sources.Get(ctx, t.ID, in.Source)
	if err != nil {
		return nil, err
	}
	found, err := a.latestOf(ctx, &src, in.Limit)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "source.latest", "source/"+src.ID); err != nil {
		return nil, err
	}
	return answer(List[LatestRecord]{Items: a.latestBody(found, &src, t)}), nil
}

// latestOf finds the latest events of a source. It looks near the last receipt first, and further back only where that gave too few.
func (a *API) latestOf(ctx context.Context, src *collect.Overview, limit int) ([]event.Event, error) {
	if src.Activity.LastSeen.IsZero() {
		return nil, nil
	}
	q, err := query.Parse(event.IsocSource + ":=" + strconv.Quote(src.ID))
	if err != nil {
		return nil, fmt.Errorf("query latest: %w", err)
	}
	var found archive.Result
	for _, back := range []time.Duration{time.Hour, 24 * time.Hour, 0} {
		s := archive.Search{Tenants: []tenant.ID{src.Tenant}, Query: q, Limit: limit}
		if back > 0 {
			s.From = src.Activity.LastSeen.Add(-back)
		}
		if found, err = a.deps.Archive.Search(ctx, s); err != nil {
			return nil, fmt.Errorf("find latest: %w", err)
		}
		if len(found.Events) >= limit || int64(len(found.Events)) >= src.Activity.Records {
			break
		}
	}
	return found.Events, nil
}

func (a *API) latestBody(events []event.Event, src *collect.Overview, t tenancy.Tenant) []LatestRecord {
	// The record was decoded when it came: what is kept of it is UTF-8.
	explain := a.explain(ParseSettings{Kind: src.Kind, TimeZone: src.TimeZone, Encoding: "utf-8"})
	return each(events, func(e event.Event) LatestRecord {
		raw := e.Value(event.Original)
		received, _ := time.Parse(time.RFC3339Nano, e.Value(event.Ingested))
		as := explain(&record.Record{Tenant: src.Tenant, Source: src.ID, Received: received, Raw: []byte(raw)}, t.Slug)
		return LatestRecord{Raw: raw, Event: eventBody(e, t.Slug), Steps: as.Steps, Parsed: e.Value(event.IsocParser) != "none"}
	})
}

// condition puts how a source is into its body.
func (s *Source) condition(k *collect.Condition) {
	s.Health = SourceHealth{
		State: string(k.State), UsualS: int64(k.Usual / time.Second), AllowedS: int64(k.Allowed / time.Second),
		Codes: each(k.Reasons, func(r collect.Reason) SourceReason { return SourceReason{Code: r.Code, Value: r.Value, Limit: r.Limit} }),
	}
	if k.HasClock {
		off := k.Clock.Seconds()
		s.Health.ClockS = &off
	}
	if k.UsualHour >= 0 {
		n := int64(k.UsualHour)
		s.Health.UsualHour = &n
	}
	s.Rate1m, s.Rate1h, s.Records1h = thousandths(k.PerSec), thousandths(float64(k.PerHour)/3600), k.PerHour
	if k.Understood >= 0 {
		rate := math.Floor(k.Understood*1e4) / 1e4 // never rounded up to all
		s.ParseRate = &rate
	}
	if k.HasLag {
		lag := k.Lag.Seconds()
		s.LagS = &lag
	}
}

func thousandths(v float64) float64 { return math.Round(v*1e3) / 1e3 }

func sparkBody(points []collect.Point, step time.Duration) *SourceSpark {
	if len(points) == 0 {
		return nil
	}
	return &SourceSpark{From: points[0].At, StepS: int64(step / time.Second), Records: each(points, func(p collect.Point) int64 { return p.Records })}
}

func pointBody(p collect.Point) SourcePoint {
	return SourcePoint{
		At: p.At, Records: p.Records, Bytes: p.Bytes, Processed: p.Processed, Unparsed: p.Unparsed, Dropped: p.Dropped,
		LagP50S: int64(p.LagMedian / time.Second), LagMaxS: int64(p.LagMost / time.Second),
	}
}
