package syslog

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// Header is what stands before a syslog message. Its strings are parts of the line, absent ones empty.
type Header struct {
	Priority   int // PRI as sent, -1 where there is none
	Version    int // 1 for RFC 5424, 0 otherwise
	Time       time.Time
	Host       string
	App        string
	PID        string
	MsgID      string
	Structured string // RFC 5424 structured data as sent, without the nil value "-"
	Message    string // what is left
}

// Facility returns the facility code, or -1 where there is no PRI.
func (h *Header) Facility() int {
	if h.Priority < 0 {
		return -1
	}
	return h.Priority >> 3
}

// Severity returns the severity code, or -1 where there is no PRI.
func (h *Header) Severity() int {
	if h.Priority < 0 {
		return -1
	}
	return h.Priority & 7
}

// Parse reads the header of line. It reports false where the line has neither a priority nor a timestamp
// to begin with; Message is then the whole line. loc is the zone of timestamps without one and ref, the
// time of receipt, settles the year of those without one. It never allocates.
func Parse(line string, loc *time.Location, ref time.Time) (Header, bool) {
	h := Header{Priority: -1, Message: line}
	rest := strings.TrimLeft(line, " \t\ufeff")
	pri, n := priority(rest)
	if n > 0 {
		h.Priority = pri
		rest = rest[n:]
	}
	if parse5424(rest, loc, &h) {
		return h, true
	}
	return h, parse3164(rest, loc, ref, &h) || n > 0
}

// maxPriority is beyond the 191 of RFC 5424: devices count facilities of their own from 24 on.
const maxPriority = 999

// priority reads "<191>" and returns its value and length.
func priority(s string) (int, int) {
	if len(s) < 3 || s[0] != '<' {
		return 0, 0
	}
	v := 0
	for i := 1; i < len(s) && i <= 4; i++ {
		if s[i] == '>' {
			if i == 1 || v > maxPriority {
				return 0, 0
			}
			return v, i + 1
		}
		if s[i] < '0' || s[i] > '9' {
			return 0, 0
		}
		v = v*10 + int(s[i]-'0')
	}
	return 0, 0
}

func parse5424(s string, loc *time.Location, h *Header) bool {
	if len(s) < 4 || s[0] != '1' || s[1] != ' ' {
		return false
	}
	s = s[2:]
	switch t, n, ok := clock.ISO(s, loc); {
	case ok && n < len(s) && s[n] == ' ':
		h.Time = t
		s = s[n+1:]
	case strings.HasPrefix(s, "- ") && h.Priority >= 0:
		s = s[2:]
	default:
		return false
	}
	h.Version = 1
	for _, field := range [...]*string{&h.Host, &h.App, &h.PID, &h.MsgID} {
		if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "CEF:") || strings.HasPrefix(s, "LEEF:") { // senders that put the message right after the host
			break
		}
		tok, rest, ok := strings.Cut(s, " ")
		if !ok {
			break
		}
		if tok != "-" {
			*field = tok
		}
		s = rest
	}
	h.App = strings.TrimSuffix(h.App, ":")
	if n := structuredLen(s); n > 0 {
		h.Structured = s[:n]
		s = s[n:]
	} else if s == "-" || strings.HasPrefix(s, "- ") {
		s = s[1:]
	}
	h.Message = strings.TrimPrefix(strings.TrimPrefix(s, " "), "\ufeff")
	return true
}

func parse3164(s string, loc *time.Location, ref time.Time, h *Header) bool {
	s = strings.TrimLeft(s, " :")
	rest := sequence(s)
	t, n, iso, ok := timestamp(rest, loc, ref)
	if !ok && rest != s {
		rest = s
		t, n, iso, ok = timestamp(rest, loc, ref)
	}
	if !ok {
		if h.Priority >= 0 {
			h.Message = s
			tag(h)
			return true
		}
		return false
	}
	strict := iso && h.Priority < 0
	if !origin(strings.TrimLeft(rest[n:], " :"), h, strict) && strict {
		h.Message = s
		return false
	}
	h.Time = t
	return true
}

// sequence skips the message counter that Cisco devices put first: "000123: ".
func sequence(s string) string {
	i := 0
	for i < len(s) && i < 12 && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 && strings.HasPrefix(s[i:], ": ") {
		return s[i+2:]
	}
	return s
}

func timestamp(s string, loc *time.Location, ref time.Time) (t time.Time, n int, iso, ok bool) {
	if t, n, ok = clock.BSD(s, loc, ref); ok {
		return t, n, false, true
	}
	if t, n, ok = clock.ISO(s, loc); ok {
		return t, n, true, true
	}
	return time.Time{}, 0, false, false
}

// origin reads host and tag and reports whether it found either. strict is set for lines that begin with a bare
// ISO timestamp, which many programs' own logs do: the word that follows is a host only when a tag comes after it.
func origin(s string, h *Header, strict bool) bool {
	h.Message = s
	if tag(h) {
		if h.PID == "" && strings.HasPrefix(h.Message, "%") { // "router: %SYS-5-CONFIG_I: …"
			h.Host, h.App = h.App, ""
		}
		return !strict || h.PID != ""
	}
	host, rest, ok := strings.Cut(s, " ")
	if !ok || !hostlike(host) || strict && (level(host) || strings.HasPrefix(rest, " ")) {
		return false
	}
	h.Message = strings.TrimPrefix(strings.TrimLeft(rest, " "), ": ")
	if tag(h) || !strict {
		h.Host = strings.Trim(host, ":[]")
		return true
	}
	h.Message = s
	return false
}

// level reports whether a program's own log has a level where a header has the host. A word that is padded to a column is none either.
func level(s string) bool {
	switch strings.ToLower(s) {
	case "trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal", "panic":
		return true
	}
	return false
}

// hostlike reports whether the word after a timestamp may be a host's name or address.
func hostlike(s string) bool {
	if s == "" || len(s) > 255 || s[0] == '%' || strings.HasPrefix(s, "CEF:") || strings.HasPrefix(s, "LEEF:") {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_', c == ':', c >= 0x80:
		case c == '[' && i == 0 && strings.IndexAny(s, ".:") > 0, c == ']' && i >= len(s)-2 && s[0] == '[', c == '%' || c == '/' || c == '@':
		default:
			return false
		}
	}
	return true
}

const maxTag = 80 // bytes; RFC 3164 says 32, programs disagree

// tag reads "app[pid]: " or "app: " off the front of the message.
func tag(h *Header) bool {
	s := h.Message
	i := 0
	for i < len(s) && i < maxTag && tagByte(s[i]) {
		i++
	}
	if i == 0 || i >= len(s) {
		return false
	}
	app := s[:i]
	switch s[i] {
	case '[':
		end := strings.IndexByte(s[i:min(len(s), i+40)], ']')
		if end < 0 {
			return false
		}
		pid, rest := s[i+1:i+end], s[i+end+1:]
		if !strings.HasPrefix(rest, ":") {
			return false
		}
		h.App, h.PID, h.Message = app, pid, strings.TrimLeft(rest[1:], " ")
		return true
	case ':':
		if app == "CEF" || app == "LEEF" || numeric(app) {
			return false
		}
		if i+1 < len(s) && s[i+1] != ' ' && app != "kernel" {
			return false
		}
		h.App, h.Message = app, strings.TrimLeft(s[i+1:], " ")
		return true
	}
	return false
}

func tagByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '-' || c == '_' || c == '/' || c == '(' || c == ')' || c == '@' || c == '+'
}

func numeric(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
