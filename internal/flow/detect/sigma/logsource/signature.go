package logsource

import (
	"maps"
	"slices"
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

// Role is what the name of a field tells of a signature: which part its value is, or what its being there means. The zero role
// is that of most names: nothing.
type Role struct {
	part part
	mark mark
}

type part uint8

const (
	partChannel part = iota + 1
	partCode
	partEventType
	partDataset
	partProgram
	partSystem
	partObserver
	partProduct
	partCategory
	partType
)

// valueParts are the fields whose values a signature reads.
var valueParts = map[string]part{
	"winlog.channel":              partChannel,
	"winlog.event_id":             partCode,
	"winlog.event_data.EventType": partEventType,
	"event.dataset":               partDataset,
	"process.name":                partProgram,
	"host.os.type":                partSystem,
	"host.os.family":              partSystem,
	"observer.type":               partObserver,
	"observer.product":            partProduct,
	"event.category":              partCategory,
	"event.type":                  partType,
}

// fieldMarks are fields that give away the product of a record in plain JSON by being there.
var fieldMarks = map[string]mark{
	"process.executable":       hasExecutable,
	"dns.question.name":        hasQuestion,
	"eventSource":              hasEventSource,
	"eventName":                hasEventName,
	"awsRegion":                hasAWSRegion,
	"auditID":                  hasAuditID,
	"objectRef.resource":       hasObjectRef,
	"requestURI":               hasObjectRef,
	"legacyEventType":          hasLegacyType,
	"protoPayload.methodName":  hasProtoPayload,
	"protoPayload.serviceName": hasProtoPayload,
	"Workload":                 hasWorkload,
	"RecordType":               hasRecordType,
	"logtype":                  hasLogtype,
	"node_id":                  hasNodeID,
	"auditType.category":       hasAuditType,
	"riskEventType":            hasRisk,
}

// SignedValues are the fields whose values [Sign] reads, in order.
func SignedValues() []string { return slices.Sorted(maps.Keys(valueParts)) }

// SignedFields are the fields of which [Sign] reads only whether they are there, in order.
func SignedFields() []string { return slices.Sorted(maps.Keys(fieldMarks)) }

// RoleOf returns the role of a name.
func RoleOf(name string) Role {
	return Role{part: valueParts[name], mark: fieldMarks[name]}
}

// Sign reads the signature of an event.
func Sign(ev *event.Event) Signature {
	var s Signature
	for i := range ev.Fields {
		s.Read(RoleOf(ev.Fields[i].Name), ev.Fields[i].Value)
	}
	s.Reduce()
	return s
}

// Read takes in a field by its name's role. After the last, the signature has to be reduced.
func (s *Signature) Read(r Role, value string) {
	switch r.part {
	case partChannel:
		s.channel = value
	case partCode:
		s.code = value
	case partEventType:
		s.eventType = value
	case partDataset:
		s.dataset = value
	case partProgram:
		s.program = value
	case partSystem:
		s.system = value
	case partObserver:
		s.observer = value
	case partProduct:
		s.product = value
	case partCategory:
		s.marks |= categoryMarks(value)
	case partType:
		s.marks |= typeMarks(value)
	}
	s.marks |= r.mark
}

// Hash tells many signatures apart; equal ones have the same.
func (s *Signature) Hash() uint32 {
	h := uint32(s.marks) ^ uint32(s.marks>>32)
	for _, v := range [...]*string{&s.channel, &s.code, &s.eventType, &s.dataset, &s.program, &s.system, &s.observer, &s.product} {
		h = h*31 + uint32(len(*v))
		for i := max(0, len(*v)-4); i < len(*v); i++ {
			h = h*31 + uint32((*v)[i])
		}
	}
	return h ^ h>>16
}

// Reduce blanks what does not matter, so that fewer signatures differ.
func (s *Signature) Reduce() {
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

func (m mark) has(all mark) bool { return m&all == all }
