package query

import (
	"maps"
	"slices"
	"strings"
)

// Term is one condition of a query, as a stretch of bytes of its text.
type Term struct{ Start, End int }

// Terms returns the conditions that all must hold for an event to be found; none where "or" joins them, since
// none of them must hold then.
func (q *Query) Terms() []Term { return slices.Clone(q.terms) }

// Without returns the text of the query without its i-th [Query.Terms], and without the "and" that joined it.
func (q *Query) Without(i int) string {
	from, to := q.terms[i].Start, q.terms[i].End
	switch {
	case i > 0:
		from = q.terms[i-1].End
	case len(q.terms) > 1:
		to = q.terms[1].Start
	default:
		return strings.TrimSpace("* " + strings.TrimSpace(q.text[to:]))
	}
	return strings.TrimSpace(q.text[:from] + q.text[to:])
}

// Formatted returns the query with one space where there was white space, and every pipe on a line of its own.
func (q *Query) Formatted() string { return format(q.text) }

func format(text string) string {
	var b strings.Builder
	l := lexer{s: text}
	depth := 0
	for {
		if err := l.next(); err != nil || l.tok.eof() {
			return b.String()
		}
		pipe := l.tok.is("|") && depth == 0
		switch {
		case pipe:
			b.WriteString("\n")
		case b.Len() > 0 && (l.tok.space || l.prev.is("|")):
			b.WriteString(" ")
		}
		b.WriteString(l.tok.raw)
		switch {
		case l.tok.is("(", "["):
			depth++
		case l.tok.is(")", "]"):
			depth--
		}
	}
}

// Words are the names that a query may use besides fields, for who helps to write one.
type Words struct{ Pipes, Filters, Stats []string }

// Language returns the canonical names, in order: pipes, filter functions, and functions of the stats pipe.
func Language() Words {
	var pipes []string
	for name, spec := range pipeSpecs() {
		if name == spec.name {
			pipes = append(pipes, name)
		}
	}
	slices.Sort(pipes)
	return Words{Pipes: pipes, Filters: slices.Sorted(maps.Keys(filterFuncs)), Stats: statsFuncs()}
}
