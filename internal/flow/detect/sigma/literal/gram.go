package literal

import (
	"math/bits"
	"strings"
)

// gramBytes is the length of the pieces that contained literals are found by.
const gramBytes = 4

// gram is four bytes, the first in the lowest bits.
type gram uint32

func gramAt(s string, i int) gram {
	return gram(s[i]) | gram(s[i+1])<<8 | gram(s[i+2])<<16 | gram(s[i+3])<<24
}

// Model counts the grams of many literals. What is common among the literals of rules (".exe", "\win") is common in
// events too, so literals are looked for by their rarest gram.
type Model struct {
	counts map[gram]int
}

// NewModel returns an empty model.
func NewModel() *Model { return &Model{counts: map[gram]int{}} }

// Add counts the grams of one folded literal.
func (m *Model) Add(s string) {
	for i := 0; i+gramBytes <= len(s); i++ {
		m.counts[gramAt(s, i)]++
	}
}

// Commonness is how often the literal's rarest gram was counted, 0 for a literal shorter than a gram.
func (m *Model) Commonness(s string) int {
	if len(s) < gramBytes {
		return 0
	}
	return m.counts[gramAt(s, m.rarest(s, 1))]
}

// rarest returns where n neighbouring grams of the literal begin that together were counted least.
func (m *Model) rarest(s string, n int) int {
	best, least := 0, -1
	for i := 0; i+n+gramBytes-1 <= len(s); i++ {
		sum := 0
		for at := i; at < i+n; at++ {
			sum += m.counts[gramAt(s, at)]
		}
		if least < 0 || sum < least {
			best, least = i, sum
		}
	}
	return best
}

// gramIndex finds contained literals: every stride-th position of the value asks a bitmap for its gram, and the few that pass
// ask a table for the literals to compare. A literal of stride+3 bytes holds stride neighbouring grams, of which exactly one
// stands at such a position wherever the literal does, so that long literals let most of a value be skipped.
type gramIndex struct {
	stride int
	bitmap []uint64
	shift  uint8 // of the product that picks the bit
	slots  []gramSlot
	mask   uint32
	lits   []gramLiteral // those of one gram are neighbours
}

type gramSlot struct {
	gram       gram
	begin, end int32 // in lits; begin == end is an empty slot
}

type gramLiteral struct {
	text string
	at   int32 // where in text the gram stands
	id   int32
}

// strideFor is how many positions may be passed over when the shortest literal has n bytes.
func strideFor(n int) int {
	switch {
	case n >= 8+gramBytes-1:
		return 8
	case n >= 4+gramBytes-1:
		return 4
	case n >= 2+gramBytes-1:
		return 2
	}
	return 1
}

func newGramIndex(entries []Entry, model *Model) *gramIndex {
	least := len(entries[0].Text)
	for _, e := range entries {
		least = min(least, len(e.Text))
	}
	x := &gramIndex{stride: strideFor(least)}
	byGram := map[gram][]gramLiteral{}
	var order []gram
	for _, e := range entries {
		begin := model.rarest(e.Text, x.stride)
		for at := begin; at < begin+x.stride; at++ {
			g := gramAt(e.Text, at)
			if byGram[g] == nil {
				order = append(order, g)
			}
			byGram[g] = append(byGram[g], gramLiteral{text: e.Text, at: int32(at), id: e.ID})
		}
	}
	logBits := max(10, bits.Len(uint(len(order)))+5)
	x.bitmap, x.shift = make([]uint64, 1<<(logBits-6)), uint8(32-logBits)
	x.slots = make([]gramSlot, 1<<(bits.Len(uint(len(order)))+1))
	x.mask = uint32(len(x.slots) - 1)
	for _, g := range order {
		h := g.hash()
		b := h >> x.shift
		x.bitmap[b>>6] |= 1 << (b & 63)
		i := h & x.mask
		for x.slots[i].begin != x.slots[i].end {
			i = (i + 1) & x.mask
		}
		begin := int32(len(x.lits))
		x.lits = append(x.lits, byGram[g]...)
		x.slots[i] = gramSlot{gram: g, begin: begin, end: int32(len(x.lits))}
	}
	return x
}

func (g gram) hash() uint32 {
	h := uint32(g) * 0x9E3779B1
	return h ^ h>>15
}

func (x *gramIndex) find(s string, found []int32) []int32 {
	for i := 0; i+gramBytes <= len(s); i += x.stride {
		g := gramAt(s, i)
		h := g.hash()
		b := h >> x.shift
		if x.bitmap[b>>6]>>(b&63)&1 != 0 {
			found = x.check(s, i, g, h, found)
		}
	}
	return found
}

// check compares the literals whose gram stands at i.
func (x *gramIndex) check(s string, i int, g gram, h uint32, found []int32) []int32 {
	for slot := h & x.mask; ; slot = (slot + 1) & x.mask {
		e := &x.slots[slot]
		if e.begin == e.end {
			return found
		}
		if e.gram != g {
			continue
		}
		for _, l := range x.lits[e.begin:e.end] {
			if start := i - int(l.at); start >= 0 && strings.HasPrefix(s[start:], l.text) {
				found = append(found, l.id)
			}
		}
		return found
	}
}
