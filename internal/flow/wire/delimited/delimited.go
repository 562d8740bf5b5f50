package delimited

import "strings"

// MaxFields bounds the values of one line.
const MaxFields = 512

// Split appends the values of a line to dst and returns it. Values may be quoted with double quotes, which are doubled
// inside ("a ""b"" c"); unquoted ones are trimmed of blanks. A quote that never ends is taken literally.
func Split(s string, delim byte, dst []string) []string {
	for len(dst) < MaxFields {
		s = strings.TrimLeft(s, " ")
		if v, rest, ok := quoted(s, delim); ok {
			dst = append(dst, v)
			if rest == "" {
				return dst
			}
			s = rest[1:]
			continue
		}
		i := strings.IndexByte(s, delim)
		if i < 0 {
			return append(dst, strings.TrimRight(s, " \r\n"))
		}
		dst = append(dst, strings.TrimRight(s[:i], " "))
		s = s[i+1:]
	}
	return dst
}

// quoted reads a quoted value; rest is empty or begins with the delimiter.
func quoted(s string, delim byte) (value, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	doubled := false
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		rest = strings.TrimLeft(s[i+1:], " \r\n")
		if rest != "" && rest[0] != delim {
			return "", s, false
		}
		value = s[1:i]
		if doubled {
			value = strings.ReplaceAll(value, `""`, `"`)
		}
		return value, rest, true
	}
	return "", s, false
}
