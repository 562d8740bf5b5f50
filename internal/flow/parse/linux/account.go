package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// account reads the messages of the shadow tools: useradd, usermod, userdel, groupadd, gpasswd, chage ….
func account(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	switch {
	case strings.HasPrefix(msg, "new user: "):
		iam(d, "creation", "user_added")
		accountPairs(d, msg[10:], event.UserName)
	case strings.HasPrefix(msg, "new group: "), strings.HasPrefix(msg, "group added to "):
		_, pairs, _ := strings.Cut(msg, ": ")
		iam(d, "creation", "group_added")
		accountPairs(d, pairs, "group.name")
	case strings.HasPrefix(msg, "failed adding "):
		iam(d, "creation", "user_added")
		d.Set(event.Outcome, "failure")
		quotedName(d, msg, event.UserName)
	case strings.HasPrefix(msg, "delete user "):
		iam(d, "deletion", "user_deleted")
		quotedName(d, msg, event.UserName)
	case strings.HasPrefix(msg, "removed group "), strings.HasPrefix(msg, "group ") && strings.Contains(msg, " removed"):
		iam(d, "deletion", "group_deleted")
		quotedName(d, msg, "group.name")
	case strings.HasPrefix(msg, "add '"), strings.HasPrefix(msg, "delete '"):
		membership(d, msg)
	case strings.HasPrefix(msg, "change user ") || strings.HasPrefix(msg, "lock user ") || strings.HasPrefix(msg, "unlock user "):
		iam(d, "change", "user_changed")
		quotedName(d, msg, event.UserName)
	case strings.HasPrefix(msg, "user ") && strings.Contains(msg, " added by ") || strings.HasPrefix(msg, "user ") && strings.Contains(msg, " removed by "):
		gpasswd(d, msg)
	case strings.HasPrefix(msg, "changed password expiry for "):
		iam(d, "change", "password_expiry_changed")
		d.Set(event.UserName, strings.TrimSpace(msg[len("changed password expiry for "):]))
	}
}

// accountPairs reads "name=kai, UID=1001, GID=1001, home=/home/kai, shell=/bin/bash, from=/dev/pts/0".
func accountPairs(d *draft.Draft, s, nameField string) {
	kv.Each(s, func(k, v string) bool {
		switch k {
		case "name":
			d.Set(nameField, v)
		case "UID":
			d.Set("user.id", v)
		case "GID":
			d.Set("group.id", v)
		case "home":
			d.Set("system.auth.useradd.home", v)
		case "shell":
			d.Set("system.auth.useradd.shell", v)
		case "from":
			d.Set("process.tty.name", v)
		}
		return true
	})
}

func quotedName(d *draft.Draft, msg, field string) {
	if name, _, ok := between(msg, "'", "'"); ok {
		d.Set(field, name)
	}
}

// membership reads "add 'kai' to group 'sudo'" and "delete 'kai' from shadow group 'sudo'".
func membership(d *draft.Draft, msg string) {
	action := "group_member_added"
	if strings.HasPrefix(msg, "delete") {
		action = "group_member_removed"
	}
	user, rest, _ := between(msg, "'", "'")
	iam(d, "change", action)
	d.Set(event.UserName, user)
	quotedName(d, rest, "group.name")
}

// gpasswd reads "user kai added by root to group sudo".
func gpasswd(d *draft.Draft, msg string) {
	user, rest := word(msg[5:])
	action := "group_member_added"
	if strings.HasPrefix(rest, "removed") {
		action = "group_member_removed"
	}
	iam(d, "change", action)
	d.Set(event.UserName, user)
	if _, g, ok := strings.Cut(rest, " group "); ok {
		d.Set("group.name", strings.TrimSpace(g))
	}
}

// cron reads "(root) CMD (test -x /usr/sbin/anacron)".
func cron(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	user, rest, ok := between(msg, "(", ") ")
	if !ok || msg[0] != '(' {
		return
	}
	d.Set(event.UserName, user)
	verb, rest := word(rest)
	d.Set(event.Category, "process")
	d.Set(event.Type, "info")
	d.Set(event.Action, "cron_"+strings.ToLower(verb))
	if verb != "CMD" {
		return
	}
	d.Set(event.Type, "start")
	d.Set(event.Action, "cron_command")
	d.Set("process.command_line", strings.TrimSuffix(strings.TrimPrefix(rest, "("), ")"))
}

// login reads the messages of login(1) on a terminal.
func login(d *draft.Draft, msg string) {
	if pam(d, msg) {
		return
	}
	switch {
	case strings.HasPrefix(msg, "FAILED LOGIN"):
		authentication(d, "start", "console_login", "failure")
		if u, _, ok := between(msg, "FOR '", "'"); ok {
			d.Set(event.UserName, u)
		} else if u, _, ok := between(msg, " FOR ", ","); ok {
			d.Set(event.UserName, u)
		}
	case strings.HasPrefix(msg, "ROOT LOGIN"):
		authentication(d, "start", "console_login", "success")
		d.Set(event.UserName, "root")
	case strings.HasPrefix(msg, "LOGIN ON"):
		authentication(d, "start", "console_login", "success")
		if _, u, ok := strings.Cut(msg, " BY "); ok {
			u, _ = word(u)
			d.Set(event.UserName, u)
		}
	}
}

// logind reads "New session 12 of user kai." and its like.
func logind(d *draft.Draft, msg string) {
	d.Set(event.Category, "session")
	switch {
	case strings.HasPrefix(msg, "New session "):
		d.Set(event.Type, "start")
		d.Set(event.Action, "session_opened")
		if _, u, ok := strings.Cut(msg, " of user "); ok {
			u, _ = word(u)
			d.Set(event.UserName, strings.Trim(u, `.'"`))
		}
	case strings.HasPrefix(msg, "Removed session "), strings.Contains(msg, "logged out"):
		d.Set(event.Type, "end")
		d.Set(event.Action, "session_closed")
	}
}
