package pack

import (
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// maxCandidates bounds the packs tried on one record.
const maxCandidates = 16

// index finds the entries a record may fulfil, in time that does not grow with their number. Every entry stands under one of its
// conditions, the one that tells most.
type index struct {
	programs   map[string][]*entry
	msgids     map[string][]*entry
	structured map[string][]*entry // by the id up to the first "@" or "."
	vendors    map[string][]*entry // of CEF and LEEF
	keys       map[string][]*entry // first name of a path
	datasets   map[string][]*entry
	prefixes   [4]map[string][]*entry // by the first 1, 2, 4, 8 bytes
	texts      texts
	n          int // entries so far
}

func newIndex() *index {
	x := &index{programs: map[string][]*entry{}, msgids: map[string][]*entry{}, structured: map[string][]*entry{}, vendors: map[string][]*entry{}, keys: map[string][]*entry{},
		datasets: map[string][]*entry{}}
	for i := range x.prefixes {
		x.prefixes[i] = map[string][]*entry{}
	}
	return x
}

// add takes an entry; seal must follow the last.
func (x *index) add(e *entry) {
	e.order = x.n
	x.n++
	x.texts.note(e)
	put := func(m map[string][]*entry, keys []string) {
		for _, k := range keys {
			if !slices.Contains(m[k], e) {
				m[k] = append(m[k], e)
			}
		}
	}
	switch {
	case e.datasets != nil:
		put(x.datasets, e.datasets)
	case e.cef != nil || e.leef != nil:
		for _, name := range slices.Concat(e.cef, e.leef) {
			v, _, _ := strings.Cut(name, "|")
			put(x.vendors, []string{v})
		}
	case e.structured != nil:
		for _, id := range e.structured {
			put(x.structured, []string{elementKey(id)})
		}
	case e.msgids != nil:
		put(x.msgids, e.msgids)
	case e.keys != nil:
		put(x.keys, []string{e.keys[0][0]})
	case e.prefixes != nil:
		for _, p := range e.prefixes {
			class := lengthClass(len(p))
			put(x.prefixes[class], []string{p[:1<<class]})
		}
	case e.programs != nil:
		put(x.programs, e.programs)
	default:
		x.texts.entries = append(x.texts.entries, e)
	}
}

// seal makes the index ready, where there is one.
func (x *index) seal() {
	if x != nil {
		x.texts.seal()
	}
}

// lengthClass is the largest k of 0 to 3 with 1<<k bytes within n.
func lengthClass(n int) int {
	switch {
	case n >= 8:
		return 3
	case n >= 4:
		return 2
	case n >= 2:
		return 1
	}
	return 0
}

func elementKey(id string) string {
	if i := strings.IndexAny(id, "@."); i > 0 {
		return id[:i]
	}
	return id
}

// found collects the entries of one record, each once, the most specific first.
type found struct {
	list [maxCandidates]*entry
	n    int
}

func (f *found) add(s *Sighting, candidates []*entry) {
	for _, e := range candidates {
		f.try(s, e)
	}
}

// try takes an entry that holds, one of each pack or device: the one that weighs most. Of entries of one weight the first stands first.
func (f *found) try(s *Sighting, e *entry) {
	for i := range f.n {
		o := f.list[i]
		if o.pack != e.pack || o.device != e.device {
			continue
		}
		if !e.before(o) || !e.holds(s) {
			return
		}
		copy(f.list[i:f.n-1], f.list[i+1:f.n])
		f.n--
		f.insert(e)
		return
	}
	if e.holds(s) {
		f.insert(e)
	}
}

func (f *found) insert(e *entry) {
	at := f.n
	for at > 0 && e.before(f.list[at-1]) {
		at--
	}
	if at == maxCandidates {
		return
	}
	f.n = min(f.n+1, maxCandidates)
	copy(f.list[at+1:f.n], f.list[at:f.n-1])
	f.list[at] = e
}

// find fills f with what the record may be.
func (x *index) find(s *Sighting, f *found) {
	if s.Dataset != "" {
		f.add(s, x.datasets[s.Dataset])
		return
	}
	if s.Vendor != "" {
		var buf [64]byte
		if len(s.Vendor) <= len(buf) {
			f.add(s, x.vendors[string(appendLower(buf[:0], s.Vendor))])
		}
	}
	if s.Structured != "" {
		id := s.Structured[1:]
		if i := strings.IndexAny(id, "@. ]"); i >= 0 {
			id = id[:i]
		}
		f.add(s, x.structured[id])
	}
	if s.MsgID != "" {
		f.add(s, x.msgids[s.MsgID])
	}
	for _, name := range [...]string{s.Program, s.Family} {
		var buf [64]byte
		if name != "" && len(name) <= len(buf) {
			f.add(s, x.programs[string(appendLower(buf[:0], name))])
		}
	}
	if s.Object != nil && len(x.keys) > 0 {
		x.findObject(s, f)
	}
	for class := range x.prefixes {
		if n := 1 << class; len(s.Message) >= n && len(x.prefixes[class]) > 0 {
			f.add(s, x.prefixes[class][s.Message[:n]])
		}
	}
	x.texts.find(s, f)
}

func (x *index) findObject(s *Sighting, f *found) {
	o, err := s.Object.Object()
	if err != nil {
		return
	}
	o.Visit(func(key []byte, _ *fastjson.Value) {
		if list, ok := x.keys[string(key)]; ok {
			f.add(s, list)
			return
		}
		// "id.orig_h" is one name in some records and two in others.
		for i := range key {
			if key[i] == '.' {
				f.add(s, x.keys[string(key[:i])])
				return
			}
		}
	})
}

func appendLower(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
