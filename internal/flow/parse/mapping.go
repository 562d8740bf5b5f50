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
	var date, clockText, zone string
	var likely [64]int16
	unsure := 0
	for i := from; i < n; i++ {
		f := d.Event().Fields[i]
		name := strings.TrimPrefix(f.Name, prefix)
		switch name {
		case "date":
			date = f.Value
		case "time":
			clockText = f.Value
		case "tz":
			zone = f.Value
		}
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
	if len(date) == 10 && len(clockText) >= 8 && d.Event().Time.IsZero() {
		if t, n, ok := clock.ISO(w.d.Join(date, " ", clockText, zone), w.loc); ok && n > 0 {
			d.Event().Time = t
		}
	}
	for _, i := range likely[:unsure] {
		f := d.Event().Fields[i]
		t, _ := alias.Lookup(strings.TrimPrefix(f.Name, prefix))
		w.put(t, f)
	}
}

// put maps one field. A field that already has the ECS name stays as it is.
func (w *work) put(t ecs.Target, f event.Field) {
	if t.Form == ecs.Time {
		w.setTime(f.Value)
		return
	}
	if t.Name != f.Name {
		t.Put(&w.d, f.Value)
	}
}

// setTime takes v as the event's time where it is one and none is known.
func (w *work) setTime(v string) {
	if !w.d.Event().Time.IsZero() {
		return
	}
	if t, ok := clock.Any(v, w.loc, w.received); ok && t.After(time.Unix(0, 0)) {
		w.d.Event().Time = t
	}
}
