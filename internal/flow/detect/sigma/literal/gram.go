package literal

import "math/bits"

// Lengths of the pieces that contained literals are found by.
const (
	gramBytes   = 4
	tripleBytes = 3
	pairBytes   = 2
	tripleMask  = 0xFFFFFF
	pairMask    = 0xFFFF
)

// gram is four bytes with [caseBits] set, the first in the lowest bits; of a triple, the highest are zero.
type gram uint32

func gramAt(s string, i int) gram { return gram(word32(s, i) | caseBits) }

// tripleAt returns the gram of three bytes.
func tripleAt(s string, i int) gram {
	return (gram(s[i]) | gram(s[i+1])<<8 | gram(s[i+2])<<16 | caseBits) & tripleMask
}

// pairAt returns the gram of two bytes.
func pairAt(s string, i int) gram { return (gram(s[i]) | gram(s[i+1])<<8 | caseBits) & pairMask }

// Model counts the grams of many literals. What is common among the literals of rules (".exe", "\win") is common in
// events too, so literals are looked for by their rarest gram.
type Model struct {
	counts map[gram]int
	pairs  map[gram]int
}

// NewModel returns an empty model.
func NewModel() *Model { return &Model{counts: map[gram]int{}, pairs: map[gram]int{}} }

// Add counts the grams of one folded literal.
func (m *Model) Add(s string) {
	for i := 0; i+gramBytes <= len(s); i++ {
		m.counts[gramAt(s, i)]++
	}
	for i := 0; i+pairBytes <= len(s); i++ {
		m.pairs[pairAt(s, i)]++
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

// rarestPairs returns where n neighbouring pairs of the literal begin that together were counted least.
func (m *Model) rarestPairs(s string, n int) int {
	best, least := 0, -1
	for i := 0; i+n+pairBytes-1 <= len(s); i++ {
		sum := 0
		for at := i; at < i+n; at++ {
			sum += m.pairs[pairAt(s, at)]
		}
		if least < 0 || sum < least {
			best, least = i, sum
		}
	}
	return best
}

// gramIndex finds contained literals: every stride-th position of the value asks a bitmap for its gram, and the few that pass
// ask a table for the literals to compare. A literal of stride+3 bytes holds stride neighbouring grams, of which exactly one
// stands at such a position wherever the literal does, so that long literals let most of a value be skipped. A shorter one of at least stride+1 bytes is found by its pairs of bytes in the same way. At stride one,
// literals of three bytes have a bitmap for beginnings of grams.
type gramIndex struct {
	stride  int
	least   int // bytes of the shortest literal
	bitmap  []uint64
	bits    uint32 // of the hash that pick the bit
	triples []uint64
	pairs   *[1 << 16 / 64]uint64
	slots   []gramSlot
	mask    uint32
	lits    []gramLiteral // those of one gram are neighbours
}

type gramSlot struct {
	gram       gram
	begin, end int32 // in lits; begin == end is an empty slot
}

type gramLiteral struct {
	text  string
	at    int32 // where in text the gram stands
	id    int32
	probe int32 // where, from the gram on, a byte stands that is compared first
	char  byte  // that byte, with [caseBits] set
}

// newGramLiteral compares first the byte before the gram, or else the one after it: to call for a comparison is more than that.
func newGramLiteral(e Entry, at, length int) gramLiteral {
	probe := -1
	if at == 0 {
		probe = min(length, len(e.Text)-1)
	}
	return gramLiteral{text: e.Text, at: int32(at), id: e.ID, probe: int32(probe), char: e.Text[at+probe] | 0x20}
}

func newGramIndex(entries []Entry, stride int, model *Model) *gramIndex {
	x := &gramIndex{least: len(entries[0].Text), stride: stride}
	for _, e := range entries {
		x.least = min(x.least, len(e.Text))
	}
	byGram := map[gram][]gramLiteral{}
	var order []gram
	add := func(g gram, l gramLiteral) {
		if byGram[g] == nil {
			order = append(order, g)
		}
		byGram[g] = append(byGram[g], l)
	}
	for _, e := range entries {
		if stride > 1 && len(e.Text) < stride+gramBytes-1 {
			if x.pairs == nil {
				x.pairs = new([1 << 16 / 64]uint64)
			}
			begin := model.rarestPairs(e.Text, stride)
			for at := begin; at < begin+stride; at++ {
				g := pairAt(e.Text, at)
				x.pairs[g>>6] |= 1 << (g & 63)
				add(g, newGramLiteral(e, at, pairBytes))
			}
			continue
		}
		if len(e.Text) < gramBytes {
			add(tripleAt(e.Text, 0), newGramLiteral(e, 0, tripleBytes))
			continue
		}
		begin := model.rarest(e.Text, x.stride)
		for at := begin; at < begin+x.stride; at++ {
			add(gramAt(e.Text, at), newGramLiteral(e, at, gramBytes))
		}
	}
	logBits := max(10, bits.Len(uint(len(order)))+5)
	x.bitmap, x.bits = make([]uint64, 1<<(logBits-6)), 1<<logBits-1
	x.slots = make([]gramSlot, 1<<(bits.Len(uint(len(order)))+1))
	x.mask = uint32(len(x.slots) - 1)
	if stride == 1 && x.least < gramBytes {
		x.triples = make([]uint64, len(x.bitmap))
	}
	for _, g := range order {
		if g&^tripleMask != 0 {
			x.set(x.bitmap, g)
		}
		if x.triples != nil {
			x.set(x.triples, g&tripleMask)
		}
		i := g.slot() & x.mask
		for x.slots[i].begin != x.slots[i].end {
			i = (i + 1) & x.mask
		}
		begin := int32(len(x.lits))
		x.lits = append(x.lits, byGram[g]...)
		x.slots[i] = gramSlot{gram: g, begin: begin, end: int32(len(x.lits))}
	}
	return x
}

func (x *gramIndex) set(bitmap []uint64, g gram) {
	b := g.hash() & x.bits
	bitmap[b>>6] |= 1 << (b & 63)
}

// hash mixes all bits into each.
func (g gram) hash() uint32 { return uint32(uint64(g) * 0x9E3779B97F4A7C15 >> 32) }

// slot is another hash than the bitmap's, so that what passes one by chance does not crowd the other.
func (g gram) slot() uint32 {
	h := uint32(g) * 0x85EBCA6B
	return h ^ h>>15
}

// find appends the literals in s, which is ASCII or folded.
func (x *gramIndex) find(s string, found []int32) []int32 {
	if len(s) < x.least {
		return found
	}
	if x.triples != nil {
		return x.findTriples(s, found)
	}
	if x.pairs != nil {
		return x.findPairs(s, found)
	}
	for i := x.next(s, 0); i+gramBytes <= len(s); i = x.next(s, i+x.stride) {
		found = x.check(s, i, gramAt(s, i), found)
	}
	return found
}

// next returns from where on the bitmap has a gram of s, or where no gram begins any more. It calls nothing, so that all it needs stays in
// registers.
func (x *gramIndex) next(s string, i int) int {
	bitmap, mask, stride := x.bitmap, x.bits, x.stride
	for ; i+gramBytes <= len(s); i += stride {
		if b := gramAt(s, i).hash() & mask; bitmap[b>>6]&(1<<(b&63)) != 0 {
			break
		}
	}
	return i
}

// findPairs is find where some literals are shorter than what the stride asks: of every gram the first two bytes are asked for too.
func (x *gramIndex) findPairs(s string, found []int32) []int32 {
	i := x.nextOrPair(s, 0)
	for ; i+gramBytes <= len(s); i = x.nextOrPair(s, i+x.stride) {
		g := gramAt(s, i)
		if x.has(g) {
			found = x.check(s, i, g, found)
		}
		if p := g & pairMask; x.hasPair(p) {
			found = x.check(s, i, p, found)
		}
	}
	if i+pairBytes <= len(s) {
		if p := pairAt(s, i); x.hasPair(p) {
			found = x.check(s, i, p, found)
		}
	}
	return found
}

// nextOrPair is next that also stops at pairs.
func (x *gramIndex) nextOrPair(s string, i int) int {
	bitmap, pairs, mask, stride := x.bitmap, x.pairs, x.bits, x.stride
	for ; i+gramBytes <= len(s); i += stride {
		g := gramAt(s, i)
		if b := g.hash() & mask; bitmap[b>>6]&(1<<(b&63)) != 0 {
			break
		}
		if p := g & pairMask; pairs[p>>6]&(1<<(p&63)) != 0 {
			break
		}
	}
	return i
}

func (x *gramIndex) has(g gram) bool {
	b := g.hash() & x.bits
	return x.bitmap[b>>6]&(1<<(b&63)) != 0
}

func (x *gramIndex) hasPair(p gram) bool { return x.pairs[p>>6]&(1<<(p&63)) != 0 }

// findTriples is find where some literals are of three bytes: the first three of every gram are asked for, then all four.
func (x *gramIndex) findTriples(s string, found []int32) []int32 {
	triples, mask := x.triples, x.bits
	i := 0
	for ; i+gramBytes <= len(s); i++ {
		g := gramAt(s, i)
		if t := (g & tripleMask).hash() & mask; triples[t>>6]&(1<<(t&63)) != 0 {
			found = x.check(s, i, g&tripleMask, found)
			if b := g.hash() & mask; x.bitmap[b>>6]&(1<<(b&63)) != 0 {
				found = x.check(s, i, g, found)
			}
		}
	}
	return x.check(s, i, tripleAt(s, i), found)
}

// check appends the literals that have the gram where s has it.
func (x *gramIndex) check(s string, i int, g gram, found []int32) []int32 {
	for slot := g.slot() & x.mask; ; slot = (slot + 1) & x.mask {
		e := &x.slots[slot]
		if e.begin == e.end {
			return found
		}
		if e.gram != g {
			continue
		}
		for k := e.begin; k < e.end; k++ {
			l := &x.lits[k]
			if p := i + int(l.probe); uint(p) >= uint(len(s)) || s[p]|0x20 != l.char {
				continue
			}
			if equalFold(s, i-int(l.at), l.text) {
				found = append(found, l.id)
			}
		}
		return found
	}
}
