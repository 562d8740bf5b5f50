package parse

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// mapAliases adds the ECS fields that the vendor's names from the from-th field on stand for: first those that
// are sure of their meaning, then those that are likely, and never over what is there.
func (w *work) mapAliases(from int, prefix string) {
	d := &w.d
	n := d.Len()
	w.dateAndTime(d.Event().Fields[from:n])
	var likely [64]int16
	unsure := 0
	for i := from; i < n; i++ {
		f := d.Event().Fields[i]
		name := strings.TrimPrefix(f.Name, prefix)
		t, sure := alias.Lookup(name)
		switch {
		case t.Form == ecs.None:
		case sure:
			w.put(t, f)
		case unsure < len(likely) && i <= 1<<14:
			likely[unsure] = int16(i)
			unsure++
		}
	}
	for _, i := range likely[:unsure] {
		f := d.Event().Fields[i]
		t, _ := alias.Lookup(strings.TrimPrefix(f.Name, prefix))
		w.put(t, f)
	}
}

// dateAndTime takes the event's time from fields called date and time, with the offset of tz.
func (w *work) dateAndTime(fields []event.Field) {
	var date, daytime, zone string
	for i := range fields {
		switch fields[i].Name {
		case "date":
			date = fields[i].Value
		case "time":
			daytime = fields[i].Value
		case "tz", "timezone":
			zone = fields[i].Value
		}
	}
	if len(date) < 8 || len(date) > 10 || len(daytime) < 8 || len(daytime) > 18 || !w.d.Event().Time.IsZero() {
		return
	}
	if t, _, ok := clock.ISO(w.d.Join(date, " ", daytime, zone), w.loc); ok {
		w.d.Event().Time = t
	}
}

// put maps one field.
func (w *work) put(t ecs.Target, f event.Field) {
	if t.Form == ecs.Time {
		w.setTime(f.Value)
		return
	}
	t.Put(&w.d, f.Value)
}

// setTime takes v as the event's time where it is one and none is known. A time without a year is not taken where
// the header has one.
func (w *work) setTime(v string) {
	if !w.d.Event().Time.IsZero() {
		return
	}
	if len(v) <= 16 && !w.when.IsZero() && v != "" && (v[0] > '9' || v[0] < '0') {
		return
	}
	if t, ok := clock.Any(v, w.loc, w.received); ok && t.After(time.Unix(0, 0)) {
		w.d.Event().Time = t
	}
}
