package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// pam reads "pam_unix(sshd:session): session opened for user kai(uid=1000) by (uid=0)" and its like, under any program.
func pam(d *draft.Draft, msg string) bool {
	msg = strings.TrimPrefix(msg, "error: ")
	if !strings.HasPrefix(msg, "pam_") {
		return false
	}
	_, rest, ok := strings.Cut(msg, "): ")
	if !ok {
		return false
	}
	switch {
	case strings.HasPrefix(rest, "session opened for user "):
		authentication(d, "start", "session_opened", "success")
		d.Set(event.Category, "session")
		pamUser(d, rest[len("session opened for user "):])
	case strings.HasPrefix(rest, "session closed for user "):
		authentication(d, "end", "session_closed", "")
		d.Set(event.Category, "session")
		pamUser(d, rest[len("session closed for user "):])
	case strings.Contains(rest, "authentication failure"), strings.HasPrefix(rest, "auth could not identify"):
		authentication(d, "start", "pam_authentication", "failure")
		pamPairs(d, rest)
	case strings.Contains(rest, "password changed for "):
		_, user, _ := strings.Cut(rest, "password changed for ")
		iam(d, "change", "password_changed")
		d.Set(event.UserName, strings.TrimSpace(user))
	case strings.HasPrefix(rest, "check pass; user unknown"):
		authentication(d, "start", "pam_authentication", "failure")
	case strings.HasPrefix(rest, "requirement ") && strings.Contains(rest, "not met by user"):
		authentication(d, "start", "pam_requirement", "failure")
		if u, _, ok := between(rest, `user "`, `"`); ok {
			d.Set(event.UserName, u)
		}
	default:
		d.Set(event.Category, "authentication")
		d.Set(event.Action, "pam_message")
		pamPairs(d, rest)
	}
	return true
}

// pamUser reads "kai(uid=1000) by root(uid=0)" and "kai by (uid=0)".
func pamUser(d *draft.Draft, s string) {
	user, by, _ := strings.Cut(s, " by ")
	name, uid := uidOf(user)
	d.Set(event.UserName, name)
	d.SetIfAbsent("user.id", uid)
	if by != "" {
		name, uid := uidOf(by)
		d.SetIfAbsent("source.user.name", name)
		d.SetIfAbsent("source.user.id", uid)
	}
}

func uidOf(s string) (name, uid string) {
	s = strings.TrimSpace(s)
	name, rest, ok := strings.Cut(s, "(uid=")
	if !ok {
		return s, ""
	}
	return name, strings.TrimSuffix(rest, ")")
}

// pamPairs reads "logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root".
func pamPairs(d *draft.Draft, s string) {
	kv.Each(s, func(k, v string) bool {
		switch k {
		case "user":
			d.Set(event.UserName, v)
		case "ruser":
			d.SetIfAbsent("source.user.name", v)
		case "rhost":
			ecs.Target{Form: ecs.Host, Name: "source"}.Put(d, v)
		case "tty":
			d.SetIfAbsent("process.tty.name", v)
		}
		return true
	})
	if d.Has(event.UserName) {
		return
	}
	if _, u, ok := strings.Cut(s, " for user "); ok {
		u, _ = word(u)
		d.Set(event.UserName, strings.TrimRight(u, ":,"))
	} else if u, ok := strings.CutPrefix(s, "user "); ok { // pam_tally2: "user kai (1000) tally 6, deny 5"
		u, _ = word(u)
		d.Set(event.UserName, u)
	} else if u, _, ok := between(s, "[", "]"); ok {
		d.Set(event.UserName, u)
	}
}

// iam classes an event as a change of accounts or groups.
func iam(d *draft.Draft, kind, action string) {
	d.Set(event.Category, "iam")
	d.Set(event.Type, kind)
	d.Set(event.Action, action)
	d.SetIfAbsent(event.Outcome, "success")
}
