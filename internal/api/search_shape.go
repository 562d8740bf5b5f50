package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

// shapeTimeout bounds one look at patterns or numbers.
const shapeTimeout = 30 * time.Second

// Bounds of patterns.
const (
	maxPatterns      = 200
	maxPatternText   = 4 << 10 // bytes of a pattern or sample that are given
	maxPatternFilter = 4 << 10 // bytes of a filter; a longer one would make no query
)

// PatternsRequest asks what kinds of messages there are.
type PatternsRequest struct {
	Span
	Limit int `json:"limit,omitempty" minimum:"1" maximum:"200" default:"100"`
}

// PatternsResult lists messages that differ in numbers alone, the most frequent first.
type PatternsResult struct {
	Patterns []MessagePattern `json:"patterns" nullable:"false"`
	More     bool             `json:"more" doc:"There are rarer patterns than those given."`
	Total    uint64           `json:"total" doc:"Events in all patterns, those not given included."`
	Stats    SearchStats      `json:"stats"`
}

// MessagePattern is what messages have in common once numbers, addresses and times are left out.
type MessagePattern struct {
	Pattern string    `json:"pattern" doc:"With <N>, <IP4>, <UUID>, <TIME>, <DATE> and <DATETIME> for what differs; cut where it is long."`
	Filter  string    `json:"filter" doc:"The condition that finds these messages; empty where none can be written."`
	Hits    uint64    `json:"hits"`
	Sample  string    `json:"sample" doc:"One of the messages."`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}

// NumbersRequest asks how the numbers of a field are spread.
type NumbersRequest struct {
	Span
	Field string `json:"field" minLength:"1" maxLength:"256"`
}

// NumbersResult says how the numbers of a field are spread.
type NumbersResult struct {
	Count   uint64        `json:"count" doc:"Events with a number in the field."`
	Min     float64       `json:"min"`
	Max     float64       `json:"max"`
	Mean    float64       `json:"mean"`
	Median  float64       `json:"median"`
	Buckets []NumberRange `json:"buckets" nullable:"false" doc:"Ascending, each growing with its numbers; empty ones are left out."`
	Stats   SearchStats   `json:"stats"`
}

// NumberRange counts the numbers above From and up to To.
type NumberRange struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Hits uint64  `json:"hits"`
}

func (a *API) declareShapes() {
	register(a, operation{
		id: "searchPatterns", method: http.MethodPost, path: "/api/v1/search/patterns", tag: "search",
		summary: "Messages that differ in numbers alone, counted", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchPatterns)
	register(a, operation{
		id: "searchNumbers", method: http.MethodPost, path: "/api/v1/search/numbers", tag: "search",
		summary: "How the numbers of a field are spread", timeout: searchTimeout,
	}, named(identity.SearchEvents), a.searchNumbers)
}

func (a *API) searchPatterns(ctx context.Context, in *struct{ Body PatternsRequest }) (*reply[PatternsResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.patterns")
	if err != nil {
		return nil, err
	}
	out := PatternsResult{Patterns: []MessagePattern{}}
	if len(q.tenants) == 0 {
		return answer(out), nil
	}
	ctx, cancel := context.WithTimeout(ctx, shapeTimeout)
	defer cancel()
	limit := min(max(in.Body.Limit, 1), maxPatterns)
	found, err := a.rows(ctx, q, fmt.Sprintf("copy message as isoc_sample | collapse_nums at message prettify"+
		" | stats by (message) count() as isoc_hits, row_any(isoc_sample) as isoc_any, min(@timestamp) as isoc_first, max(@timestamp) as isoc_last"+
		" | sort by (isoc_hits desc, message) limit %d", limit+1))
	if err != nil {
		return nil, fmt.Errorf("patterns: %w", err)
	}
	all, err := a.histogram(ctx, q.closed(a.opts.Now()), 1)
	if err != nil {
		return nil, err
	}
	out.Total, out.Stats = all.Total, costBody(found.Cost)
	out.More = len(found.Events) > limit
	out.Patterns = each(found.Events[:min(limit, len(found.Events))], patternBody)
	return answer(out), nil
}

// rows runs other pipes over the events of a question.
func (a *API) rows(ctx context.Context, q question, pipes string) (archive.Result, error) {
	asked, err := q.query.Then(pipes)
	if err != nil {
		return archive.Result{}, err
	}
	return a.deps.Archive.Search(ctx, archive.Search{Tenants: ids(q.tenants), Query: asked, From: q.from, To: q.to})
}

func patternBody(row event.Event) MessagePattern {
	text := row.Value(event.Message)
	var sample map[string]string
	_ = json.Unmarshal([]byte(row.Value("isoc_any")), &sample) // the engine's own object; without it there is no sample
	return MessagePattern{
		Pattern: shortened(text), Filter: patternFilter(text), Hits: wholeNumber(row.Value("isoc_hits")), Sample: shortened(sample["isoc_sample"]),
		First: engineMoment(row.Value("isoc_first")), Last: engineMoment(row.Value("isoc_last")),
	}
}

func shortened(s string) string { return s[:runeStart(s, min(len(s), maxPatternText))] }

var placeholder = regexp.MustCompile(`<(?:N|IP4|UUID|TIME|DATE|DATETIME)>`)

// patternFilter is the condition that finds the messages of a pattern. Where the text around what was left out could be
// read as the beginning of a placeholder, the engine would read another pattern, and there is none.
func patternFilter(pattern string) string {
	if pattern == "" {
		return query.Exactly(event.Message, "")
	}
	given := placeholder.FindAllStringIndex(pattern, -1)
	filter := query.Exactly(event.Message, pattern)
	if len(given) > 0 {
		filter = event.Message + ":pattern_match_full(" + query.Quote(pattern) + ")"
	}
	if len(filter) > maxPatternFilter || len(given) != placeholdersRead(pattern) || strings.Contains(pattern, "<W>") {
		return ""
	}
	return filter
}

// placeholdersRead counts the placeholders as the engine reads them: from each "<" to the next ">".
func placeholdersRead(pattern string) int {
	n := 0
	for {
		start := strings.IndexByte(pattern, '<')
		if start < 0 {
			return n
		}
		end := strings.IndexByte(pattern[start:], '>')
		if end < 0 {
			return n
		}
		read := pattern[start : start+end+1]
		if placeholder.FindString(read) == read {
			n++
		}
		pattern = pattern[start+end+1:]
	}
}

func wholeNumber(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64) // the engine counts
	return n
}

func engineMoment(s string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, s) // the engine writes times so
	return t.UTC()
}

func (a *API) searchNumbers(ctx context.Context, in *struct{ Body NumbersRequest }) (*reply[NumbersResult], error) {
	q, err := a.readAudited(ctx, in.Body.Span, "event.numbers")
	if err != nil {
		return nil, err
	}
	out := NumbersResult{Buckets: []NumberRange{}}
	if len(q.tenants) == 0 {
		return answer(out), nil
	}
	ctx, cancel := context.WithTimeout(ctx, shapeTimeout)
	defer cancel()
	f := query.Quote(in.Body.Field)
	found, err := a.rows(ctx, q, fmt.Sprintf(`filter %s:~"^-?[0-9]+(\\.[0-9]+)?$" | stats count(%s) as n, min(%s) as least, max(%s) as most, avg(%s) as mean, median(%s) as middle, histogram(%s) as spread`, f, f, f, f, f, f, f))
	if err != nil {
		return nil, fmt.Errorf("numbers: %w", err)
	}
	out.Stats = costBody(found.Cost)
	if len(found.Events) == 0 {
		return answer(out), nil
	}
	row := found.Events[0]
	out.Count = wholeNumber(row.Value("n"))
	out.Min, out.Max, out.Mean, out.Median = number(row.Value("least")), number(row.Value("most")), number(row.Value("mean")), number(row.Value("middle"))
	out.Buckets = numberRanges(row.Value("spread"))
	return answer(out), nil
}

func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n-n != 0 { // neither NaN nor an infinity stands in JSON
		return 0
	}
	return n
}

// numberRanges reads the engine's histogram: [{"vmrange":"1.000e+01...1.136e+01","hits":3}].
func numberRanges(spread string) []NumberRange {
	var given []struct {
		Range string `json:"vmrange"`
		Hits  uint64 `json:"hits"`
	}
	_ = json.Unmarshal([]byte(spread), &given) // the engine's own list; without it there is no picture
	out := make([]NumberRange, 0, len(given))
	for _, g := range given {
		from, to, ok := strings.Cut(g.Range, "...")
		if ok && g.Hits > 0 {
			out = append(out, NumberRange{From: number(from), To: number(to), Hits: g.Hits})
		}
	}
	slices.SortFunc(out, func(a, b NumberRange) int { return cmp.Compare(a.From, b.From) })
	return out
}
