package literal

import "math"

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

// Index finds the literals of one field in a value. It is immutable and safe for concurrent use.
type Index struct {
	least    int // bytes of the shortest literal
	exact    *exactTable
	prefix   *trie
	suffix   *trie
	contains container
	wide     container // literals beyond ASCII
}

// container finds contained literals.
type container struct {
	grams   *gramIndex
	singles []single
}

// NewIndex builds an index of entries that differ in kind or text. The model tells which parts of literals are common.
func NewIndex(entries []Entry, model *Model) *Index {
	x := &Index{least: math.MaxInt}
	var exact, narrow, wide []Entry
	for _, e := range entries {
		x.least = min(x.least, len(e.Text))
		switch {
		case e.Kind == Exact:
			exact = append(exact, e)
		case e.Kind == Prefix:
			x.prefix = x.prefix.insert(e.Text, e.ID)
		case e.Kind == Suffix:
			x.suffix = x.suffix.insert(reverse(e.Text), e.ID)
		case IsASCII(e.Text):
			narrow = append(narrow, e)
		default:
			wide = append(wide, e)
		}
	}
	if len(exact) > 0 {
		x.exact = newExactTable(exact)
	}
	x.contains, x.wide = newContainer(narrow, model), newContainer(wide, model)
	return x
}

func newContainer(entries []Entry, model *Model) container {
	var c container
	least, stride := plan(entries)
	var long []Entry
	for _, e := range entries {
		if len(e.Text) < least {
			c.singles = append(c.singles, single{NewFinder(e.Text), e.ID})
		} else {
			long = append(long, e)
		}
	}
	if len(long) > 0 {
		c.grams = newGramIndex(long, stride, model)
	}
	return c
}

// LeastContained is how long contained literals may be without slowing an index of the entries down.
func LeastContained(entries []Entry) int {
	var narrow []Entry
	for _, e := range entries {
		if e.Kind == Contains && IsASCII(e.Text) {
			narrow = append(narrow, e)
		}
	}
	if len(narrow) == 0 {
		return 2 + gramBytes - 1
	}
	least, stride := plan(narrow)
	if stride > 1 {
		return stride + gramBytes - 1
	}
	return least
}

// Costs of a byte of a value, to each other: to ask a bitmap at one position, to ask for three bytes or for two there too, to look for
// one literal by two bytes, and to look for one by itself.
const (
	costPosition = 64
	costTriple   = 40
	costPair     = 32
	costByPair   = 1
	costSingle   = 8
	costLetters  = 48
)

// plan returns the length from which contained literals are found by grams, and the stride: shorter ones are looked for by themselves,
// which pays where they are few and the others then allow a longer stride.
func plan(entries []Entry) (least, stride int) {
	cheapest := -1
	consider := func(from, step int) {
		cost, indexed, short := 0, false, 0
		for _, e := range entries {
			switch n := len(e.Text); {
			case n >= step+gramBytes-1:
				indexed = true
			case n >= from:
				indexed = true
				short++
			case hasLettersOnly(e.Text):
				cost += costLetters
			default:
				cost += costSingle
			}
		}
		if indexed {
			cost += costPosition / step
		}
		if short > 0 {
			if step == 1 {
				cost += costTriple
			} else {
				cost += costPair/step + short*costByPair
			}
		}
		if cheapest < 0 || cost < cheapest {
			least, stride, cheapest = from, step, cost
		}
	}
	for _, step := range []int{1, 2, 4, 8} {
		consider(step+gramBytes-1, step)
		if step > 1 {
			consider(step+pairBytes-1, step)
		} else {
			consider(tripleBytes, step)
		}
	}
	return least, stride
}

// Least is the length of the shortest literal: in shorter values there is nothing to find.
func (x *Index) Least() int { return x.least }

// Find appends the number of each literal that fits s to found; a number may come more than once. The value is folded, or plain
// ASCII as it came: ascii says that it has no other bytes.
func (x *Index) Find(s string, ascii bool, found []int32) []int32 {
	if x.exact != nil {
		found = x.exact.find(s, found)
	}
	if x.prefix != nil {
		found = x.prefix.find(s, found)
	}
	if x.suffix != nil {
		found = x.suffix.findBackwards(s, found)
	}
	found = x.contains.find(s, found)
	if !ascii {
		found = x.wide.find(s, found)
	}
	return found
}

func (c *container) find(s string, found []int32) []int32 {
	if c.grams != nil {
		found = c.grams.find(s, found)
	}
	for i := range c.singles {
		if c.singles[i].In(s) {
			found = append(found, c.singles[i].id)
		}
	}
	return found
}
