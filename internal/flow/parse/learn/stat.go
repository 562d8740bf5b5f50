package learn

import (
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// stat is what the lines of a format tell of one field.
type stat struct {
	name    string
	slot    string // c3, s2: its place, where a name was found for it
	hint    string // the words before a slot
	present int
	values  map[string]int
	kinds   map[string]int
	parts   map[string]int
	from    map[string]int // "target\x00way" that the automatic parser took from the name, and how often
	told    int            // lines in which it took something from any name
	at      int            // order of appearance
	top     []Value
	lines   []int // rows that have it
}

// stats counts the fields of rows.
func stats(rows []row) []*stat {
	by := map[string]*stat{}
	var out []*stat
	for i, r := range rows {
		for _, f := range r.fields {
			st := by[f.Name]
			if st == nil {
				if len(out) >= 4*maxFields {
					continue
				}
				st = &stat{name: f.Name, values: map[string]int{}, kinds: map[string]int{}, parts: map[string]int{}, from: map[string]int{}, at: len(out)}
				by[f.Name] = st
				out = append(out, st)
			}
			if n := len(st.lines); n == 0 || st.lines[n-1] != i {
				st.lines = append(st.lines, i)
			}
			st.values[f.Value]++
		}
		for _, n := range r.named {
			if st := by[clean(n.name)]; st != nil {
				st.from[n.target+"\x00"+n.way]++
			}
		}
	}
	for _, st := range out {
		st.settle()
	}
	slices.SortStableFunc(out, func(a, b *stat) int { return b.present - a.present })
	out = out[:min(len(out), maxFields)]
	slices.SortStableFunc(out, func(a, b *stat) int { return a.at - b.at })
	return out
}

// settle counts kinds by value, and orders values.
func (st *stat) settle() {
	st.present = len(st.lines)
	for v, n := range st.values {
		if ecs.Empty(v) {
			continue
		}
		st.kinds[kindOf(v)] += n
		if p := partOf(v); p != "" {
			st.parts[p] += n
		}
		st.told += n
		st.top = append(st.top, Value{v, n})
	}
	slices.SortFunc(st.top, func(a, b Value) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// share is which part of the values is of one of the kinds.
func (st *stat) share(kinds ...string) float64 {
	n := 0
	for _, k := range kinds {
		n += st.kinds[k]
	}
	if st.told == 0 {
		return 0
	}
	return float64(n) / float64(st.told)
}

// mostly is the share that makes a type.
const mostly = 0.9

// kind is the type of the field. lines is how many the format has.
func (st *stat) kind(lines int) string {
	distinct := len(st.top)
	switch {
	case st.told == 0:
		return tText
	case distinct == 1 && st.present >= 5 && st.share(tIP, tTime) == 0:
		return tConstant
	case st.share(tIP) >= mostly:
		return tIP
	case st.share(tEndpoint) > 0 && st.share(tIP, tEndpoint) >= mostly:
		return tEndpoint
	case st.share(tTime) >= mostly, st.part() == partDate, st.part() == partClock:
		return tTime
	case distinct <= 24 && st.told >= 3*distinct && st.told >= 8 && st.share(tWord, tText, tInteger, tDomain) >= mostly && st.longest() <= 48:
		return tEnum
	case st.share(tInteger, tTime) >= mostly:
		return tInteger
	case st.share(tInteger, tNumber, tTime) >= mostly:
		return tNumber
	}
	for _, k := range []string{tMAC, tURL, tPath, tEmail, tHash, tDomain} {
		if st.share(k) >= mostly {
			return k
		}
	}
	if st.share(tText) > 0.1 {
		return tText
	}
	return tWord
}

// part is which part of a time the field is, "" for none or all of one.
func (st *stat) part() string {
	for _, p := range []string{partDate, partClock, partZone} {
		if float64(st.parts[p]) >= mostly*float64(st.told) && st.told > 0 {
			return p
		}
	}
	return ""
}

func (st *stat) longest() int {
	n := 0
	for _, v := range st.top {
		n = max(n, len(v.Value))
	}
	return n
}

// field is the field as proposed, without a target.
func (st *stat) field(lines int) Field {
	f := Field{Name: st.name, Slot: st.slot, Type: st.kind(lines), Present: st.present, Distinct: len(st.top), Part: "", Values: slices.Clone(st.top[:min(len(st.top), maxValues)]), Why: []string{}, Alternatives: []Choice{}}
	for i := range f.Values {
		f.Values[i].Value = clip(f.Values[i].Value, 256)
	}
	if f.Values == nil {
		f.Values = []Value{}
	}
	return f
}

// clip shortens a text without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
