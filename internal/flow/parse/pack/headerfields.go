package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// headerNames are the fields that a syslog header fills by guess: whom it calls host may be a relay, and what it calls program a tag.
var headerNames = [...]string{event.HostName, headerProgram: event.ProcessName, event.ProcessPID}

const headerProgram = 1

// headerFields says what a run has made of the fields that a header filled.
type headerFields struct {
	was   [len(headerNames)]string // what the header said, where a value of the record stands in its place
	state [len(headerNames)]headerState
}

type headerState uint8

const (
	replaced headerState = 1 << iota // the record's own value stands in its place
	named                            // which the pack gave for this very field
	unset                            // the pack says that it is wrong
)

// outdo puts a value of the record in the place of what a header said. By name it outdoes what follows from another field, too.
func (r *run) outdo(which int, v string, byName bool) {
	state := &r.given.state[which]
	if v == "" || !byName && *state&named != 0 {
		return
	}
	for i := range r.d.Event().Fields[:r.from] {
		f := &r.d.Event().Fields[i]
		if f.Name != headerNames[which] {
			continue
		}
		if *state&replaced == 0 {
			r.given.was[which] = f.Value
		}
		f.Value = v
		*state |= replaced
		if byName {
			*state |= named
		}
		return
	}
}

// restore gives a header's fields the values that they had.
func (r *run) restore(to headerFields) {
	for i := range headerNames {
		if r.given.state[i]&replaced == 0 || to.state[i]&replaced != 0 {
			continue
		}
		for j := range r.d.Event().Fields[:r.from] {
			if f := &r.d.Event().Fields[j]; f.Name == headerNames[i] {
				f.Value = r.given.was[i]
				break
			}
		}
	}
	r.given = to
}

// takeOut takes out what the pack says to be wrong and has nothing better for. Of a record that a parser written in Go has read all
// fields may be wrong, of others those that stand before the pack's.
func (r *run) takeOut() {
	for i, name := range headerNames {
		if r.given.state[i]&(unset|replaced) != unset {
			continue
		}
		before := r.from
		if before == 0 {
			before = r.d.Len()
		}
		n := r.host.Unset(name, before)
		if r.from > 0 {
			r.from -= n
			for k := range r.tags {
				r.tags[k].at -= int32(n)
			}
		}
	}
}

// unsetting marks fields of the header that are wrong; they are taken out when the format has held.
type unsetting []int

func unsets(names []string) (unsetting, error) {
	var u unsetting
	for _, name := range names {
		i := slices.Index(headerNames[:], strings.TrimPrefix(name, "@"))
		if i < 0 {
			return nil, fmt.Errorf("unset: %q: %s is wanted", name, strings.Join(headerNames[:], ", "))
		}
		u = append(u, i)
	}
	return u, nil
}

func (u unsetting) apply(r *run, _ string) bool {
	for _, i := range u {
		r.given.state[i] |= unset
	}
	return true
}

// standards are the fields that the header of CEF or LEEF fills: what a pack's map says of them counts more.
var standards = [...]string{event.Code, event.Severity, "observer.vendor", "observer.product", "observer.version"}

// overrule gives a field that a header of CEF or LEEF has filled the value that the pack's map has for it. It reports whether it did.
func (r *run) overrule(t ecs.Target, v string) bool {
	which := slices.Index(standards[:], t.Name)
	if which < 0 || r.ruledOver&(1<<which) != 0 {
		return false
	}
	fields := r.d.Event().Fields
	at := slices.IndexFunc(fields, func(f event.Field) bool { return f.Name == t.Name })
	if at < 0 {
		return false
	}
	// The form says what the value becomes: it is put beside the old one, which is hidden meanwhile.
	n := len(fields)
	fields[at].Name = ""
	t.Put(r.d, v)
	fields = r.d.Event().Fields
	fields[at].Name = t.Name
	if len(fields) == n {
		return true // not of the form: nothing else would take it
	}
	fields[at].Value = fields[n].Value
	r.d.Truncate(n)
	r.ruledOver |= 1 << which
	return true
}
