package kv

import (
	"strings"
	"unicode/utf8"
)

// MaxPairs bounds the pairs read from one line.
const MaxPairs = 1024

// Bounds of a key and of a quoted value, in bytes; a longer quoted value is read as an unquoted one.
const (
	maxKey    = 96
	maxQuoted = 64 << 10
)

// Each calls fn for every key=value pair of s until fn returns false, and returns how many there were. Pairs are
// separated by blanks, tabs, commas, semicolons or bars; values may be quoted ("…", '…', with backslash
// escapes or doubled quotes left as they are) and unquoted values may hold blanks and commas: a value lasts until the next key=.
// Text before the first key is skipped.
func Each(s string, fn func(key, value string) bool) int { return each(s, false, fn) }

// EachSpaced is [Each] for lists whose pairs are separated by commas and whose keys may hold blanks: "Device IP Address=192.0.2.1, User Name=kai".
func EachSpaced(s string, fn func(key, value string) bool) int { return each(s, true, fn) }

func each(s string, spaced bool, fn func(key, value string) bool) int {
	n := 0
	at, eq := nextKey(s, 0)
	if spaced && eq >= 0 {
		at = widened(s, 0, at)
	}
	for eq >= 0 && n < MaxPairs {
		key := s[at:eq]
		value, end, quoted := quotedValue(s, eq+1)
		nextAt, nextEq := nextKey(s, end)
		if spaced && nextEq >= 0 {
			nextAt = widened(s, end, nextAt)
		}
		if !quoted {
			stop := len(s)
			if nextEq >= 0 {
				stop = nextAt
			}
			value = trimSeparators(s[eq+1 : stop])
		}
		n++
		if !fn(trimKey(key), value) {
			break
		}
		at, eq = nextAt, nextEq
	}
	return n
}

// maxSpaced bounds the words of a key with blanks.
const maxSpaced = 4

// widened moves the start of a key back to behind the comma before it, over words of letters.
func widened(s string, from, at int) int {
	words := 1
	for i := at - 1; i >= from; i-- {
		switch c := s[i]; {
		case c == ',' || c == ';':
			for i++; i < at && s[i] == ' '; i++ {
			}
			return i
		case c == ' ':
			if words++; words > maxSpaced+1 {
				return at
			}
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_', c >= utf8.RuneSelf:
		default:
			return at
		}
	}
	return at
}

// Count returns how many pairs s has, at most limit.
func Count(s string, limit int) int {
	n := 0
	return Each(s, func(_, _ string) bool {
		n++
		return n < limit
	})
}

// nextKey finds the next '=' at or after from that follows a key which begins after a separator. It returns the
// key's start and the position of '=', or -1 twice.
func nextKey(s string, from int) (start, eq int) {
	for i := from; i < len(s); {
		j := strings.IndexByte(s[i:], '=')
		if j < 0 {
			return -1, -1
		}
		j += i
		k := j
		if k > from+2 && s[k-1] == ')' { // "SrcIPAddr(1003)="
			n := k - 1
			for n > from && s[n-1] >= '0' && s[n-1] <= '9' {
				n--
			}
			if n < k-1 && n > from && s[n-1] == '(' {
				k = n - 1
			}
		}
		for k > from && j-k < maxKey && keyByte(s[k-1]) {
			k--
		}
		if k < j && (k == 0 || separator(s[k-1]) || k == from && k > 0 && (s[k-1] == '"' || s[k-1] == '\'')) {
			return k, j
		}
		i = j + 1
	}
	return -1, -1
}

// quotedValue reads a quoted value that begins at i. Without a quote, or without its end, it returns i and false.
func quotedValue(s string, i int) (string, int, bool) {
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return curlyValue(s, i)
	}
	q := s[i]
	escaped := false
	for j := i + 1; j < min(len(s), i+maxQuoted); j++ {
		switch {
		case s[j] == '\\' && q == '"' && j+1 < len(s) && (s[j+1] == '"' || s[j+1] == '\\'):
			escaped = escaped || s[j+1] == '"'
			j++
		case s[j] == q:
			if j+1 < len(s) && !separator(s[j+1]) && s[j+1] != ']' && s[j+1] != ')' && s[j+1] != '}' {
				continue // a quote inside the value
			}
			v := s[i+1 : j]
			if escaped {
				v = strings.ReplaceAll(v, `\"`, `"`)
			}
			return v, j + 1, true
		}
	}
	return "", i, false
}

// curlyValue reads a value in typographic quotes, as texts have them that went through an office program: user=“kai lee”.
func curlyValue(s string, i int) (string, int, bool) {
	const begin, end = "“", "”"
	if i >= len(s) || !strings.HasPrefix(s[i:], begin) {
		return "", i, false
	}
	from := i + len(begin)
	for at := from; ; {
		n := strings.Index(s[at:min(len(s), from+maxQuoted)], end)
		if n < 0 {
			return "", i, false
		}
		at += n
		after := at + len(end)
		if after == len(s) || separator(s[after]) || s[after] == ']' || s[after] == ')' || s[after] == '}' {
			return s[from:at], after, true
		}
		at = after
	}
}

func keyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '_' || c == '.' || c == '-' || c == '@' || c == '/' || c == ':' || c == '[' || c == ']' || c >= utf8.RuneSelf
}

func separator(c byte) bool {
	switch c {
	case ' ', '\t', ',', ';', '|', '\n', '\r', '(', '{', 0x1e, 0x1f:
		return true
	}
	return false
}

func trimKey(k string) string { return trim(numberless(k), keyEdge) }

// numberless drops the number that some devices put behind a name: "SrcIPAddr(1003)".
func numberless(k string) string {
	if n := len(k) - 1; n > 2 && k[n] == ')' {
		i := n
		for i > 0 && k[i-1] >= '0' && k[i-1] <= '9' {
			i--
		}
		if i < n && i > 1 && k[i-1] == '(' {
			return k[:i-1]
		}
	}
	return k
}

func trimSeparators(v string) string { return trim(v, valueEdge) }

// trim is strings.Trim without a set made anew for each value.
func trim(s string, edge func(byte) bool) string {
	for s != "" && edge(s[0]) {
		s = s[1:]
	}
	for s != "" && edge(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func keyEdge(c byte) bool { return c == ':' || c == '-' || c == '/' || c == '[' || c == ']' }

func valueEdge(c byte) bool {
	return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '|' || c == '\r' || c == '\n' || c == 0x1e || c == 0x1f
}
