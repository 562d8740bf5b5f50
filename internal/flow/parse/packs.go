package parse

import (
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/wire/cef"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
	"github.com/isoc-project/isoc/internal/flow/wire/leef"
	"github.com/isoc-project/isoc/internal/flow/wire/syslog"
)

// packed lets the parser packs read a message. It reports whether one did; otherwise it remembers who sent it, where that is known.
func (w *work) packed(msg, app string) bool {
	set := w.p.opts.Packs.Set()
	if set == nil || w.p.opts.Automatic {
		return false
	}
	sight := w.sighting(msg, app)
	w.packs++
	out := set.Apply(w, &sight)
	w.packs--
	return w.settled(out)
}

// sighting is what is known of a message.
func (w *work) sighting(msg, app string) pack.Sighting {
	sight := pack.Sighting{Message: strings.TrimRight(msg, " \r\n\x00"), Program: linux.Program(app)}
	if family, _, ok := strings.Cut(app, "/"); ok {
		sight.Family = family
	}
	if strings.HasPrefix(app, "%") {
		sight.Message, sight.Program = w.tagged(sight.Message, app), ""
	}
	if w.headed {
		sight.MsgID, sight.Structured = w.header.MsgID, w.header.Structured
	}
	w.sightHeader(&sight)
	return sight
}

// tagged gives a message back the tag that a device begins it with ("%ASA-6-302013: …"), which the header took for a program.
func (w *work) tagged(msg, app string) string {
	whole := w.whole
	if !strings.HasSuffix(whole, msg) {
		return msg
	}
	if i := strings.LastIndex(whole[:len(whole)-len(msg)], app); i >= 0 {
		return whole[i:]
	}
	return msg
}

// sightHeader adds what the beginning of a message tells: an object, or a header of CEF or LEEF.
func (w *work) sightHeader(s *pack.Sighting) {
	if jsonStart(s.Message) >= 0 {
		if v, ok := w.JSON(s.Message); ok {
			s.Object = v
		}
		return
	}
	if i := cef.Find(s.Message, headerReach); i >= 0 {
		if h, ok := cef.Parse(s.Message[i:]); ok {
			s.Vendor, s.Product = h.Vendor, h.Product
		}
	} else if i := leef.Find(s.Message, headerReach); i >= 0 {
		if h, ok := leef.Parse(s.Message[i:]); ok {
			s.Vendor, s.Product, s.LEEF = h.Vendor, h.Product, true
		}
	}
}

// settled takes over what the packs made of the record.
func (w *work) settled(out pack.Outcome) bool {
	if out.Pack == "" {
		if out.Identity.Vendor != "" && w.identity.Vendor == "" {
			w.identity, w.why = out.Identity, out.Why
		}
		return false
	}
	w.parser = "" // the innermost one counts, and a pack is more than a shipper
	w.claim(out.Pack)
	if out.Format != "" {
		w.d.Always(event.IsocFormat, out.Format)
	}
	w.step(out.Pack, out.Format, true)
	return true
}

// amended lets a pack add to what a parser written in Go has found.
func (w *work) amended(msg string) {
	set := w.p.opts.Packs.Set()
	if set == nil || w.p.opts.Automatic || w.dataset == "" {
		return
	}
	w.packs++
	out := set.Apply(w, &pack.Sighting{Message: msg, Dataset: w.dataset})
	w.packs--
	if out.Pack != "" {
		w.settled(out)
	}
}

// identify adds who sent a record that no pack could read.
func (w *work) identify() {
	if w.identity.Vendor == "" {
		return
	}
	w.identity.Tell(&w.d)
	if w.dataset == "" || w.dataset == linux.Syslog || strings.HasPrefix(w.dataset, "generic.") {
		w.dataset = w.identity.Dataset
	}
}

// The rest makes a work the host of a pack.

// Draft implements [pack.Host].
func (w *work) Draft() *draft.Draft { return &w.d }

// Location implements [pack.Host].
func (w *work) Location() *time.Location { return w.loc }

// Received implements [pack.Host].
func (w *work) Received() time.Time { return w.received }

// SetMessage implements [pack.Host].
func (w *work) SetMessage(text string) { w.message = text }

// Unset implements [pack.Host].
func (w *work) Unset(name string, before int) int {
	n := 0
	for i := min(before, w.d.Len()) - 1; i >= 0; i-- {
		if w.d.Event().Fields[i].Name != name {
			continue
		}
		w.d.Remove(i)
		n++
		for j := range w.params {
			if w.params[j] > i {
				w.params[j]--
			}
		}
	}
	return n
}

// SetTime implements [pack.Host].
func (w *work) SetTime(text string) { w.setTime(text) }

// SetDataset implements [pack.Host].
func (w *work) SetDataset(name string) { w.dataset = name }

// Tracing implements [pack.Host].
func (w *work) Tracing() bool { return w.trace != nil }

// Step implements [pack.Host].
func (w *work) Step(name, result string, ok bool) { w.step(name, result, ok) }

// Memory implements [pack.Host].
func (w *work) Memory() *pack.Memory { return &w.memory }

// JSON implements [pack.Host]. The last text is not parsed twice.
func (w *work) JSON(text string) (*fastjson.Value, bool) {
	at := jsonStart(text)
	if at < 0 {
		return nil, false
	}
	v, err := w.object(text[at:])
	if err != nil {
		return nil, false
	}
	if v.Type() == fastjson.TypeArray {
		items, _ := v.Array()
		if len(items) == 0 {
			return nil, false
		}
		v = items[0]
	}
	return v, v.Type() == fastjson.TypeObject
}

// object parses JSON at this depth of records within records, once.
func (w *work) object(text string) (*fastjson.Value, error) {
	at := min(max(w.nesting, 1), maxNesting) - 1
	if c := &w.parsed[at]; c.value != nil && c.text == text {
		return c.value, nil
	}
	v, err := w.json[at].Parse(text)
	if err != nil {
		w.parsed[at] = parsedJSON{}
		return nil, err
	}
	w.parsed[at] = parsedJSON{text, v}
	return v, nil
}

// parsedJSON is a text and what it parsed to.
type parsedJSON struct {
	text  string
	value *fastjson.Value
}

// Header implements [pack.Host].
func (w *work) Header(text string) (string, bool) {
	h, ok := syslog.Parse(text, w.loc, w.received)
	if !ok {
		return "", false
	}
	w.whole = text
	w.syslogHeader(&h)
	if strings.HasPrefix(h.App, "%") {
		return w.tagged(h.Message, h.App), true
	}
	return h.Message, true
}

// Stamp implements [pack.Host].
func (w *work) Stamp(text string) (string, bool) {
	s := strings.TrimLeft(text, " ")
	closing := byte(0)
	if s != "" {
		switch s[0] {
		case '[':
			s, closing = s[1:], ']'
		case '<':
			s, closing = s[1:], '>'
		}
	}
	t, n, ok := clock.Leading(s, w.loc, w.received)
	if !ok {
		return "", false
	}
	rest := s[n:]
	if closing != 0 {
		if rest == "" || rest[0] != closing {
			return "", false
		}
		rest = rest[1:]
	} else if rest != "" && !strings.ContainsRune(" \t,;:|]-", rune(rest[0])) {
		return "", false
	}
	if w.d.Event().Time.IsZero() {
		w.d.Event().Time = t
	}
	return strings.TrimLeft(strings.TrimLeft(rest, ",;:|-"), " \t"), true
}

// EachParam implements [pack.Host].
func (w *work) EachParam(fn func(name, value string)) {
	if w.header.Structured == "" {
		return
	}
	syslog.EachParam(w.header.Structured, func(_, name, value string) {
		if name != "" {
			fn(name, value)
		}
	})
}

// Native implements [pack.Host]: the formats written in Go, by their names.
func (w *work) Native(name, text string) bool {
	switch name {
	case "cef":
		return w.cefFields(text)
	case "leef":
		return w.leefFields(text)
	}
	for _, f := range w.p.formats {
		if f.name == name {
			return f.parse(w, text, w.header.App)
		}
	}
	parser, _ := linux.Parse(&w.d, w.header.App, text)
	return parser == name
}

// Settle implements [pack.Host].
func (w *work) Settle(standard string, from int) {
	if standard == "leef" {
		w.leefMeaning(from)
		return
	}
	w.cefMeaning(from)
}

// Automatic implements [pack.Host].
func (w *work) Automatic(text string) {
	parser, dataset := w.parser, w.dataset
	w.automatic(text, "")
	w.parser, w.dataset = parser, dataset
}

// Aliases implements [pack.Host].
func (w *work) Aliases(from int, prefix string, except map[string]bool) {
	w.mapSpan(from, w.d.Len(), prefix, except)
}
