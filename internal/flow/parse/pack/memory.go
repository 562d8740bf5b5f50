package pack

import "strings"

// maxLearnt bounds the names that a vocabulary has beyond those of its pack, maxVocabularies the packs of one memory.
const (
	maxLearnt       = 4096
	maxVocabularies = 512
)

// Memory is what packs keep between the records of one host: the names that their devices use, and room for values. The zero Memory is
// ready; it serves one goroutine.
type Memory struct {
	words map[*Pack]*vocabulary
	last  *vocabulary
	cells []string
	room  *run // of a run that is over; nil while one is at work, and another within it makes its own
}

// word is one of the vendor's names: under which it is kept, and the number of its rules in the pack, 0 where it has none.
type word struct {
	full string
	id   int32
}

// vocabulary is the names that records of one pack's device have had.
type vocabulary struct {
	pack   *Pack
	words  map[string]word
	learnt int
}

// of returns the vocabulary of a pack.
func (m *Memory) of(p *Pack) *vocabulary {
	if m.last != nil && m.last.pack == p {
		return m.last
	}
	v := m.words[p]
	if v == nil {
		if m.words == nil || len(m.words) >= maxVocabularies {
			m.words = make(map[*Pack]*vocabulary)
		}
		v = &vocabulary{pack: p}
		v.forget()
		m.words[p] = v
	}
	m.last = v
	return v
}

// forget leaves the words that the pack itself has.
func (v *vocabulary) forget() {
	v.words, v.learnt = make(map[string]word, 2*len(v.pack.names)), 0
	for name, w := range v.pack.names {
		v.words[name] = w
	}
}

// learn remembers a name that a record has.
func (v *vocabulary) learn(r *run, name string) word {
	key := name
	if key == "message" && v.pack.prefix == "" {
		key = "msg"
	}
	full, whole := r.d.VendorName(v.pack.prefix, key)
	w := word{full, v.pack.ids[full]}
	if !whole {
		return w
	}
	if v.learnt++; v.learnt > maxLearnt {
		v.forget()
	}
	w.full = strings.Clone(full)
	v.words[strings.Clone(name)] = w
	return w
}

// begin returns a run of a pack.
func (m *Memory) begin(h Host, p *Pack, from int, message string) *run {
	r := m.room
	if m.room = nil; r == nil {
		r = new(run)
	}
	r.host, r.d, r.pack, r.words = h, h.Draft(), p, m.of(p)
	r.from, r.message, r.why, r.settle = from, message, "", ""
	r.given, r.ruledOver = headerFields{}, 0
	r.tags = r.tags[:0]
	return r
}

// end takes a run back.
func (m *Memory) end(r *run) {
	clear(r.tags)
	r.host, r.d, r.pack, r.words, r.message, r.why = nil, nil, nil, nil, "", ""
	m.room = r
}

// tag says which word a field has been added under, so that it need not be looked up again.
type tag struct {
	at int32
	word
}

// add appends a field of the vendor.
func (r *run) add(w word, value string) {
	r.tags = append(r.tags, tag{int32(r.d.Len()), w})
	r.d.Add(w.full, value)
}

// ruled is a field that has rules.
type ruled struct{ at, id int32 }

// ruledFields collects the fields before the n-th that have rules.
func (r *run) ruledFields(n int) []ruled {
	out := r.ruled[:0]
	fields := r.d.Event().Fields[:n]
	tags := r.tags
	for i := r.from; i < n; i++ {
		for len(tags) > 0 && int(tags[0].at) < i {
			tags = tags[1:]
		}
		var id int32
		if len(tags) > 0 && int(tags[0].at) == i && tags[0].full == fields[i].Name { // fields may have moved since
			id = tags[0].id
		} else {
			id = r.pack.ids[fields[i].Name]
		}
		if id != 0 {
			out = append(out, ruled{int32(i), id})
		}
	}
	r.ruled = out
	return out
}
