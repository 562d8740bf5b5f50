package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// sudo reads "kai : TTY=pts/0 ; PWD=/home/kai ; USER=root ; COMMAND=/usr/bin/id". The command stands last and
// may hold anything, so it is taken whole.
func sudo(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	user, rest, ok := strings.Cut(msg, " : ")
	if !ok || strings.ContainsAny(strings.TrimSpace(user), " =") {
		return
	}
	d.Set(event.Category, "process")
	d.Set(event.Type, "start")
	d.Set(event.Action, "sudo_command")
	d.Set(event.UserName, strings.TrimSpace(user))
	outcome := "success"
	for rest != "" {
		if cmd, ok := strings.CutPrefix(rest, "COMMAND="); ok {
			d.Set("process.command_line", cmd)
			exe, _ := word(cmd)
			d.Set("process.executable", exe)
			break
		}
		var part string
		part, rest, _ = strings.Cut(rest, " ; ")
		name, value, ok := strings.Cut(part, "=")
		if !ok || strings.Contains(name, " ") {
			outcome = "failure"
			d.Add("event.reason", strings.TrimSpace(part))
			continue
		}
		switch strings.TrimSpace(name) {
		case "TTY":
			d.Add("process.tty.name", value)
		case "PWD":
			d.Add("process.working_directory", value)
		case "USER":
			d.Add("user.effective.name", value)
		case "GROUP":
			d.Add("user.effective.group.name", value)
		}
	}
	d.Set(event.Outcome, outcome)
}

// su reads the forms of util-linux, shadow and BSD.
func su(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	outcome, rest := "success", msg
	switch {
	case strings.HasPrefix(msg, "FAILED SU "):
		outcome, rest = "failure", msg[10:]
	case strings.HasPrefix(msg, "FAILED su for "), strings.HasPrefix(msg, "Successful su for "):
		if msg[0] == 'F' {
			outcome = "failure"
		}
		_, rest, _ = strings.Cut(msg, " su for ")
		to, by, _ := strings.Cut(rest, " by ")
		suChange(d, by, to, outcome)
		return
	case strings.HasPrefix(msg, "'su "):
		suQuoted(d, msg)
		return
	case strings.HasPrefix(msg, "BAD SU "), strings.HasPrefix(msg, "- "):
		outcome = "failure"
	}
	if to, who, ok := between(rest, "(to ", ") "); ok {
		user, tty, _ := strings.Cut(who, " on ")
		suChange(d, user, to, outcome)
		d.SetIfAbsent("process.tty.name", tty)
		return
	}
	if len(msg) > 2 && (msg[0] == '+' || msg[0] == '-') && msg[1] == ' ' {
		tty, pair := word(msg[2:])
		if by, to, ok := strings.Cut(pair, ":"); ok {
			suChange(d, by, to, outcome)
			d.SetIfAbsent("process.tty.name", tty)
		}
	}
}

// suQuoted reads "'su root' failed for lonvick on /dev/pts/8", RFC 3164's own example, and "'su root' succeeded for …".
func suQuoted(d *draft.Draft, msg string) {
	to, rest, _ := strings.Cut(msg[len("'su "):], "' ")
	verb, who, ok := strings.Cut(rest, " for ")
	outcome, known := map[string]string{"failed": "failure", "succeeded": "success"}[verb]
	if !ok || !known {
		return
	}
	by, tty, _ := strings.Cut(who, " on ")
	suChange(d, by, to, outcome)
	d.SetIfAbsent("process.tty.name", tty)
}

func suChange(d *draft.Draft, by, to, outcome string) {
	authentication(d, "start", "su_switch", outcome)
	d.Set(event.UserName, strings.TrimSpace(by))
	d.SetIfAbsent("user.effective.name", strings.TrimSpace(to))
}
