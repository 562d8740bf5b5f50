package windows

import (
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/wire/xmlscan"
)

// FromXML reads a rendered event, <Event xmlns=…><System>…</System><EventData>…</EventData></Event>, which may be cut short
// at its end. It returns the time of creation as text and whether s was a Windows event.
func FromXML(d *draft.Draft, s string) (when string, ok bool) {
	x := xmlEvent{d: d, path: make([]string, 0, xmlscan.MaxDepth)}
	xmlscan.Scan(s, &x)
	return x.when, d.Has(Channel) || d.Has(EventID)
}

// xmlEvent collects the fields of one event while the document is walked.
type xmlEvent struct {
	d    *draft.Draft
	path []string
	name string // attribute Name of the open <Data>
	text string // of the innermost element
	leaf bool   // no element was opened since the last one
	when string
}

var _ xmlscan.Visitor = (*xmlEvent)(nil)

func (x *xmlEvent) Open(name, attrs string) {
	x.path = append(x.path, local(name))
	x.text = ""
	x.leaf = true
	x.name = ""
	if attrs != "" {
		x.attributes(local(name), attrs)
	}
}

func (x *xmlEvent) attributes(name, attrs string) {
	switch name {
	case "Provider":
		x.add(Provider, xmlscan.Attr(attrs, "Name"))
		x.add("winlog.provider_guid", xmlscan.Attr(attrs, "Guid"))
	case "TimeCreated":
		x.when = xmlscan.Attr(attrs, "SystemTime")
	case "Correlation":
		x.add("winlog.activity_id", xmlscan.Attr(attrs, "ActivityID"))
	case "Execution":
		x.add("winlog.process.pid", xmlscan.Attr(attrs, "ProcessID"))
		x.add("winlog.process.thread.id", xmlscan.Attr(attrs, "ThreadID"))
	case "Security":
		x.add("winlog.user.identifier", xmlscan.Attr(attrs, "UserID"))
	case "Data":
		x.name = xmlscan.Attr(attrs, "Name")
	}
}

func (x *xmlEvent) Text(s string) {
	if !x.leaf {
		return // between elements
	}
	if x.text != "" {
		s = x.d.Join(x.text, s)
	}
	x.text = s
}

func (x *xmlEvent) Close(name string) {
	if x.leaf {
		x.value(local(name), x.text)
	}
	x.leaf = false
	x.path = x.path[:len(x.path)-1]
	x.text = ""
}

// value stores the text of an element without children, by the section it stands in.
func (x *xmlEvent) value(name, v string) {
	switch {
	case x.within("System"):
		if field := systemElement(name); field != "" {
			x.add(field, v)
		}
	case x.within("EventData"):
		if name == "Data" && x.name != "" {
			addText(x.d, x.name, v)
		} else {
			x.d.AddVendor(Data, name, v)
		}
	case x.within("UserData"):
		addText(x.d, name, v)
	case x.within("RenderingInfo") && name == "Message":
		x.add("message", v)
	}
}

func (x *xmlEvent) within(section string) bool {
	for i := 0; i < len(x.path)-1 && i < 4; i++ {
		if x.path[i] == section {
			return true
		}
	}
	return false
}

func (x *xmlEvent) add(field, v string) {
	if v != "" {
		x.d.Add(field, v)
	}
}

func systemElement(name string) string {
	switch name {
	case "Channel":
		return Channel
	case "EventID":
		return EventID
	case "Computer":
		return Computer
	case "EventRecordID":
		return RecordID
	case "Version":
		return "winlog.version"
	case "Level":
		return "winlog.level"
	case "Task":
		return "winlog.task"
	case "Opcode":
		return "winlog.opcode"
	case "Keywords":
		return "winlog.keywords"
	}
	return ""
}

func local(name string) string { return name[strings.IndexByte(name, ':')+1:] }
