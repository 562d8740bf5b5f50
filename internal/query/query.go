package query

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
)

// Query is a checked query. It is immutable and may be used by many goroutines.
type Query struct {
	text     string // as the user wrote it
	selects  int    // bytes of text that select events: the filter and the filter pipes that follow it
	engine   string // as the engine reads it
	base     string // engine text of the filter and the filter pipes that follow it
	tail     string // engine text of the other pipes but a trailing limit, without the leading '|'
	pipes    []string
	limit    uint64
	relative bool
	nested   bool // holds subqueries
	terms    []Term
}

// All returns the query that finds everything.
func All() *Query { return &Query{text: "*", selects: 1, engine: "*", base: "*"} }

// Parse checks a query in LogsQL over ECS names, at most [MaxBytes] long. Errors are *[Error].
//
// It differs from the engine's own parser so: a bare word searches message; @timestamp is the
// event's time; a network under an address field means its range; words in scripts without spaces
// are found inside longer runs; unknown pipes, streams, query options and comments are refused.
func Parse(s string) (*Query, error) {
	q, _, err := parse(s)
	return q, err
}

func parse(s string) (*Query, *rewriter, error) {
	if len(s) > MaxBytes {
		return nil, nil, errorAt(MaxBytes, say("use a content list or split the query"), "the query is longer than %d bytes", MaxBytes)
	}
	if !utf8.ValidString(s) {
		return nil, nil, errorAt(invalidAt(s), Text{}, "the query is not valid UTF-8")
	}
	r := &rewriter{lexer: lexer{s: s}}
	if err := r.next(); err != nil {
		return nil, nil, err
	}
	if err := r.query(false); err != nil {
		return nil, nil, err
	}
	if !r.tok.eof() {
		return nil, nil, errorAt(r.tok.pos, Text{}, "unexpected %s", r.tok.describe())
	}
	text, back := r.apply(len(s))
	if err := check(s, text, back); err != nil {
		return nil, nil, err
	}
	return r.finish(text), r, nil
}

// finish derives the parts a search needs from the rewritten text.
func (r *rewriter) finish(text string) *Query {
	q := &Query{text: r.s, selects: r.baseEnd, engine: text, pipes: r.pipes, limit: r.limit, relative: r.relative, nested: r.subqueries > 0}
	q.base, _ = r.apply(r.baseEnd)
	q.tail = strings.TrimPrefix(strings.TrimSpace(text[len(q.base):]), "|")
	if n := len(q.pipes); n > 0 && q.pipes[n-1] == "limit" {
		q.tail = q.tail[:max(0, strings.LastIndexByte(q.tail, '|'))]
	}
	q.tail = strings.TrimSpace(q.tail)
	if !r.branched {
		q.terms = r.terms
	}
	return q
}

// check lets the engine parse the rewritten text and places its complaint in the user's text.
func check(s, text string, back func(int) int) error {
	err := engineParse(text)
	if err == nil {
		return nil
	}
	msg := err.Error()
	pos := len(s)
	if i := strings.LastIndex(msg, "context: ["); i >= 0 {
		seen := msg[i+len("context: ["):]
		if j := strings.LastIndexByte(seen, ']'); j >= 0 {
			seen = seen[:j]
		}
		if at := strings.Index(text, seen); at >= 0 && seen != "" {
			pos = back(at + len(seen))
		}
		msg = strings.TrimRight(msg[:i], "; ")
	}
	return errorAt(min(pos, len(s)), Text{}, "%s", msg)
}

// engineParse parses with the engine; a panic there is an error of the query, not of the process.
func engineParse(text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot parse: %v", p)
		}
	}()
	_, err = logstorage.ParseQuery(text)
	return err
}

func invalidAt(s string) int {
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return 0
}

// String returns the query as the user wrote it.
func (q *Query) String() string { return q.text }

// Base returns the engine's text of the part that selects events: the filter and the filter pipes
// directly behind it. Field lists, histograms and pages are made over it.
func (q *Query) Base() string { return q.base }

// Tail returns the engine's text of the pipes behind [Query.Base], without the leading '|' and
// without a trailing limit where the query [Query.Pages]; it is empty where there are none.
func (q *Query) Tail() string { return q.tail }

// Engine returns the whole query as the engine reads it.
func (q *Query) Engine() string { return q.engine }

// Pages reports whether every result row is one event, so that results can be given newest-first,
// a page at a time.
func (q *Query) Pages() bool {
	specs := pipeSpecs()
	for i, name := range q.pipes {
		switch specs[name].effect {
		case reshape:
			return false
		case bounded:
			if i != len(q.pipes)-1 || q.limit == 0 {
				return false
			}
		}
	}
	return true
}

// Limit returns the bound of a trailing limit pipe of a query that [Query.Pages]; 0 means none.
func (q *Query) Limit() uint64 {
	if n := len(q.pipes); n == 0 || q.pipes[n-1] != "limit" {
		return 0
	}
	return q.limit
}

// CountsRows reports whether a stats pipe counts or samples rows without naming a field behind a pipe that
// the engine cannot run at each of several storages. It then loses rows that need no column, so that
// the answer over several storages would be too low.
func (q *Query) CountsRows() bool {
	split := false
	for _, name := range q.pipes {
		switch {
		case name == "stats" || name == "running_stats" || name == "total_stats":
			return split && bareCount(q.engine)
		case slices.Contains([]string{"sort", "limit", "offset", "first", "last", "sample", "union"}, name):
			split = true
		}
	}
	return false
}

func bareCount(text string) bool {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	return strings.Contains(text, "count()") || strings.Contains(text, "rate()") || strings.Contains(text, "count(*)")
}

// Subqueries reports whether the query holds other queries, as in in(… | fields f).
func (q *Query) Subqueries() bool { return q.nested }

// Pipes returns the canonical names of the pipes, in order.
func (q *Query) Pipes() []string { return slices.Clone(q.pipes) }

// Compile parses text made of a query's parts for one run by the engine at the given moment, to
// which relative times refer.
func Compile(text string, now time.Time) (*logstorage.Query, error) {
	q, err := logstorage.ParseQueryAtTimestamp(text, now.UnixNano())
	if err != nil {
		return nil, fmt.Errorf("compile %q: %w", text, err)
	}
	return q, nil
}
