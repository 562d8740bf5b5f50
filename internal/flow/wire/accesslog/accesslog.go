package accesslog

import "strings"

// Entry is one request. Its strings are parts of the line; "-" is read as empty.
type Entry struct {
	VHost    string // with port where the server writes one; only in vhost formats
	Remote   string // client address or name
	Ident    string
	User     string
	Time     string // between the brackets
	Request  string // between the quotes
	Method   string
	URL      string
	Protocol string // "HTTP/1.1"
	Status   string
	Bytes    string
	Referrer string
	Agent    string
	Rest     string // what follows the agent
}

// Parse reads a line in common, combined or vhost_combined form. It reports false unless client, time, request
// and status are there. It never allocates.
func Parse(s string) (Entry, bool) {
	var e Entry
	open := strings.IndexByte(s[:min(len(s), 512)], '[')
	if open < 0 || !e.origin(strings.TrimRight(s[:open], " ")) {
		return e, false
	}
	end := strings.IndexByte(s[open:min(len(s), open+64)], ']')
	if end < 20 {
		return e, false
	}
	e.Time = s[open+1 : open+end]
	rest := strings.TrimLeft(s[open+end+1:], " ")
	var ok bool
	if e.Request, rest, ok = quoted(rest); !ok {
		return e, false
	}
	e.request()
	if e.Status, rest = word(rest); !isStatus(e.Status) {
		return e, false
	}
	e.Bytes, rest = word(rest)
	e.Bytes = dash(e.Bytes)
	if ref, after, ok := quoted(strings.TrimLeft(rest, " ")); ok {
		e.Referrer, rest = dash(ref), after
		if agent, after, ok := quoted(strings.TrimLeft(rest, " ")); ok {
			e.Agent, rest = dash(agent), after
		}
	}
	e.Rest = strings.TrimSpace(rest)
	return e, true
}

// origin reads "[vhost ]remote ident user". A user may hold blanks.
func (e *Entry) origin(s string) bool {
	first, rest := word(s)
	second, third := word(rest)
	if first == "" || second == "" || third == "" {
		return false
	}
	if strings.Contains(third, " ") && !address(first) && address(second) {
		e.VHost, e.Remote = first, second
		second, third = word(third)
	} else {
		e.Remote = first
	}
	e.Ident, e.User = dash(second), dash(strings.TrimSpace(third))
	return len(e.Remote) <= 255 && !strings.ContainsAny(e.Remote, `"=`)
}

// request splits "GET /path HTTP/1.1"; what is not of that form (a TLS hello on a plain port) stays in Request alone.
func (e *Entry) request() {
	i := strings.IndexByte(e.Request, ' ')
	if i <= 0 || i > 20 || !upper(e.Request[:i]) {
		return
	}
	e.Method = e.Request[:i]
	e.URL = e.Request[i+1:]
	if j := strings.LastIndex(e.URL, " HTTP/"); j >= 0 {
		e.URL, e.Protocol = e.URL[:j], e.URL[j+1:]
	}
}

// quoted reads a double-quoted part; quotes inside it are escaped with a backslash.
func quoted(s string) (string, string, bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[1:i], s[i+1:], true
		}
	}
	return "", s, false
}

func word(s string) (string, string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], strings.TrimLeft(s[i+1:], " ")
	}
	return s, ""
}

func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func isStatus(s string) bool {
	return len(s) == 3 && s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' && s[2] >= '0' && s[2] <= '9'
}

func upper(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// address reports whether s looks like an IP address: digits and dots, or hexadecimal digits and colons.
func address(s string) bool {
	dots, colons := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return dots == 3 && colons == 0 || colons >= 2
}
