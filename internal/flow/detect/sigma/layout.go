package sigma

import (
	"math/bits"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// layout is the names of an event's fields in their order. Records of a kind share one: what follows from names alone is worked out
// once and found again by comparing names.
type layout struct {
	names      []string
	ids        []int32 // numbers of the names
	roles      []int32 // positions that tell the log source
	searchable []int32 // positions that a search in the whole event looks at
	plans      []*plan
}

// plan is which slots of a program a layout fills.
type plan struct {
	run     *run
	slots   []planned
	watched []int32 // slots for which there is something to find
}

// planned is a slot and the positions of its values.
type planned struct {
	slot int32
	rank int32
	at   []int32
}

// Bounds: places for layouts, a power of two; fields of all layouts that are remembered together; programs that a layout has plans for.
// Names come from outside.
const (
	layouts         = 1 << 12
	maxLayoutFields = 1 << 16
	maxPlans        = 4
)

// layout returns the layout of the event. A table of names that is full begins anew first, so that one event's numbers agree with each
// other; an event with more names than a table holds makes it longer.
func (t *nameTable) layout(ev *event.Event) *layout {
	if len(t.known) >= maxNames || t.bytes >= maxNameBytes || t.fields >= maxLayoutFields {
		t.begin()
	}
	h := uint64(len(ev.Fields))
	for i := range ev.Fields {
		h = bits.RotateLeft64(h, 5) ^ uint64(len(ev.Fields[i].Name))
	}
	at := &t.layouts[h*0x9E3779B97F4A7C15>>32%layouts]
	if l := *at; l != nil {
		if l.is(ev) {
			return l
		}
		t.fields -= len(l.names)
	}
	*at = t.learn(ev)
	t.fields += len(ev.Fields)
	return *at
}

func (l *layout) is(ev *event.Event) bool {
	if len(l.names) != len(ev.Fields) {
		return false
	}
	for i, name := range l.names {
		if ev.Fields[i].Name != name {
			return false
		}
	}
	return true
}

// learn returns a new layout, that of the event.
func (t *nameTable) learn(ev *event.Event) *layout {
	n := len(ev.Fields)
	l := &layout{names: make([]string, 0, n), ids: make([]int32, 0, n)}
	for i := range ev.Fields {
		id := t.number(ev.Fields[i].Name)
		known := &t.known[id]
		l.names, l.ids = append(l.names, known.name), append(l.ids, id)
		if known.role != (logsource.Role{}) {
			l.roles = append(l.roles, int32(i))
		}
		if known.searchable {
			l.searchable = append(l.searchable, int32(i))
		}
	}
	return l
}

// plan returns which slots the layout of the event fills.
func (r *run) plan() *plan {
	l := r.text.layout
	for _, p := range l.plans {
		if p.run == r {
			return p
		}
	}
	p := &plan{run: r}
	place := map[int32]int{}
	for i, id := range l.ids {
		for _, b := range r.bindings(id) {
			k, ok := place[b.slot]
			if !ok {
				k = len(p.slots)
				place[b.slot] = k
				p.slots = append(p.slots, planned{slot: b.slot, rank: b.rank})
				if s := &r.prog.slots[b.slot]; s.index != nil || s.present >= 0 {
					p.watched = append(p.watched, b.slot)
				}
			}
			q := &p.slots[k]
			if b.rank < q.rank {
				q.rank, q.at = b.rank, nil
			}
			if b.rank == q.rank {
				q.at = append(q.at, int32(i))
			}
		}
	}
	if len(l.plans) == maxPlans {
		l.plans = l.plans[:0]
	}
	l.plans = append(l.plans, p)
	return p
}
