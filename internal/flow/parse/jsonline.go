package parse

import (
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/parse/windows"
)

// parseJSON reads an object that is the whole message, or one that ends it after some text.
func parseJSON(w *work, msg, _ string) bool {
	start := jsonStart(msg)
	if start < 0 {
		return false
	}
	v, err := w.object(strings.TrimRight(msg[start:], " \r\n\x00"))
	if err != nil {
		w.why = "broken JSON: " + clipReason(err.Error())
		return false
	}
	o := v
	if v.Type() == fastjson.TypeArray {
		items, _ := v.Array()
		if len(items) == 0 || items[0].Type() != fastjson.TypeObject {
			return false
		}
		o = items[0]
		if len(items) > 1 {
			w.d.AddJSON("items", v)
		}
	}
	if o.Type() != fastjson.TypeObject {
		return false
	}
	w.jsonObject(o, msg)
	return true
}

// jsonStart finds where an object begins: at the start, or after text that holds no other brace.
func jsonStart(msg string) int {
	msg2 := strings.TrimLeft(msg, " \t")
	skipped := len(msg) - len(msg2)
	if msg2 == "" {
		return -1
	}
	if msg2[0] == '{' || strings.HasPrefix(msg2, "[{") {
		return skipped
	}
	i := firstMember(msg2[:min(len(msg2), 1024)])
	if i < 0 || strings.IndexByte(msg2[:i], '=') >= 0 {
		return -1
	}
	switch msg2[len(strings.TrimRight(msg2, " \r\n"))-1] {
	case '}':
	case ']': // "what: [{…}]"
		if i == 0 || msg2[i-1] != '[' {
			return -1
		}
		i--
	default:
		return -1
	}
	return skipped + i
}

// firstMember finds a brace that a quoted name follows, with or without blanks between them.
func firstMember(s string) int {
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], '{')
		if n < 0 {
			return -1
		}
		if i += n; strings.HasPrefix(strings.TrimLeft(s[i+1:], " \t\r\n"), `"`) {
			return i
		}
	}
}

// clipReason keeps a parser's error short: it quotes the text it failed on.
func clipReason(s string) string {
	if len(s) > 120 {
		s = s[:120]
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

func (w *work) jsonObject(v *fastjson.Value, msg string) {
	d := &w.d
	from := d.Len()
	if when, ok := windows.FromJSON(d, v); ok {
		w.windowsEvent(when)
		return
	}
	if !shipped(v) && w.own(msg, w.header.App) {
		return
	}
	d.AddJSON("", v)
	if when, ok := d.Text(v.Get(event.Timestamp)); ok {
		w.setTime(when)
	}
	w.dataset = "generic.json"
	ds := d.Value(event.Dataset)
	if validDataset(ds) {
		w.dataset = w.p.datasets.admit(ds, "generic.json")
	}
	d.Event().Delete(event.Dataset)
	if strings.HasPrefix(ds, "packet.") { // of our own decoder of packets: every name is one of ECS, and means what it says
		return
	}
	if inner := innerLine(v); inner != "" {
		for _, name := range [...]string{"time", "timestamp"} {
			if when, ok := d.Text(v.Get(name)); ok {
				w.setTime(when)
			}
		}
		if w.innerLine(inner) {
			return
		}
	}
	w.mapAliases(from, "")
	w.told(from)
}

// innerLine returns the original line that a shipper's document carries: Filebeat's and Fluent Bit's "message" or
// "log", where the document is the shipper's and the text is not its own prose.
func innerLine(v *fastjson.Value) string {
	for _, key := range [...]string{"message", "log", "msg", "MESSAGE", "line", "event_original"} {
		b := v.GetStringBytes(key)
		if len(b) < 8 {
			continue
		}
		if v.Get("agent") != nil || v.Get("ecs") != nil || v.Get("@timestamp") != nil || v.Get("stream") != nil || v.Get("_SYSTEMD_UNIT") != nil || key == "log" || looksParsed(b) {
			return string(b)
		}
	}
	return ""
}

// shipped reports whether a document is a shipper's, of which the line that it carries is the source's own record.
func shipped(v *fastjson.Value) bool {
	inner := innerLine(v)
	return inner != "" && (v.Get("agent") != nil || v.Get("stream") != nil || v.Get("_SYSTEMD_UNIT") != nil || looksParsed([]byte(inner)))
}

// looksParsed reports whether text begins like a record of a known format.
func looksParsed(b []byte) bool {
	s := string(b[:min(len(b), 64)])
	return s[0] == '<' || s[0] == '{' || strings.HasPrefix(s, "CEF:") || strings.HasPrefix(s, "LEEF:") || strings.HasPrefix(s, "type=")
}

// innerLine parses a line carried by a document as a record of its own, its fields beside the document's, and
// reports whether it was understood.
func (w *work) innerLine(text string) bool {
	w.claim("json")
	w.step("shipper document", "", true)
	ev := w.d.Event()
	ev.Delete(event.Message)
	outer, shipped := w.parser, ev.Time
	w.parser, ev.Time = "", time.Time{}
	w.line(strings.TrimRight(text, "\r\n"))
	if ev.Time.IsZero() && w.when.IsZero() {
		ev.Time = shipped
	}
	w.why = ""
	switch {
	case w.parser != "":
	case w.headed:
		w.parser, w.dataset = parserSyslog, linux.Syslog
	default:
		w.parser = outer
		return false
	}
	return true
}

// validDataset reports whether a payload's dataset may name a stream.
func validDataset(s string) bool {
	if s == "" || len(s) > 64 || strings.HasPrefix(s, "isoc") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
