package query

import "strconv"

// Then returns a query over the same events with other pipes: those behind the selecting part are replaced.
func (q *Query) Then(pipes string) (*Query, error) {
	return Parse(q.text[:q.selects] + " | " + pipes)
}

// Quote writes a name or a value so that a query reads exactly it.
func Quote(s string) string { return strconv.Quote(s) }

// Exactly is the condition that a field has a value, whole and as it is.
func Exactly(field, value string) string { return Quote(field) + ":=" + Quote(value) }
