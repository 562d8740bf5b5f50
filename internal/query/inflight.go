package query

import (
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/event"
)

// Filter decides about events in flight with the same language as search. It is safe for concurrent use.
type Filter struct {
	text   string
	filter *logstorage.Filter
	timed  bool
	rows   sync.Pool
}

// CompileFilter compiles the filter part of the language: pipes, subqueries and times relative to
// now are refused, since an event in flight has no archive around it. Errors are *[Error].
func CompileFilter(s string) (*Filter, error) {
	q, r, err := parse(s)
	if err != nil {
		return nil, err
	}
	switch {
	case len(q.pipes) > 0:
		return nil, errorAt(r.baseEnd, say("keep the part before the first '|'"), "pipes are not available here")
	case r.subqueries > 0:
		return nil, errorAt(0, say("list the values"), "subqueries are not available here")
	case r.relative:
		return nil, errorAt(0, say("use day_range or week_range"), "times relative to now are not available here")
	}
	f, err := logstorage.ParseFilter(q.engine)
	if err != nil {
		return nil, errorAt(0, Text{}, "%s", err.Error())
	}
	return &Filter{text: s, filter: f, timed: r.timed, rows: sync.Pool{New: func() any { return new([]logstorage.Field) }}}, nil
}

// Match reports whether the event fulfils the filter. The event is not kept.
func (f *Filter) Match(ev *event.Event) bool {
	row := f.rows.Get().(*[]logstorage.Field)
	*row = AppendRow((*row)[:0], ev)
	if f.timed {
		*row = append(*row, logstorage.Field{Name: engineTime, Value: ev.Time.UTC().Format(time.RFC3339Nano)})
	}
	ok := f.filter.MatchRow(*row)
	clear(*row)
	f.rows.Put(row)
	return ok
}

// String returns the filter as it was written.
func (f *Filter) String() string { return f.text }
