package leef

import (
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// Header is the part of a LEEF message before its attributes.
type Header struct {
	Version    string
	Vendor     string
	Product    string
	Release    string
	EventID    string
	Delimiter  string // what separates attributes; a tab unless version 2.0 says otherwise
	Attributes string // as sent; read them with [Each]
}

// Find returns where "LEEF:" begins in the first limit bytes of s, or -1.
func Find(s string, limit int) int {
	return strings.Index(s[:min(len(s), limit)], "LEEF:")
}

// Parse reads a message that begins with "LEEF:". It reports false unless its header is whole.
func Parse(s string) (Header, bool) {
	h := Header{Delimiter: "\t"}
	s, ok := strings.CutPrefix(s, "LEEF:")
	if !ok {
		return h, false
	}
	for _, f := range [...]*string{&h.Version, &h.Vendor, &h.Product, &h.Release, &h.EventID} {
		part, rest, ok := strings.Cut(s, "|")
		if !ok {
			if f != &h.EventID {
				return h, false
			}
			part, rest = s, ""
		}
		*f, s = strings.TrimSpace(part), rest
	}
	if strings.HasPrefix(h.Version, "2") {
		if d, rest, ok := delimiter(s); ok {
			h.Delimiter, s = d, rest
		}
	}
	h.Attributes = s
	return h, h.Vendor != "" || h.Product != ""
}

// delimiter reads the sixth header field of version 2.0: a character, or its code as 0x09 or x09. It may be left out.
func delimiter(s string) (string, string, bool) {
	i := strings.IndexByte(s, '|')
	if i < 0 || i > 6 {
		return "", s, false
	}
	f, rest := s[:i], s[i+1:]
	if f == "" {
		return "\t", rest, true
	}
	hex, isHex := strings.CutPrefix(strings.ToLower(strings.TrimPrefix(f, "0")), "x")
	if isHex && hex != "" {
		n, err := strconv.ParseUint(hex, 16, 16)
		if err != nil || n == 0 {
			return "", s, false
		}
		return string(rune(n)), rest, true
	}
	if len([]rune(f)) == 1 && !strings.Contains(f, "=") {
		return f, rest, true
	}
	return "", s, false
}

// Each calls fn for every attribute and returns how many there were. Where the stated delimiter does not occur but
// several attributes do (relays turn tabs into blanks or "#011"), they are read as a blank-separated list.
func (h *Header) Each(fn func(key, value string)) int {
	attrs := h.Attributes
	if !strings.Contains(attrs, h.Delimiter) {
		if strings.Contains(attrs, "#011") {
			attrs = strings.ReplaceAll(attrs, "#011", h.Delimiter)
		} else {
			return kv.Each(attrs, func(k, v string) bool { fn(k, v); return true })
		}
	}
	n := 0
	for attrs != "" && n < kv.MaxPairs {
		var part string
		part, attrs, _ = strings.Cut(attrs, h.Delimiter)
		key, value, ok := strings.Cut(part, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			continue
		}
		fn(key, strings.TrimSpace(value))
		n++
	}
	return n
}
