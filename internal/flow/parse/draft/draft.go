package draft

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
)

// Bounds of one event. What exceeds them is left out or cut and flagged, never an error:
// the record as received stays whole under event.original.
const (
	MaxFields     = 512      // fields an event may have
	MaxNameBytes  = 128      // bytes of a field name
	MaxValueBytes = 64 << 10 // bytes of a value
)

// FlagCut is the field that says that fields or values were cut to the bounds.
const FlagCut = "isoc.cut"

// Draft collects the fields of one event. Names given to Add, Set and SetIfAbsent are the program's
// own and trusted; names from a payload go through AddVendor. Values must be immutable: text that
// aliases a reused buffer goes through Keep first. A Draft serves one goroutine and may be reused.
type Draft struct {
	ev    *event.Event
	seen  sketch
	arena strings.Builder // of this record and of some before it: what is full is left to the events that have parts of it
	names names
	cut   bool

	number []byte // room for the text of one
}

// chunk is the size of an arena, in bytes: several records of the usual size share one, so that an event that is kept holds no more
// than this of others.
const chunk = 4 << 10

// Reset points the draft at ev, whose fields it empties.
func (d *Draft) Reset(ev *event.Event) {
	ev.Fields = ev.Fields[:0]
	d.ev, d.cut, d.seen = ev, false, sketch{}
}

// Event returns the event under construction. Values may be changed and fields taken out through it, but none added.
func (d *Draft) Event() *event.Event { return d.ev }

// sketch says which names an event may have: a name that is not in it is not in the event. Most questions are for fields that are not there.
type sketch [8]uint64

// spot is a name's place in a sketch.
func spot(name string) uint32 {
	n := len(name)
	if n == 0 {
		return 0
	}
	return (uint32(n) | uint32(name[0])<<8 | uint32(name[n/2])<<16 | uint32(name[n-1])<<24) * 0x9E3779B1 >> 23
}

func (s *sketch) add(name string) {
	at := spot(name)
	s[at>>6] |= 1 << (at & 63)
}

func (s *sketch) may(name string) bool {
	at := spot(name)
	return s[at>>6]>>(at&63)&1 != 0
}

// append adds a field to the event.
func (d *Draft) append(name, value string) {
	d.seen.add(name)
	d.ev.Fields = append(d.ev.Fields, event.Field{Name: name, Value: value})
}

// Add appends a field under a trusted name.
func (d *Draft) Add(name, value string) {
	if len(d.ev.Fields) >= MaxFields {
		d.cut = true
		return
	}
	d.append(name, d.bounded(value))
}

// AddWhole appends a field under a trusted name, however long its value.
func (d *Draft) AddWhole(name, value string) { d.append(name, value) }

// Always gives a trusted name exactly one value even where the event is full: for the few fields every event has.
func (d *Draft) Always(name, value string) {
	if value = d.bounded(value); d.seen.may(name) {
		d.seen.add(name)
		d.ev.Set(name, value)
		return
	}
	d.append(name, value)
}

// Set gives a trusted name exactly one value.
func (d *Draft) Set(name, value string) {
	if d.Has(name) {
		d.ev.Set(name, d.bounded(value))
		return
	}
	d.Add(name, value)
}

// SetIfAbsent adds the field unless it is present or the value is empty.
func (d *Draft) SetIfAbsent(name, value string) {
	if value != "" && !d.Has(name) {
		d.Add(name, value)
	}
}

// AddVendor appends a field named by the payload: name is cleaned to letters, digits and "_.@-" and
// bounded, and a name that belongs to the platform goes under "labels.". prefix is trusted and may be empty.
func (d *Draft) AddVendor(prefix, name, value string) {
	if len(d.ev.Fields) >= MaxFields {
		d.cut = true
		return
	}
	d.append(d.vendorName(prefix, name), d.bounded(value))
}

// AddVendorKey is [Draft.AddVendor] for a name in a buffer that is used again.
func (d *Draft) AddVendorKey(prefix string, name []byte, value string) {
	if full, ok := d.names.below(prefix)[string(name)]; ok {
		d.Add(full, value)
		return
	}
	d.AddVendor(prefix, string(name), value)
}

// Value returns the first value under name, or the empty string.
func (d *Draft) Value(name string) string {
	if !d.seen.may(name) {
		return ""
	}
	return d.ev.Value(name)
}

// Has reports whether the field is present.
func (d *Draft) Has(name string) bool { return d.seen.may(name) && d.ev.Has(name) }

// Len returns the number of fields so far.
func (d *Draft) Len() int { return len(d.ev.Fields) }

// Truncate drops the fields after the first n: a parser that gives up leaves no half-read fields behind.
func (d *Draft) Truncate(n int) { d.ev.Fields = d.ev.Fields[:min(n, len(d.ev.Fields))] }

// Remove takes out the i-th field.
func (d *Draft) Remove(i int) { d.ev.Fields = append(d.ev.Fields[:i], d.ev.Fields[i+1:]...) }

// Cut reports whether anything was left out or shortened.
func (d *Draft) Cut() bool { return d.cut }

// MarkCut records that a parser left something out.
func (d *Draft) MarkCut() { d.cut = true }

// Keep returns an immutable copy of b that lives in the draft's arena.
func (d *Draft) Keep(b []byte) string {
	start := d.open(len(b))
	d.arena.Write(b)
	return d.arena.String()[start:]
}

// open makes room for n bytes, and returns where they begin.
func (d *Draft) open(n int) int {
	if d.arena.Cap()-d.arena.Len() < n {
		d.arena = strings.Builder{}
		d.arena.Grow(max(n, chunk))
	}
	return d.arena.Len()
}

// Join returns the parts as one immutable string that lives in the draft's arena.
func (d *Draft) Join(parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	start := d.open(n)
	for _, p := range parts {
		d.arena.WriteString(p)
	}
	return d.arena.String()[start:]
}

func (d *Draft) bounded(v string) string {
	if len(v) <= MaxValueBytes {
		return v
	}
	d.cut = true
	return clip(v, MaxValueBytes)
}

// clip shortens s to at most n bytes without splitting a character.
func clip(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Release forgets the event, so that a reused draft does not keep it alive.
func (d *Draft) Release() { d.ev = nil }
