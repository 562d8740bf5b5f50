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
	arena strings.Builder
	hint  int // size of the arena's first chunk
	cut   bool
}

// Reset points the draft at ev, whose fields it empties. sizeHint is the expected size of copied text in bytes.
func (d *Draft) Reset(ev *event.Event, sizeHint int) {
	ev.Fields = ev.Fields[:0]
	d.ev, d.cut, d.hint = ev, false, sizeHint
	d.arena = strings.Builder{}
}

// Event returns the event under construction.
func (d *Draft) Event() *event.Event { return d.ev }

// Add appends a field under a trusted name.
func (d *Draft) Add(name, value string) {
	if len(d.ev.Fields) >= MaxFields {
		d.cut = true
		return
	}
	d.ev.Fields = append(d.ev.Fields, event.Field{Name: name, Value: d.bounded(value)})
}

// Always gives a trusted name exactly one value even where the event is full: for the few fields every event has.
func (d *Draft) Always(name, value string) { d.ev.Set(name, d.bounded(value)) }

// Set gives a trusted name exactly one value.
func (d *Draft) Set(name, value string) {
	for i := range d.ev.Fields {
		if d.ev.Fields[i].Name == name {
			d.ev.Set(name, d.bounded(value))
			return
		}
	}
	d.Add(name, value)
}

// SetIfAbsent adds the field unless it is present or the value is empty.
func (d *Draft) SetIfAbsent(name, value string) {
	if value != "" && !d.ev.Has(name) {
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
	d.ev.Fields = append(d.ev.Fields, event.Field{Name: d.vendorName(prefix, name), Value: d.bounded(value)})
}

// Value returns the first value under name, or the empty string.
func (d *Draft) Value(name string) string { return d.ev.Value(name) }

// Has reports whether the field is present.
func (d *Draft) Has(name string) bool { return d.ev.Has(name) }

// Len returns the number of fields so far.
func (d *Draft) Len() int { return len(d.ev.Fields) }

// Truncate drops the fields after the first n: a parser that gives up leaves no half-read fields behind.
func (d *Draft) Truncate(n int) { d.ev.Fields = d.ev.Fields[:n] }

// Cut reports whether anything was left out or shortened.
func (d *Draft) Cut() bool { return d.cut }

// MarkCut records that a parser left something out.
func (d *Draft) MarkCut() { d.cut = true }

// Keep returns an immutable copy of b that lives in the draft's arena.
func (d *Draft) Keep(b []byte) string {
	start := d.open()
	d.arena.Write(b)
	return d.arena.String()[start:]
}

// open makes room on first use, and returns where the next text begins.
func (d *Draft) open() int {
	if d.arena.Cap() == 0 {
		d.arena.Grow(d.hint)
	}
	return d.arena.Len()
}

// Join returns the parts as one immutable string that lives in the draft's arena.
func (d *Draft) Join(parts ...string) string {
	start := d.open()
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

// Release forgets the event and the copied text, so that a reused draft keeps neither alive.
func (d *Draft) Release() {
	d.ev = nil
	d.arena = strings.Builder{}
}
