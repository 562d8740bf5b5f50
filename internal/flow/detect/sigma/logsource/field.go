package logsource

import (
	"slices"
	"strings"
)

// Fields returns the event fields a rule's field name means under its log source, best first: the vendor's own name, then
// ECS. An event answers with the first of them it has. The name must not be empty.
func Fields(s Source, name string) []string {
	f := &fieldList{}
	if isWindows(s) {
		f.windows(s, name)
	} else {
		f.vendor(s, name)
	}
	for _, t := range ecsTables(s) {
		f.add(t[name]...)
	}
	return f.names
}

func isWindows(s Source) bool {
	return s.Product == "windows" || s.Product == "rpc_firewall" ||
		s.Product == "" && s.Category == "antivirus"
}

type fieldList struct{ names []string }

func (f *fieldList) add(names ...string) {
	for _, n := range names {
		if !slices.Contains(f.names, n) {
			f.names = append(f.names, n)
		}
	}
}

const (
	eventData = "winlog.event_data."
	userData  = "winlog.user_data."
)

func (f *fieldList) windows(s Source, name string) {
	if strings.HasPrefix(name, "winlog.") {
		f.add(name)
		return
	}
	f.add(systemFields[name]...)
	if strings.Contains(name, ".") {
		f.add(name, eventData+name)
		return
	}
	f.add(windowsAliases(s)[name]...)
	f.add(eventData+name, userData+name, name)
	f.add(windowsFallbacks(s)[name]...)
}

// vendor names a field as the record had it: plain, under the product's prefix, or as Sysmon for Linux has it.
func (f *fieldList) vendor(s Source, name string) {
	f.add(name)
	if s.Product == "linux" && s.Service == "auditd" {
		f.add("auditd.log."+name, "auditd."+name, "auditd.data."+name, "linux.audit."+name)
		return
	}
	if (s.Product == "linux" || s.Product == "macos") && !strings.Contains(name, ".") {
		f.add(eventData + name)
	}
	if s.Product != "" && s.Service != "" {
		f.add(s.Product + "." + s.Service + "." + name)
	}
	if s.Product != "" {
		f.add(s.Product + "." + name)
	}
}

// systemFields are the attributes of a Windows event's System element, by Sigma's names for them.
var systemFields = map[string][]string{
	"EventID":                {"winlog.event_id", "EventID", "event.code"},
	"Channel":                {"winlog.channel", "Channel"},
	"EventLog":               {"winlog.channel", "EventLog"},
	"Provider_Name":          {"winlog.provider_name", "Provider_Name", "event.provider"},
	"Provider_Guid":          {"winlog.provider_guid", "Provider_Guid"},
	"Computer":               {"winlog.computer_name", "Computer", "host.name"},
	"ComputerName":           {"winlog.computer_name", "ComputerName", "host.name"},
	"EventRecordID":          {"winlog.record_id", "EventRecordID"},
	"Execution_ProcessID":    {"winlog.process.pid", "Execution_ProcessID"},
	"Execution_ThreadID":     {"winlog.process.thread.id", "Execution_ThreadID"},
	"Security_UserID":        {"winlog.user.identifier", "Security_UserID"},
	"Correlation_ActivityID": {"winlog.activity_id", "Correlation_ActivityID"},
}

// windowsAliases are event data names to try before the rule's own: those of other Windows events of the category.
func windowsAliases(s Source) map[string][]string {
	if s.Category == "process_creation" {
		return processCreationFirst
	}
	return nil
}

// processCreationFirst: Security 4688 has the parent's id under Sysmon's name for the new process's.
var processCreationFirst = map[string][]string{
	"ProcessId": {eventData + "NewProcessId"},
}

// windowsFallbacks are event data names to try after the rule's own.
func windowsFallbacks(s Source) map[string][]string {
	switch s.Category {
	case "process_creation":
		return processCreationLast
	case "antivirus":
		return antivirusFields
	}
	return windowsLast
}

// processCreationLast are the names of Security 4688.
var processCreationLast = map[string][]string{
	"Image":           {eventData + "NewProcessName"},
	"ParentImage":     {eventData + "ParentProcessName"},
	"User":            {eventData + "SubjectUserName"},
	"LogonId":         {eventData + "SubjectLogonId"},
	"IntegrityLevel":  {eventData + "MandatoryLabel"},
	"ParentProcessId": {eventData + "ProcessId"},
}

// antivirusFields are the names of Windows Defender's events.
var antivirusFields = map[string][]string{
	"Signature": {eventData + "ThreatName", "ThreatName", "threat.indicator.name"},
	"Filename":  {eventData + "Path", "Path"},
}

var windowsLast = map[string][]string{
	"Level":    {"winlog.level"},
	"Task":     {"winlog.task"},
	"Opcode":   {"winlog.opcode"},
	"Keywords": {"winlog.keywords"},
	"Version":  {"winlog.version"},
	"Message":  {"message"},
	"Data":     {"message"},
}
