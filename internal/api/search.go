package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// searchTimeout bounds one search.
const searchTimeout = 60 * time.Second

// Span is what every question to the archive names: whose events, of which time, which of them.
type Span struct {
	Tenants []string `json:"tenants,omitempty" maxItems:"1000" doc:"Slugs or ids; none means all the caller may see."`
	Query   string   `json:"query,omitempty" maxLength:"16384" doc:"LogsQL over flat ECS names; a bare word looks in message. Empty selects all."`
	From    string   `json:"from,omitempty" maxLength:"64" nullable:"true" example:"now-15m" doc:"RFC 3339, Unix seconds, now, or now-15m with s, m, h, d, w. Absent: as far back as events are kept."`
	To      string   `json:"to,omitempty" maxLength:"64" nullable:"true" doc:"Like from; exclusive. Absent: no end."`
}

// SearchRequest asks for events, newest first.
type SearchRequest struct {
	Span
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"10000" default:"100" doc:"At most 1000 events; rows of a calculation may be more."`
	Cursor string `json:"cursor,omitempty" maxLength:"1024" nullable:"true" doc:"Cursor of the page before, with the same order."`
	Order  string `json:"order,omitempty" enum:"newest,oldest" default:"newest" doc:"Which events come first; rows of a calculation have their own order."`
}

// SearchResult is one page of events, or the rows of a | stats query.
type SearchResult struct {
	Events []Event `json:"events" nullable:"false"`
	Cursor string  `json:"cursor" doc:"Send it back as cursor for older events; empty where there are none."`
	// Truncated tells a row limit from an end.
	Truncated bool        `json:"truncated" doc:"There are more rows than given, and no cursor reaches them: narrow the query."`
	Stats     SearchStats `json:"stats"`
}

// SearchStats says what an answer cost.
type SearchStats struct {
	RowsScanned  uint64  `json:"rows_scanned"`
	BytesScanned uint64  `json:"bytes_scanned"`
	DurationMS   float64 `json:"duration_ms"`
}

// HistogramRequest asks how many events there are over time.
type HistogramRequest struct {
	Span
	Buckets int    `json:"buckets,omitempty" minimum:"1" maximum:"500" default:"60" doc:"About how many; the width is rounded to a usual one."`
	Split   string `json:"split,omitempty" maxLength:"256" nullable:"true" doc:"A field: counts its five most frequent values, too."`
}

// HistogramResult counts events over time.
type HistogramResult struct {
	Buckets []Bucket    `json:"buckets" nullable:"false"`
	WidthS  float64     `json:"width_s" doc:"Width of a bucket in seconds."`
	Total   uint64      `json:"total"`
	Series  []Series    `json:"series" nullable:"false" doc:"Of the values of split, the most frequent first; what is missing from the buckets has another value or none."`
	Stats   SearchStats `json:"stats"`
}

// Series counts the events with one value of the field a histogram is split by.
type Series struct {
	Value  string   `json:"value"`
	Counts []uint64 `json:"counts" nullable:"false" doc:"One a bucket."`
	Total  uint64   `json:"total"`
}

// Bucket counts the events of one slice of time.
type Bucket struct {
	At    time.Time `json:"at" doc:"Start of the slice."`
	Count uint64    `json:"count"`
}

// FieldsRequest asks which fields events have.
type FieldsRequest struct{ Span }

// FieldsResult lists fields, the most frequent first.
type FieldsResult struct {
	Fields []FieldCount `json:"fields" nullable:"false"`
}

// FieldCount is a field and how many events have it.
type FieldCount struct {
	Name string `json:"name"`
	Hits uint64 `json:"hits"`
}

// ValuesRequest asks for the most frequent values of one field.
type ValuesRequest struct {
	Span
	Field string `json:"field" minLength:"1" maxLength:"256"`
	Limit int    `json:"limit,omitempty" minimum:"1" maximum:"200" default:"10"`
}

// ValuesResult lists values, the most frequent first.
type ValuesResult struct {
	Values []ValueCount `json:"values" nullable:"false"`
}

// ValueCount is a value and how many events have it.
type ValueCount struct {
	Value string `json:"value"`
	Hits  uint64 `json:"hits"`
}

func (a *API) declareSearch() {
	register(a, operation{
		id: "search", method: http.MethodPost, path: "/api/v1/search", tag: "search",
		summary: "Events, newest first", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.search)
	register(a, operation{
		id: "searchHistogram", method: http.MethodPost, path: "/api/v1/search/histogram", tag: "search",
		summary: "Events counted over time", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchHistogram)
	register(a, operation{
		id: "searchFields", method: http.MethodPost, path: "/api/v1/search/fields", tag: "search",
		summary: "Fields that events have", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchFields)
	register(a, operation{
		id: "searchValues", method: http.MethodPost, path: "/api/v1/search/values", tag: "search",
		summary: "Most frequent values of a field", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchValues)
	a.declareSearchHelp()
	a.declareExport()
	a.declareTail()
	a.declareShapes()
}

// question is a span understood: checked, resolved, with the caller's rights applied.
type question struct {
	tenants []tenancy.Tenant
	query   *query.Query
	from    time.Time
	to      time.Time
}

func (q question) selection() archive.Selection {
	return archive.Selection{Tenants: ids(q.tenants), Query: q.query, From: q.from, To: q.to}
}

// slugs names the question's customers.
func (q question) slugs() map[tenant.ID]string {
	slugs := make(map[tenant.ID]string, len(q.tenants))
	for _, t := range q.tenants {
		slugs[t.ID] = t.Slug
	}
	return slugs
}

// read understands a span. A query is checked before tenants are looked up, so that its fault reads the same
// for everybody.
func (a *API) read(ctx context.Context, s Span) (question, error) {
	var q question
	var err error
	if q.query, err = parseQuery(s.Query); err != nil {
		return question{}, err
	}
	if q.from, q.to, err = readSpan(s.From, s.To, a.opts.Now()); err != nil {
		return question{}, err
	}
	q.tenants, err = a.tenants(ctx, identity.SearchEvents, s.Tenants)
	return q, err
}

func parseQuery(text string) (*query.Query, error) {
	if strings.TrimSpace(text) == "" {
		return query.All(), nil
	}
	return query.Parse(text)
}

func (a *API) search(ctx context.Context, in *struct{ Body SearchRequest }) (*reply[SearchResult], error) {
	q, err := a.read(ctx, in.Body.Span)
	if err != nil {
		return nil, err
	}
	if err := a.auditSearch(ctx, q.tenants, in.Body); err != nil {
		return nil, err
	}
	if len(q.tenants) == 0 {
		return answer(SearchResult{Events: []Event{}}), nil
	}
	found, err := a.deps.Archive.Search(ctx, archive.Search{
		Tenants: ids(q.tenants), Query: q.query, From: q.from, To: q.to, Limit: in.Body.Limit, Cursor: in.Body.Cursor,
		Oldest: in.Body.Order == "oldest",
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	slugs := q.slugs()
	return answer(SearchResult{
		Events: each(found.Events, func(e event.Event) Event { return eventBody(e, slugs[e.Tenant]) }),
		Cursor: found.Cursor, Truncated: found.Truncated, Stats: costBody(found.Cost),
	}), nil
}

func costBody(c archive.Cost) SearchStats {
	return SearchStats{
		RowsScanned: c.RowsScanned, BytesScanned: c.BytesScanned,
		DurationMS: float64(c.Duration.Microseconds()) / 1000,
	}
}

func (a *API) searchHistogram(ctx context.Context, in *struct{ Body HistogramRequest }) (*reply[HistogramResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.histogram")
	if err != nil {
		return nil, err
	}
	if len(q.tenants) == 0 {
		return answer(HistogramResult{Buckets: []Bucket{}, Series: []Series{}}), nil
	}
	q = q.closed(a.opts.Now())
	h, err := a.deps.Archive.Histogram(ctx, archive.HistogramQuery{
		Tenants: ids(q.tenants), Query: q.query, From: q.from, To: q.to, Buckets: in.Body.Buckets, Split: in.Body.Split,
	})
	if err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	return answer(HistogramResult{
		Buckets: each(h.Buckets, func(b archive.Bucket) Bucket { return Bucket{At: b.At.UTC(), Count: b.Count} }),
		Series: each(h.Series, func(s archive.Series) Series {
			return Series{Value: s.Value, Counts: whole(s.Counts), Total: s.Total}
		}),
		WidthS: h.Width.Seconds(), Total: h.Total, Stats: costBody(h.Cost),
	}), nil
}

// closed gives a question the ends that its caller left open: the longest retention back, and now.
func (q question) closed(now time.Time) question {
	if q.to.IsZero() {
		q.to = now.UTC()
	}
	if q.from.IsZero() {
		days := 1
		for _, t := range q.tenants {
			days = max(days, t.RetentionDays)
		}
		q.from = q.to.AddDate(0, 0, -days)
	}
	return q
}

func (a *API) searchFields(ctx context.Context, in *struct{ Body FieldsRequest }) (*reply[FieldsResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.fields")
	if err != nil {
		return nil, err
	}
	if len(q.tenants) == 0 {
		return answer(FieldsResult{Fields: []FieldCount{}}), nil
	}
	hits, err := a.deps.Archive.FieldNames(ctx, q.selection())
	if err != nil {
		return nil, fmt.Errorf("field names: %w", err)
	}
	return answer(FieldsResult{
		Fields: each(hits, func(h archive.Hits) FieldCount { return FieldCount{Name: h.Value, Hits: h.Count} }),
	}), nil
}

func (a *API) searchValues(ctx context.Context, in *struct{ Body ValuesRequest }) (*reply[ValuesResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.values")
	if err != nil {
		return nil, err
	}
	if len(q.tenants) == 0 {
		return answer(ValuesResult{Values: []ValueCount{}}), nil
	}
	hits, err := a.deps.Archive.FieldValues(ctx, q.selection(), in.Body.Field, in.Body.Limit)
	if err != nil {
		return nil, fmt.Errorf("field values: %w", err)
	}
	return answer(ValuesResult{
		Values: each(hits, hitCount),
	}), nil
}

// readAudited understands a span for one of the counting questions, whose reads are audited together.
func (a *API) readAudited(ctx context.Context, s Span, action string) (question, error) {
	q, err := a.read(ctx, s)
	if err != nil {
		return question{}, err
	}
	return q, a.auditRead(ctx, ids(q.tenants), action, "event")
}

// Archive finds events. It refuses tenants outside the context's scope.
type Archive interface {
	Search(ctx context.Context, s archive.Search) (archive.Result, error)
	Histogram(ctx context.Context, h archive.HistogramQuery) (archive.Histogram, error)
	FieldNames(ctx context.Context, s archive.Selection) ([]archive.Hits, error)
	FieldValues(ctx context.Context, s archive.Selection, field string, limit int) ([]archive.Hits, error)
}

func hitCount(h archive.Hits) ValueCount { return ValueCount{Value: h.Value, Hits: h.Count} }
