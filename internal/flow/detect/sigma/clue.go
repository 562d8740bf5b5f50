package sigma

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Clue is something an event shows: one of the fields has a value that holds the text, ignoring case.
type Clue struct {
	Fields []string // names of event fields
	// Text is folded ([literal.Fold]), never empty, and free of what a store may spell in another way: quotes, backslashes, angle
	// brackets, ampersands and control characters.
	Text string
	// Whole says that the text is digits and one of the values is just that.
	Whole bool
}

// Holds reports whether an event shows the clue.
func (c Clue) Holds(ev *event.Event) bool {
	for _, f := range ev.Fields {
		if slices.Contains(c.Fields, f.Name) && (f.Value == c.Text || !c.Whole && strings.Contains(literal.Fold(f.Value), c.Text)) {
			return true
		}
	}
	return false
}

// Bounds on the clues of one rule: of more, the least telling are left out.
const (
	maxClueSets = 6
	maxClues    = 150 // of one set
)

// Clues returns sets of clues: an event the rule fires on shows one clue of every set at least. It may show them and the rule be
// silent; no set means that nothing is known of such events beforehand, as with rules that search the whole event. A store that
// finds by text can leave out all other events. The most telling set comes first.
func Clues(r *Rule, opts Options) [][]Clue {
	root, p := lowerRule(r, opts.Placeholders)
	if p != nil {
		return nil
	}
	d := detective{source: r.LogSource, known: map[*node][][]Clue{}}
	sets := slices.Clone(d.sets(root))
	slices.SortStableFunc(sets, func(a, b []Clue) int { return telling(b) - telling(a) })
	return sets[:min(len(sets), maxClueSets)]
}

type detective struct {
	source logsource.Source
	known  map[*node][][]Clue
}

// sets returns what holds where the node does.
func (d *detective) sets(n *node) [][]Clue {
	if known, ok := d.known[n]; ok {
		return known
	}
	var out [][]Clue
	switch {
	case n.test != nil:
		if set := d.leaf(n); set != nil {
			out = [][]Clue{set}
		}
	case n.need == len(n.kids):
		for _, k := range n.kids {
			out = append(out, d.sets(k)...)
		}
	case n.need >= 1:
		if set := d.union(n.kids); set != nil {
			out = [][]Clue{set}
		}
	}
	d.known[n] = out
	return out
}

// union is the clues of which one is shown where any kid holds; nil where a kid has none.
func (d *detective) union(kids []*node) []Clue {
	var out []Clue
	for _, k := range kids {
		var best []Clue
		for _, set := range d.sets(k) {
			if best == nil || telling(set) > telling(best) {
				best = set
			}
		}
		if best == nil {
			return nil
		}
		for _, c := range best {
			if !slices.ContainsFunc(out, func(o Clue) bool { return o.Text == c.Text && o.Whole == c.Whole && slices.Equal(o.Fields, c.Fields) }) {
				out = append(out, c)
			}
		}
		if len(out) > maxClues {
			return nil
		}
	}
	return out
}

// telling weighs a set: it tells as much as its least telling clue, and less the more there are.
func telling(set []Clue) int {
	least := 1 << 10
	for _, c := range set {
		n := len(c.Text)
		if c.Whole {
			n += 4
		}
		least = min(least, n)
	}
	return least*100 - len(set)
}

// leaf returns the clues of a test.
func (d *detective) leaf(n *node) []Clue {
	t := n.test
	if n.neg || t.field == "" {
		return nil
	}
	names := logsource.Fields(d.source, t.field)
	if slices.ContainsFunc(names, func(name string) bool {
		return name == event.Timestamp || name == event.EventID || !utf8.ValidString(name)
	}) {
		return nil // an event answers with more than its fields
	}
	var texts []string
	switch t.op {
	case opEqual, opPrefix, opSuffix, opContains:
		if t.op == opEqual && isDigits(t.text) {
			return []Clue{{Fields: names, Text: t.text, Whole: true}}
		}
		texts = []string{t.text}
	case opGlob:
		texts = []string{t.glob.longest}
	case opRegex:
		texts = t.re.need
	}
	var out []Clue
	for _, text := range texts {
		piece := plainest(text)
		if len(piece) < 2 {
			return nil
		}
		out = append(out, Clue{Fields: names, Text: piece})
	}
	return out
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// plainest returns the longest run of a text that every store spells alike, folded.
func plainest(text string) (best string) {
	for _, run := range strings.FieldsFunc(literal.Fold(text), func(r rune) bool {
		return r < ' ' || r == 0x7f || r == utf8.RuneError || r == '\u2028' || r == '\u2029' || strings.ContainsRune(`"\<>&`, r)
	}) {
		if len(run) > len(best) {
			best = run
		}
	}
	return best
}
