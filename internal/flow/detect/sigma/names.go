package sigma

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// nameTable numbers the names of event fields, so that what a name means is worked out once.
type nameTable struct {
	ids     map[string]int32
	near    [nearNames]int32 // numbers by [nearName]: to compare names is quicker than to hash one
	known   []knownName      // by number; 0 is the name that is empty
	layouts [layouts]*layout
	fields  int // of all layouts
	bytes   int
	epoch   uint32 // changes when the numbers begin anew
}

type knownName struct {
	name       string
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
	clear(t.layouts[:])
	t.fields, t.bytes = 0, 0
	t.epoch++
}

// number returns the number of a name.
func (t *nameTable) number(name string) int32 {
	near := &t.near[nearName(name)]
	if t.known[*near].name != name {
		*near = t.lookUp(name)
	}
	return *near
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
