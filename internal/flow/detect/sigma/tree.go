package sigma

import (
	"errors"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Bounds on a [Tree]. Truth is worked out over everything; only what is shown is bounded.
const (
	maxTreeNodes = 2000
	maxShown     = 50 // kids of a node and patterns of a test that do not hold, besides those that do
	maxHolding   = 50 // patterns of a test that hold
	maxReads     = 200
)

// Tree is a rule asked of one event: every part of it with its answer, whether the rest needed it or not.
type Tree struct {
	Conditions []string // as written; several are linked by OR
	Root       Node
	Reads      []event.Field // the values that tests looked at, each once
}

// NodeKind is what a [Node] is.
type NodeKind string

// The kinds of nodes.
const (
	NodeLogic  NodeKind = "logic"  // Need of its kids
	NodeNot    NodeKind = "not"    // its one kid does not hold
	NodeSearch NodeKind = "search" // a search of the rule by name: Need of its kids
	NodeTest   NodeKind = "test"   // one line of a search
)

// Node is a part of a rule.
type Node struct {
	Kind  NodeKind
	Text  string // the search's name, or a quantified term as written: "1 of selection_*"
	Holds bool
	// Need of Of kids make the node hold: one is OR, all is AND.
	Need, Of int
	Kids     []Node
	Omitted  int  // kids that are not shown; none of them holds, unless the tree is too large
	Repeated bool // the search stands in full at its first mention
	Test     *Test
}

// Test is one line of a search: a field and what its value is held against.
type Test struct {
	Field     string   // as in the rule; empty for a keyword
	Names     []string // the event fields it means, the best first
	Modifiers []string
	All       bool // every pattern must match, not one
	Negated   bool
	Absent    bool  // the event has none of the fields
	Reads     []int // the values it looked at, by place in [Tree.Reads]
	Patterns  []Pattern
	Count     int // patterns in the rule
	Matched   int // patterns that matched
}

// Pattern is one value of a rule's line.
type Pattern struct {
	Text  string // as written
	Null  bool   // asks that the field be absent
	Place int    // among the line's values
	Holds bool
	Hits  []Hit
}

// Hit is a value that a pattern matched, and where in it.
type Hit struct {
	Read  int
	Spans []Span // in bytes; none where the pattern asks for no text
}

// Span is a stretch of bytes of a value.
type Span struct{ Start, End int }

// Explainer asks one rule of events and keeps every answer. It is for showing, not for matching: it spares nothing. It is
// immutable and safe for concurrent use.
type Explainer struct {
	rule     *Rule
	searches map[string]askedSearch
}

type askedSearch struct {
	groups [][]*askedItem
	// keywords are all groups as one test, where the search is a list of keywords.
	keywords *askedItem
}

// askedItem is a line of a rule with its tests.
type askedItem struct {
	item    Item
	all     bool
	negated bool
	names   []string
	values  [][]*node // leaves by value; one must hold
}

// NewExplainer prepares a rule. A rule that cannot be compiled is an error.
func NewExplainer(r *Rule, opts Options) (*Explainer, error) {
	l := &lowering{rule: r, placeholders: opts.Placeholders}
	x := &Explainer{rule: r, searches: make(map[string]askedSearch, len(r.Detection.Searches))}
	for i := range r.Detection.Searches {
		s := &r.Detection.Searches[i]
		var asked askedSearch
		for _, g := range s.Groups {
			items := make([]*askedItem, len(g))
			for j, item := range g {
				it, p := l.asked(s.Name, item)
				if p != nil {
					return nil, p.in(itemKey(item)).in(s.Name).in("detection").refusal(r.File, &r.Meta)
				}
				items[j] = it
			}
			asked.groups = append(asked.groups, items)
		}
		asked.keywords = joinKeywords(asked.groups)
		x.searches[s.Name] = asked
	}
	if len(r.Detection.Conditions) == 0 {
		return nil, errors.New("the rule has no condition")
	}
	return x, nil
}

func (l *lowering) asked(search string, item Item) (*askedItem, *problem) {
	r, p := readModifiers(item, l.placeholders)
	if p != nil {
		return nil, p
	}
	if item.Field == "" && r.op != opEqual && r.op != opRegex {
		return nil, fail("", "a search in the whole event takes text and regular expressions only")
	}
	a := &askedItem{item: item, all: r.all, negated: r.negated, values: make([][]*node, len(r.values))}
	if item.Field != "" {
		a.names = logsource.Fields(l.rule.LogSource, item.Field)
	}
	for i, drafts := range r.values {
		from := &origin{search: search, field: item.Field, value: item.Values[i].Text}
		for _, d := range drafts {
			made, p := r.leaves(item.Field, d, from, false)
			if p != nil {
				return nil, p
			}
			a.values[i] = append(a.values[i], made...)
		}
	}
	return a, nil
}

// joinKeywords makes one test of a list of keywords, which says the same and is easier to read.
func joinKeywords(groups [][]*askedItem) *askedItem {
	if len(groups) < 2 {
		return nil
	}
	joined := &askedItem{}
	for _, g := range groups {
		if len(g) != 1 || g[0].item.Field != "" || len(g[0].item.Modifiers) > 0 {
			return nil
		}
		joined.item.Values = append(joined.item.Values, g[0].item.Values...)
		joined.values = append(joined.values, g[0].values...)
	}
	return joined
}

// Explain asks the rule of an event.
func (x *Explainer) Explain(ev *event.Event) *Tree {
	a := &asking{
		Explainer: x, values: explanation{event: ev, source: x.rule.LogSource, names: fieldNames{}},
		folded: map[string]string{}, reads: map[event.Field]int{}, left: maxTreeNodes,
		tree: &Tree{Conditions: x.rule.Detection.Written}, seen: map[string]Node{},
	}
	conditions := x.rule.Detection.Conditions
	if len(conditions) == 1 {
		a.tree.Root = a.expr(&conditions[0])
		return a.tree
	}
	a.tree.Root = a.inner(Node{Kind: NodeLogic, Need: 1, Of: len(conditions)}, func(i int) Node { return a.expr(&conditions[i]) })
	return a.tree
}

// asking is one event being asked.
type asking struct {
	*Explainer
	values explanation
	folded map[string]string
	reads  map[event.Field]int
	tree   *Tree
	seen   map[string]Node // searches that stand in the tree
	left   int             // nodes that may still be made
}

// inner fills a node of n.Of kids; those that hold and the first of the others are shown.
func (a *asking) inner(n Node, kid func(int) Node) Node {
	a.left--
	held, idle := 0, 0
	for i := range n.Of {
		k := kid(i)
		switch {
		case k.Holds:
			held++
		default:
			idle++
		}
		if !k.Holds && idle > maxShown || a.left <= 0 {
			n.Omitted++
			continue
		}
		n.Kids = append(n.Kids, k)
	}
	n.Holds = held >= n.Need
	return n
}

func (a *asking) expr(e *Expr) Node {
	switch e.Op {
	case ExprSearch:
		return a.search(e.Name)
	case ExprNot:
		k := a.expr(&e.Operands[0])
		a.left--
		return Node{Kind: NodeNot, Need: 1, Of: 1, Holds: !k.Holds, Kids: []Node{k}}
	}
	n := Node{Kind: NodeLogic, Text: e.Written, Need: 1, Of: len(e.Operands)}
	switch e.Op {
	case ExprAnd:
		n.Need = n.Of
	case ExprAtLeast:
		n.Need = e.N
	}
	return a.inner(n, func(i int) Node { return a.expr(&e.Operands[i]) })
}

func (a *asking) search(name string) Node {
	s := a.searches[name]
	if n, ok := a.seen[name]; ok {
		a.left--
		n.Kids, n.Omitted, n.Repeated = nil, 0, true
		return n
	}
	n := Node{Kind: NodeSearch, Text: name}
	switch {
	case s.keywords != nil:
		n.Need, n.Of = 1, 1
		n = a.inner(n, func(int) Node { return a.test(s.keywords) })
	case len(s.groups) == 1:
		n.Need, n.Of = len(s.groups[0]), len(s.groups[0])
		n = a.inner(n, func(i int) Node { return a.test(s.groups[0][i]) })
	default:
		n.Need, n.Of = 1, len(s.groups)
		n = a.inner(n, func(i int) Node { return a.group(s.groups[i]) })
	}
	a.seen[name] = n
	return n
}

func (a *asking) group(items []*askedItem) Node {
	if len(items) == 1 {
		return a.test(items[0])
	}
	return a.inner(Node{Kind: NodeLogic, Need: len(items), Of: len(items)}, func(i int) Node { return a.test(items[i]) })
}

// test asks one line.
func (a *asking) test(it *askedItem) Node {
	a.left--
	values := a.values.values(it.item.Field)
	t := &Test{
		Field: it.item.Field, Names: it.names, Modifiers: it.item.Modifiers, All: it.all, Negated: it.negated,
		Absent: it.item.Field != "" && len(values) == 0, Count: len(it.values),
	}
	if it.item.Field != "" {
		for _, v := range values {
			a.read(t, v)
		}
	} else {
		slices.SortStableFunc(values, func(x, y event.Field) int { return wholeness(x.Name) - wholeness(y.Name) })
	}
	idle := 0
	for i, leaves := range it.values {
		p := Pattern{Text: cut(it.item.Values[i].Text), Null: it.item.Values[i].Kind == Null, Place: i}
		for _, l := range leaves {
			a.leaf(t, l, values, &p)
		}
		if p.Holds {
			t.Matched++
		} else {
			idle++
		}
		if p.Holds && t.Matched <= maxHolding || !p.Holds && idle <= maxShown {
			t.Patterns = append(t.Patterns, p)
		}
	}
	slices.SortStableFunc(t.Patterns, func(x, y Pattern) int { return holdingFirst(x.Holds) - holdingFirst(y.Holds) })
	held := t.Matched > 0
	if it.all {
		held = t.Matched == t.Count
	}
	return Node{Kind: NodeTest, Holds: held != it.negated, Test: t}
}

// wholeness puts fields that say one thing before those that repeat the record.
func wholeness(field string) int {
	switch field {
	case event.Message:
		return 1
	case event.Original:
		return 2
	}
	return 0
}

func holdingFirst(holds bool) int {
	if holds {
		return 0
	}
	return 1
}

// leaf asks one test of the values and adds where it matched.
func (a *asking) leaf(t *Test, l *node, values []event.Field, p *Pattern) {
	held := false
	for _, v := range values {
		if !a.values.holds(l.test, v.Value, func() string { return a.fold(v.Value) }) {
			continue
		}
		held = true
		if l.neg {
			break
		}
		if read, ok := a.read(t, v); ok {
			p.Hits = append(p.Hits, Hit{Read: read, Spans: l.test.spans(v.Value, a.fold(v.Value))})
		}
		if l.test.field == "" && len(p.Hits) >= 3 { // a keyword may stand in many fields; a few show it
			break
		}
	}
	p.Holds = p.Holds || held != l.neg
}

// read notes that a test looked at a value.
func (a *asking) read(t *Test, v event.Field) (int, bool) {
	i, ok := a.reads[v]
	if !ok {
		if len(a.tree.Reads) >= maxReads {
			return 0, false
		}
		i = len(a.tree.Reads)
		a.reads[v] = i
		a.tree.Reads = append(a.tree.Reads, v)
	}
	if !slices.Contains(t.Reads, i) {
		t.Reads = append(t.Reads, i)
	}
	return i, true
}
