package event

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Field is one named value. Names are dotted ECS names ("source.ip") or the vendor's own under the
// vendor's prefix ("winlog.event_data.Image"); values are text as ECS would print them.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Event is one record understood: flat, ordered, all values strings. The same value travels
// parse → enrich → detect → archive without conversion. Time is the event's own time in UTC;
// when the record was received stands in [Ingested].
//
// A name may occur more than once: repeated names are the elements of an array, in order.
type Event struct {
	Tenant tenant.ID
	Time   time.Time
	ID     string
	Fields []Field
}

// Get returns the first value under name, and whether the field is present. A present field may be empty.
func (e *Event) Get(name string) (string, bool) {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			return e.Fields[i].Value, true
		}
	}
	return "", false
}

// Value returns the first value under name, or the empty string.
func (e *Event) Value(name string) string {
	v, _ := e.Get(name)
	return v
}

// Has reports whether the field is present, even if empty.
func (e *Event) Has(name string) bool {
	_, ok := e.Get(name)
	return ok
}

// Add appends a field and keeps those already present under the same name.
func (e *Event) Add(name, value string) {
	e.Fields = append(e.Fields, Field{Name: name, Value: value})
}

// Set gives name exactly one value: it overwrites the first occurrence and drops any further ones.
func (e *Event) Set(name, value string) {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			e.Fields[i].Value = value
			e.dropAfter(i, name)
			return
		}
	}
	e.Add(name, value)
}

func (e *Event) dropAfter(i int, name string) {
	kept := e.Fields[:i+1]
	for _, f := range e.Fields[i+1:] {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	e.Fields = kept
}

// SetIfAbsent adds the field unless one of that name is present or the value is empty.
func (e *Event) SetIfAbsent(name, value string) {
	if value != "" && !e.Has(name) {
		e.Add(name, value)
	}
}

// Delete removes every field called name.
func (e *Event) Delete(name string) {
	kept := e.Fields[:0]
	for _, f := range e.Fields {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	e.Fields = kept
}

// Unfold gives back the values of a name that the archive keeps as one JSON array of texts, or nil where there is one value. Text that
// people read as it was written is left alone.
func Unfold(f Field) []string {
	if !strings.HasPrefix(f.Value, `["`) || f.Name == Original || f.Name == Message {
		return nil
	}
	var list []string
	if err := json.Unmarshal([]byte(f.Value), &list); err != nil || len(list) < 2 {
		return nil
	}
	return list
}
