package linux

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// AuditRecord reads one record of the Linux audit system, "type=SYSCALL msg=audit(1364481363.243:24287): arch=…". Its
// fields keep their names (type, a0, exe, key …), as Sigma's auditd rules use them; hexadecimal arguments are decoded.
func AuditRecord(d *draft.Draft, msg string) bool {
	at := strings.Index(msg, "msg=audit(")
	if at < 0 || at > 300 || !strings.Contains(msg[:at], "type=") {
		return false
	}
	stamp, rest, ok := strings.Cut(msg[at+len("msg=audit("):], ")")
	if !ok {
		return false
	}
	seconds, serial, _ := strings.Cut(stamp, ":")
	if t, ok := clock.Any(seconds, time.UTC, time.Time{}); ok {
		d.Event().Time = t
	}
	kind, _, _ := between(msg[:at], "type=", " ")
	if _, node, ok := strings.Cut(msg[:at], "node="); ok {
		node, _ = word(node)
		d.Set(event.HostName, node)
	}
	d.Add("type", kind)
	d.SetIfAbsent("auditd.sequence", serial)
	d.Set(event.Action, strings.ToLower(kind))
	auditPairs(d, strings.TrimLeft(rest, ": "))
	auditClass(d, kind)
	return true
}

// auditPairs adds the record's pairs; msg='…' holds pairs of its own.
func auditPairs(d *draft.Draft, s string) {
	if i := strings.Index(s, "msg='"); i >= 0 {
		inner := strings.TrimSuffix(strings.TrimRight(s[i+5:], "\x1d \n"), "'")
		if j := strings.Index(inner, "'\x1d"); j >= 0 {
			inner = inner[:j]
		}
		kv.Each(s[:i], func(k, v string) bool { auditPair(d, k, v); return true })
		s = inner
	}
	kv.Each(s, func(k, v string) bool { auditPair(d, k, v); return true })
}

func auditPair(d *draft.Draft, k, v string) {
	v = auditValue(k, v)
	d.AddVendor("", k, v)
	switch k {
	case "exe":
		ecs.Target{Form: ecs.Executable, Name: "process"}.Put(d, v)
	case "comm":
		if !ecs.Empty(v) {
			d.Set(event.ProcessName, v)
		}
	case "pid":
		d.Set(event.ProcessPID, v)
	case "ppid":
		ecs.Target{Form: ecs.Number, Name: "process.parent.pid"}.Put(d, v)
	case "cwd":
		ecs.Target{Form: ecs.Plain, Name: "process.working_directory"}.Put(d, v)
	case "proctitle":
		ecs.Target{Form: ecs.Plain, Name: "process.command_line"}.Put(d, v)
	case "name":
		ecs.Target{Form: ecs.Path}.Put(d, v)
	case "acct", "AUID":
		ecs.Target{Form: ecs.Plain, Name: event.UserName}.Put(d, v)
	case "auid":
		if v != "4294967295" {
			ecs.Target{Form: ecs.Number, Name: "user.audit.id"}.Put(d, v)
		}
	case "uid":
		ecs.Target{Form: ecs.Number, Name: "user.id"}.Put(d, v)
	case "addr", "hostname":
		ecs.Target{Form: ecs.Address, Name: event.SourceIP}.Put(d, v)
	case "terminal", "tty":
		ecs.Target{Form: ecs.Plain, Name: "process.tty.name"}.Put(d, v)
	case "res", "success", "result":
		ecs.Target{Form: ecs.Outcome}.Put(d, v)
	}
}

// auditValue decodes the values the kernel writes in hexadecimal because they hold blanks or quotes: unquoted, even in
// length, upper case. Only names that carry text are tried, or a number would turn into rubbish.
func auditValue(k, v string) string {
	switch k {
	case "proctitle", "comm", "exe", "cwd", "name", "acct", "cmd", "data", "key":
	default:
		if len(k) < 2 || k[0] != 'a' || k[1] < '0' || k[1] > '9' || len(v) < 8 {
			return v
		}
	}
	if len(v) < 4 || len(v)%2 != 0 || strings.Trim(v, "0123456789ABCDEF") != "" {
		return v
	}
	b, err := hex.DecodeString(v)
	if err != nil {
		return v
	}
	text := strings.TrimRight(strings.ReplaceAll(string(b), "\x00", " "), " ")
	for i := 0; i < len(text); i++ {
		if text[i] < 0x20 && text[i] != '\t' && text[i] != '\n' {
			return v
		}
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

func auditClass(d *draft.Draft, kind string) {
	switch {
	case kind == "SYSCALL" || kind == "EXECVE" || kind == "PROCTITLE" || kind == "CWD":
		d.SetIfAbsent(event.Category, "process")
	case kind == "PATH":
		d.SetIfAbsent(event.Category, "file")
	case kind == "USER_LOGIN" || kind == "USER_AUTH" || kind == "USER_ERR" || kind == "CRED_ACQ" || kind == "USER_START" || kind == "USER_END" || kind == "LOGIN":
		d.SetIfAbsent(event.Category, "authentication")
	case strings.HasPrefix(kind, "ADD_") || strings.HasPrefix(kind, "DEL_") || strings.HasPrefix(kind, "GRP_") || kind == "USER_MGMT" || kind == "USER_CHAUTHTOK":
		d.SetIfAbsent(event.Category, "iam")
	case kind == "AVC" || strings.HasPrefix(kind, "ANOM_"):
		d.SetIfAbsent(event.Category, "intrusion_detection")
	}
}
