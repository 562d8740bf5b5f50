package kv

import (
	"strings"
	"unicode/utf8"
)

// EachColon calls fn for every "key: value" pair of a list separated by commas, semicolons, bars, tabs or line ends, also
// with the full-width punctuation of Chinese devices (名称：值，…), until fn returns false. Keys may hold blanks. It returns the number of pairs.
func EachColon(s string, fn func(key, value string) bool) int {
	n := 0
	for s != "" && n < MaxPairs {
		part, rest := cutPart(s)
		s = rest
		key, value, ok := cutColon(part)
		if !ok {
			continue
		}
		if n == 0 { // "conn log: User: kai, …": what the list is about comes before its first key
			if i := strings.Index(value, ": "); i > 0 && i < 32 && strings.Count(value[:i], " ") < 3 {
				if k, v, found := cutColon(value); found {
					key, value = k, v
				}
			}
		}
		n++
		if !fn(key, value) {
			break
		}
	}
	return n
}

// cutPart cuts s at the first list separator outside double quotes.
func cutPart(s string) (part, rest string) {
	quoted := false
	for i, r := range s {
		switch r {
		case '"':
			quoted = !quoted
		case ',', ';', '|', '\t', '\n', '\r', '，', '；', '、':
			if !quoted {
				return s[:i], s[i+utf8.RuneLen(r):]
			}
		case '$':
			if !quoted && i+1 < len(s) && s[i+1] == ' ' {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

func cutColon(part string) (key, value string, ok bool) {
	for i, r := range part {
		if r != ':' && r != '：' && (r != '/' || i > maxSlashed || !chinese(part[:i]) || alternative(part[i+1:])) {
			continue
		}
		key = numberless(strings.Trim(strings.TrimSpace(part[:i]), "`[("))
		value = strings.TrimSpace(part[i+utf8.RuneLen(r):])
		if end := strings.IndexByte(value, '"'); end == 0 { // [user:"kai"]
			if end = strings.IndexByte(value[1:], '"'); end >= 0 && len(value)-end <= 4 {
				value = value[:end+2]
			}
		}
		value = strings.Trim(value, `"`)
		return key, value, key != "" && len(key) <= maxKey && (!strings.ContainsAny(key, `"{}<>/\`) || chinese(key) && !strings.ContainsAny(key, `"{}<>\`))
	}
	return "", "", false
}

// maxSlashed bounds a Chinese key that a slash ends ("客户端IP/192.0.2.1"), in bytes.
const maxSlashed = 24

// chinese reports whether a key begins with a Chinese character.
func chinese(key string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(key, " "))
	return r >= 0x3400 && r <= 0x9fff
}

// alternative reports whether what follows a slash is the rest of a key: "用户名/主机: …".
func alternative(rest string) bool {
	return chinese(rest) && strings.ContainsAny(rest[:min(len(rest), maxSlashed)], ":：")
}
