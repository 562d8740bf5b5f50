package windows

import (
	"strings"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// Names of the fields every Windows event has, whatever shipped it.
const (
	Channel  = "winlog.channel"
	EventID  = "winlog.event_id"
	Provider = "winlog.provider_name"
	Computer = "winlog.computer_name"
	RecordID = "winlog.record_id"
	Data     = draft.WindowsData
)

// FromJSON reads v if it is a Windows event: EVTX converted to JSON (bare, under "Event", or one wrapper deeper),
// Winlogbeat's, or the flat form of NXLog and its like. It returns the record's time as text ("" if it has none)
// and whether v was one. Values under winlog.event_data are as received.
func FromJSON(d *draft.Draft, v *fastjson.Value) (when string, ok bool) {
	if ev := evtx(v); ev != nil {
		return fromEVTX(d, ev), true
	}
	if isBeat(v) {
		d.AddJSON("", v)
		when, _ = d.Text(v.Get("@timestamp"))
		if t := d.Value("winlog.time_created"); t != "" {
			when = t
		}
		return when, true
	}
	if v.Get("event_data") != nil && v.Get("event_id") != nil && v.Get("log_name") != nil {
		return fromOldBeat(d, v), true
	}
	if present(v.Get("Channel")) && (present(v.Get("EventID")) || present(v.Get("EventId"))) {
		return fromFlat(d, v), true
	}
	return "", false
}

func present(v *fastjson.Value) bool { return v != nil && v.Type() != fastjson.TypeNull }

// evtx finds the object that holds System, at most one wrapper below "Event".
func evtx(v *fastjson.Value) *fastjson.Value {
	if holdsSystem(v) {
		return v
	}
	upper, lower := v.Get("Event"), v.Get("event")
	if upper == nil && lower == nil {
		return nil
	}
	for _, c := range [...]*fastjson.Value{upper, lower.Get("Event"), lower, upper.Get("Event")} {
		if holdsSystem(c) {
			return c
		}
	}
	return nil
}

func holdsSystem(v *fastjson.Value) bool {
	if v == nil || v.Type() != fastjson.TypeObject {
		return false
	}
	s := v.Get("System")
	return s != nil && s.Type() == fastjson.TypeObject && (s.Get("EventID") != nil || s.Get("Channel") != nil)
}

// isBeat reports whether v has winlog fields, nested or dotted.
func isBeat(v *fastjson.Value) bool {
	if w := v.Get("winlog"); w != nil && w.Type() == fastjson.TypeObject {
		return true
	}
	return v.Get(EventID) != nil || v.Get(Channel) != nil
}

// fromOldBeat reads Winlogbeat before version 7, whose fields stand at the top.
func fromOldBeat(d *draft.Draft, v *fastjson.Value) string {
	o, _ := v.Object()
	o.Visit(func(key []byte, c *fastjson.Value) {
		switch string(key) {
		case "event_id":
			add(d, EventID, c)
		case "log_name":
			add(d, Channel, c)
		case "source_name":
			add(d, Provider, c)
		case "computer_name":
			add(d, Computer, c)
		case "record_number":
			add(d, RecordID, c)
		case "event_data", "user_data":
			d.AddJSON(strings.TrimSuffix(Data, "."), c)
		case "@timestamp":
		default:
			d.AddJSON(d.Keep(key), c)
		}
	})
	when, _ := d.Text(v.Get("@timestamp"))
	return when
}

// fromFlat reads the flat form: what is not one of the record's own properties is its event data.
func fromFlat(d *draft.Draft, v *fastjson.Value) string {
	o, _ := v.Object()
	o.Visit(func(key []byte, c *fastjson.Value) {
		k := string(key)
		if k == "@timestamp" || k == "@version" {
			return
		}
		if name, ok := flatProperty(k); ok {
			if name != "" {
				add(d, name, c)
			}
			return
		}
		addData(d, k, c, 0)
	})
	for _, k := range [...]string{"TimeCreated", "SystemTime", "@timestamp", "EventTime"} {
		if t := v.Get(k); t != nil && t.Type() == fastjson.TypeObject {
			if s := attribute(d, t, "SystemTime"); s != "" {
				return s
			}
		} else if s, ok := d.Text(t); ok && s != "" {
			return s
		}
	}
	return ""
}

// flatProperty names the record's own properties in the flat form; those with an empty name are the shipper's
// and dropped (the record as received still has them).
func flatProperty(key string) (string, bool) {
	switch key {
	case "Channel":
		return Channel, true
	case "EventID", "EventId":
		return EventID, true
	case "SourceName", "ProviderName", "Provider_Name", "Provider":
		return Provider, true
	case "Hostname", "Computer", "ComputerName":
		return Computer, true
	case "RecordNumber", "EventRecordID", "RecordID":
		return RecordID, true
	case "ProviderGuid", "Provider_Guid":
		return "winlog.provider_guid", true
	case "Keywords":
		return "winlog.keywords", true
	case "Level":
		return "winlog.level", true
	case "Task":
		return "winlog.task", true
	case "Opcode":
		return "winlog.opcode", true
	case "Version":
		return "winlog.version", true
	case "ActivityID":
		return "winlog.activity_id", true
	case "ExecutionProcessID", "Execution_ProcessID":
		return "winlog.process.pid", true
	case "ExecutionThreadID", "ThreadID", "Execution_ThreadID":
		return "winlog.process.thread.id", true
	case "Message":
		return "message", true
	case "TimeCreated", "EventTime", "EventReceivedTime", "SourceModuleName", "SourceModuleType",
		"OpcodeValue", "SeverityValue", "tags", "host", "port":
		return "", true
	}
	return "", false
}

func add(d *draft.Draft, name string, v *fastjson.Value) {
	if s, ok := text(d, v); ok {
		d.Add(name, s)
	}
}

// text returns a value that may be wrapped with attributes, as {"#text": 4624, "Qualifiers": 0}.
func text(d *draft.Draft, v *fastjson.Value) (string, bool) {
	if v == nil {
		return "", false
	}
	if v.Type() == fastjson.TypeObject {
		for _, k := range [...]string{"#text", "Value", "text", "_", "$t"} {
			if c := v.Get(k); c != nil {
				return d.Text(c)
			}
		}
		return "", false
	}
	return d.Text(v)
}

// attribute returns an XML attribute, which converters store in different places.
func attribute(d *draft.Draft, v *fastjson.Value, name string) string {
	if v == nil || v.Type() != fastjson.TypeObject {
		return ""
	}
	if s, ok := d.Text(v.Get(name)); ok {
		return s
	}
	for _, group := range [...]string{"#attributes", "@attributes", "$"} {
		if g := v.Get(group); g != nil {
			if s, ok := d.Text(g.Get(name)); ok {
				return s
			}
		}
	}
	s, _ := d.Text(v.Get("@" + name))
	return s
}
