package archive

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

// Folded holds, as one JSON object, the fields of an event that could not be columns of their own.
const Folded = "isoc.folded"

// Restored gives an archived event back the form that detection saw: a name that was used more than once is so again, fields that
// were folded stand for themselves, names that mean something to the engine are their own, and the event's time is the one it
// claimed. Fields that were empty are lost, for no archive keeps them, and names beyond 128 bytes stay shortened.
func Restored(ev *event.Event) *event.Event {
	out := &event.Event{Tenant: ev.Tenant, Time: ev.Time, ID: ev.ID, Fields: make([]event.Field, 0, len(ev.Fields))}
	for _, f := range ev.Fields {
		switch f.Name {
		case Folded:
			var over map[string]string
			if err := json.Unmarshal([]byte(f.Value), &over); err != nil {
				out.Add(f.Name, f.Value) // a sender's own field of that name
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(over)) {
				restore(out, event.Field{Name: name, Value: over[name]})
			}
		case TimeOriginal:
			if at, err := time.Parse(time.RFC3339Nano, f.Value); err == nil {
				out.Time = at
			}
		case event.Timestamp, query.Tenant: // the engine's columns of what the event has beside its fields
		default:
			restore(out, f)
		}
	}
	return out
}

func restore(out *event.Event, f event.Field) {
	f.Name = strings.TrimPrefix(f.Name, query.Displaced)
	list := event.Unfold(f)
	if list == nil {
		out.Add(f.Name, f.Value)
		return
	}
	for _, v := range list {
		out.Add(f.Name, v)
	}
}
