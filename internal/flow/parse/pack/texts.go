package pack

import (
	"cmp"
	"slices"
	"strings"
)

// texts finds the entries of which a text stands in the head of a message, in one pass over every other byte of it: of each text two
// neighbouring grams of three bytes are known, one of which begins at an even place wherever the text stands.
type texts struct {
	entries []*entry
	common  map[uint32]int  // how often a gram is in the texts of all entries
	bits    [1 << 10]uint64 // which grams there are, by their hash
	heads   [1 << 12]uint16 // by the head of a gram's hash: where its clues begin
	clues   []clue          // by hash
}

// clue is a gram of an entry's first text.
type clue struct {
	gram   uint32
	offset int
	entry  *entry
}

const gramBytes = 3

func gram(s string) uint32 { return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 }

// gramHash returns 16 bits.
func gramHash(g uint32) uint32 { return g * 0x9E3779B1 >> 16 }

// note counts the grams of an entry's texts: what stands in many of them stands in many logs.
func (t *texts) note(e *entry) {
	if t.common == nil {
		t.common = make(map[uint32]int)
	}
	for _, list := range [...][]string{e.contains, e.prefixes} {
		for _, text := range list {
			for i := 0; i+gramBytes <= len(text); i++ {
				t.common[gram(text[i:])]++
			}
		}
	}
}

// seal puts every entry under the two grams of its first text that are the least common.
func (t *texts) seal() {
	for _, e := range t.entries {
		text := e.contains[0]
		best, least := 0, 1<<30
		for i := 0; i+gramBytes < len(text); i++ {
			if n := t.common[gram(text[i:])] + t.common[gram(text[i+1:])]; n <= least {
				best, least = i, n
			}
		}
		t.clues = append(t.clues, clue{gram(text[best:]), best, e}, clue{gram(text[best+1:]), best + 1, e})
	}
	slices.SortStableFunc(t.clues, func(a, b clue) int { return cmp.Compare(gramHash(a.gram), gramHash(b.gram)) })
	for i := len(t.clues) - 1; i >= 0; i-- {
		h := gramHash(t.clues[i].gram)
		t.bits[h>>6] |= 1 << (h & 63)
		t.heads[h>>4] = uint16(i) // far fewer than 65,536
	}
	t.common = nil
}

// find tries the entries whose text stands in the message's head.
func (t *texts) find(s *Sighting, f *found) {
	head := s.Message[:min(len(s.Message), headBytes)]
	for i := 0; i+gramBytes <= len(head); i += 2 {
		g := gram(head[i : i+gramBytes])
		h := gramHash(g)
		if t.bits[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for k := int(t.heads[h>>4]); k < len(t.clues); k++ {
			c := &t.clues[k]
			if c.gram == g {
				if at := i - c.offset; at >= 0 && strings.HasPrefix(head[at:], c.entry.contains[0]) {
					f.try(s, c.entry)
				}
			} else if gramHash(c.gram) > h {
				break
			}
		}
	}
}
