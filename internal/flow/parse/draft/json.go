package draft

import (
	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
)

// MaxDepth bounds how deep nested JSON is followed; deeper values are kept as JSON text.
const MaxDepth = 20

// AddJSON appends every leaf of v under its dotted path below prefix: the elements of an array repeat the
// name, null is absence, numbers keep their text. A top-level "@timestamp" is left to the caller.
func (d *Draft) AddJSON(prefix string, v *fastjson.Value) {
	w := jsonWalk{d: d, path: make([]byte, 0, 128)}
	w.path = append(w.path, prefix...)
	w.value(v, 0)
}

// Text returns v as text and whether it has any: strings, numbers and booleans do, null and containers do not.
func (d *Draft) Text(v *fastjson.Value) (string, bool) {
	if v == nil {
		return "", false
	}
	switch v.Type() {
	case fastjson.TypeString:
		b, _ := v.StringBytes()
		return d.Keep(b), true
	case fastjson.TypeNumber:
		d.number = v.MarshalTo(d.number[:0])
		return d.Keep(d.number), true
	case fastjson.TypeTrue:
		return "true", true
	case fastjson.TypeFalse:
		return "false", true
	}
	return "", false
}

type jsonWalk struct {
	d    *Draft
	path []byte
}

func (w *jsonWalk) value(v *fastjson.Value, depth int) {
	if len(w.d.ev.Fields) >= MaxFields {
		w.d.cut = true
		return
	}
	switch v.Type() {
	case fastjson.TypeObject:
		if depth >= MaxDepth {
			w.leaf(w.d.Keep(v.MarshalTo(nil)))
			return
		}
		o, _ := v.Object()
		o.Visit(func(key []byte, child *fastjson.Value) { w.member(key, child, depth) })
	case fastjson.TypeArray:
		if depth >= MaxDepth {
			w.leaf(w.d.Keep(v.MarshalTo(nil)))
			return
		}
		items, _ := v.Array()
		for _, item := range items {
			w.value(item, depth+1)
		}
	default:
		if s, ok := w.d.Text(v); ok {
			w.leaf(s)
		}
	}
}

func (w *jsonWalk) member(key []byte, v *fastjson.Value, depth int) {
	if len(w.path) == 0 && string(key) == event.Timestamp {
		return
	}
	mark := len(w.path)
	if mark > 0 && w.path[mark-1] != '.' {
		w.path = append(w.path, '.')
	}
	if len(w.path)+len(key) > 4*MaxNameBytes {
		w.d.cut = true
		w.path = w.path[:mark]
		return
	}
	w.path = append(w.path, key...)
	w.value(v, depth+1)
	w.path = w.path[:mark]
}

func (w *jsonWalk) leaf(value string) {
	if len(w.d.ev.Fields) >= MaxFields {
		w.d.cut = true
		return
	}
	w.d.append(w.d.pathName(w.path), w.d.bounded(value))
}

// WindowsData is the prefix of the named data of a Windows event. Blanks are dropped from the names
// below it ("Threat Name" → "ThreatName"), as Sigma rules write them.
const WindowsData = "winlog.event_data."
