package sigma

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// nameTable numbers the names of event fields, so that what a name means is worked out once. Records of a kind bring the
// same names in the same order: the name that followed the one before is tried first, which a comparison settles.
type nameTable struct {
	ids   map[string]int32
	near  [nearNames]int32 // numbers by [nearName]: to compare names is quicker than to hash one
	known []knownName      // by number; 0 is before the first field, and the name that is empty
	bytes int
	epoch uint32 // changes when the numbers begin anew
}

type knownName struct {
	name       string
	next       int32 // what followed the last time
	role       logsource.Role
	searchable bool
}

// nearNames is a power of two.
const nearNames = 1 << 11

// nearName tells names of a few hundred apart by their ends.
func nearName(name string) int {
	if len(name) < 8 {
		h := uint32(len(name))
		for i := range len(name) {
			h = h*31 + uint32(name[i])
		}
		return int(h % nearNames)
	}
	h := literal.Word(name, len(name)-8)*0x9E3779B97F4A7C15 ^ literal.Word(name, (len(name)-8)/2)*0xC2B2AE3D27D4EB4F
	return int(h>>48) % nearNames
}

// Names come from outside: with more than these, the table begins anew.
const (
	maxNames     = 1 << 13
	maxNameBytes = 1 << 20
)

func newNameTable() *nameTable {
	t := &nameTable{}
	t.begin()
	return t
}

func (t *nameTable) begin() {
	t.ids = map[string]int32{"": 0}
	t.known = append(t.known[:0], knownName{searchable: true})
	clear(t.near[:])
	t.bytes = 0
	t.epoch++
}

// number appends the numbers of the event's names to ids. A table that is full begins anew first, so that one event's numbers
// agree with each other; an event with more names than a table holds makes it longer.
func (t *nameTable) number(ev *event.Event, ids []int32) []int32 {
	if len(t.known) >= maxNames || t.bytes >= maxNameBytes {
		t.begin()
	}
	before := int32(0)
	for i := range ev.Fields {
		name := ev.Fields[i].Name
		id := t.known[before].next
		if t.known[id].name != name {
			near := &t.near[nearName(name)]
			if id = *near; t.known[id].name != name {
				id = t.lookUp(name)
				*near = id
			}
			t.known[before].next = id
		}
		ids = append(ids, id)
		before = id
	}
	return ids
}

func (t *nameTable) lookUp(name string) int32 {
	if id, ok := t.ids[name]; ok {
		return id
	}
	name = strings.Clone(name)
	id := int32(len(t.known))
	t.known = append(t.known, knownName{name: name, role: logsource.RoleOf(name), searchable: searchable(name)})
	t.ids[name] = id
	t.bytes += len(name)
	return id
}

// searchable reports whether a search in the whole event looks at a field: our own bookkeeping is left out.
func searchable(name string) bool {
	switch name {
	case event.EventID, event.Sequence, event.Ingested, event.Dataset:
		return false
	}
	return !strings.HasPrefix(name, "isoc.")
}
