package parse

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// fieldMapped says how the automatic parser found the fields it mapped.
const fieldMapped = "isoc.mapped"

// The ways a field was found, as fieldMapped has them after the vendor's name.
const (
	wayName   = ""       // the name says it
	wayLikely = "likely" // the name usually means it
	wayGuess  = "guess"  // nothing better was there
	wayText   = "text"   // the words before it in free text
	wayColumn = "column" // its type and place among the columns of a line
)

// Bounds, in bytes, on what is told of an event's mapping: the account ends with the field that reaches maxAccount.
const (
	maxAccount    = 640
	maxMappedName = 48
)

// structuredData is the prefix of the parameters of a syslog header.
const structuredData = "log.syslog.structured_data."

// maxRanks is the number of ranks of [alias.Meaning].
const maxRanks = 4

// candidate is a field whose name means something.
type candidate struct {
	at int16
	alias.Meaning
}

// mapAliases adds the ECS fields that the vendor's names from the from-th field on stand for, those that are surest
// of their meaning first, and never over what is there.
func (w *work) mapAliases(from int, prefix string) { w.mapSpan(from, w.d.Len(), prefix, nil) }

// mapSpan is mapAliases for the fields from the from-th to before the to-th, but those whose names are excepted.
func (w *work) mapSpan(from, to int, prefix string, except map[string]bool) {
	d := &w.d
	n := min(to, 1<<15-1)
	w.dateAndTime(d.Event().Fields[from:n], prefix)
	found := w.found[:0]
	var ranks [maxRanks]bool
	var sides ends
	var serves, user, program bool // who is remote asked a server or logged in; a program's connections are its own
	for i := from; i < n; i++ {
		f := &d.Event().Fields[i]
		name := strings.TrimPrefix(f.Name, prefix)
		if except[name] {
			continue
		}
		m := w.names.Resolve(name)
		if m.Form == ecs.None && strings.HasPrefix(name, structuredData) { // the id of the element says nothing
			m = w.names.Resolve(name[strings.LastIndexByte(name, '.')+1:])
		}
		if m.Form == ecs.None || m.Rank >= maxRanks || ecs.Empty(f.Value) {
			continue
		}
		switch m.Form {
		case ecs.Method, ecs.Status:
			serves = true
		case ecs.Account, ecs.Login, ecs.UserID:
			user = true
		case ecs.Executable, ecs.FileName, ecs.Path:
			program = true
		case ecs.Service:
			program = program || strings.ContainsAny(f.Value, `/\`)
		}
		sides.see(&m, f.Name[strings.LastIndexByte(f.Name, '.')+1:])
		ranks[m.Rank] = true
		found = append(found, candidate{int16(i), m})
	}
	w.found = found
	sides.inbound = sides.local && (serves || user && !program || w.inbound(from, n))
	for rank := range ranks {
		if !ranks[rank] {
			continue
		}
		for i := range found {
			if int(found[i].Rank) == rank {
				w.putNamed(&found[i], &sides, prefix)
			}
		}
	}
	if d.Has("user.target.name") && !d.Has(event.UserName) {
		d.Add(event.UserName, d.Value("user.target.name"))
		w.noted(event.UserName, "user.target.name", wayGuess)
	}
}

// told reads the message that a list of fields holds, where the fields name neither an address nor a user.
func (w *work) told(from int) {
	if w.d.Has(event.SourceIP) || w.d.Has(event.UserName) {
		return
	}
	n := w.d.Len()
	for i := from; i < n; i++ {
		f := w.d.Event().Fields[i]
		switch f.Name {
		case "msg", "message", "Message", "MESSAGE", "log", "description", "text", "消息", "内容", "描述":
			if strings.IndexByte(f.Value, ' ') > 0 || len(f.Value) > 0 && f.Value[0] >= 0x80 {
				w.prose(f.Value[:min(len(f.Value), 2048)])
				return
			}
		}
	}
}

// ends are the ends of a connection that names tell of.
type ends struct {
	local, remote, inbound bool
	client, dst            bool
}

func (e *ends) see(m *alias.Meaning, name string) {
	switch m.Side {
	case alias.Either:
		if m.Form == ecs.Peer && m.Rank == 0 {
			e.client = e.client || m.Name == "source" && name != "" && name[0]|0x20 == 'c'
			e.dst = e.dst || m.Name == "destination"
		}
	case alias.Local:
		e.local = true
	case alias.Remote:
		e.remote = true
	}
}

// turn says which of source and destination the name of one end stands for: a program that knows both writes of its own
// connections, unless they come in; one that knows only the other end serves it.
func (e *ends) turn(m *alias.Meaning) {
	if m.Side == alias.Single && (!e.client || e.dst) {
		return
	}
	outgoing := e.local && e.remote && !e.inbound
	if m.Side == alias.Local && outgoing || m.Side == alias.Remote && !outgoing {
		return // source, as the dictionary has it
	}
	if name, ok := strings.CutPrefix(m.Name, "source"); ok {
		if name == "" {
			m.Name = "destination"
		} else {
			m.Name = event.DestinationPort
		}
	}
}

// inbound reports whether a field says that a connection came in.
func (w *work) inbound(from, n int) bool {
	for _, f := range w.d.Event().Fields[from:n] {
		if name := strings.ToLower(f.Name); strings.HasSuffix(name, "direction") || strings.HasSuffix(name, "dir") {
			if v := strings.ToLower(f.Value); strings.HasPrefix(v, "in") || v == "received" || v == "入站" {
				return true
			}
		}
	}
	return false
}

// putNamed maps one field by its name.
func (w *work) putNamed(c *candidate, sides *ends, prefix string) {
	f := w.d.Event().Fields[c.at]
	if c.Side != alias.Either {
		sides.turn(&c.Meaning)
	}
	way := wayGuess
	switch c.Rank {
	case 0:
		way = wayName
	case 1:
		way = wayLikely
	}
	if c.Form == ecs.Time && c.Rank > 0 && !w.when.IsZero() && w.headerDated() {
		return // the header has a whole time: a time of less certain meaning does not replace it
	}
	w.put(c.Target, event.Field{Name: strings.TrimPrefix(f.Name, prefix), Value: f.Value}, way)
}

// put maps one field and notes how it was found.
func (w *work) put(t ecs.Target, f event.Field, way string) {
	if t.Form == ecs.Time {
		if w.setTime(f.Value) {
			w.noted(event.Timestamp, f.Name, way)
		}
		return
	}
	n := w.d.Len()
	t.Put(&w.d, f.Value)
	w.note(n, f.Name, way)
}

// note tells for each field from the n-th on how it was found.
func (w *work) note(n int, name, way string) {
	end := w.d.Len()
	for i := n; i < end; i++ {
		w.noted(w.d.Event().Fields[i].Name, name, way)
	}
}

// noted adds one field to the account of the mapping: "source.ip<srcaddr", "user.name<email:likely".
func (w *work) noted(field, name, way string) {
	if len(w.account) > maxAccount {
		return
	}
	if len(name) > maxMappedName {
		name = name[len(name)-maxMappedName:]
		for name != "" && name[0]&0xC0 == 0x80 {
			name = name[1:]
		}
	}
	if len(w.account) > 0 {
		w.account = append(w.account, ", "...)
	}
	w.account = append(append(append(w.account, field...), '<'), name...)
	if way != wayName {
		w.account = append(append(w.account, ':'), way...)
	}
}

// accounted adds the account of the mapping to the event: one value, the same for all records of one shape.
func (w *work) accounted() {
	if len(w.account) > 0 {
		w.d.Always(fieldMapped, w.d.Keep(w.account))
	}
}

// dateAndTime takes the event's time from fields called date and time, with the offset of tz.
func (w *work) dateAndTime(fields []event.Field, prefix string) {
	if !w.d.Event().Time.IsZero() {
		return
	}
	var date, daytime, zone, name string
	for i := range fields {
		switch n := strings.TrimPrefix(fields[i].Name, prefix); n {
		case "date", "Date", "DATE", "日期", "log_date", "event_date", "LogDate", "EventDate", "logdate", "eventdate":
			date, name = fields[i].Value, n
		case "time", "Time", "TIME", "时间", "log_time", "event_time", "LogTime", "EventTime", "logtime", "eventtime":
			daytime = fields[i].Value
		case "tz", "timezone", "时区":
			zone = fields[i].Value
		}
	}
	if len(date) < 6 || len(date) > 12 || len(daytime) < 5 || len(daytime) > 18 {
		return
	}
	joined := w.d.Join(date, " ", daytime, zone)
	t, _, ok := clock.ISO(joined, w.loc)
	if !ok {
		t, ok = clock.Any(joined[:len(joined)-len(zone)], w.loc, w.received)
	}
	if ok {
		w.d.Event().Time = t
		w.noted(event.Timestamp, name, wayName)
	}
}

// setTime takes v as the event's time where it is one and none is known, and reports whether it did. A time without a
// year is not taken where the header has one.
func (w *work) setTime(v string) bool {
	if !w.d.Event().Time.IsZero() {
		return false
	}
	if len(v) <= 16 && !w.when.IsZero() && v != "" && (v[0] > '9' || v[0] < '0') {
		return false
	}
	t, ok := clock.Any(v, w.loc, w.received)
	if ok && t.After(time.Unix(0, 0)) {
		w.d.Event().Time = t
		return true
	}
	return false
}
