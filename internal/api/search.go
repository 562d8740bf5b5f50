package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
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
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"100"`
	Cursor string `json:"cursor,omitempty" maxLength:"1024" nullable:"true" doc:"Cursor of the page before."`
}

// Event is one event, flat: ECS names and values as text, lists of texts where a name has several values.
type Event map[string]any

// SearchResult is one page of events, or the rows of a | stats query.
type SearchResult struct {
	Events []Event     `json:"events" nullable:"false"`
	Cursor string      `json:"cursor" doc:"Send it back as cursor for older events; empty where there are none."`
	Stats  SearchStats `json:"stats"`
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
	Buckets int `json:"buckets,omitempty" minimum:"1" maximum:"500" default:"60" doc:"About how many; the width is rounded to a usual one."`
}

// HistogramResult counts events over time.
type HistogramResult struct {
	Buckets []Bucket `json:"buckets" nullable:"false"`
	Total   uint64   `json:"total"`
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
	}, named(identity.SearchEvents), pending[struct{ Body SearchRequest }, reply[SearchResult]])
	register(a, operation{
		id: "searchHistogram", method: http.MethodPost, path: "/api/v1/search/histogram", tag: "search",
		summary: "Events counted over time", timeout: searchTimeout,
	}, named(identity.SearchEvents), pending[struct{ Body HistogramRequest }, reply[HistogramResult]])
	register(a, operation{
		id: "searchFields", method: http.MethodPost, path: "/api/v1/search/fields", tag: "search",
		summary: "Fields that events have", timeout: searchTimeout,
	}, named(identity.SearchEvents), pending[struct{ Body FieldsRequest }, reply[FieldsResult]])
	register(a, operation{
		id: "searchValues", method: http.MethodPost, path: "/api/v1/search/values", tag: "search",
		summary: "Most frequent values of a field", timeout: searchTimeout,
	}, named(identity.SearchEvents), pending[struct{ Body ValuesRequest }, reply[ValuesResult]])
}
