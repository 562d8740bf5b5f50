package logsource

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// Signature is what of an event decides on its [Profile]. Events with equal signatures have equal profiles, so that a
// profile is worked out once a signature. Its strings share memory with the event: clone it to keep it.
type Signature struct {
	channel   string // Windows
	code      string // Windows event id
	eventType string // Sysmon's kind of registry event
	dataset   string
	program   string // of syslog
	system    string // operating system
	observer  string // observer.type
	product   string // observer.product
	marks     mark
}

// mark is a set of things seen in an event.
type mark uint64

const (
	categoryProcess mark = 1 << iota
	categoryFile
	categoryNetwork
	categoryRegistry
	categoryWeb
	categoryDatabase
	categoryMalware
	categoryLibrary
	categoryDriver
	typeStart
	typeEnd
	typeCreation
	typeChange
	typeDeletion
	typeConnection
	hasExecutable
	hasQuestion // dns.question.name
	hasEventSource
	hasEventName
	hasAWSRegion
	hasAuditID
	hasObjectRef
	hasLegacyType
	hasProtoPayload
	hasWorkload
	hasRecordType
	hasLogtype
	hasNodeID
	hasAuditType
	hasRisk
)

// SignedValues are the fields whose values [Sign] reads.
func SignedValues() []string {
	return []string{
		"winlog.channel", "winlog.event_id", "winlog.event_data.EventType", "event.dataset", "process.name", "host.os.type", "host.os.family",
		"observer.type", "observer.product", "event.category", "event.type",
	}
}

// SignedFields are the fields of which [Sign] reads only whether they are there.
func SignedFields() []string {
	return []string{
		"process.executable", "dns.question.name", "eventSource", "eventName", "awsRegion", "auditID", "objectRef.resource", "requestURI", "legacyEventType",
		"protoPayload.methodName", "protoPayload.serviceName", "Workload", "RecordType", "logtype", "node_id", "auditType.category", "riskEventType",
	}
}

// Sign reads the signature of an event in one pass over its fields.
func Sign(ev *event.Event) Signature {
	var s Signature
	for i := range ev.Fields {
		f := &ev.Fields[i]
		switch f.Name {
		case "winlog.channel":
			s.channel = f.Value
		case "winlog.event_id":
			s.code = f.Value
		case "winlog.event_data.EventType":
			s.eventType = f.Value
		case "event.dataset":
			s.dataset = f.Value
		case "process.name":
			s.program = f.Value
		case "host.os.type", "host.os.family":
			s.system = f.Value
		case "observer.type":
			s.observer = f.Value
		case "observer.product":
			s.product = f.Value
		case "event.category":
			s.marks |= categoryMarks(f.Value)
		case "event.type":
			s.marks |= typeMarks(f.Value)
		default:
			s.marks |= fieldMarks(f.Name)
		}
	}
	s.reduce()
	return s
}

// reduce blanks what does not matter, so that fewer signatures differ.
func (s *Signature) reduce() {
	if s.channel != "" || s.code != "" {
		*s = Signature{channel: s.channel, code: s.code, eventType: s.eventType}
		if s.code != "12" {
			s.eventType = ""
		}
		return
	}
	s.code, s.eventType = "", ""
	if !strings.HasPrefix(s.dataset, "linux.") && !strings.HasPrefix(s.dataset, "web.") {
		s.program = ""
	}
}

// Clone returns a signature that does not share memory with the event.
func (s Signature) Clone() Signature {
	for _, p := range []*string{&s.channel, &s.code, &s.eventType, &s.dataset, &s.program, &s.system, &s.observer, &s.product} {
		*p = strings.Clone(*p)
	}
	return s
}

func categoryMarks(v string) mark {
	switch v {
	case "process":
		return categoryProcess
	case "file":
		return categoryFile
	case "network":
		return categoryNetwork
	case "registry":
		return categoryRegistry
	case "web":
		return categoryWeb
	case "database":
		return categoryDatabase
	case "malware":
		return categoryMalware
	case "library":
		return categoryLibrary
	case "driver":
		return categoryDriver
	}
	return 0
}

func typeMarks(v string) mark {
	switch v {
	case "start":
		return typeStart
	case "end":
		return typeEnd
	case "creation":
		return typeCreation
	case "change":
		return typeChange
	case "deletion":
		return typeDeletion
	case "connection":
		return typeConnection
	}
	return 0
}

// fieldMarks notes fields that give away the product of a record in plain JSON.
func fieldMarks(name string) mark {
	switch name {
	case "process.executable":
		return hasExecutable
	case "dns.question.name":
		return hasQuestion
	case "eventSource":
		return hasEventSource
	case "eventName":
		return hasEventName
	case "awsRegion":
		return hasAWSRegion
	case "auditID":
		return hasAuditID
	case "objectRef.resource", "requestURI":
		return hasObjectRef
	case "legacyEventType":
		return hasLegacyType
	case "protoPayload.methodName", "protoPayload.serviceName":
		return hasProtoPayload
	case "Workload":
		return hasWorkload
	case "RecordType":
		return hasRecordType
	case "logtype":
		return hasLogtype
	case "node_id":
		return hasNodeID
	case "auditType.category":
		return hasAuditType
	case "riskEventType":
		return hasRisk
	}
	return 0
}

func (m mark) has(all mark) bool { return m&all == all }
