package windows

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// maxSegments bounds the parts of a rendered message that are read.
const maxSegments = 512

// fromMessage fills event data from the rendered message, for the shippers that send nothing else (Snare, and
// NXLog set up so). Labels are those of English Windows; "Account Name" means the subject or the target by the
// heading it stands under. Messages of Sysmon carry the names themselves.
func fromMessage(d *draft.Draft, sysmonEvent bool) {
	msg := d.Value(event.Message)
	if msg == "" {
		return
	}
	section, label := "", ""
	lines := strings.IndexByte(msg, '\n') >= 0
	for n := 0; msg != "" && n < maxSegments; n++ {
		var seg string
		seg, msg = segment(msg, lines)
		switch head, value, ok := strings.Cut(seg, ": "); {
		case seg == "":
		case strings.HasSuffix(seg, ":"):
			if label != "" && (section == "" || dataName("", label) == "") {
				section = label
			}
			if label = seg[:len(seg)-1]; heading(label) {
				section, label = label, ""
			}
		case ok && sysmonEvent && !strings.Contains(head, " "):
			addText(d, head, value)
		case ok && dataName(section, head) != "":
			addLabelled(d, dataName(section, head), strings.TrimSpace(value))
			label = ""
		case label != "":
			if name := dataName(section, label); name != "" {
				addLabelled(d, name, seg)
			}
			label = ""
		}
	}
}

// addLabelled adds event data; the port beside a logon's address is called IpPort.
func addLabelled(d *draft.Draft, name, value string) {
	if name == "SourcePort" && d.Has(Data+"IpAddress") {
		name = "IpPort"
	}
	d.SetIfAbsent(d.Join(Data, name), value)
}

// segment cuts msg at the next line end or tab; where an agent has flattened the lines, at a run of two blanks.
func segment(msg string, lines bool) (seg, rest string) {
	for i := 0; i < len(msg); i++ {
		c := msg[i]
		if c == '\r' || c == '\n' || c == '\t' || !lines && c == ' ' && i+1 < len(msg) && msg[i+1] == ' ' {
			return strings.TrimSpace(msg[:i]), strings.TrimLeft(msg[i:], " \t\r\n")
		}
	}
	return strings.TrimSpace(msg), ""
}

// heading reports whether a label only heads a group of others.
func heading(label string) bool {
	switch label {
	case "Subject", "Creator Subject", "New Logon", "Target Subject", "Account For Which Logon Failed", "Account Whose Credentials Were Used",
		"Logon Information", "Process Information", "Network Information", "Detailed Authentication Information", "Failure Information",
		"New Account", "Target Account", "Target Server", "Application Information", "Filter Information", "Object", "Share Information",
		"Access Request Information", "Service Information", "Task Information", "Member", "Group", "Account Information", "Additional Information":
		return true
	}
	return false
}

// dataName returns the name of the event data that a label stands for under a heading, or "".
func dataName(section, label string) string {
	if who := accountName(label); who != "" {
		switch section {
		case "Subject", "Creator Subject":
			return "Subject" + who
		case "New Logon", "Target Subject", "Account For Which Logon Failed", "Account Whose Credentials Were Used", "New Account", "Target Account":
			return "Target" + who
		}
		return ""
	}
	switch label {
	case "Logon Type":
		return "LogonType"
	case "New Process ID":
		return "NewProcessId"
	case "New Process Name":
		return "NewProcessName"
	case "Creator Process ID":
		return "ProcessId"
	case "Creator Process Name":
		return "ParentProcessName"
	case "Process Command Line":
		return "CommandLine"
	case "Process ID":
		return "ProcessId"
	case "Process Name":
		return "ProcessName"
	case "Application Name":
		return "Application"
	case "Workstation Name":
		return "WorkstationName"
	case "Source Network Address":
		return "IpAddress"
	case "Source Address":
		return "SourceAddress"
	case "Source Port":
		return "SourcePort"
	case "Destination Address":
		return "DestAddress"
	case "Destination Port":
		return "DestPort"
	}
	return moreNames(label)
}

func moreNames(label string) string {
	switch label {
	case "Logon Process":
		return "LogonProcessName"
	case "Authentication Package":
		return "AuthenticationPackageName"
	case "Sub Status":
		return "SubStatus"
	case "Accesses":
		return "AccessList"
	case "Share Path":
		return "ShareLocalPath"
	case "Protocol", "Status", "Failure Reason", "Object Name", "Object Type", "Object Server", "Handle ID", "Access Mask", "Share Name",
		"Relative Target Name", "Service Name", "Service File Name", "Service Type", "Service Start Type", "Service Account", "Task Name", "Mandatory Label", "Token Elevation Type":
		return strings.ReplaceAll(label, " ", "")
	}
	return ""
}

func accountName(label string) string {
	switch label {
	case "Security ID":
		return "UserSid"
	case "Account Name":
		return "UserName"
	case "Account Domain":
		return "DomainName"
	case "Logon ID":
		return "LogonId"
	}
	return ""
}
