package windows

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
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
	if !hasData(ev) {
		fromMessage(d, strings.Contains(provider, "Sysmon"))
	}
	lookup := table(channel, provider)
	n := len(ev.Fields)
	for i := 0; i < n; i++ {
		f := ev.Fields[i]
		name, ok := strings.CutPrefix(f.Name, Data)
		if !ok {
			continue
		}
		if t := lookup(name, id); t.Form != ecs.None {
			t.Put(d, f.Value)
		}
	}
	classify(d, id, channel, provider)
}

func hasData(ev *event.Event) bool {
	for i := range ev.Fields {
		if strings.HasPrefix(ev.Fields[i].Name, Data) {
			return true
		}
	}
	return false
}

// Dataset names the archive stream of a channel. Channels without a name of their own share one, so that
// a sender cannot multiply streams.
func Dataset(channel string) string {
	switch channel { // as most are written
	case "Security":
		return "windows.security"
	case "Microsoft-Windows-Sysmon/Operational":
		return "windows.sysmon"
	}
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

func table(channel, provider string) func(name, id string) ecs.Target {
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

func sysmon(name, id string) ecs.Target {
	switch name {
	case "Image", "SourceImage":
		return ecs.Target{Form: ecs.Executable, Name: "process"}
	case "CommandLine":
		return ecs.Target{Form: ecs.Plain, Name: "process.command_line"}
	case "ProcessId", "SourceProcessId":
		return ecs.Target{Form: ecs.Number, Name: "process.pid"}
	case "ProcessGuid", "SourceProcessGuid", "SourceProcessGUID":
		return ecs.Target{Form: ecs.Plain, Name: "process.entity_id"}
	case "CurrentDirectory":
		return ecs.Target{Form: ecs.Plain, Name: "process.working_directory"}
	case "OriginalFileName":
		return ecs.Target{Form: ecs.Plain, Name: "process.pe.original_file_name"}
	case "ParentImage":
		return ecs.Target{Form: ecs.Executable, Name: "process.parent"}
	case "ParentCommandLine":
		return ecs.Target{Form: ecs.Plain, Name: "process.parent.command_line"}
	case "ParentProcessId":
		return ecs.Target{Form: ecs.Number, Name: "process.parent.pid"}
	case "ParentProcessGuid":
		return ecs.Target{Form: ecs.Plain, Name: "process.parent.entity_id"}
	case "User", "SourceUser":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "Hashes", "Hash":
		return ecs.Target{Form: ecs.Hashes, Name: hashOwner(id)}
	case "TargetFilename":
		return ecs.Target{Form: ecs.Path}
	case "ImageLoaded":
		return ecs.Target{Form: ecs.Plain, Name: "dll.path"}
	case "TargetObject":
		return ecs.Target{Form: ecs.Plain, Name: "registry.path"}
	case "Details":
		return ecs.Target{Form: ecs.Plain, Name: "registry.data.strings"}
	case "PipeName":
		return ecs.Target{Form: ecs.Plain, Name: "file.name"}
	}
	return sysmonNetwork(name)
}

func sysmonNetwork(name string) ecs.Target {
	switch name {
	case "SourceIp":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "SourcePort":
		return ecs.Target{Form: ecs.Number, Name: event.SourcePort}
	case "SourceHostname":
		return ecs.Target{Form: ecs.Plain, Name: "source.domain"}
	case "DestinationIp":
		return ecs.Target{Form: ecs.Address, Name: event.DestinationIP}
	case "DestinationPort":
		return ecs.Target{Form: ecs.Number, Name: event.DestinationPort}
	case "DestinationHostname":
		return ecs.Target{Form: ecs.Plain, Name: "destination.domain"}
	case "Protocol":
		return ecs.Target{Form: ecs.Protocol}
	case "QueryName":
		return ecs.Target{Form: ecs.Plain, Name: "dns.question.name"}
	}
	return ecs.Target{}
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

func defender(name, _ string) ecs.Target {
	switch name {
	case "ProcessName":
		return ecs.Target{Form: ecs.Executable, Name: "process"}
	case "Path":
		return ecs.Target{Form: ecs.Plain, Name: "file.path"}
	case "DetectionUser", "User":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "ThreatName":
		return ecs.Target{Form: ecs.Plain, Name: "threat.indicator.name"}
	}
	return ecs.Target{}
}

func powershell(name, _ string) ecs.Target {
	switch name {
	case "ScriptBlockText":
		return ecs.Target{Form: ecs.Plain, Name: "powershell.file.script_block_text"}
	case "Path":
		return ecs.Target{Form: ecs.Path}
	case "UserId":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "HostApplication":
		return ecs.Target{Form: ecs.Plain, Name: "process.command_line"}
	}
	return ecs.Target{}
}

// security maps the names that Security, System and most other channels share.
func security(name, id string) ecs.Target {
	if id == "4688" || id == "4689" {
		if t := processCreation(name, id); t.Form != ecs.None {
			return t
		}
	}
	switch name {
	case "TargetUserName":
		if aboutSubject(id) {
			return ecs.Target{Form: ecs.Plain, Name: "user.target.name"}
		}
		return ecs.Target{Form: ecs.Plain, Name: event.UserName}
	case "TargetDomainName":
		if aboutSubject(id) {
			return ecs.Target{Form: ecs.Plain, Name: "user.target.domain"}
		}
		return ecs.Target{Form: ecs.Plain, Name: "user.domain"}
	case "TargetUserSid", "TargetSid":
		if aboutSubject(id) {
			return ecs.Target{Form: ecs.Plain, Name: "user.target.id"}
		}
		return ecs.Target{Form: ecs.Plain, Name: "user.id"}
	case "SubjectUserName":
		if aboutTarget(id) {
			return ecs.Target{}
		}
		return ecs.Target{Form: ecs.Plain, Name: event.UserName}
	case "SubjectDomainName":
		if aboutTarget(id) {
			return ecs.Target{}
		}
		return ecs.Target{Form: ecs.Plain, Name: "user.domain"}
	case "SubjectUserSid":
		if aboutTarget(id) {
			return ecs.Target{}
		}
		return ecs.Target{Form: ecs.Plain, Name: "user.id"}
	case "ProcessName", "Application", "CallerProcessName":
		return ecs.Target{Form: ecs.Executable, Name: "process"}
	case "ProcessId", "ProcessID", "CallerProcessId", "ClientProcessId":
		return ecs.Target{Form: ecs.Number, Name: "process.pid"}
	case "CommandLine":
		return ecs.Target{Form: ecs.Plain, Name: "process.command_line"}
	case "ServiceName":
		return ecs.Target{Form: ecs.Plain, Name: "service.name"}
	}
	return securityNetwork(name)
}

func processCreation(name, id string) ecs.Target {
	switch name {
	case "NewProcessName":
		return ecs.Target{Form: ecs.Executable, Name: "process"}
	case "NewProcessId":
		return ecs.Target{Form: ecs.Number, Name: "process.pid"}
	case "ParentProcessName":
		return ecs.Target{Form: ecs.Executable, Name: "process.parent"}
	case "ProcessId":
		if id == "4688" {
			return ecs.Target{Form: ecs.Number, Name: "process.parent.pid"}
		}
	}
	return ecs.Target{}
}

func securityNetwork(name string) ecs.Target {
	switch name {
	case "IpAddress", "SourceAddress", "ClientAddress", "Param3":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "IpPort", "SourcePort":
		return ecs.Target{Form: ecs.Number, Name: event.SourcePort}
	case "WorkstationName", "Workstation", "ClientName":
		return ecs.Target{Form: ecs.Plain, Name: "source.domain"}
	case "DestAddress":
		return ecs.Target{Form: ecs.Address, Name: event.DestinationIP}
	case "DestPort":
		return ecs.Target{Form: ecs.Number, Name: event.DestinationPort}
	case "Protocol":
		return ecs.Target{Form: ecs.Protocol}
	case "ShareName":
		return ecs.Target{Form: ecs.Plain, Name: "file.share"}
	case "QueryName":
		return ecs.Target{Form: ecs.Plain, Name: "dns.question.name"}
	case "AccountName":
		return ecs.Target{Form: ecs.Plain, Name: event.UserName}
	}
	return ecs.Target{}
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
