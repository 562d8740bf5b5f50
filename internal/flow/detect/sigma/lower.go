package sigma

import (
	"fmt"
	"strings"
)

// node is a rule's logic with negation pushed down to the leaves. An inner node holds when need of its kids do:
// one is OR, all is AND. Nodes may be shared, so the logic is a graph without cycles.
type node struct {
	test   *test // of a leaf
	neg    bool  // of a leaf: holds when the test does not
	origin *origin
	need   int
	kids   []*node
}

// origin is where in the rule a leaf comes from.
type origin struct {
	search string
	field  string
	value  string // as written
}

// lowering turns one rule's detection into a node.
type lowering struct {
	rule         *Rule
	placeholders map[string][]string
	searches     map[searchKey]*node
}

type searchKey struct {
	name string
	neg  bool
}

func lowerRule(r *Rule, placeholders map[string][]string) (*node, *problem) {
	l := &lowering{rule: r, placeholders: placeholders, searches: map[searchKey]*node{}}
	for i := range r.Detection.Searches {
		s := &r.Detection.Searches[i]
		for _, neg := range []bool{false, true} {
			n, p := l.search(s, neg)
			if p != nil {
				return nil, p.in(s.Name).in("detection")
			}
			l.searches[searchKey{s.Name, neg}] = n
		}
	}
	var kids []*node
	for i := range r.Detection.Conditions {
		kids = append(kids, l.expr(&r.Detection.Conditions[i], false))
	}
	return gather(kids, 1), nil
}

// gather makes a node of which need kids must hold; a single kid stands for itself.
func gather(kids []*node, need int) *node {
	if len(kids) == 1 && need == 1 {
		return kids[0]
	}
	return &node{kids: kids, need: need}
}

// every links kids by AND, or by OR under negation; some is the opposite.
func every(kids []*node, neg bool) *node {
	if neg {
		return gather(kids, 1)
	}
	return gather(kids, len(kids))
}

func some(kids []*node, neg bool) *node { return every(kids, !neg) }

func (l *lowering) expr(e *Expr, neg bool) *node {
	switch e.Op {
	case ExprSearch:
		return l.searches[searchKey{e.Name, neg}]
	case ExprNot:
		return l.expr(&e.Operands[0], !neg)
	}
	kids := make([]*node, len(e.Operands))
	for i := range e.Operands {
		kids[i] = l.expr(&e.Operands[i], neg)
	}
	switch e.Op {
	case ExprAnd:
		return every(kids, neg)
	case ExprOr:
		return some(kids, neg)
	}
	if neg { // fewer than N hold: all but N-1 do not
		return gather(kids, len(kids)-e.N+1)
	}
	return gather(kids, e.N)
}

func (l *lowering) search(s *Search, neg bool) (*node, *problem) {
	groups := make([]*node, len(s.Groups))
	for i, g := range s.Groups {
		items := make([]*node, len(g))
		for j, item := range g {
			n, p := l.item(s.Name, item, neg)
			if p != nil {
				return nil, p.in(itemKey(item))
			}
			items[j] = n
		}
		groups[i] = every(items, neg)
	}
	return some(groups, neg), nil
}

func itemKey(item Item) string {
	return strings.Join(append([]string{item.Field}, item.Modifiers...), "|")
}

func (l *lowering) item(search string, item Item, neg bool) (*node, *problem) {
	r, p := readModifiers(item, l.placeholders)
	if p != nil {
		return nil, p
	}
	if item.Field == "" && r.op != opEqual && r.op != opRegex {
		return nil, fail("", "a search in the whole event takes text and regular expressions only")
	}
	neg = neg != r.negated
	values := make([]*node, len(r.values))
	for i, drafts := range r.values {
		from := &origin{search: search, field: item.Field, value: item.Values[i].Text}
		var leaves []*node
		for _, d := range drafts {
			made, p := r.leaves(item.Field, d, from, neg)
			if p != nil {
				return nil, p
			}
			leaves = append(leaves, made...)
		}
		values[i] = some(leaves, neg)
	}
	if r.all {
		return every(values, neg), nil
	}
	return some(values, neg), nil
}

// leaves makes the tests of one value, of which one must hold.
func (r *reading) leaves(field string, d draft, from *origin, neg bool) ([]*node, *problem) {
	if d.kind == Null {
		if r.op != opEqual || r.start || r.end || r.cased || field == "" {
			return nil, fail("", "null takes no modifier but neq and all")
		}
		return []*node{{test: (&test{field: field, op: opPresent}).identify(""), neg: !neg, origin: from}}, nil
	}
	tests, p := r.tests(field, d)
	if p != nil {
		return nil, p
	}
	out := make([]*node, len(tests))
	for i, t := range tests {
		flip := r.exists && strings.EqualFold(d.raw, "false")
		out[i] = &node{test: t, neg: neg != flip, origin: from}
	}
	return out, nil
}

func (r *reading) tests(field string, d draft) ([]*test, *problem) {
	one := func(t *test, p *problem) ([]*test, *problem) { return []*test{t}, p }
	switch r.op {
	case opEqual:
		return r.texts(field, d)
	case opRegex:
		return one(r.regex(field, d))
	case opNet:
		n, ok := parseNet(d.raw)
		if !ok {
			return nil, fail("", fmt.Sprintf("%q is no network", d.raw))
		}
		return one((&test{field: field, op: opNet, net: n}).identify(n.String()), nil)
	case opCompare:
		n, ok := parseNumber(d.raw)
		if !ok {
			return nil, fail("", fmt.Sprintf("%q is no number", d.raw))
		}
		return one((&test{field: field, op: opCompare, cmp: r.cmp, part: r.part, num: n}).identify(d.raw), nil)
	case opRef:
		return one(r.reference(field, d))
	default:
		if !strings.EqualFold(d.raw, "true") && !strings.EqualFold(d.raw, "false") {
			return nil, fail("", "exists takes true or false")
		}
		return one((&test{field: field, op: opPresent}).identify(""), nil)
	}
}

// maxSpeltDashes is how many dashes under windash become literals, five for each; with more, the pattern stays a glob.
const maxSpeltDashes = 2

func (r *reading) texts(field string, d draft) ([]*test, *problem) {
	p := d.pattern
	if field == "" {
		if len(p) == 0 {
			return nil, fail("", "an empty text cannot be searched for")
		}
		p = p.openStart().openEnd()
	}
	patterns, ok := p.spellOut(maxSpeltDashes)
	if !ok {
		patterns = []pattern{p}
	}
	out := make([]*test, len(patterns))
	for i, q := range patterns {
		out[i] = textTest(field, q, r.cased)
	}
	return out, nil
}

func textTest(field string, p pattern, cased bool) *test {
	if !cased {
		p = p.fold()
	}
	t := &test{field: field, cased: cased}
	if t.op, t.text = p.shape(); t.op == opGlob {
		t.glob = newGlob(p)
		return t.identify(p.String())
	}
	if t.op == opPresent {
		t.cased = false
	}
	return t.identify(t.text)
}

func (r *reading) reference(field string, d draft) (*test, *problem) {
	name, ok := d.pattern.plain()
	if !ok || name == "" || d.kind != Text {
		return nil, fail("", "a field reference is the plain name of a field")
	}
	t := &test{field: field, op: opRef, ref: stripBlanks(name), cased: r.cased, refOp: opEqual}
	switch {
	case r.start && r.end:
		t.refOp = opContains
	case r.start:
		t.refOp = opSuffix
	case r.end:
		t.refOp = opPrefix
	}
	return t.identify(t.ref), nil
}

func (r *reading) regex(field string, d draft) (*test, *problem) {
	e, p := newExpression(d.raw, r.flags, r.start, r.end)
	if p != nil {
		return nil, p
	}
	return (&test{field: field, op: opRegex, re: e}).identify(e.re.String()), nil
}
