package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/query"
)

// adviceTimeout bounds the counting behind one piece of advice.
const adviceTimeout = 20 * time.Second

// Bounds of advice.
const (
	maxAdvisedTerms = 8   // conditions that are tried without
	edgeBuckets     = 200 // of each look for the first or last event
)

// CheckRequest asks whether a query can be understood.
type CheckRequest struct {
	Query string `json:"query" maxLength:"16384"`
}

// CheckResult says what is wrong with a query, or what kind it is.
type CheckResult struct {
	Valid bool `json:"valid"`
	// Errors has at most one entry today: the language stops at the first fault.
	Errors    []ProblemField `json:"errors" nullable:"false"`
	Formatted string         `json:"formatted" doc:"The query in its usual layout; empty where it is wrong."`
	Rows      bool           `json:"rows" doc:"The answer is rows of a calculation and not events."`
	Live      bool           `json:"live" doc:"The query can watch events as they arrive."`
}

// AdviceRequest asks why a search finds nothing.
type AdviceRequest struct{ Span }

// AdviceResult says where events are. Every figure was counted for it.
type AdviceResult struct {
	// Oldest and Newest bound the events of the customers, whatever the query; absent where there are none.
	Oldest  *time.Time      `json:"oldest,omitempty" doc:"About when the first event of these customers is, to the minute."`
	Newest  *time.Time      `json:"newest,omitempty"`
	Wider   []AdvisedSpan   `json:"wider" nullable:"false" doc:"The shortest usual span up to now in which the same query finds something; empty where none does."`
	Without []AdvisedChange `json:"without" nullable:"false" doc:"The query without one of its conditions, over the same time, where that finds something; most events first: that condition keeps most away."`
}

// AdvisedSpan is a span of time in which the query finds something.
type AdvisedSpan struct {
	From  string `json:"from" example:"now-24h" doc:"Empty means as far back as events are kept."`
	Total uint64 `json:"total"`
}

// AdvisedChange is a query that finds something.
type AdvisedChange struct {
	Dropped string `json:"dropped" doc:"The condition that was left out."`
	Query   string `json:"query"`
	Total   uint64 `json:"total"`
}

func (a *API) declareSearchHelp() {
	register(a, operation{
		id: "searchCheck", method: http.MethodPost, path: "/api/v1/search/check", tag: "search",
		summary: "Whether a query can be understood; reads no events",
	}, platform(identity.SearchEvents), a.searchCheck)
	register(a, operation{
		id: "searchAdvice", method: http.MethodPost, path: "/api/v1/search/advice", tag: "search",
		summary: "What to change about a search that finds nothing", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchAdvice)
}

func (a *API) searchCheck(ctx context.Context, in *struct{ Body CheckRequest }) (*reply[CheckResult], error) {
	q, err := parseQuery(in.Body.Query)
	var wrong *query.Error
	if errors.As(err, &wrong) {
		return answer(CheckResult{Errors: []ProblemField{a.queryFault(ctx, "body.query", wrong)}}), nil
	}
	if err != nil {
		return nil, err
	}
	_, err = query.CompileFilter(q.String())
	return answer(CheckResult{Valid: true, Errors: []ProblemField{}, Formatted: q.Formatted(), Rows: !q.Pages(), Live: err == nil}), nil
}

// queryFault words what is wrong with a query in the caller's language.
func (a *API) queryFault(ctx context.Context, location string, e *query.Error) ProblemField {
	lang := metaFrom(ctx).lang
	return ProblemField{Location: location, Message: a.catalogue.Query(lang, e.Message), Position: &e.Pos, Hint: a.catalogue.Query(lang, e.Advice)}
}

func (a *API) searchAdvice(ctx context.Context, in *struct{ Body AdviceRequest }) (*reply[AdviceResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.advice")
	if err != nil {
		return nil, err
	}
	out := AdviceResult{Wider: []AdvisedSpan{}, Without: []AdvisedChange{}}
	if len(q.tenants) == 0 {
		return answer(out), nil
	}
	ctx, cancel := context.WithTimeout(ctx, adviceTimeout)
	defer cancel()
	for _, step := range []func(context.Context, question, *AdviceResult) error{a.adviseTimes, a.adviseWider, a.adviseWithout} {
		if err := step(ctx, q, &out); err != nil {
			if ctx.Err() != nil {
				break // what was counted in time is true
			}
			return nil, err
		}
	}
	return answer(out), nil
}

// adviseTimes finds the first and last event of the customers.
func (a *API) adviseTimes(ctx context.Context, q question, out *AdviceResult) error {
	everything := question{tenants: q.tenants, query: query.All()}
	found, err := a.deps.Archive.Search(ctx, archive.Search{Tenants: ids(q.tenants), Query: everything.query, Limit: 1})
	if err != nil {
		return fmt.Errorf("newest event: %w", err)
	}
	if len(found.Events) == 0 {
		return nil
	}
	newest := found.Events[0].Time
	out.Newest = &newest
	look := everything.closed(a.opts.Now())
	look.to = newest.Add(time.Second)
	for {
		h, err := a.histogram(ctx, look, edgeBuckets)
		if err != nil {
			return err
		}
		for _, b := range h.Buckets {
			if b.Count > 0 {
				out.Oldest = &b.At
				look.from, look.to = b.At, b.At.Add(h.Width)
				break
			}
		}
		if h.Total == 0 || h.Width <= time.Minute {
			return nil
		}
	}
}

// adviseWider finds the shortest usual span, longer than the one asked for, with something in it.
func (a *API) adviseWider(ctx context.Context, q question, out *AdviceResult) error {
	now := a.opts.Now()
	for _, ago := range []string{"now-1h", "now-24h", "now-7d", "now-30d", ""} {
		from, err := readTime("from", ago, now)
		if err != nil {
			return err
		}
		if !from.IsZero() && (q.from.IsZero() || !from.Before(q.from)) {
			continue
		}
		h, err := a.histogram(ctx, question{tenants: q.tenants, query: q.query, from: from}.closed(now), 1)
		if err != nil {
			return err
		}
		if h.Total > 0 {
			out.Wider = append(out.Wider, AdvisedSpan{From: ago, Total: h.Total})
			return nil
		}
	}
	return nil
}

// adviseWithout counts what each condition keeps away.
func (a *API) adviseWithout(ctx context.Context, q question, out *AdviceResult) error {
	terms := q.query.Terms()
	if len(terms) < 2 {
		return nil
	}
	text := q.query.String()
	for i, t := range terms[:min(len(terms), maxAdvisedTerms)] {
		rest, err := query.Parse(q.query.Without(i))
		if err != nil {
			continue // conditions may lean on one another only in text nobody writes
		}
		h, err := a.histogram(ctx, question{tenants: q.tenants, query: rest, from: q.from, to: q.to}.closed(a.opts.Now()), 1)
		if err != nil {
			return err
		}
		if h.Total > 0 {
			out.Without = append(out.Without, AdvisedChange{Dropped: text[t.Start:t.End], Query: rest.String(), Total: h.Total})
		}
	}
	slices.SortStableFunc(out.Without, func(a, b AdvisedChange) int { return cmp.Compare(b.Total, a.Total) })
	return nil
}

func (a *API) histogram(ctx context.Context, q question, buckets int) (archive.Histogram, error) {
	h, err := a.deps.Archive.Histogram(ctx, archive.HistogramQuery{
		Tenants: ids(q.tenants), Query: q.query, From: q.from, To: q.to, Buckets: buckets,
	})
	if err != nil {
		return archive.Histogram{}, fmt.Errorf("count events: %w", err)
	}
	return h, nil
}
