package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// userEnds looks at the word before wd: a user when it follows "user" and what comes after is what follows a user. It
// reports whether wd itself was taken.
func (w *work) userEnds(s *story, wd word) bool {
	if w.d.Has(event.UserName) {
		return false
	}
	// wd in quotes or brackets after "user": the user whatever follows
	if names(s.last[0].bare) && wd.bare != "" {
		if closed(wd) || s.last[0].stop == ':' || s.last[0].bare[0] >= utf8.RuneSelf && wd.bare[0] < utf8.RuneSelf {
			return w.userOf(s, wd.bare, s.last[0].bare)
		}
	}
	v := &s.last[0]
	if v.bare == "" {
		return false
	}
	ends := wd.bare == "" || v.stop != 0 || wd.open == '(' || wd.open == '[' || follows(wd.bare)
	if names(s.last[1].bare) && s.last[1].stop == 0 && ends {
		w.userOf(s, v.bare, s.last[1].bare)
		return false
	}
	// "bad password for bob (192.0.2.1)"
	if s.auth && s.last[1].bare == "for" && s.last[1].stop == 0 && (ends || closed(*v)) && (v.stop != ':' || closed(*v)) {
		w.userOf(s, v.bare, "for")
		return false
	}
	// "authentication of 'bob' with EAP"
	if s.auth && s.last[1].bare == "of" && closed(*v) {
		w.userOf(s, v.bare, "of")
		return false
	}
	if v.stop == ':' {
		return false
	}
	// "bob logged in", "bob 登录"
	if (strings.EqualFold(wd.bare, "logged") || strings.HasPrefix(wd.bare, "登录") || strings.HasPrefix(wd.bare, "登陆")) && v.stop != '.' {
		w.userOf(s, v.bare, wd.bare)
	}
	return false
}

// userFor takes the user of "for bob from 192.0.2.1", an address having just been read.
func (w *work) userFor(s *story) {
	if !strings.EqualFold(s.last[0].bare, "from") {
		return
	}
	switch b := s.last[2].bare; {
	case strings.EqualFold(b, "for"), strings.EqualFold(b, "by"), strings.EqualFold(b, "user"), strings.EqualFold(b, "of"):
		if s.last[1].stop == 0 || quoted(s.last[1].open) {
			w.userOf(s, s.last[1].bare, b)
		}
	}
}

// userOf maps a user found in free text.
func (w *work) userOf(s *story, name, cue string) bool {
	if w.d.Has(event.UserName) || len(name) > 64 || len(name) < 2 || !letters(name) || common(name) || strings.ContainsAny(name, `"'<>{}[]()=,;:`) && !strings.Contains(name, `\`) || name[0] == '/' || ecs.IP(name) != "" {
		return false
	}
	_ = s
	w.put(ecs.Target{Form: ecs.Account, Name: "user"}, event.Field{Name: cue, Value: name}, wayText)
	return true
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c >= 'a' && c <= 'z' || s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

func quoted(open byte) bool {
	return open == '\'' || open == '"' || open == '[' || open == '<' || open == '`' || open == '('
}

// closed reports whether a word stands in quotes or brackets of its own.
func closed(wd word) bool {
	switch wd.open {
	case '\'', '"', '`':
		return wd.stop == wd.open
	case '[':
		return wd.stop == ']'
	case '<':
		return wd.stop == '>'
	case '(':
		return wd.stop == ')'
	}
	return false
}

// names reports whether the word after b is likely a user's name.
func names(b string) bool {
	if b == "" {
		return false
	}
	if b[0] >= utf8.RuneSelf {
		for _, c := range [...]string{"用户", "用户名", "账号", "帐号", "账户", "管理员", "操作员", "登录名"} {
			if strings.HasSuffix(b, c) {
				return true
			}
		}
		return false
	}
	if len(b) > 13 {
		return false
	}
	var buf [13]byte
	switch string(lowered(buf[:0], b)) {
	case "user", "username", "account", "users", "usr", "administrator", "admin", "principal":
		return true
	}
	return false
}

// follows reports whether b comes after a user's name.
func follows(b string) bool {
	if b[0] >= utf8.RuneSelf {
		return true
	}
	if len(b) > 14 {
		return false
	}
	var buf [14]byte
	switch string(lowered(buf[:0], b)) {
	case "from", "at", "on", "failed", "logged", "login", "logon", "authenticated", "successfully", "has", "was", "is", "with", "via", "in", "to", "by", "using", "for", "and", "attempted", "tried",
		"connected", "disconnected", "changed", "created", "deleted", "added", "removed", "executed", "->", "cannot", "does", "could", "did", "denied", "requested", "accessed", "opened", "closed", "(uid":
		return true
	}
	return false
}

// common reports whether a word that stands where a user's name may stand is none.
func common(b string) bool {
	if b[0] >= utf8.RuneSelf || len(b) > 16 {
		return false
	}
	var buf [16]byte
	switch string(lowered(buf[:0], b)) {
	case "is", "was", "has", "not", "name", "id", "agent", "from", "logged", "login", "logon", "account", "accounts", "password", "for", "the", "a", "an", "and", "or", "with", "in", "on", "does", "session", "sessions",
		"authentication", "access", "role", "roles", "group", "groups", "to", "at", "attempted", "failed", "failure", "unknown", "invalid", "by", "of", "added", "created", "deleted", "changed", "mode", "space", "data", "interface", "database",
		"can", "cannot", "could", "did", "no", "none", "null", "info", "type", "request", "requests", "user", "users", "username", "successfully", "success", "be", "been", "are", "were", "this", "that", "connection", "disconnected",
		"connected", "tried", "via", "using", "system.", "all", "any", "it", "its", "new", "input", "defined", "error", "policy", "profile", "denied", "management", "list", "limit", "portal", "server", "client", "as", "authenticated", "settings", "locked",
		"disabled", "enabled", "timeout", "rights", "command", "experience", "activity", "restrictions", "realm", "input:", "key", "attempt", "attempts", "out", "found", "such", "named", "exists", "exist", "reason", "illegal", "undefined", "some", "more", "user_unknown", "further", "each", "one", "which", "https", "http", "host", "after", "next", "last", "use", "being":
		return true
	}
	return false
}
