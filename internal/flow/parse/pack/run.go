package pack

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// run is a pack at work on one record.
type run struct {
	host    Host
	d       *draft.Draft
	pack    *Pack
	from    int // the first of the pack's fields
	message string
	why     string // the reason of the step that failed
	settle  string // "cef" or "leef", whose fields are given their meaning at the end
	given   headerFields

	ruledOver uint8 // which of the standards a map has overruled
	words     *vocabulary
	tags      []tag // of fields that the pack has added, in their order
	ruled     []ruled
}

// Apply reads the message of a record of the pack's device. It reports whether the pack's own steps could, and which format did: ""
// where none holds. Where they could not, what was added is taken back, and why names the step.
func (p *Pack) Apply(h Host, message string) (formatID, why string, ok bool) {
	return p.apply(h, message, h.Draft().Len())
}

// Amend is [Pack.Apply] on a record that a parser written in Go has read: its fields count as the pack's.
func (p *Pack) Amend(h Host, message string) (formatID, why string, ok bool) {
	return p.apply(h, message, 0)
}

func (p *Pack) apply(h Host, message string, from int) (formatID, why string, ok bool) {
	m := h.Memory()
	r := m.begin(h, p, from, message)
	formatID, why, ok = p.read(r)
	m.end(r)
	return formatID, why, ok
}

// read runs the steps of the pack and of the first format that holds.
func (p *Pack) read(r *run) (formatID, why string, ok bool) {
	start := r.mark()
	if failed := r.steps(p.steps); failed != nil {
		r.reset(start)
		return "", p.doc.ID + ": " + failed.verb + ": " + r.why, false
	}
	mid := r.mark()
	candidates := p.rest
	if p.choose != "" {
		if list, there := p.chosen[r.d.Value(p.choose)]; there {
			candidates = list
		}
	}
	for _, f := range candidates {
		if !f.guard.holds(r) {
			continue
		}
		if r.steps(f.steps) != nil {
			r.reset(mid)
			continue
		}
		r.finish(&f.after)
		dataset := p.doc.Dataset
		if f.dataset != "" {
			dataset = f.dataset
		}
		r.host.SetDataset(dataset)
		return f.id, "", true
	}
	if p.doc.Strict {
		r.reset(start)
		r.step("format", "no format holds", false)
		return "", p.doc.ID + ": no format holds", false
	}
	r.step("format", "no format holds", false)
	if !p.decodes {
		r.host.Automatic(r.message)
	}
	r.finish(&p.after)
	r.host.SetDataset(p.doc.Dataset)
	return "", "", true
}

// steps runs a list until one fails, and returns that one.
func (r *run) steps(list []step) (failed *step) {
	for i := range list {
		s := &list[i]
		if !s.guard.holds(r) {
			continue
		}
		text := r.message
		if s.from != "" {
			text = r.d.Value(s.from)
		}
		r.why = ""
		ok := s.action.apply(r, text)
		r.step(s.verb, r.why, ok)
		if !ok && !s.optional {
			return s
		}
	}
	return nil
}

// step tells a trace what was tried.
func (r *run) step(verb, result string, ok bool) {
	if r.host.Tracing() {
		r.host.Step(r.pack.doc.ID+": "+verb, result, ok)
	}
}

// finish gives the fields their meaning.
func (r *run) finish(a *aftermath) {
	d := r.d
	r.takeOut()
	for i := range a.times {
		a.times[i].tell(r)
	}
	r.mapFields(a.own)
	a.set.apply(r, "")
	if r.settle != "" {
		r.host.Settle(r.settle, r.from)
	}
	if r.pack.aliases && r.settle == "" {
		r.host.Aliases(r.from, r.pack.prefix, a.except)
	}
	if r.settle != "" {
		r.pack.respell(d)
	}
	r.pack.Identify(d)
	d.SetIfAbsent("host.os.type", r.pack.doc.System)
	if r.host.Tracing() {
		r.host.Step(r.pack.doc.ID+": map", "", true)
	}
}

// mapFields gives the fields so far their places: those that the format speaks of first.
func (r *run) mapFields(own map[int32][]*rule) {
	fields := r.ruledFields(r.d.Len())
	if len(own) > 0 {
		for _, f := range fields {
			for _, m := range own[f.id] {
				m.put(r, r.d.Event().Fields[f.at].Value)
			}
		}
	}
	for _, f := range fields {
		rules := r.pack.rules[f.id]
		if len(rules) == 0 {
			continue
		}
		if _, there := own[f.id]; there {
			continue
		}
		for _, m := range rules {
			m.put(r, r.d.Event().Fields[f.at].Value)
		}
	}
}

// Identify says who the device is.
func (p *Pack) Identify(d *draft.Draft) {
	identify(d, p.doc.Vendor, p.doc.Product, p.doc.Kind)
}

func identify(d *draft.Draft, vendor, product, kind string) {
	if !observes(kind) {
		return
	}
	d.SetIfAbsent("observer.vendor", vendor)
	d.SetIfAbsent("observer.product", product)
	d.SetIfAbsent("observer.type", kind)
}

// respell writes a header's vendor and product as the pack does, where they differ in nothing but letters' size and punctuation.
func (p *Pack) respell(d *draft.Draft) {
	for _, own := range [...]struct{ name, value string }{{"observer.vendor", p.doc.Vendor}, {"observer.product", p.doc.Product}} {
		if v := d.Value(own.name); v != own.value && slug(v) == slug(own.value) && v != "" {
			d.Set(own.name, own.value)
		}
	}
}

func (m *moment) tell(r *run) {
	text := r.d.Value(m.names[0])
	for _, n := range m.names[1:] {
		if v := r.d.Value(n); v != "" {
			text = r.d.Join(text, " ", v)
		}
	}
	if text = strings.TrimSpace(text); text == "" || !r.d.Event().Time.IsZero() {
		return
	}
	for _, l := range m.layouts {
		if t, err := time.ParseInLocation(l, text, r.host.Location()); err == nil {
			r.d.Event().Time = t
			return
		}
	}
	r.host.SetTime(text)
}

// mark is a state of the record to go back to.
type mark struct {
	n       int
	message string
	settle  string
	when    time.Time
	given   headerFields
}

func (r *run) mark() mark {
	return mark{n: r.d.Len(), message: r.message, settle: r.settle, when: r.d.Event().Time, given: r.given}
}

func (r *run) reset(m mark) {
	r.d.Truncate(m.n)
	r.restore(m.given)
	r.d.Event().Time = m.when
	r.message, r.settle = m.message, m.settle
	r.host.SetMessage(m.message)
}
