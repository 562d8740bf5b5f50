package literal

import "strings"

// Kind is how a literal is looked for.
type Kind uint8

// The kinds of literals.
const (
	Exact Kind = iota
	Prefix
	Suffix
	Contains
)

// Entry is one literal of an [Index], folded and not empty, with the number the index reports for it.
type Entry struct {
	Kind Kind
	Text string
	ID   int32
}

// Index finds the literals of one field in a folded value. It is immutable and safe for concurrent use.
type Index struct {
	exact   map[string]int32
	lengths uint64 // lengths modulo 64 that exact literals have
	prefix  *trie
	suffix  *trie
	grams   *gramIndex
	short   []Entry // contained literals that are looked for one by one
	wide    []Entry // those of them that are not ASCII
}

// NewIndex builds an index of entries that differ in kind or text. The model tells which parts of literals are common.
func NewIndex(entries []Entry, model *Model) *Index {
	x := &Index{exact: map[string]int32{}}
	var contained []Entry
	for _, e := range entries {
		switch {
		case e.Kind == Exact:
			x.exact[e.Text] = e.ID
			x.lengths |= 1 << (len(e.Text) & 63)
		case e.Kind == Prefix:
			x.prefix = x.prefix.insert(e.Text, e.ID)
		case e.Kind == Suffix:
			x.suffix = x.suffix.insert(reverse(e.Text), e.ID)
		default:
			contained = append(contained, e)
		}
	}
	least := leastIndexed(contained)
	var long []Entry
	for _, e := range contained {
		if len(e.Text) < least {
			if isASCII(e.Text) {
				x.short = append(x.short, e)
			} else {
				x.wide = append(x.wide, e)
			}
		} else {
			long = append(long, e)
		}
	}
	if len(long) > 0 {
		x.grams = newGramIndex(long, model)
	}
	return x
}

// Costs of a byte of a value, to each other: to ask a bitmap at one position, and to look for one literal by itself.
const (
	costPosition = 6
	costSingle   = 1
)

// leastIndexed returns the length from which contained literals are found by grams: shorter ones are looked for by themselves,
// which pays where they are few and the others then allow a longer stride.
func leastIndexed(entries []Entry) int {
	best, cheapest := gramBytes, -1
	for _, least := range []int{gramBytes, 2 + gramBytes - 1, 4 + gramBytes - 1, 8 + gramBytes - 1} {
		cost, indexed := 0, false
		for _, e := range entries {
			if len(e.Text) < least {
				cost += 8 * costSingle
			} else {
				indexed = true
			}
		}
		if indexed {
			cost += 8 * costPosition / strideFor(least)
		}
		if cheapest < 0 || cost < cheapest {
			best, cheapest = least, cost
		}
	}
	return best
}

// Find appends the IDs of the literals in a folded value to found. A contained literal that occurs twice may be appended twice.
func (x *Index) Find(s string, found []int32) []int32 {
	if x.lengths>>(len(s)&63)&1 != 0 {
		if id, ok := x.exact[s]; ok {
			found = append(found, id)
		}
	}
	if x.prefix != nil {
		found = x.prefix.find(s, found)
	}
	if x.suffix != nil {
		found = x.suffix.findBackwards(s, found)
	}
	if x.grams != nil {
		found = x.grams.find(s, found)
	}
	found = single(x.short, s, found)
	if len(x.wide) > 0 && !isASCII(s) {
		found = single(x.wide, s, found)
	}
	return found
}

// single looks for each literal by itself.
func single(entries []Entry, s string, found []int32) []int32 {
	for i := range entries {
		if strings.Contains(s, entries[i].Text) {
			found = append(found, entries[i].ID)
		}
	}
	return found
}
