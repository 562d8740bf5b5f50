package windows

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// Map adds the ECS fields that follow from the winlog fields already in d, and keeps those that are there.
func Map(d *draft.Draft) {
	ev := d.Event()
	id, channel, provider := ev.Value(EventID), ev.Value(Channel), ev.Value(Provider)
	d.SetIfAbsent(event.Code, id)
	d.SetIfAbsent(event.Provider, provider)
	d.SetIfAbsent(event.HostName, ev.Value(Computer))
	d.SetIfAbsent(event.Kind, "event")
	if !d.Has(event.Dataset) || !strings.HasPrefix(ev.Value(event.Dataset), "windows.") {
		d.Set(event.Dataset, Dataset(channel))
	}
	lookup := table(channel, provider)
	n := len(ev.Fields)
	for i := 0; i < n; i++ {
		f := ev.Fields[i]
		name, ok := strings.CutPrefix(f.Name, Data)
		if !ok {
			continue
		}
		if t := lookup(name, id); t.form != none {
			t.put(d, f.Value)
		}
	}
	classify(d, id, channel, provider)
}

// Dataset names the archive stream of a channel. Channels without a name of their own share one, so that
// a sender cannot multiply streams.
func Dataset(channel string) string {
	c := strings.ToLower(channel)
	switch {
	case c == "security":
		return "windows.security"
	case c == "system":
		return "windows.system"
	case c == "application":
		return "windows.application"
	case c == "setup":
		return "windows.setup"
	case strings.Contains(c, "sysmon"):
		return "windows.sysmon"
	case strings.Contains(c, "powershell"):
		return "windows.powershell"
	case strings.Contains(c, "windows defender"):
		return "windows.defender"
	case strings.Contains(c, "taskscheduler"):
		return "windows.taskscheduler"
	case strings.Contains(c, "terminalservices"), strings.Contains(c, "remotedesktop"):
		return "windows.rdp"
	case strings.Contains(c, "firewall"):
		return "windows.firewall"
	case strings.Contains(c, "wmi-activity"):
		return "windows.wmi"
	case strings.Contains(c, "dns"):
		return "windows.dns"
	case strings.Contains(c, "bits-client"):
		return "windows.bits"
	case strings.Contains(c, "applocker"), strings.Contains(c, "codeintegrity"):
		return "windows.applocker"
	case strings.Contains(c, "printservice"):
		return "windows.print"
	case strings.Contains(c, "smb"):
		return "windows.smb"
	}
	return "windows.other"
}

func table(channel, provider string) func(name, id string) target {
	switch {
	case strings.Contains(provider, "Sysmon") || strings.Contains(channel, "Sysmon"):
		return sysmon
	case strings.Contains(channel, "Windows Defender"):
		return defender
	case strings.Contains(channel, "PowerShell"):
		return powershell
	}
	return security
}

func sysmon(name, id string) target {
	switch name {
	case "Image", "SourceImage":
		return target{executable, "process"}
	case "CommandLine":
		return target{plain, "process.command_line"}
	case "ProcessId", "SourceProcessId":
		return target{number, "process.pid"}
	case "ProcessGuid", "SourceProcessGuid", "SourceProcessGUID":
		return target{plain, "process.entity_id"}
	case "CurrentDirectory":
		return target{plain, "process.working_directory"}
	case "OriginalFileName":
		return target{plain, "process.pe.original_file_name"}
	case "ParentImage":
		return target{executable, "process.parent"}
	case "ParentCommandLine":
		return target{plain, "process.parent.command_line"}
	case "ParentProcessId":
		return target{number, "process.parent.pid"}
	case "ParentProcessGuid":
		return target{plain, "process.parent.entity_id"}
	case "User", "SourceUser":
		return target{account, "user"}
	case "Hashes", "Hash":
		return target{hashes, hashOwner(id)}
	case "TargetFilename":
		return target{path, ""}
	case "ImageLoaded":
		return target{plain, "dll.path"}
	case "TargetObject":
		return target{plain, "registry.path"}
	case "Details":
		return target{plain, "registry.data.strings"}
	case "PipeName":
		return target{plain, "file.name"}
	}
	return sysmonNetwork(name)
}

func sysmonNetwork(name string) target {
	switch name {
	case "SourceIp":
		return target{address, event.SourceIP}
	case "SourcePort":
		return target{number, event.SourcePort}
	case "SourceHostname":
		return target{plain, "source.domain"}
	case "DestinationIp":
		return target{address, event.DestinationIP}
	case "DestinationPort":
		return target{number, event.DestinationPort}
	case "DestinationHostname":
		return target{plain, "destination.domain"}
	case "Protocol":
		return target{protocol, ""}
	case "QueryName":
		return target{plain, "dns.question.name"}
	}
	return target{}
}

func hashOwner(id string) string {
	switch id {
	case "1":
		return "process"
	case "6", "7":
		return "dll"
	}
	return "file"
}

func defender(name, _ string) target {
	switch name {
	case "ProcessName":
		return target{executable, "process"}
	case "Path":
		return target{plain, "file.path"}
	case "DetectionUser", "User":
		return target{account, "user"}
	case "ThreatName":
		return target{plain, "threat.indicator.name"}
	}
	return target{}
}

func powershell(name, _ string) target {
	switch name {
	case "ScriptBlockText":
		return target{plain, "powershell.file.script_block_text"}
	case "Path":
		return target{path, ""}
	case "UserId":
		return target{account, "user"}
	case "HostApplication":
		return target{plain, "process.command_line"}
	}
	return target{}
}

// security maps the names that Security, System and most other channels share.
func security(name, id string) target {
	if id == "4688" || id == "4689" {
		if t := processCreation(name, id); t.form != none {
			return t
		}
	}
	switch name {
	case "TargetUserName":
		if aboutSubject(id) {
			return target{plain, "user.target.name"}
		}
		return target{plain, event.UserName}
	case "TargetDomainName":
		if aboutSubject(id) {
			return target{plain, "user.target.domain"}
		}
		return target{plain, "user.domain"}
	case "TargetUserSid", "TargetSid":
		if aboutSubject(id) {
			return target{plain, "user.target.id"}
		}
		return target{plain, "user.id"}
	case "SubjectUserName":
		if aboutTarget(id) {
			return target{}
		}
		return target{plain, event.UserName}
	case "SubjectDomainName":
		if aboutTarget(id) {
			return target{}
		}
		return target{plain, "user.domain"}
	case "SubjectUserSid":
		if aboutTarget(id) {
			return target{}
		}
		return target{plain, "user.id"}
	case "ProcessName", "Application", "CallerProcessName":
		return target{executable, "process"}
	case "ProcessId", "ProcessID", "CallerProcessId", "ClientProcessId":
		return target{number, "process.pid"}
	case "CommandLine":
		return target{plain, "process.command_line"}
	case "ServiceName":
		return target{plain, "service.name"}
	}
	return securityNetwork(name)
}

func processCreation(name, id string) target {
	switch name {
	case "NewProcessName":
		return target{executable, "process"}
	case "NewProcessId":
		return target{number, "process.pid"}
	case "ParentProcessName":
		return target{executable, "process.parent"}
	case "ProcessId":
		if id == "4688" {
			return target{number, "process.parent.pid"}
		}
	}
	return target{}
}

func securityNetwork(name string) target {
	switch name {
	case "IpAddress", "SourceAddress", "ClientAddress", "Param3":
		return target{address, event.SourceIP}
	case "IpPort", "SourcePort":
		return target{number, event.SourcePort}
	case "WorkstationName", "Workstation", "ClientName":
		return target{plain, "source.domain"}
	case "DestAddress":
		return target{address, event.DestinationIP}
	case "DestPort":
		return target{number, event.DestinationPort}
	case "Protocol":
		return target{protocol, ""}
	case "ShareName":
		return target{plain, "file.share"}
	case "QueryName":
		return target{plain, "dns.question.name"}
	case "AccountName":
		return target{plain, event.UserName}
	}
	return target{}
}

// aboutTarget tells the events whose user is the one who logs on, not the one who asked for it.
func aboutTarget(id string) bool {
	switch id {
	case "4624", "4625", "4634", "4647", "4768", "4769", "4771", "4776", "4777", "4964":
		return true
	}
	return false
}

// aboutSubject tells the events in which one account acts on another.
func aboutSubject(id string) bool {
	return id != "" && !aboutTarget(id)
}
