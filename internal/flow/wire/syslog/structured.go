package syslog

import "strings"

// maxStructured bounds the structured data that is read, in bytes.
const maxStructured = 64 << 10

// structuredLen returns the length of the RFC 5424 structured data that s begins with, 0 where there is none.
func structuredLen(s string) int {
	i := 0
	for i < len(s) && i < maxStructured && s[i] == '[' {
		n := elementLen(s[i:])
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// elementLen returns the length of one [id name="value" …] element; brackets inside quotes do not end it.
func elementLen(s string) int {
	quoted, named := false, false
	for i := 1; i < len(s) && i < maxStructured; i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !named: // [action:"Accept"; …] is the message of a Check Point gateway
			return 0
		case c == '"':
			quoted = !quoted
		case c == ' ':
			named = true
		case c == ']' && !quoted:
			if i == 1 || s[1] == ' ' {
				return 0
			}
			return i + 1
		case c == '[' && !quoted:
			return 0
		}
	}
	return 0
}

// EachParam calls fn for every parameter of structured data, with the escapes of its value undone.
// An element without parameters gives one call with an empty name.
func EachParam(sd string, fn func(id, name, value string)) {
	for sd != "" && sd[0] == '[' {
		n := elementLen(sd)
		if n == 0 {
			return
		}
		element := sd[1 : n-1]
		sd = sd[n:]
		id, params, _ := strings.Cut(element, " ")
		if params == "" {
			fn(id, "", "")
			continue
		}
		eachQuoted(params, func(name, value string) { fn(id, name, value) })
	}
}

func eachQuoted(s string, fn func(name, value string)) {
	for {
		s = strings.TrimLeft(s, " ")
		name, rest, ok := strings.Cut(s, `="`)
		if !ok {
			return
		}
		end := closingQuote(rest)
		if end < 0 {
			return
		}
		fn(name, unescape(rest[:end]))
		s = rest[end+1:]
	}
}

func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// unescape undoes \" \\ and \], the only escapes of RFC 5424; other backslashes stay.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\' || s[i+1] == ']') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
