package parse

import (
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
	"github.com/isoc-project/isoc/internal/flow/wire/syslog"
)

// Parser names that stand under isoc.parser beside the formats' own.
const (
	parserNone   = "none"   // nothing was understood
	parserSyslog = "syslog" // the header alone was
)

const datasetUnparsed = "unparsed"

// maxNesting bounds how often a record may hold another (a Filebeat document with a container's line with a syslog
// message with JSON).
const maxNesting = 4

// work is the state of one record being parsed, with scratch memory that is kept between records.
type work struct {
	p        *Parser
	d        draft.Draft
	trace    *trace
	json     [maxNesting]fastjson.Parser
	parsed   [maxNesting]parsedJSON // what each has parsed last
	cells    []string
	names    alias.Cache
	memory   pack.Memory
	found    []candidate
	loc      *time.Location
	received time.Time
	kind     string

	nesting int
	clock   []byte        // room for a time's text
	account []byte        // of the fields that the automatic parser mapped
	header  syslog.Header // innermost syslog header; zero where there is none
	headed  bool
	when    time.Time // header's time
	whole   string    // the text that the header stands in
	params  [2]int    // from which field to which the header's structured data stands, until it is mapped
	message string    // innermost text
	parser  string
	dataset string
	why     string

	source    string
	packs     int           // packs at work: a record within what one reads is not the source's own
	unclaimed *Unclaimed    // what a source's own pack is given, where that is asked
	identity  pack.Identity // who sent the record, where a pack knows that but could not read it
}

func (w *work) begin(p *Parser, ev *event.Event, t *trace) {
	w.p, w.trace = p, t
	w.d.Reset(ev)
	w.nesting, w.account, w.headed, w.when = 0, w.account[:0], false, time.Time{}
	w.header = syslog.Header{}
	w.whole, w.message, w.parser, w.dataset, w.why = "", "", "", "", ""
	w.identity, w.params, w.packs = pack.Identity{}, [2]int{}, 0
	w.parsed = [maxNesting]parsedJSON{}
}

// line parses text that may begin with a syslog header.
func (w *work) line(text string) {
	trimmed := strings.TrimLeft(text, " \t")
	if trimmed == "" {
		w.message, w.why = text, "empty record"
		return
	}
	if startsFormat(trimmed) {
		w.payload(trimmed, "")
		return
	}
	h, ok := syslog.Parse(text, w.loc, w.received)
	if !ok {
		w.leadingTime(trimmed)
		w.payload(trimmed, "")
		return
	}
	w.whole = text
	w.syslogHeader(&h)
	if h.App == "" {
		// A relay's header, and the device's own behind it.
		if inner, ok := syslog.Parse(h.Message, w.loc, w.received); ok && inner.App != "" && !inner.Time.IsZero() {
			w.whole = h.Message
			w.syslogHeader(&inner)
			h = inner
		}
	}
	w.payload(h.Message, h.App)
}

// startsFormat reports whether a line begins with a format that has no syslog header before it.
func startsFormat(s string) bool {
	return s[0] == '{' || s[0] == '<' && len(s) > 1 && (s[1] == 'E' || s[1] == '?') || strings.HasPrefix(s, "CEF:") || strings.HasPrefix(s, "LEEF:")
}

func (w *work) syslogHeader(h *syslog.Header) {
	w.header, w.headed = *h, true
	d := &w.d
	if h.Priority >= 0 {
		d.SetIfAbsent("log.syslog.priority", strconv.Itoa(h.Priority))
		d.SetIfAbsent("log.syslog.facility.code", strconv.Itoa(h.Facility()))
		d.SetIfAbsent("log.syslog.severity.code", strconv.Itoa(h.Severity()))
	}
	if h.Host != "" {
		d.Set(event.HostName, h.Host) // nearer to the event than a shipper's document around it
	}
	if !strings.HasPrefix(h.App, "%") {
		d.SetIfAbsent(event.ProcessName, h.App)
	}
	d.SetIfAbsent(event.ProcessPID, numeric(h.PID))
	d.SetIfAbsent("log.syslog.msgid", h.MsgID)
	from := d.Len()
	if h.Structured != "" {
		syslog.EachParam(h.Structured, func(id, name, value string) {
			if name != "" {
				d.AddVendor("log.syslog.structured_data.", d.Join(id, ".", name), value)
			}
		})
	}
	if !h.Time.IsZero() {
		w.when = h.Time
	}
	w.params = [2]int{from, d.Len()}
	w.step("syslog header", h.Host, true)
}

// structured maps the parameters of a header's structured data, once: after a pack that knows them better, before anything else.
func (w *work) structured() {
	if w.params[1] > w.params[0]+1 {
		w.mapSpan(w.params[0], w.params[1], "", nil)
	}
	w.params = [2]int{}
}

// leadingTime takes the time that a program's own log line begins with, bracketed or bare.
func (w *work) leadingTime(s string) {
	s = strings.TrimLeft(s[:min(len(s), 64)], "[ ")
	if t, _, ok := clock.ISO(s, w.loc); ok {
		w.when = t
	} else if t, _, ok := clock.CommonLog(s, w.loc); ok {
		w.when = t
	} else if t, _, ok := clock.BSD(s, w.loc, w.received); ok {
		w.when = t
	}
}

// payload parses what a header leaves, or a whole record without one.
func (w *work) payload(msg, app string) {
	w.message = msg
	if w.nesting++; w.nesting > maxNesting {
		return
	}
	if w.packed(msg, app) {
		w.structured()
		return
	}
	w.structured()
	depth := w.nesting
	switch {
	case w.formatted(msg, app):
	case !w.p.opts.Automatic && w.program(msg, app):
	case w.own(msg, app):
		return
	default:
		w.automatic(msg, app)
		return
	}
	if w.nesting == depth { // else an inner record has been through this
		w.amended(msg)
	}
}

// formatted tries the formats written in Go.
func (w *work) formatted(msg, app string) bool {
	for _, f := range w.p.formats {
		if w.p.opts.Automatic && !f.open {
			continue
		}
		n := w.d.Len()
		if f.parse(w, msg, app) {
			w.claim(f.name)
			w.step(f.name, w.dataset, true)
			return true
		}
		w.d.Truncate(n)
	}
	return false
}

// program parses the message of a known Linux program.
func (w *work) program(msg, app string) bool {
	parser, dataset := linux.Parse(&w.d, app, msg)
	if parser == "" {
		return false
	}
	w.claim(parser)
	w.dataset = dataset
	w.step(parser, dataset, true)
	return true
}

// claim names the parser of the record: the innermost one.
func (w *work) claim(name string) {
	if w.parser == "" {
		w.parser = name
	}
}

// envelope merges what the listener knows beside the record. The record's own words come first.
func (w *work) envelope(rec *record.Record) {
	for _, f := range rec.Fields {
		if f.Value != "" && !draft.Reserved(f.Name) && f.Name != event.Dataset && !w.d.Has(f.Name) {
			w.d.AddVendor("", f.Name, f.Value)
		}
	}
}

// finish sets the fields that every event has.
func (w *work) finish(rec *record.Record) {
	d, ev := &w.d, w.d.Event()
	w.identify()
	w.accounted()
	switch {
	case w.parser != "":
	case w.headed && w.dataset != "":
		w.parser = parserSyslog
	case w.headed:
		w.parser, w.dataset = parserSyslog, linux.Syslog
	default:
		w.parser = parserNone
		if w.dataset == "" {
			w.dataset = datasetUnparsed
		}
		if w.why == "" {
			w.why = "no known format"
		}
		d.Always(event.IsocParseError, w.why)
	}
	if w.dataset == "" {
		w.dataset = "generic." + w.parser
	}
	d.Always(event.Dataset, w.dataset)
	d.Always(event.IsocParser, w.parser)
	d.Always(event.Message, w.text())
	if d.Cut() {
		d.Always(draft.FlagCut, "true")
	}
	if ev.Time.IsZero() {
		ev.Time = w.when
	}
	if ev.Time.IsZero() {
		ev.Time = rec.Time
	}
	if ev.Time.IsZero() {
		ev.Time = w.received
	}
	ev.Time = ev.Time.UTC()
	w.step("finish", w.dataset, w.parser != parserNone)
	w.parsed = [maxNesting]parsedJSON{}
	w.d.Release()
}

// text returns what message holds: the payload's own message, an array of them one a line, else the innermost text.
func (w *work) text() string {
	text, n := "", 0
	for _, f := range w.d.Event().Fields {
		if f.Name != event.Message {
			continue
		}
		if n++; n == 1 {
			text = f.Value
		} else {
			text += "\n" + f.Value
		}
	}
	if n == 0 {
		return w.message
	}
	return text
}

func numeric(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return ""
		}
	}
	return s
}
