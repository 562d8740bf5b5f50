package naive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Evaluator reads rules. It remembers texts it took apart and serves one goroutine.
type Evaluator struct {
	placeholders map[string][]string
	patterns     map[patternKey][][]unit
	values       map[string][]unit
}

type patternKey struct {
	modifiers string
	text      string
}

// New returns an evaluator; placeholders are as in [sigma.Options].
func New(placeholders map[string][]string) *Evaluator {
	return &Evaluator{placeholders: placeholders, patterns: map[patternKey][][]unit{}, values: map[string][]unit{}}
}

// maxRemembered bounds each of the evaluator's memories.
const maxRemembered = 100_000

// pattern applies the modifiers that change text to a value of a rule.
func (e *Evaluator) pattern(modifiers []string, text string) [][]unit {
	k := patternKey{strings.Join(modifiers, "|"), text}
	if p, ok := e.patterns[k]; ok {
		return p
	}
	p := [][]unit{readPattern(text)}
	for _, m := range modifiers {
		p = transform(m, p)
	}
	if len(e.patterns) > maxRemembered {
		clear(e.patterns)
	}
	e.patterns[k] = p
	return p
}

func (e *Evaluator) units(s string) []unit {
	u, ok := e.values[s]
	if !ok {
		if len(e.values) > maxRemembered {
			clear(e.values)
		}
		u = readUnits(s)
		e.values[s] = u
	}
	return u
}

// Fires reports whether the event fires the rule, whatever its log source. It shares nothing with the compiled matcher
// but the parsed rule and the table of field names. A rule it cannot read is an error.
func (e *Evaluator) Fires(r *sigma.Rule, ev *event.Event) (fires bool, err error) {
	x := &evaluation{Evaluator: e, rule: r, event: ev}
	defer func() {
		if p := recover(); p != nil {
			u, ok := p.(unreadable)
			if !ok {
				panic(p)
			}
			fires, err = false, fmt.Errorf("rule %s: %s", r.ID, string(u))
		}
	}()
	for _, c := range r.Detection.Conditions {
		if x.condition(c) {
			return true, nil
		}
	}
	return false, nil
}

// unreadable is thrown to where Fires catches it.
type unreadable string

type evaluation struct {
	*Evaluator
	rule  *sigma.Rule
	event *event.Event
}

func (x *evaluation) condition(c sigma.Expr) bool {
	count := 0
	for _, o := range c.Operands {
		if x.condition(o) {
			count++
		}
	}
	switch c.Op {
	case sigma.ExprSearch:
		return x.search(c.Name)
	case sigma.ExprNot:
		return count == 0
	case sigma.ExprAnd:
		return count == len(c.Operands)
	case sigma.ExprOr:
		return count > 0
	case sigma.ExprAtLeast:
		return count >= c.N
	}
	panic(unreadable("unknown operator"))
}

func (x *evaluation) search(name string) bool {
	for _, s := range x.rule.Detection.Searches {
		if s.Name != name {
			continue
		}
		for _, g := range s.Groups {
			if x.group(g) {
				return true
			}
		}
		return false
	}
	panic(unreadable("no search " + name))
}

func (x *evaluation) group(g sigma.Group) bool {
	for _, item := range g {
		if !x.item(item) {
			return false
		}
	}
	return true
}

func (x *evaluation) item(item sigma.Item) bool {
	has := func(m string) bool { return slices.Contains(item.Modifiers, m) }
	result := has("all")
	for _, v := range item.Values {
		if hit := x.value(item, v); has("all") {
			result = result && hit
		} else {
			result = result || hit
		}
	}
	return result != has("neq")
}

// values returns the values of the event that a field of the rule means.
func (x *evaluation) values(field string) (values []string, present bool) {
	for _, name := range logsource.Fields(x.rule.LogSource, field) {
		for _, f := range x.event.Fields {
			if strings.ReplaceAll(f.Name, " ", "") == name || f.Name == name {
				values = append(values, f.Value)
			}
		}
		if len(values) == 0 && name == "@timestamp" && !x.event.Time.IsZero() {
			values = append(values, x.event.Time.UTC().Format(time.RFC3339Nano))
		}
		if len(values) > 0 {
			return values, true
		}
	}
	return nil, false
}

// whole returns every value of the event a keyword is searched in.
func (x *evaluation) whole() (values []string) {
	for _, f := range x.event.Fields {
		if strings.HasPrefix(f.Name, "isoc.") {
			continue
		}
		if !slices.Contains([]string{"event.id", "event.sequence", "event.ingested", "event.dataset"}, f.Name) {
			values = append(values, f.Value)
		}
	}
	return values
}

func (x *evaluation) value(item sigma.Item, v sigma.Value) bool {
	if item.Field == "" {
		return slices.ContainsFunc(x.whole(), func(s string) bool { return x.matches(item, v, s) })
	}
	values, present := x.values(item.Field)
	if v.Kind == sigma.Null {
		return !present
	}
	if slices.Contains(item.Modifiers, "exists") {
		return present == strings.EqualFold(v.Text, "true")
	}
	return slices.ContainsFunc(values, func(s string) bool { return x.matches(item, v, s) })
}
