package cef

import "strings"

// Header is the part of a CEF message before its extension, with escapes undone.
type Header struct {
	Version   string
	Vendor    string
	Product   string
	Release   string // device version
	Signature string // device event class id
	Name      string
	Severity  string
	Extension string // as sent; read it with [Each]
}

// Find returns where "CEF:" begins in the first limit bytes of s, or -1.
func Find(s string, limit int) int {
	return strings.Index(s[:min(len(s), limit)], "CEF:")
}

// Parse reads a message that begins with "CEF:". It reports false unless the seven header fields are there, the
// first a version.
func Parse(s string) (Header, bool) {
	var h Header
	s, ok := strings.CutPrefix(s, "CEF:")
	if !ok {
		return h, false
	}
	for _, f := range [...]*string{&h.Version, &h.Vendor, &h.Product, &h.Release, &h.Signature, &h.Name} {
		i := bar(s)
		if i < 0 {
			return h, false
		}
		*f = strings.TrimSpace(unescapeHeader(s[:i]))
		s = s[i+1:]
	}
	if i := bar(s); i >= 0 {
		h.Severity, h.Extension = strings.TrimSpace(s[:i]), s[i+1:]
	} else {
		h.Severity = strings.TrimSpace(s)
	}
	return h, version(h.Version) && len(h.Severity) <= 32 && (h.Vendor != "" || h.Product != "")
}

// version reports whether v is a version of the format: what else stands behind "CEF:" is a program of that name.
func version(v string) bool {
	if v == "" || len(v) > 4 {
		return false
	}
	for i := 0; i < len(v); i++ {
		if (v[i] < '0' || v[i] > '9') && (v[i] != '.' || i == 0) {
			return false
		}
	}
	return true
}

// MaxPairs bounds the pairs read from one extension.
const MaxPairs = 1024

// Each calls fn for every key=value of an extension, with escapes undone: values may hold blanks, and a value
// lasts until the next blank followed by a key and '='. It returns how many pairs there were.
func Each(ext string, fn func(key, value string)) int {
	n := 0
	start, eq := nextKey(ext, 0)
	for eq >= 0 && n < MaxPairs {
		nextStart, nextEq := nextKey(ext, eq+1)
		end := len(ext)
		if nextEq >= 0 {
			end = nextStart
		}
		fn(ext[start:eq], unescape(strings.TrimSpace(ext[eq+1:end])))
		n++
		start, eq = nextStart, nextEq
	}
	return n
}

// nextKey finds the next unescaped '=' from i on that follows a key standing after a blank (or at the very start).
func nextKey(s string, from int) (start, eq int) {
	for i := from; i < len(s); {
		j := strings.IndexByte(s[i:], '=')
		if j < 0 {
			return -1, -1
		}
		j += i
		k := j
		for k > from && j-k < 128 && keyByte(s[k-1]) {
			k--
		}
		if k < j && (k == 0 || s[k-1] == ' ' || s[k-1] == '\t' || s[k-1] == '|') {
			return k, j
		}
		i = j + 1
	}
	return -1, -1
}

func keyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '[' || c == ']' || c == ':' || c >= 0x80
}

// bar finds the next '|' that is not escaped.
func bar(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '|':
			return i
		}
	}
	return -1
}

func unescapeHeader(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '|' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescape undoes \= \\ \| \n and \r; other backslashes (Windows paths) stay.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch s[i+1] {
		case '=', '\\', '|':
			b.WriteByte(s[i+1])
			i++
		case 'n':
			b.WriteByte('\n')
			i++
		case 'r':
			b.WriteByte('\r')
			i++
		default:
			b.WriteByte('\\')
		}
	}
	return b.String()
}
