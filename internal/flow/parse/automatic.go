package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// maxLead bounds the text before the first pair of a list.
const maxLead = 320

// leadReach is how far into a record its own time is looked for.
const leadReach = 96

// automatic reads what no format claims by its structure and its words: lists of key=value or "key: value", columns, free text.
func (w *work) automatic(msg, app string) {
	if w.headed && w.nesting < maxNesting && headedAgain(msg) {
		w.line(msg)
		return
	}
	if inner, ok := w.containerLine(msg); ok && w.nesting < maxNesting {
		w.line(inner)
		return
	}
	from := w.d.Len()
	switch {
	case pairsOf(msg):
		if strings.Count(msg, ", ") > 2 {
			kv.EachSpaced(msg, w.vendorPair)
		} else {
			kv.Each(msg, w.vendorPair)
		}
		w.mapAliases(from, "")
		w.hostAddress(from)
		w.before(msg)
		w.told(from)
		if !w.d.Has(event.SourceIP) && !w.d.Has(event.UserName) && strings.IndexByte(msg, ' ') > 0 {
			w.prose(msg)
		}
		w.claim("kv")
		w.dataset = w.pairDataset(msg, app)
		w.step("key=value", "", true)
	case w.colonList(msg):
		kv.EachColon(msg, w.vendorPair)
		w.mapAliases(from, "")
		w.told(from)
		if !w.d.Has(event.SourceIP) && strings.IndexByte(msg, ' ') > 0 {
			w.prose(msg)
		}
		w.claim("kv")
		w.dataset = "generic.kv"
		w.step("key: value", "", true)
	case w.columns(msg):
		if !w.headed {
			w.claim("columns")
			w.dataset = "generic.columns"
		}
		w.step("columns", "", true)
	default:
		w.d.Truncate(from)
		w.prose(msg)
		w.step("free text", "", w.d.Len() > from)
	}
	w.ownTime(msg)
}

// headedAgain reports whether a message begins with a header of its own: a relay has put one in front of the sender's.
func headedAgain(msg string) bool {
	if len(msg) < 24 {
		return false
	}
	if msg[0] == '1' && msg[1] == ' ' && msg[2] == '2' && msg[12] == 'T' {
		return true
	}
	return msg[0] == '<' && msg[1] >= '0' && msg[1] <= '9' && strings.IndexByte(msg[:6], '>') > 1
}

// hostAddress takes "host=192.0.2.1" for the other side's in a list that names no address otherwise.
func (w *work) hostAddress(from int) {
	if w.d.Has(event.SourceIP) {
		return
	}
	for _, f := range w.d.Event().Fields[from:] {
		if f.Name == "host" || f.Name == "hostname" {
			if ip, port := ecs.Split(f.Value); ip != "" {
				w.putText("source", ip, port, f.Name)
				return
			}
		}
	}
}

// containerLine returns the line within one that a container runtime has written: "TIME stdout F …".
func (w *work) containerLine(msg string) (string, bool) {
	i := strings.Index(msg[:min(len(msg), 64)], " std")
	if i < 20 {
		return "", false
	}
	rest := msg[i+4:]
	for _, p := range [...]string{"out F ", "err F ", "out P ", "err P "} {
		if inner, ok := strings.CutPrefix(rest, p); ok {
			t, n, dated := clock.ISO(msg, w.loc)
			if dated && n == i {
				w.when = t
			}
			return inner, dated && n == i && inner != ""
		}
	}
	return "", false
}

// ownTime takes the time that stands near the start of a text: the header's may have no year, or be a relay's.
func (w *work) ownTime(msg string) {
	if ev := w.d.Event(); ev.Time.IsZero() && (w.when.IsZero() || !w.headerDated()) {
		if t, _, full, ok := clock.Find(msg, leadReach, w.loc, w.received); ok && (full || w.when.IsZero()) {
			ev.Time = t
			w.noted(event.Timestamp, "", wayText)
		}
	}
}

// headerDated reports whether the header's time came with its year.
func (w *work) headerDated() bool {
	s := w.whole
	if i := strings.IndexByte(s[:min(len(s), 6)], '>'); i > 0 && s[0] == '<' {
		s = s[i+1:]
	}
	return w.header.Version == 1 || s != "" && s[0] >= '0' && s[0] <= '9'
}

// before reads the text in front of the first pair of a list.
func (w *work) before(msg string) {
	eq := strings.IndexByte(msg, '=')
	if eq < 0 {
		return
	}
	i := strings.LastIndexByte(msg[:eq], ' ')
	if i < 4 {
		return
	}
	lead := msg[:i]
	w.prose(lead)
	if !w.d.Has(event.Action) {
		for rest := 0; rest < len(lead); {
			wd, next := nextWord(lead, rest)
			rest = next
			if len(wd.bare) >= 4 && len(wd.bare) <= 32 && ecs.Verdict(wd.bare) != "" && !strings.Contains(strings.ToLower(wd.bare), "log") {
				w.put(ecs.Target{Form: ecs.Verb, Name: event.Action}, event.Field{Value: wd.bare}, wayText)
				return
			}
		}
	}
}

// vendorPair adds a pair of a list. Names that would stand for the record itself give way.
func (w *work) vendorPair(k, v string) bool {
	switch k {
	case event.Message:
		k = "msg"
	case event.Dataset:
		k = "labels.dataset"
	}
	w.d.AddVendor("", k, v)
	switch {
	case len(v) > 8 && strings.IndexByte(v, '=') > 0 && kv.Count(v, 2) == 2 && !strings.Contains(v, "://"): // a list within a value: msg='op=login acct="kai" res=success'
		kv.Each(v, func(k, v string) bool {
			if k != event.Message && k != event.Dataset {
				w.d.AddVendor("", k, v)
			}
			return true
		})
	case len(v) > 8 && v[0] == '{' && v[1] == '"':
		if o, ok := w.JSON(v); ok {
			w.d.AddJSON(k, o)
		}
	}
	return true
}

// pairsOf reports whether msg is a list of key=value: three pairs or more that begin near its start.
func pairsOf(msg string) bool {
	i := strings.IndexByte(msg, '=')
	return i > 0 && i < maxLead && kv.Count(msg, 3) >= 3
}

// colonList reports whether msg is a list of "key: value" in which two names at least are known.
func (w *work) colonList(msg string) bool {
	if strings.IndexByte(msg, ':') < 0 && !strings.Contains(msg, "：") {
		return false
	}
	pairs, known := 0, 0
	kv.EachColon(msg, func(k, _ string) bool {
		pairs++
		if m := w.names.Resolve(k); m.Form != ecs.None && m.Rank <= 1 {
			known++
		}
		return pairs < 64
	})
	return pairs >= 2 && known >= 2
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
	if m := w.names.Resolve(label); m.Form != ecs.None && m.Rank <= 1 && m.Form != ecs.Time {
		w.put(m.Target, event.Field{Name: label, Value: f.Value}, wayLikely)
	}
}
