package windows

import (
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// class is what ECS says of an event by its id.
type class struct{ category, kind, action string }

// classify sets category, type, action and outcome.
func classify(d *draft.Draft, id, channel, provider string) {
	c := class{}
	switch {
	case strings.Contains(provider, "Sysmon") || strings.Contains(channel, "Sysmon"):
		c = sysmonClass(id)
	case strings.EqualFold(channel, "Security"):
		c = securityClass(id)
		d.SetIfAbsent(event.Outcome, auditOutcome(d.Value("winlog.keywords"), id))
	case strings.EqualFold(channel, "System"):
		c = systemClass(id)
	case strings.Contains(channel, "PowerShell"):
		c = class{"process", "info", "powershell"}
		if id == "4104" {
			c.action = "script-block-logged"
		}
	case strings.Contains(channel, "Windows Defender"):
		c = defenderClass(id)
	}
	d.SetIfAbsent(event.Category, c.category)
	d.SetIfAbsent(event.Type, c.kind)
	d.SetIfAbsent(event.Action, c.action)
}

// auditOutcome reads the audit bits of Keywords (0x0010… failure, 0x0020… success), hexadecimal or as NXLog's signed decimal.
func auditOutcome(keywords, id string) string {
	var bits uint64
	if hex, ok := strings.CutPrefix(keywords, "0x"); ok {
		bits, _ = strconv.ParseUint(hex, 16, 64)
	} else if n, err := strconv.ParseInt(keywords, 10, 64); err == nil {
		bits = uint64(n)
	}
	switch {
	case bits&0x0010000000000000 != 0 || keywords == "Audit Failure":
		return "failure"
	case bits&0x0020000000000000 != 0 || keywords == "Audit Success":
		return "success"
	}
	switch id {
	case "4625", "4771":
		return "failure"
	case "4624":
		return "success"
	}
	return ""
}

func sysmonClass(id string) class {
	switch id {
	case "1":
		return class{"process", "start", "process-creation"}
	case "2":
		return class{"file", "change", "file-creation-time-changed"}
	case "3":
		return class{"network", "connection", "network-connection"}
	case "5":
		return class{"process", "end", "process-terminated"}
	case "6":
		return class{"driver", "start", "driver-loaded"}
	case "7":
		return class{"process", "change", "image-loaded"}
	case "8":
		return class{"process", "change", "remote-thread-created"}
	case "9":
		return class{"process", "access", "raw-disk-read"}
	case "10":
		return class{"process", "access", "process-access"}
	case "11":
		return class{"file", "creation", "file-created"}
	case "12", "13", "14":
		return class{"registry", "change", registryAction(id)}
	case "15":
		return class{"file", "creation", "file-stream-created"}
	case "17":
		return class{"file", "creation", "pipe-created"}
	case "18":
		return class{"file", "access", "pipe-connected"}
	case "19", "20", "21":
		return class{"process", "change", "wmi-event"}
	case "22":
		return class{"network", "info", "dns-query"}
	case "23", "26":
		return class{"file", "deletion", "file-deleted"}
	case "25":
		return class{"process", "change", "process-tampering"}
	}
	return class{}
}

func securityClass(id string) class {
	switch id {
	case "1102":
		return class{"iam", "deletion", "audit-log-cleared"}
	case "4624":
		return class{"authentication", "start", "logged-in"}
	case "4625":
		return class{"authentication", "start", "logon-failed"}
	case "4634", "4647":
		return class{"authentication", "end", "logged-out"}
	case "4648":
		return class{"authentication", "start", "logged-in-explicit"}
	case "4672":
		return class{"iam", "admin", "logged-in-special"}
	case "4688":
		return class{"process", "start", "created-process"}
	case "4689":
		return class{"process", "end", "exited-process"}
	case "4697":
		return class{"configuration", "creation", "service-installed"}
	case "4698":
		return class{"configuration", "creation", "scheduled-task-created"}
	case "4699":
		return class{"configuration", "deletion", "scheduled-task-deleted"}
	case "4702":
		return class{"configuration", "change", "scheduled-task-updated"}
	case "4719":
		return class{"configuration", "change", "changed-audit-config"}
	case "4663", "4656", "4658", "4660":
		return class{"file", "access", "object-access"}
	case "5140", "5145":
		return class{"file", "access", "network-share-access"}
	case "5156", "5158":
		return class{"network", "connection", "windows-firewall-connection"}
	case "5157":
		return class{"network", "denied", "windows-firewall-blocked"}
	}
	return securityAccountClass(id)
}

func securityAccountClass(id string) class {
	switch id {
	case "4720":
		return class{"iam", "creation", "added-user-account"}
	case "4722":
		return class{"iam", "change", "enabled-user-account"}
	case "4723", "4724":
		return class{"iam", "change", "reset-password"}
	case "4725":
		return class{"iam", "change", "disabled-user-account"}
	case "4726":
		return class{"iam", "deletion", "deleted-user-account"}
	case "4728", "4732", "4756":
		return class{"iam", "change", "added-member-to-group"}
	case "4729", "4733", "4757":
		return class{"iam", "change", "removed-member-from-group"}
	case "4738":
		return class{"iam", "change", "modified-user-account"}
	case "4740":
		return class{"iam", "change", "locked-out-user-account"}
	case "4767":
		return class{"iam", "change", "unlocked-user-account"}
	case "4768":
		return class{"authentication", "start", "kerberos-authentication-ticket-requested"}
	case "4769":
		return class{"authentication", "start", "kerberos-service-ticket-requested"}
	case "4771":
		return class{"authentication", "start", "kerberos-preauth-failed"}
	case "4776":
		return class{"authentication", "start", "credential-validated"}
	case "4778":
		return class{"session", "start", "session-reconnected"}
	case "4779":
		return class{"session", "end", "session-disconnected"}
	case "4798", "4799":
		return class{"iam", "info", "group-membership-enumerated"}
	}
	return class{}
}

func systemClass(id string) class {
	switch id {
	case "104":
		return class{"iam", "deletion", "event-log-cleared"}
	case "7045":
		return class{"configuration", "creation", "service-installed"}
	case "7036":
		return class{"host", "change", "service-state-changed"}
	case "7040":
		return class{"configuration", "change", "service-start-type-changed"}
	}
	return class{}
}

func defenderClass(id string) class {
	switch id {
	case "1006", "1015", "1116":
		return class{"malware", "info", "malware-detected"}
	case "1007", "1117":
		return class{"malware", "info", "malware-action-taken"}
	case "5001", "5010", "5012":
		return class{"configuration", "change", "protection-disabled"}
	case "5007":
		return class{"configuration", "change", "antivirus-configuration-changed"}
	}
	return class{}
}

func registryAction(id string) string {
	switch id {
	case "12":
		return "registry-object-added-or-deleted"
	case "13":
		return "registry-value-set"
	}
	return "registry-renamed"
}
