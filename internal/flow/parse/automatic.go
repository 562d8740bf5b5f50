package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// automatic reads what no format claims by its structure alone: lists of key=value or "key: value".
func (w *work) automatic(msg, app string) {
	from := w.d.Len()
	if pairsOf(msg) {
		kv.Each(msg, func(k, v string) bool { w.vendorPair(k, v); return true })
		w.mapAliases(from, "")
		w.claim("kv")
		w.dataset = w.pairDataset(msg, app)
		w.step("key=value", "", true)
		return
	}
	if colonList(msg) {
		kv.EachColon(msg, func(k, v string) bool { w.vendorPair(k, v); return true })
		w.mapAliases(from, "")
		w.claim("kv")
		w.dataset = "generic.kv"
		w.step("key: value", "", true)
		return
	}
	w.prose(msg)
	w.step("free text", "", w.d.Len() > from)
}

// vendorPair adds a pair of a list. Names that would stand for the record itself give way.
func (w *work) vendorPair(k, v string) {
	switch k {
	case event.Message:
		k = "msg"
	case event.Dataset:
		k = "labels.dataset"
	}
	w.d.AddVendor("", k, v)
}

// pairsOf reports whether msg is a list of key=value: three pairs or more that begin near its start.
func pairsOf(msg string) bool {
	i := strings.IndexByte(msg, '=')
	return i > 0 && i < 160 && kv.Count(msg, 3) >= 3
}

// colonList reports whether msg is a list of "key: value" in which two names at least are known.
func colonList(msg string) bool {
	if strings.IndexByte(msg, ':') < 0 && !strings.Contains(msg, "：") {
		return false
	}
	pairs, known := 0, 0
	kv.EachColon(msg, func(k, _ string) bool {
		pairs++
		if t, sure := alias.Lookup(k); sure && t.Form != ecs.None {
			known++
		}
		return pairs < 64
	})
	return pairs >= 3 && known >= 2
}

// pairDataset names the stream of a key=value record: a few firewalls say who they are, and pairs within the prose
// of a syslog program leave it one.
func (w *work) pairDataset(msg, app string) string {
	d := &w.d
	if i := strings.IndexAny(msg, " ="); app != "" && (i < 0 || msg[i] == ' ') {
		return linux.Syslog
	}
	if d.Has("devname") && d.Has("logid") && d.Has("devid") {
		d.SetIfAbsent("observer.vendor", "Fortinet")
		d.SetIfAbsent("observer.product", "FortiGate")
		return "fortinet.fortigate"
	}
	return "generic.kv"
}

// labelled maps a field by the label that a device gives it.
func (w *work) labelled(label string, f event.Field) {
	if t, sure := alias.Lookup(label); sure && t.Form != ecs.Time {
		t.Put(&w.d, f.Value)
	}
}
