package except

import (
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

// Term is one condition that a draft offers.
type Term struct {
	Field  string
	Values []string // of the alert; several are joined by "or"
	Query  string
	// Chosen terms are those that make up the draft at first: what the alert is about, as far as all of its firings have it.
	Chosen bool
	Kind   string // entity, or match: a value that made the rule true
}

// Bounds of drafts.
const (
	maxTerms      = 12
	maxTermValues = 8
	maxTermBytes  = 512 // of a value; longer ones make no condition one could read
)

// Drafted are the conditions an alert suggests. values are field values in the order of importance: entities first, then what
// matched. events are those of the alert's firings, as far as the archive has them: a condition is written so that it holds on them,
// and one that holds on none is left out.
func Drafted(entities, matched []event.Field, events []*event.Event) []Term {
	var terms []Term
	add := func(kind string, fields []event.Field) {
		var order []string
		values := map[string][]string{}
		for _, f := range fields {
			if f.Value == "" || f.Name == "" || f.Name == event.Message || f.Name == event.Original || len(f.Value) > maxTermBytes ||
				slices.ContainsFunc(terms, func(t Term) bool { return t.Field == f.Name }) {
				continue
			}
			if !slices.Contains(order, f.Name) {
				order = append(order, f.Name)
			}
			if !slices.Contains(values[f.Name], f.Value) {
				values[f.Name] = append(values[f.Name], f.Value)
			}
		}
		for _, name := range order {
			if len(terms) >= maxTerms || len(values[name]) > maxTermValues {
				continue
			}
			if t, ok := term(name, values[name], events); ok {
				t.Kind = kind
				terms = append(terms, t)
			}
		}
	}
	add("entity", entities)
	add("match", matched)
	return choose(terms)
}

// term writes a condition that holds on as many of the events as it can.
func term(name string, values []string, events []*event.Event) (Term, bool) {
	t := Term{Field: name, Values: values}
	best := -1
	for _, one := range []func(string) string{
		func(v string) string { return query.Exactly(name, v) },
		func(v string) string { return query.Quote(name) + ":" + query.Quote(v) }, // a name with several values
	} {
		parts := make([]string, len(values))
		for i, v := range values {
			parts[i] = one(v)
		}
		text := parts[0]
		if len(parts) > 1 {
			text = "(" + strings.Join(parts, " or ") + ")"
		}
		f, err := query.CompileFilter(text)
		if err != nil {
			continue
		}
		n := 0
		for _, ev := range events {
			if f.Match(ev) {
				n++
			}
		}
		if n > best {
			best, t.Query, t.Chosen = n, text, n == len(events)
		}
	}
	return t, t.Query != "" && (best > 0 || len(events) == 0)
}

// choose leaves chosen, of the terms that hold on every event, the entities; without any the matched values.
func choose(terms []Term) []Term {
	entities := slices.ContainsFunc(terms, func(t Term) bool { return t.Chosen && t.Kind == "entity" })
	for i := range terms {
		if entities && terms[i].Kind != "entity" {
			terms[i].Chosen = false
		}
	}
	return terms
}

// Joined is the filter that the chosen terms make.
func Joined(terms []Term) string {
	var parts []string
	for _, t := range terms {
		if t.Chosen {
			parts = append(parts, t.Query)
		}
	}
	return strings.Join(parts, " ")
}
