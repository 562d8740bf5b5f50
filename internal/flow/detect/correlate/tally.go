package correlate

import (
	"cmp"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
)

// Bounds of what an entry remembers of the firing that it is: an alert shows it, nothing is decided by it.
const (
	maxNested      = 3 // parts, their parts, and theirs
	carriedParts   = 8 // of one firing
	carriedEvents  = 4 // of one part
	tallyCost      = 112
	tallyEventCost = 24
)

// tally is what one rule had in a firing.
type tally struct {
	id, title   string
	count       int
	first, last int64
	events      []place // the first and the latest
	inner       []tally // of a correlation: what its rules had in its firings
}

// place is where an event stands.
type place struct {
	time  int64
	seq   uint64
	index uint16
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.seq, b.seq), cmp.Compare(a.index, b.index))
}

// tallies tell what each rule had in the window; a rule that several steps name once.
func (r *rule) tallies(window []entry) (out []tally) {
	for i, p := range r.parts {
		if slices.ContainsFunc(r.parts[:i], func(q part) bool { return q.id == p.id }) {
			continue
		}
		t := tally{id: p.id, title: p.title}
		for j := range window {
			en := &window[j]
			if en.mask&(1<<i) == 0 {
				continue
			}
			if t.count++; t.count == 1 {
				t.first = en.time
			}
			t.last = en.time
			t.events = keepPlace(t.events, place{en.time, en.seq, en.index}, detect.MaxPartEvents)
			for k := range en.inner() {
				if f := &en.more.inner[k]; f.id == p.id {
					t.inner = mergeTallies(t.inner, f.inner)
				}
			}
		}
		if t.count > 0 {
			out = append(out, t)
		}
	}
	return out
}

// keepPlace adds the latest place to at most so many; of more the first and the latest stay.
func keepPlace(list []place, p place, most int) []place {
	if len(list) == most {
		list = slices.Delete(list, 1, 2)
	}
	return append(list, p)
}

// mergeTallies adds up what rules had in several firings.
func mergeTallies(to, from []tally) []tally {
	for _, f := range from {
		i := slices.IndexFunc(to, func(t tally) bool { return t.id == f.id })
		if i < 0 {
			f.events, f.inner = slices.Clone(f.events), mergeTallies(nil, f.inner)
			to = append(to, f)
			continue
		}
		t := &to[i]
		t.count += f.count
		t.first, t.last = min(t.first, f.first), max(t.last, f.last)
		all := append(t.events, f.events...)
		slices.SortFunc(all, place.compare)
		t.events = nil
		for _, p := range slices.Compact(all) {
			t.events = keepPlace(t.events, p, detect.MaxPartEvents)
		}
		t.inner = mergeTallies(t.inner, f.inner)
	}
	return to
}

// carried are tallies within the bounds of what an entry remembers.
func carried(list []tally, depth int) (out []tally) {
	if depth == 0 {
		return nil
	}
	for _, t := range list[:min(len(list), carriedParts)] {
		var events []place
		for _, p := range t.events {
			events = keepPlace(events, p, carriedEvents)
		}
		t.events, t.inner = events, carried(t.inner, depth-1)
		out = append(out, t)
	}
	return out
}

func costOf(list []tally) (n int) {
	for i := range list {
		n += tallyCost + tallyEventCost*len(list[i].events) + costOf(list[i].inner)
	}
	return n
}

// partsOf words tallies as a finding has them.
func (e *Engine) partsOf(list []tally) (parts []detect.Part) {
	for _, t := range list {
		p := detect.Part{Rule: t.id, Title: t.title, Count: t.count, First: time.Unix(0, t.first).UTC(), Last: time.Unix(0, t.last).UTC(), Parts: e.partsOf(t.inner)}
		for _, at := range t.events {
			p.Events = append(p.Events, detect.PartEvent{ID: e.opts.EventID(at.seq, int(at.index)), Time: time.Unix(0, at.time).UTC()})
		}
		parts = append(parts, p)
	}
	return parts
}

func (w *writer) tallies(list []tally) {
	w.uint(uint64(len(list)))
	for _, t := range list {
		w.text(t.id)
		w.text(t.title)
		w.uint(uint64(t.count))
		w.int(t.first)
		w.int(t.last)
		w.uint(uint64(len(t.events)))
		for _, p := range t.events {
			w.int(p.time)
			w.uint(p.seq)
			w.uint(uint64(p.index))
		}
		w.tallies(t.inner)
	}
}

func (r *reader) tallies(depth int) (list []tally) {
	if depth > maxNested {
		r.fail()
		return nil
	}
	for range r.count() {
		t := tally{id: r.text(), title: r.text(), count: int(r.uint()), first: r.int(), last: r.int()}
		for range r.count() {
			t.events = append(t.events, place{r.int(), r.uint(), uint16(r.uint())})
		}
		t.inner = r.tallies(depth + 1)
		list = append(list, t)
	}
	return list
}
