package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Syslog priorities: facility times eight plus severity.
const (
	priUser   = 14  // user.info
	priDaemon = 30  // daemon.info
	priAuth   = 86  // authpriv.info
	priCron   = 78  // cron.info
	priLocal0 = 134 // local0.info, firewalls
	priLocal7 = 190 // local7.info, web servers and network devices
)

// program is who wrote a syslog record.
type program struct {
	pri  int
	host string
	name string
	pid  int // 0 for none
}

// rfc5424 is a record as rsyslog forwards it, with the source's token in structured data.
func (d *Day) rfc5424(source Key, p program, at time.Time, msg string) []byte {
	pid := "-"
	if p.pid > 0 {
		pid = strconv.Itoa(p.pid)
	}
	return fmt.Appendf(nil, `<%d>1 %s %s %s %s - [isoc@0 token="%s"] %s`,
		p.pri, at.In(local()).Format("2006-01-02T15:04:05.000Z07:00"), p.host, p.name, pid, d.tokens[source], msg)
}

// rfc3164 is a record as older devices write it, in local time without year and zone.
func rfc3164(p program, at time.Time, msg string) []byte {
	tag := p.name
	if p.pid > 0 {
		tag = fmt.Sprintf("%s[%d]", p.name, p.pid)
	}
	return fmt.Appendf(nil, "<%d>%s %s %s: %s", p.pri, at.In(local()).Format(time.Stamp), p.host, tag, msg)
}

// hit is one request to a web server.
type hit struct {
	client, method, uri string
	status, bytes       int
	referer, agent      string
}

// combined is a line of nginx in its combined format.
func (h hit) combined(at time.Time) string {
	return fmt.Sprintf(`%s - - [%s] "%s %s HTTP/1.1" %d %d "%s" "%s"`,
		h.client, at.In(local()).Format("02/Jan/2006:15:04:05 -0700"), h.method, h.uri, h.status, h.bytes, orDash(h.referer), h.agent)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// session is one connection through a firewall.
type session struct {
	firewall, from, to  string
	sport, dport, proto int
	service, action     string
	policy              int
	sent, received, sec int
	inside              bool // begun inside
}

// kv is a traffic record in the key=value form many firewalls share.
func (s session) kv(at time.Time) string {
	in, out := "wan1", "internal"
	if s.inside {
		in, out = out, in
	}
	at = at.In(local())
	return fmt.Sprintf(`date=%s time=%s devname="%s" devid="DEMO%s" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=%s srcport=%d srcintf="%s" dstip=%s dstport=%d dstintf="%s" policyid=%d proto=%d service="%s" action="%s" duration=%d sentbyte=%d rcvdbyte=%d`,
		at.Format("2006-01-02"), at.Format("15:04:05"), s.firewall, s.firewall, s.from, s.sport, in, s.to, s.dport, out, s.policy, s.proto, s.service, s.action, s.sec, s.sent, s.received)
}

// object is a JSON document under way.
type object = map[string]any

func document(o object) []byte {
	text, err := json.Marshal(o)
	if err != nil {
		return nil // maps of text and numbers always encode
	}
	return text
}

// winEvent is a Windows event as Winlogbeat ships it.
type winEvent struct {
	computer, domain  string
	channel, provider string
	code              int
	record            int
	action, outcome   string
	message           string
	data              object
	user              object // user_data, of the few events that have it
}

func (e winEvent) json(at time.Time) []byte {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	log := object{
		"channel": e.channel, "provider_name": e.provider, "event_id": strconv.Itoa(e.code), "record_id": e.record,
		"computer_name": e.computer + "." + e.domain, "api": "wineventlog",
	}
	if e.data != nil {
		log["event_data"] = e.data
	}
	if e.user != nil {
		log["user_data"] = e.user
	}
	event := object{"kind": "event", "code": strconv.Itoa(e.code), "provider": e.provider, "created": stamp}
	if e.action != "" {
		event["action"] = e.action
	}
	if e.outcome != "" {
		event["outcome"] = e.outcome
	}
	return document(object{
		"@timestamp": stamp, "event": event, "winlog": log, "message": e.message, "log": object{"level": "information"},
		"host":  object{"name": e.computer + "." + e.domain, "os": object{"family": "windows", "type": "windows"}},
		"agent": object{"type": "winlogbeat", "version": "8.17.0"}, "ecs": object{"version": "8.0.0"},
	})
}

// start is a program started on Linux as Auditbeat tells it.
type start struct {
	host              host
	user              string
	executable, line  string
	parent, directory string
	pid               int
}

func (s start) json(at time.Time) []byte {
	name := s.executable
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			name = name[i+1:]
			break
		}
	}
	return document(object{
		"@timestamp": at.UTC().Format("2006-01-02T15:04:05.000Z"),
		"event":      object{"kind": "event", "category": []string{"process"}, "type": []string{"start"}, "action": "executed", "module": "auditd", "dataset": "auditd.log", "outcome": "success"},
		"host":       object{"name": s.host.name, "ip": []string{s.host.addr}, "os": object{"type": "linux", "family": "debian"}},
		"user":       object{"name": s.user},
		"process": object{
			"pid": s.pid, "name": name, "executable": s.executable, "command_line": s.line, "working_directory": s.directory,
			"parent": object{"executable": s.parent, "pid": s.pid - 7},
		},
		"agent": object{"type": "auditbeat", "version": "8.17.0"}, "ecs": object{"version": "8.0.0"},
	})
}
