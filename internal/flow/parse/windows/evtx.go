package windows

import (
	"bytes"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// fromEVTX reads {"System": …, "EventData" or "UserData": …} and returns the time of creation as text.
func fromEVTX(d *draft.Draft, ev *fastjson.Value) string {
	s := ev.Get("System")
	add(d, Channel, s.Get("Channel"))
	add(d, EventID, s.Get("EventID"))
	if p := attribute(d, s.Get("Provider"), "Name"); p != "" {
		d.Add(Provider, p)
	} else {
		add(d, Provider, s.Get("Provider"))
	}
	add(d, Computer, s.Get("Computer"))
	add(d, RecordID, s.Get("EventRecordID"))
	add(d, "winlog.version", s.Get("Version"))
	add(d, "winlog.level", s.Get("Level"))
	add(d, "winlog.task", s.Get("Task"))
	add(d, "winlog.opcode", s.Get("Opcode"))
	add(d, "winlog.keywords", s.Get("Keywords"))
	addAttribute(d, "winlog.provider_guid", s.Get("Provider"), "Guid")
	addAttribute(d, "winlog.activity_id", s.Get("Correlation"), "ActivityID")
	addAttribute(d, "winlog.process.pid", s.Get("Execution"), "ProcessID")
	addAttribute(d, "winlog.process.thread.id", s.Get("Execution"), "ThreadID")
	addAttribute(d, "winlog.user.identifier", s.Get("Security"), "UserID")
	eventData(d, ev.Get("EventData"))
	userData(d, ev.Get("UserData"))
	if m, ok := d.Text(ev.Get("RenderingInfo", "Message")); ok {
		d.Add("message", m)
	}
	if t := s.Get("TimeCreated"); t != nil {
		if when := attribute(d, t, "SystemTime"); when != "" {
			return when
		}
		when, _ := text(d, t)
		return when
	}
	return ""
}

func addAttribute(d *draft.Draft, field string, v *fastjson.Value, name string) {
	if s := attribute(d, v, name); s != "" {
		d.Add(field, s)
	}
}

func eventData(d *draft.Draft, v *fastjson.Value) {
	if v == nil {
		return
	}
	switch v.Type() {
	case fastjson.TypeObject:
		o, _ := v.Object()
		o.Visit(func(key []byte, c *fastjson.Value) {
			switch string(key) {
			case "#attributes", "@attributes", "xmlns":
				return
			case "Data":
				dataElements(d, c)
				return
			}
			if s, ok := d.Text(c); ok && bytes.IndexByte(key, ' ') < 0 {
				d.AddVendorKey(Data, key, s)
				return
			}
			addData(d, string(key), c, 0)
		})
	case fastjson.TypeArray:
		dataElements(d, v)
	default:
		if s, ok := d.Text(v); ok {
			d.Add(Data+"Data", s)
		}
	}
}

// dataElements reads <Data> elements: named ones, [{"@Name": "Image", "#text": "…"}], become fields of their own;
// unnamed ones repeat "Data".
func dataElements(d *draft.Draft, v *fastjson.Value) {
	switch v.Type() {
	case fastjson.TypeArray:
		items, _ := v.Array()
		for _, item := range items {
			dataElements(d, item)
		}
	case fastjson.TypeObject:
		if name := attribute(d, v, "Name"); name != "" {
			if s, ok := text(d, v); ok {
				addText(d, name, s)
			}
			return
		}
		if t := v.Get("#text"); t != nil {
			dataElements(d, t)
			return
		}
		addData(d, "Data", v, 0)
	default:
		if s, ok := d.Text(v); ok {
			d.Add(Data+"Data", s)
		}
	}
}

// userData takes the fields of the one element below UserData ("LogFileCleared", "EventXML") as event data.
func userData(d *draft.Draft, v *fastjson.Value) {
	if v == nil || v.Type() != fastjson.TypeObject {
		return
	}
	o, _ := v.Object()
	o.Visit(func(key []byte, c *fastjson.Value) {
		if c.Type() == fastjson.TypeObject {
			eventData(d, c)
			return
		}
		addData(d, string(key), c, 0)
	})
}

// addData adds one item of event data; nested objects give dotted names, arrays repeat the name.
func addData(d *draft.Draft, name string, v *fastjson.Value, depth int) {
	switch v.Type() {
	case fastjson.TypeObject:
		if s, ok := text(d, v); ok {
			addText(d, name, s)
			return
		}
		if depth >= draft.MaxDepth {
			d.MarkCut()
			return
		}
		o, _ := v.Object()
		o.Visit(func(key []byte, c *fastjson.Value) {
			switch k := string(key); k {
			case "#attributes", "@attributes", "xmlns":
			default:
				addData(d, d.Join(name, ".", k), c, depth+1)
			}
		})
	case fastjson.TypeArray:
		if depth >= draft.MaxDepth {
			d.MarkCut()
			return
		}
		items, _ := v.Array()
		for _, item := range items {
			addData(d, name, item, depth+1)
		}
	default:
		if s, ok := d.Text(v); ok {
			addText(d, name, s)
		}
	}
}

func addText(d *draft.Draft, name, value string) {
	if strings.IndexByte(name, ' ') >= 0 {
		name = strings.ReplaceAll(name, " ", "")
	}
	d.AddVendor(Data, name, value)
}
