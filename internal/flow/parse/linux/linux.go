package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// Datasets of Linux messages.
const (
	Auth     = "linux.auth"
	Cron     = "linux.cron"
	Kernel   = "linux.kernel"
	Firewall = "linux.firewall"
	Audit    = "linux.audit"
	Syslog   = "linux.syslog"
)

// Parse reads the message of a program by the name it logs under. It returns the parser that claimed the
// message and the dataset, or an empty name where the program is known by its header alone or not at all.
// Fields under trusted ECS names only are added.
func Parse(d *draft.Draft, app, msg string) (parser, dataset string) {
	switch Program(app) {
	case "sshd", "sshd-session", "sshd-auth", "dropbear":
		sshd(d, msg)
		return "sshd", Auth
	case "sudo":
		sudo(d, msg)
		return "sudo", Auth
	case "su", "su-l", "runuser":
		su(d, msg)
		return "su", Auth
	case "cron", "crond", "anacron", "atd", "crontab":
		cron(d, msg)
		return "cron", Cron
	case "useradd", "adduser", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "gpasswd", "chage", "chfn", "chsh", "shadow":
		account(d, msg)
		return "shadow", Auth
	case "passwd", "chpasswd", "polkitd", "pkexec", "gdm-password", "lightdm", "vsftpd", "unix_chkpwd", "sssd", "dovecot", "proftpd", "vmtoolsd", "systemd", "systemd-user":
		if pam(d, msg) {
			return "pam", Auth
		}
	case "login":
		login(d, msg)
		return "login", Auth
	case "systemd-logind":
		logind(d, msg)
		return "systemd-logind", Auth
	case "kernel", "ufw", "nft", "iptables", "ulogd":
		return kernel(d, msg)
	case "audispd", "auditd", "audit":
		if AuditRecord(d, msg) {
			return "auditd", Audit
		}
	}
	if strings.HasPrefix(msg, "pam_") && pam(d, msg) {
		return "pam", Auth
	}
	return "", ""
}

// Program returns the bare name of the program: without path, "(pam_unix)" and upper case.
func Program(app string) string {
	app = app[strings.LastIndexByte(app, '/')+1:]
	if i := strings.IndexByte(app, '('); i > 0 {
		app = app[:i]
	}
	if app == "CRON" || app == "CROND" || app == "Cron" {
		return "cron"
	}
	return app
}

func kernel(d *draft.Draft, msg string) (parser, dataset string) {
	if PacketLine(d, msg) {
		return "netfilter", Firewall
	}
	if strings.HasPrefix(msg, "audit: ") && AuditRecord(d, msg[7:]) {
		return "auditd", Audit
	}
	return "kernel", Kernel
}

// authentication classes an event as one.
func authentication(d *draft.Draft, kind, action, outcome string) {
	d.Set(event.Category, "authentication")
	d.Set(event.Type, kind)
	d.Set(event.Action, action)
	if outcome != "" {
		d.Set(event.Outcome, outcome)
	}
}

// between returns the text of s between two marks, and what follows the second.
func between(s, from, to string) (part, rest string, ok bool) {
	_, s, ok = strings.Cut(s, from)
	if !ok {
		return "", "", false
	}
	return strings.Cut(s, to)
}

// word cuts the first word off s.
func word(s string) (first, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], strings.TrimLeft(s[i+1:], " ")
	}
	return s, ""
}

// peer sets the source from "ADDRESS port N …" or "ADDRESS …".
func peer(d *draft.Draft, s string) {
	a, rest := word(s)
	a = strings.TrimRight(a, ":,")
	ecs.Target{Form: ecs.Host, Name: "source"}.Put(d, a)
	if p, ok := strings.CutPrefix(rest, "port "); ok {
		end := 0
		for end < len(p) && p[end] >= '0' && p[end] <= '9' {
			end++
		}
		ecs.Target{Form: ecs.Port, Name: event.SourcePort}.Put(d, p[:end])
	}
}
