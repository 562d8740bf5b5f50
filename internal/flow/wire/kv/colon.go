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
		}
	}
	return s, ""
}

func cutColon(part string) (key, value string, ok bool) {
	for i, r := range part {
		if r != ':' && r != '：' {
			continue
		}
		key = strings.TrimSpace(part[:i])
		value = strings.Trim(strings.TrimSpace(part[i+utf8.RuneLen(r):]), `"`)
		return key, value, key != "" && len(key) <= maxKey && !strings.ContainsAny(key, `"{}<>/\`)
	}
	return "", "", false
}
