package sigma

import (
	"maps"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// index builds the index of each slot that has watched literals. Before, it adds what the index decides at no cost worth naming, so that
// rules need not ask it one by one.
func (b *builder) index() {
	least := map[int32]int{}
	for id := range b.prog.slots {
		least[int32(id)] = literal.LeastContained(b.watch[int32(id)])
	}
	for id := range b.prog.preds {
		p := &b.prog.preds[id]
		if b.hot[int32(id)] && !p.watched && p.test.isFoldedText() && p.test.op == opContains && len(p.test.text) >= least[p.slot] {
			b.watchText(p.slot, p.test)
		}
	}
	for _, g := range b.groups {
		if b.isScanned(g, least) {
			b.watchGroup(g)
		}
	}
	b.shareWhole(least[0])
	for _, id := range sortedKeys(b.watch) {
		b.prog.slots[id].index = literal.NewIndex(b.watch[id], b.model)
	}
}

// shareWhole has the whole event's index look for what may stand in the message, the longest of most events' values, so that it is not
// read once for every field that means it. What is found counts only for slots that hold the value. Literals shorter than least stay.
func (b *builder) shareWhole(least int) {
	if len(b.watch[0]) == 0 {
		return
	}
	for _, names := range slices.Sorted(maps.Keys(b.slots)) {
		slot, of := b.slots[names], strings.Split(names, "\x00")
		if !slices.Contains(of, event.Message) || !allSearchable(of) {
			continue
		}
		b.watch[slot] = slices.DeleteFunc(b.watch[slot], func(e literal.Entry) bool {
			shared := e.Kind == literal.Contains && len(e.Text) >= least && literal.IsASCII(e.Text)
			if shared {
				b.watch[0] = append(b.watch[0], e)
				b.prog.sharesWhole = true
			}
			return shared
		})
		if len(b.watch[slot]) == 0 {
			delete(b.watch, slot)
		}
	}
}

// allSearchable reports whether a search in the whole event looks at whatever fills a slot of these names.
func allSearchable(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return n == event.Timestamp || !searchable(n) })
}

// isScanned reports whether the slot's index may decide a group: not if a contained literal would have to be added to it that is too
// short for it or seldom asked for.
func (b *builder) isScanned(g group, least map[int32]int) bool {
	slot := b.prog.preds[g.pred].slot
	for _, t := range g.tests {
		if t.op != opContains {
			continue
		}
		id, ok := b.preds[predicateKey{slot, t.key}]
		if ok && b.prog.preds[id].watched {
			continue
		}
		if !b.hot[g.pred] || len(t.text) < least[slot] {
			return false
		}
	}
	return true
}

func (b *builder) watchGroup(g group) {
	p := &b.prog.preds[g.pred]
	p.watched, p.any = true, nil
	slot := p.slot
	for _, t := range g.tests {
		id := b.watchText(slot, t)
		b.prog.watchers[id].groups = append(b.prog.watchers[id].groups, g.pred)
	}
}

// watchText makes the slot's index look for the text of a test and returns the test's predicate.
func (b *builder) watchText(slot int32, t *test) int32 {
	id := b.intern(predicate{test: t, slot: slot}, t.key)
	if p := &b.prog.preds[id]; !p.watched {
		p.watched = true
		b.watch[slot] = append(b.watch[slot], literal.Entry{Kind: t.literalKind(), Text: t.text, ID: id})
	}
	return id
}

// heat marks what a rule that is woken often asks.
func (b *builder) heat(s *step) {
	if s.kids == nil {
		b.hot[s.pred] = true
	}
	for _, k := range s.kids {
		b.heat(k)
	}
}
