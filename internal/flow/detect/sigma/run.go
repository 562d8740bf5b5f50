package sigma

import (
	"slices"
	"unsafe"

	"github.com/isoc-project/isoc/internal/event"
)

// run is the scratch memory of one program in one matcher.
type run struct {
	prog  *program
	meter *meter
	turn  uint32 // counts events, for the meter
	table *nameTable
	text  *eventText

	epoch uint32
	bound []bound // by the number of a name

	gen   uint32
	fill  []filling
	whole []int32  // positions that a search in the whole event looks at
	time  []int32  // that of the event's time
	timed []int32  // slots that only the time fills
	memo  []uint32 // by predicate: 2·gen for false, 2·gen+1 for true
	woken []uint32 // by rule: generation
	queue []int32
	found []int32
	fired []*compiledRule
}

// filling is what one slot holds in the current event.
type filling struct {
	gen  uint32
	rank int32
	at   []int32 // positions of the values; never written to
}

// bound is the slots that a name fills.
type bound struct {
	known    bool
	bindings []binding
}

func newRun(p *program, table *nameTable, text *eventText, meter *meter) *run {
	return &run{
		prog:  p,
		meter: meter,
		table: table,
		text:  text,
		fill:  make([]filling, len(p.slots)),
		memo:  make([]uint32, len(p.preds)),
		woken: make([]uint32, len(p.rules)),
	}
}

func (r *run) fire(ev *event.Event) []*compiledRule {
	if r.turn++; r.turn%meterEvery == 0 {
		return r.fireMeasured(ev)
	}
	r.prepare(ev)
	for _, i := range r.queue {
		if r.holds(r.prog.rules[i].root) {
			r.fired = append(r.fired, r.prog.rules[i].compiled)
		}
	}
	return r.fired
}

// prepare queues the rules that the event wakes, in order.
func (r *run) prepare(ev *event.Event) {
	r.reset()
	r.wake(r.bind(ev))
	r.fired = r.fired[:0]
	if len(r.queue) > 1 {
		slices.Sort(r.queue)
	}
}

func (r *run) reset() {
	if r.gen++; r.gen >= 1<<31 {
		clear(r.fill)
		clear(r.memo)
		clear(r.woken)
		r.gen = 1
	}
	r.queue = append(r.queue[:0], r.prog.always...)
}

// bind fills the slots from the event's fields.
func (r *run) bind(ev *event.Event) *plan {
	if r.epoch != r.table.epoch {
		clear(r.bound)
		r.epoch = r.table.epoch
	}
	p := r.plan()
	for i := range p.slots {
		q := &p.slots[i]
		f := &r.fill[q.slot]
		f.gen, f.rank, f.at = r.gen, q.rank, q.at
	}
	if r.prog.wholeEvent {
		r.bindWhole()
	}
	r.timed = r.timed[:0]
	if len(r.prog.timestamp) > 0 && !ev.Time.IsZero() && !ev.Has(event.Timestamp) {
		r.bindTime()
	}
	return p
}

// bindWhole fills slot 0.
func (r *run) bindWhole() {
	least := 0
	if x := r.prog.slots[0].index; x != nil {
		least = x.Least()
	}
	r.whole = r.whole[:0]
	for _, at := range r.text.layout.searchable {
		if len(r.text.raw(at)) < least || !r.text.repeats(at) {
			r.whole = append(r.whole, at)
		}
	}
	if len(r.whole) > 0 {
		r.fill[0] = filling{gen: r.gen, at: r.whole}
	}
}

// bindTime fills the slots that ask for the event's time and have no better field for it.
func (r *run) bindTime() {
	r.time = append(r.time[:0], r.text.timePosition())
	for _, b := range r.prog.timestamp {
		f := &r.fill[b.slot]
		if f.gen != r.gen {
			r.timed = append(r.timed, b.slot)
		} else if b.rank >= f.rank {
			continue
		}
		*f = filling{gen: r.gen, rank: b.rank, at: r.time}
	}
}

// bindings returns the slots that a name fills.
func (r *run) bindings(id int32) []binding {
	if int(id) >= len(r.bound) {
		r.bound = append(r.bound, make([]bound, len(r.table.known)-len(r.bound))...)
	}
	b := &r.bound[id]
	if !b.known {
		name := r.table.known[id].name
		bindings, ok := r.prog.names[name]
		if !ok {
			bindings = r.prog.names[stripBlanks(name)]
		}
		*b = bound{known: true, bindings: bindings}
	}
	return b.bindings
}

// wake finds every watched predicate that holds and queues the rules that watch it.
func (r *run) wake(p *plan) {
	for _, id := range p.watched {
		r.wakeSlot(id)
	}
	if r.prog.wholeEvent && r.fill[0].gen == r.gen {
		r.wakeSlot(0)
	}
	for _, id := range r.timed {
		r.wakeSlot(id)
	}
}

func (r *run) wakeSlot(id int32) {
	s := &r.prog.slots[id]
	if s.present >= 0 {
		r.mark(s.present)
	}
	if s.index == nil {
		return
	}
	least := s.index.Least()
	for _, at := range r.fill[id].at {
		if len(r.text.raw(at)) < least {
			continue
		}
		v, ascii := r.text.search(at)
		r.found = s.index.Find(v, ascii, r.found[:0])
		for _, p := range r.found {
			if id == 0 && r.prog.sharesWhole {
				if of := r.prog.preds[p].slot; of != 0 && !r.fills(of, at) {
					continue
				}
			}
			r.mark(p)
		}
	}
}

// fills reports whether a slot has the value at a position, be it as that of another field that is the very same bytes.
func (r *run) fills(slot, at int32) bool {
	f := &r.fill[slot]
	if f.gen != r.gen {
		return false
	}
	v := r.text.raw(at)
	for _, other := range f.at {
		if w := r.text.raw(other); len(w) == len(v) && unsafe.StringData(w) == unsafe.StringData(v) {
			return true
		}
	}
	return false
}

func (r *run) mark(pred int32) {
	if r.memo[pred] == 2*r.gen+1 {
		return
	}
	r.memo[pred] = 2*r.gen + 1
	w := &r.prog.watchers[pred]
	for _, rule := range w.rules {
		if r.woken[rule] != r.gen {
			r.woken[rule] = r.gen
			r.queue = append(r.queue, rule)
		}
	}
	for _, group := range w.groups {
		r.mark(group)
	}
}

func (r *run) holds(s *step) bool {
	if s.kids == nil {
		return r.ask(s.pred) != s.neg
	}
	need, left := s.need, int32(len(s.kids))
	for _, k := range s.kids {
		if r.holds(k) {
			if need--; need == 0 {
				return true
			}
		} else if left-1 < need {
			return false
		}
		left--
	}
	return false
}

// ask answers a predicate, from memory if it was asked for this event before.
func (r *run) ask(pred int32) bool {
	p := &r.prog.preds[pred]
	switch memo := r.memo[pred]; {
	case memo == 2*r.gen+1:
		return true
	case memo == 2*r.gen || p.watched:
		return false
	}
	yes := r.decide(p)
	r.memo[pred] = 2 * r.gen
	if yes {
		r.memo[pred]++
	}
	return yes
}

func (r *run) decide(p *predicate) bool {
	f := &r.fill[p.slot]
	if f.gen != r.gen {
		return false
	}
	if p.test.op == opPresent {
		return true
	}
	for _, at := range f.at {
		if r.decideValue(p, at) {
			return true
		}
	}
	return false
}

func (r *run) decideValue(p *predicate, at int32) bool {
	switch p.test.op {
	case opAnyText:
		v, ascii := r.text.search(at)
		r.found = p.any.Find(v, ascii, r.found[:0])
		return len(r.found) > 0
	case opRef:
		return r.decideRef(p, at)
	case opRegex:
		v, _ := r.text.search(at)
		return p.test.re.match(r.text.raw(at), v, func() string { return r.text.fold(at) })
	case opNet:
		return p.test.net.Contains(r.text.address(at))
	case opContains:
		if !p.test.cased {
			v, _ := r.text.search(at)
			return p.test.find.In(v)
		}
	}
	v := r.text.raw(at)
	if p.test.folds() {
		v = r.text.fold(at)
	}
	return p.test.holds(v)
}

func (r *run) decideRef(p *predicate, at int32) bool {
	other := &r.fill[p.ref]
	if other.gen != r.gen {
		return false
	}
	for _, o := range other.at {
		a, b := r.text.raw(at), r.text.raw(o)
		if !p.test.cased {
			a, b = r.text.fold(at), r.text.fold(o)
		}
		if compareText(p.test.refOp, a, b) {
			return true
		}
	}
	return false
}
