package sigma

import (
	"math"
	"slices"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// watchSet is questions of which one must hold if a node is to, and how often they are expected to hold.
type watchSet struct {
	tests []*test
	cost  float64
}

// never is the cost of a node that can hold without any text being there: nothing can wake it.
const never = math.MaxFloat64

// costHot is from where on a rule counts as woken often.
const costHot = costShortText / 4

// Expected frequencies, in arbitrary units: what matters is their order.
const (
	costPresent   = 1e6
	costKeyField  = 2e5 // equality on a field that routing has all but fixed
	costShortText = 1e4 // divided by length
	costShortWord = 300 // equality with few characters
)

// watchRule registers the rule with what wakes it.
func (b *builder) watchRule(rule int32, r *compiledRule, root *step) {
	w := b.watchSet(r.root, map[*node]watchSet{})
	if w.cost >= costHot {
		b.heat(root)
	}
	if w.cost == never {
		b.prog.always = append(b.prog.always, rule)
		return
	}
	for _, t := range w.tests {
		slot := b.slot(r.rule.LogSource, t.field)
		var id int32
		if t.op == opPresent {
			id = b.predicate(t, r.rule.LogSource)
			b.prog.preds[id].watched = true
			b.prog.slots[slot].present = id
		} else {
			id = b.watchText(slot, t)
		}
		if ws := b.prog.watchers[id].rules; len(ws) == 0 || ws[len(ws)-1] != rule {
			b.prog.watchers[id].rules = append(ws, rule)
		}
	}
}

// watchSet finds the cheapest watch of a node. Of n kids of which k must hold, at least one of any n-k+1 holds, so the
// costliest k-1 need not be watched.
func (b *builder) watchSet(n *node, memo map[*node]watchSet) watchSet {
	if w, ok := memo[n]; ok {
		return w
	}
	var w watchSet
	if n.test != nil {
		w = b.leafWatch(n)
	} else {
		sets := make([]watchSet, len(n.kids))
		for i, k := range n.kids {
			sets[i] = b.watchSet(k, memo)
		}
		slices.SortStableFunc(sets, func(x, y watchSet) int {
			switch {
			case x.cost < y.cost:
				return -1
			case x.cost > y.cost:
				return 1
			}
			return 0
		})
		for _, s := range sets[:len(sets)-n.need+1] {
			if s.cost == never {
				w = watchSet{cost: never}
				break
			}
			w.tests = append(w.tests, s.tests...)
			w.cost += s.cost
		}
	}
	memo[n] = w
	return w
}

// leafWatch turns a leaf into text to look for: itself, or what a match of it must hold, or that the field is there.
func (b *builder) leafWatch(n *node) watchSet {
	t := n.test
	if n.neg {
		return watchSet{cost: never}
	}
	switch {
	case t.isFoldedText():
		return watchSet{tests: []*test{t}, cost: b.textCost(t)}
	case t.cased && t.text != "":
		f := (&test{field: t.field, op: t.op, text: literal.Fold(t.text)})
		f.identify(f.text)
		return watchSet{tests: []*test{f}, cost: b.textCost(f)}
	case t.op == opGlob && t.glob.longest != "":
		return b.containing(t.field, []string{literal.Fold(t.glob.longest)})
	case t.op == opRegex && t.re.need != nil:
		return b.containing(t.field, t.re.need)
	}
	present := (&test{field: t.field, op: opPresent}).identify("")
	return watchSet{tests: []*test{present}, cost: costPresent}
}

func (b *builder) containing(field string, texts []string) watchSet {
	var w watchSet
	for _, s := range texts {
		t := (&test{field: field, op: opContains, text: s}).identify(s)
		w.tests = append(w.tests, t)
		w.cost += b.textCost(t)
	}
	return w
}

// textCost guesses how often a text is found: rare when its rarest gram is rare among the literals of all rules.
func (b *builder) textCost(t *test) float64 {
	switch t.field {
	case "EventID", "Channel", "Provider_Name", "EventLog", "type", "EventType":
		if t.op == opEqual {
			return costKeyField
		}
	}
	n := len(t.text)
	switch {
	case t.op == opEqual && n < 4:
		return costShortWord
	case n < 4:
		return costShortText / float64(n)
	}
	cost := 1 + float64(b.model.Commonness(t.text))
	if t.op != opContains {
		cost /= 2
	}
	return cost
}
