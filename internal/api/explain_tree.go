package api

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// maxTreeValue bounds a value as a tree shows it.
const maxTreeValue = 4 << 10

// RuleTree is a rule's condition with the answer of each part.
type RuleTree struct {
	Conditions []string    `json:"conditions" nullable:"false" doc:"As written; several are linked by OR."`
	Root       RuleNode    `json:"root"`
	Values     []TreeValue `json:"values" nullable:"false" doc:"The event's values that tests looked at, each once."`
}

// RuleNode is a part of a condition. It holds when need of its kids do.
type RuleNode struct {
	Kind     string     `json:"kind" enum:"logic,not,search,test"`
	Text     string     `json:"text" doc:"Name of the search, or a term as written, such as 1 of selection_*; those of a filter name it before."`
	Holds    bool       `json:"holds"`
	Need     int64      `json:"need" doc:"One of several is OR, all is AND."`
	Of       int64      `json:"of"`
	Omitted  int64      `json:"omitted" doc:"Kids that are not shown."`
	Repeated bool       `json:"repeated" doc:"The search stands in full at its first mention."`
	Kids     []RuleNode `json:"kids" nullable:"false"`
	Test     *RuleTest  `json:"test,omitempty" doc:"Of kind test alone."`
}

// RuleTest is one line of a search: a field and what it is held against.
type RuleTest struct {
	Field     string        `json:"field" doc:"As in the rule; empty for a keyword, which is looked for in every field."`
	Names     []string      `json:"names" nullable:"false" doc:"The event fields it means, the best first."`
	Modifiers []string      `json:"modifiers" nullable:"false"`
	All       bool          `json:"all" doc:"Every pattern must match, not one."`
	Negated   bool          `json:"negated"`
	Absent    bool          `json:"absent" doc:"The event has none of the fields."`
	Values    []int64       `json:"values" nullable:"false" doc:"Places in the tree's values."`
	Patterns  []TestPattern `json:"patterns" nullable:"false" doc:"Those that matched first."`
	Count     int64         `json:"count" doc:"Patterns in the rule."`
	Matched   int64         `json:"matched"`
}

// TestPattern is one value of a rule.
type TestPattern struct {
	Text  string       `json:"text"`
	Null  bool         `json:"null" doc:"Asks that the field be absent."`
	Holds bool         `json:"holds"`
	Hits  []PatternHit `json:"hits" nullable:"false"`
}

// PatternHit is where a pattern stands in a value.
type PatternHit struct {
	Value int64     `json:"value" doc:"Place in the tree's values."`
	Spans []Stretch `json:"spans" nullable:"false" doc:"Within the value; none where the pattern asks for no text."`
	Raw   []Stretch `json:"raw" nullable:"false" doc:"The same within event.original, where it stands there."`
}

// TreeValue is a value of the event.
type TreeValue struct {
	Field   string `json:"field"`
	Value   string `json:"value" doc:"At most a few KiB of it, around the first hit."`
	Skipped int64  `json:"skipped" doc:"Units left out before it; stretches count from the whole value's beginning."`
	Length  int64  `json:"length" doc:"Of the whole value."`
}

// Stretch is a part of a text, in UTF-16 units.
type Stretch struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// ruler counts a text's UTF-16 units.
type ruler struct{ units []int32 } // by byte; nil for ASCII

func newRuler(text string) ruler {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return measured(text)
		}
	}
	return ruler{}
}

// measured counts a byte that is no UTF-8 as one unit: on the wire it is a replacement character.
func measured(text string) ruler {
	units := make([]int32, len(text)+1)
	at := int32(0)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		for j := range n {
			units[i+j] = at
		}
		if at++; r > 0xffff {
			at++
		}
		i += n
	}
	units[len(text)] = at
	return ruler{units}
}

func (r ruler) at(offset int) int64 {
	if r.units == nil {
		return int64(offset)
	}
	return int64(r.units[offset])
}

func (r ruler) stretch(start, end int) Stretch { return Stretch{Start: r.at(start), End: r.at(end)} }

// rawOf finds where bytes of a field's value stand in the record.
type rawOf func(f event.Field, start, end int) []Stretch

// treeWriter makes the body of a tree.
type treeWriter struct {
	tree   *sigma.Tree
	rulers []ruler
	first  []int // where the first hit in a value begins, in bytes; -1 for none
	raw    rawOf
	names  *strings.Replacer
}

// treeBody writes a tree; searches of filters go by the filter's title.
func treeBody(t *sigma.Tree, raw rawOf, filters []sigma.Applied) *RuleTree {
	var names []string
	for _, f := range filters {
		if f.Title != "" {
			names = append(names, sigma.FilterPrefix(f.ID), `filter "`+f.Title+`" `)
		}
	}
	w := &treeWriter{tree: t, raw: raw, names: strings.NewReplacer(names...), rulers: make([]ruler, len(t.Reads)), first: make([]int, len(t.Reads))}
	for i, f := range t.Reads {
		w.rulers[i], w.first[i] = newRuler(f.Value), -1
	}
	out := &RuleTree{Conditions: whole(t.Conditions), Root: w.node(&t.Root), Values: make([]TreeValue, len(t.Reads))}
	for i, f := range t.Reads {
		out.Values[i] = w.value(i, f)
	}
	return out
}

func (w *treeWriter) node(n *sigma.Node) RuleNode {
	out := RuleNode{
		Kind: string(n.Kind), Text: w.names.Replace(n.Text), Holds: n.Holds, Need: int64(n.Need), Of: int64(n.Of), Omitted: int64(n.Omitted),
		Repeated: n.Repeated, Kids: make([]RuleNode, len(n.Kids)),
	}
	for i := range n.Kids {
		out.Kids[i] = w.node(&n.Kids[i])
	}
	if n.Test != nil {
		out.Test = w.test(n.Test)
	}
	return out
}

func (w *treeWriter) test(t *sigma.Test) *RuleTest {
	return &RuleTest{
		Field: t.Field, Names: whole(t.Names), Modifiers: whole(t.Modifiers), All: t.All, Negated: t.Negated, Absent: t.Absent,
		Values: each(t.Reads, func(i int) int64 { return int64(i) }), Patterns: each(t.Patterns, w.pattern),
		Count: int64(t.Count), Matched: int64(t.Matched),
	}
}

func (w *treeWriter) pattern(p sigma.Pattern) TestPattern {
	return TestPattern{Text: p.Text, Null: p.Null, Holds: p.Holds, Hits: each(p.Hits, w.hit)}
}

func (w *treeWriter) hit(h sigma.Hit) PatternHit {
	out := PatternHit{Value: int64(h.Read), Spans: []Stretch{}, Raw: []Stretch{}}
	for _, s := range h.Spans {
		if first := w.first[h.Read]; first < 0 || s.Start < first {
			w.first[h.Read] = s.Start
		}
		out.Spans = append(out.Spans, w.rulers[h.Read].stretch(s.Start, s.End))
		out.Raw = append(out.Raw, w.raw(w.tree.Reads[h.Read], s.Start, s.End)...)
	}
	return out
}

func (w *treeWriter) value(i int, f event.Field) TreeValue {
	from, to := 0, len(f.Value)
	if to > maxTreeValue {
		from = runeStart(f.Value, max(0, min(w.first[i]-maxTreeValue/8, to-maxTreeValue)))
		to = runeStart(f.Value, from+maxTreeValue)
	}
	return TreeValue{Field: f.Name, Value: f.Value[from:to], Skipped: w.rulers[i].at(from), Length: w.rulers[i].at(len(f.Value))}
}

// runeStart is the beginning of the character at a byte.
func runeStart(s string, at int) int {
	for at > 0 && at < len(s) && !utf8.RuneStart(s[at]) {
		at--
	}
	return at
}
