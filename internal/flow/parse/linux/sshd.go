package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// sshd reads OpenSSH's messages. A user's name is whatever the client sent, blanks and " from " included, so
// the address is taken after the last " from ".
func sshd(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	msg = strings.TrimPrefix(strings.TrimPrefix(msg, "error: "), "fatal: ")
	msg = strings.TrimPrefix(msg, "PAM: ")
	if inner, ok := repeated(msg); ok {
		msg = inner
	}
	if sshdLogin(d, msg) || sshdClose(d, msg) {
		return
	}
	sshdOther(d, msg)
}

// repeated unwraps "message repeated 2 times: [ Failed password …]".
func repeated(msg string) (string, bool) {
	if !strings.HasPrefix(msg, "message repeated ") {
		return "", false
	}
	_, inner, ok := strings.Cut(msg, "[ ")
	return strings.TrimSuffix(inner, "]"), ok
}

func sshdLogin(d *draft.Draft, msg string) bool {
	verb, rest := word(msg)
	switch verb {
	case "Failed", "Accepted", "Partial", "Postponed":
	default:
		return false
	}
	how, rest, ok := strings.Cut(rest, " for ")
	if !ok {
		return false
	}
	outcome := "failure"
	if verb == "Accepted" {
		outcome = "success"
	} else if verb != "Failed" {
		outcome = ""
	}
	authentication(d, "start", "ssh_login", outcome)
	d.Add("system.auth.ssh.event", verb)
	d.Add("system.auth.ssh.method", how)
	sshdUser(d, rest)
	if i := strings.LastIndex(rest, ": "); i > 0 && verb == "Accepted" {
		d.Add("system.auth.ssh.signature", rest[i+2:])
	}
	return true
}

// sshdUser reads "[invalid user ]NAME from ADDRESS port N ssh2".
func sshdUser(d *draft.Draft, s string) {
	for _, mark := range [...]string{"invalid user ", "illegal user ", "authenticating user ", "user "} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			if mark[0] == 'i' {
				d.Add("system.auth.ssh.invalid_user", "true")
			}
			s = rest
			break
		}
	}
	if i := strings.LastIndex(s, " from "); i >= 0 {
		d.Set(event.UserName, s[:i])
		peer(d, s[i+6:])
		return
	}
	if i := strings.LastIndex(s, " port "); i >= 0 { // "NAME ADDRESS port N [preauth]"
		if j := strings.LastIndexByte(s[:i], ' '); j >= 0 {
			d.Set(event.UserName, s[:j])
			peer(d, s[j+1:])
			return
		}
		peer(d, s)
	}
}

func sshdClose(d *draft.Draft, msg string) bool {
	for _, c := range [...]struct{ mark, action string }{
		{"Connection closed by ", "ssh_connection_closed"},
		{"Connection reset by ", "ssh_connection_reset"},
		{"Disconnected from ", "ssh_disconnected"},
		{"Disconnecting ", "ssh_disconnected"},
		{"Received disconnect from ", "ssh_disconnected"},
		{"Connection from ", "ssh_connection"},
		{"Timeout before authentication for ", "ssh_timeout"},
		{"Timeout, client not responding from ", "ssh_timeout"},
	} {
		rest, ok := strings.CutPrefix(msg, c.mark)
		if !ok {
			continue
		}
		rest = strings.TrimPrefix(rest, "connection from ")
		d.Set(event.Category, "network")
		d.Set(event.Type, "connection")
		d.Set(event.Action, c.action)
		if hasUser(rest) {
			sshdUser(d, rest)
		} else {
			peer(d, rest)
		}
		return true
	}
	return false
}

func hasUser(s string) bool {
	return strings.HasPrefix(s, "invalid user ") || strings.HasPrefix(s, "authenticating user ") || strings.HasPrefix(s, "user ")
}

func sshdOther(d *draft.Draft, msg string) {
	if rest, ok := cutAny(msg, "Invalid user ", "Illegal user "); ok {
		authentication(d, "start", "ssh_invalid_user", "failure")
		d.Add("system.auth.ssh.invalid_user", "true")
		sshdUser(d, rest)
		return
	}
	if strings.HasPrefix(msg, "User ") && strings.Contains(msg, " not allowed because ") {
		authentication(d, "start", "ssh_login", "failure")
		sshdUser(d, msg[5:strings.Index(msg, " not allowed because ")])
		return
	}
	if rest, ok := strings.CutPrefix(msg, "maximum authentication attempts exceeded for "); ok {
		authentication(d, "start", "ssh_attempts_exceeded", "failure")
		sshdUser(d, rest)
		return
	}
	if _, rest, ok := strings.Cut(msg, "refused connect from "); ok { // of tcp_wrappers: "NAME (ADDRESS)"
		d.Set(event.Category, "network")
		d.Set(event.Type, "denied")
		d.Set(event.Action, "ssh_refused")
		d.Set(event.Outcome, "failure")
		peer(d, strings.TrimRight(rest[strings.LastIndexByte(rest, '(')+1:], ")"))
		return
	}
	if i := strings.LastIndex(msg, " from "); i >= 0 {
		switch {
		case strings.HasPrefix(msg, "Did not receive identification"), strings.HasPrefix(msg, "Bad protocol version"),
			strings.Contains(msg, "Protocol major versions differ"), strings.HasPrefix(msg, "Bad packet length"):
			d.Set(event.Category, "network")
			d.Set(event.Action, "ssh_bad_protocol")
			peer(d, msg[i+6:])
		case strings.HasPrefix(msg, "Authentication "), strings.HasPrefix(msg, "authentication "):
			authentication(d, "start", "ssh_login", "failure")
			peer(d, msg[i+6:])
			if u, _, ok := between(msg, " for ", " from "); ok {
				d.SetIfAbsent(event.UserName, strings.TrimPrefix(u, "illegal user "))
			}
		case strings.Contains(msg[i:], " port "): // whatever it says, it says it of this client
			d.Set(event.Category, "network")
			d.Set(event.Action, "ssh_message")
			peer(d, msg[i+6:])
		}
		return
	}
	for _, mark := range [...]string{"Unable to negotiate with ", "banner exchange: Connection from ", "Address "} {
		if rest, ok := strings.CutPrefix(msg, mark); ok {
			d.Set(event.Category, "network")
			d.Set(event.Action, "ssh_negotiation_failed")
			peer(d, rest)
		}
	}
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}
