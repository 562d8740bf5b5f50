package sigma

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Bounds on what a finding says of an event.
const (
	maxMatches    = 32
	maxMatchBytes = 1 << 10
)

// modelName is this model's name in findings.
const modelName = "signature"

// finding works out why a rule fired. It is called for hits only.
func (m *Matcher) finding(r *compiledRule, ev *event.Event) detect.Finding {
	f := detect.Finding{
		Tenant:  ev.Tenant,
		Source:  ev.Value(event.IsocSource),
		Model:   modelName,
		Rule:    r.info,
		Time:    ev.Time,
		EventID: ev.ID,
	}
	if f.EventID == "" {
		f.EventID = ev.Value(event.EventID)
	}
	f.Sequence, _ = strconv.ParseUint(ev.Value(event.Sequence), 10, 64)
	x := explanation{event: ev, source: r.rule.LogSource, names: m.names}
	x.walk(r.root)
	f.Matches = x.matches
	f.Entities = detect.EntitiesOf(ev)
	return f
}

// fieldNames remembers which event fields a rule's field means.
type fieldNames map[fieldKey][]string

func (n fieldNames) of(source logsource.Source, field string) []string {
	k := fieldKey{source, field}
	names, ok := n[k]
	if !ok {
		names = logsource.Fields(source, field)
		n[k] = names
	}
	return names
}

// explanation collects the values that made a rule true. It asks each test again, one value at a time.
type explanation struct {
	event   *event.Event
	source  logsource.Source
	names   fieldNames
	matches []detect.Match
}

// walk reports whether the node holds and keeps the matches of what made it hold.
func (x *explanation) walk(n *node) bool {
	if n.test != nil {
		return x.leaf(n)
	}
	before, held := len(x.matches), 0
	for _, k := range n.kids {
		if x.walk(k) {
			held++
		}
	}
	if held < n.need {
		x.matches = x.matches[:before]
		return false
	}
	return true
}

func (x *explanation) leaf(n *node) bool {
	values := x.values(n.test.field)
	held := false
	for _, v := range values {
		if !x.holds(n.test, v.Value, func() string { return literal.Fold(v.Value) }) {
			continue
		}
		if held = true; !n.neg {
			x.add(n.origin, n.test.field, v)
		}
		break
	}
	return held != n.neg
}

func (x *explanation) add(o *origin, field string, v event.Field) {
	if len(x.matches) >= maxMatches {
		return
	}
	m := detect.Match{Selection: o.search, Field: v.Name, Value: cut(v.Value), Pattern: cut(o.value)}
	if field == "" {
		m.Field = ""
	}
	for _, seen := range x.matches {
		if seen == m {
			return
		}
	}
	x.matches = append(x.matches, m)
}

// cut shortens s to what a match may hold, at a character's end.
func cut(s string) string {
	if len(s) <= maxMatchBytes {
		return s
	}
	s = s[:maxMatchBytes]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return strings.ToValidUTF8(s[:len(s)-1], "")
}

// values returns the fields of the event that answer for a rule's field.
func (x *explanation) values(field string) []event.Field {
	var out []event.Field
	if field == "" {
		for _, f := range x.event.Fields {
			if searchable(f.Name) {
				out = append(out, f)
			}
		}
		return out
	}
	for _, name := range x.names.of(x.source, field) {
		for _, f := range x.event.Fields {
			if f.Name == name || stripBlanks(f.Name) == name {
				out = append(out, f)
			}
		}
		if len(out) == 0 && name == event.Timestamp && !x.event.Time.IsZero() {
			out = append(out, event.Field{Name: name, Value: timeText(x.event.Time)})
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// holds asks a test of one value, as the matcher does.
func (x *explanation) holds(t *test, v string, fold func() string) bool {
	switch {
	case t.op == opPresent:
		return true
	case t.op == opRegex:
		return t.re.match(v, fold(), fold)
	case t.op == opRef:
		return x.holdsRef(t, v)
	case t.folds():
		return t.holds(fold())
	}
	return t.holds(v)
}

func (x *explanation) holdsRef(t *test, v string) bool {
	for _, o := range x.values(t.ref) {
		a, b := v, o.Value
		if !t.cased {
			a, b = literal.Fold(a), literal.Fold(b)
		}
		if compareText(t.refOp, a, b) {
			return true
		}
	}
	return false
}
