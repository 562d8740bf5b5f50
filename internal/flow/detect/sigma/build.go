package sigma

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// builder makes a [program].
type builder struct {
	prog   *program
	model  *literal.Model
	slots  map[string]int32 // by the event fields, joined
	preds  map[predicateKey]int32
	fields map[fieldKey]int32 // slot of a rule's field
	steps  map[stepKey]*step
	watch  map[int32][]literal.Entry // by slot
	groups []group
	hot    map[int32]bool // predicates that rules which are woken often may ask
}

// group is the tests of an [opAnyText] predicate.
type group struct {
	pred  int32
	tests []*test
}

type predicateKey struct {
	slot int32
	key  string
}

type fieldKey struct {
	source logsource.Source
	name   string
}

type stepKey struct {
	node   *node
	source logsource.Source
}

// buildProgram compiles the picked rules.
func buildProgram(rules []*compiledRule, picked []int32) *program {
	b := &builder{
		prog:   &program{names: map[string][]binding{}, slots: []slot{{present: -1}}},
		model:  literal.NewModel(),
		slots:  map[string]int32{},
		preds:  map[predicateKey]int32{},
		fields: map[fieldKey]int32{},
		steps:  map[stepKey]*step{},
		watch:  map[int32][]literal.Entry{},
		hot:    map[int32]bool{},
	}
	for _, i := range picked {
		b.learn(rules[i].root, map[*node]bool{})
	}
	for _, i := range picked {
		r := rules[i]
		root := b.step(r.root, r.rule.LogSource)
		b.prog.rules = append(b.prog.rules, programRule{compiled: r, root: root})
		b.watchRule(int32(len(b.prog.rules)-1), r, root)
	}
	b.index()
	b.prog.timestamp = b.prog.names[event.Timestamp]
	return b.prog
}

// learn counts the literals of a rule in the model.
func (b *builder) learn(n *node, seen map[*node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	if n.test != nil {
		b.model.Add(n.test.text)
	}
	for _, k := range n.kids {
		b.learn(k, seen)
	}
}

// slot returns the slot of a rule's field, making it where it is new.
func (b *builder) slot(source logsource.Source, name string) int32 {
	if name == "" {
		b.prog.wholeEvent = true
		return 0
	}
	fk := fieldKey{source, name}
	if id, ok := b.fields[fk]; ok {
		return id
	}
	names := logsource.Fields(source, name)
	joined := strings.Join(names, "\x00")
	id, ok := b.slots[joined]
	if !ok {
		id = int32(len(b.prog.slots))
		b.prog.slots = append(b.prog.slots, slot{present: -1})
		b.slots[joined] = id
		for rank, n := range names {
			b.prog.names[n] = append(b.prog.names[n], binding{slot: id, rank: int32(rank)})
		}
	}
	b.fields[fk] = id
	return id
}

// predicate returns the number of a test under a log source.
func (b *builder) predicate(t *test, source logsource.Source) int32 {
	p := predicate{test: t, slot: b.slot(source, t.field)}
	key := t.key
	if t.op == opRef {
		p.ref = b.slot(source, t.ref)
		key += "\x00" + strconv.Itoa(int(p.ref))
	}
	return b.intern(p, key)
}

func (b *builder) intern(p predicate, key string) int32 {
	k := predicateKey{p.slot, key}
	if id, ok := b.preds[k]; ok {
		return id
	}
	id := int32(len(b.prog.preds))
	b.prog.preds = append(b.prog.preds, p)
	b.prog.watchers = append(b.prog.watchers, watchers{})
	b.preds[k] = id
	return id
}

func (b *builder) step(n *node, source logsource.Source) *step {
	k := stepKey{n, source}
	if s, ok := b.steps[k]; ok {
		return s
	}
	s := &step{neg: n.neg, need: int32(n.need)}
	if n.test != nil {
		s.pred = b.predicate(n.test, source)
	} else {
		s.kids = b.kids(n, source)
		if n.need == len(n.kids) {
			s.need = int32(len(s.kids)) // fewer after grouping
		}
		s.cheapFirst(b.prog)
	}
	b.steps[k] = s
	return s
}

// minGroup is how many texts on one field are worth an index of their own.
const minGroup = 6

// kids makes the steps of an inner node. Under OR, texts on one field become one question; under AND, so do negated ones.
func (b *builder) kids(n *node, source logsource.Source) []*step {
	groups := map[int32][]*node{}
	var kids []*step
	for _, k := range n.kids {
		if k.test != nil && k.test.isFoldedText() && (n.need == 1 && !k.neg || n.need == len(n.kids) && k.neg) {
			id := b.slot(source, k.test.field)
			groups[id] = append(groups[id], k)
			continue
		}
		kids = append(kids, b.step(k, source))
	}
	for _, id := range sortedKeys(groups) {
		g := groups[id]
		if len(g) < minGroup {
			for _, k := range g {
				kids = append(kids, b.step(k, source))
			}
			continue
		}
		kids = append(kids, &step{pred: b.anyText(id, g), neg: g[0].neg})
	}
	return kids
}

func sortedKeys[V any](m map[int32]V) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// isFoldedText reports whether the test compares folded text that an index can hold.
func (t *test) isFoldedText() bool {
	return !t.cased && t.text != "" && (t.op == opEqual || t.op == opPrefix || t.op == opSuffix || t.op == opContains)
}

func (t *test) literalKind() literal.Kind {
	switch t.op {
	case opEqual:
		return literal.Exact
	case opPrefix:
		return literal.Prefix
	case opSuffix:
		return literal.Suffix
	default:
		return literal.Contains
	}
}

// anyText interns the question whether a field has any of the texts.
func (b *builder) anyText(slot int32, kids []*node) int32 {
	keys := make([]string, 0, len(kids))
	entries := make([]literal.Entry, 0, len(kids))
	var tests []*test
	seen := map[string]bool{}
	for _, k := range kids {
		if !seen[k.test.key] {
			seen[k.test.key] = true
			keys = append(keys, strconv.Itoa(len(k.test.key))+":"+k.test.key)
			entries = append(entries, literal.Entry{Kind: k.test.literalKind(), Text: k.test.text})
			tests = append(tests, k.test)
		}
	}
	sort.Strings(keys)
	key := "any " + strings.Join(keys, "")
	if id, ok := b.preds[predicateKey{slot, key}]; ok {
		return id
	}
	p := predicate{test: &test{op: opAnyText}, slot: slot, any: literal.NewIndex(entries, b.model)}
	id := b.intern(p, key)
	b.groups = append(b.groups, group{id, tests})
	return id
}

// cheapFirst orders the kids by what they cost to evaluate; inner nodes come last.
func (s *step) cheapFirst(p *program) {
	cost := func(k *step) int {
		if k.kids != nil {
			return 100 + len(k.kids)
		}
		switch p.preds[k.pred].test.op {
		case opPresent:
			return 0
		case opEqual, opPrefix, opSuffix:
			return 1
		case opNet, opCompare, opRef:
			return 3
		case opContains:
			return 4
		case opGlob:
			return 5
		case opAnyText:
			return 6
		}
		return 1000
	}
	sort.SliceStable(s.kids, func(i, j int) bool { return cost(s.kids[i]) < cost(s.kids[j]) })
}
