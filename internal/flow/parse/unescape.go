package parse

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// layer is a record's text as it is, or with the escapes of a format undone, and where each byte of it came from.
type layer struct {
	text, lower string
	back        []int32 // offset in the record of each byte, and of the end; nil means the same offset
}

func (l *layer) raw(at int) int {
	if l.back == nil {
		return at
	}
	return int(l.back[at])
}

// layers are the record itself, and what it says where it is JSON, JSON kept in JSON, XML, or XML kept in JSON. Those
// that say nothing new are left out.
func layers(text string) []*layer {
	raw := newLayer(text, nil)
	out := []*layer{raw}
	add := func(from *layer, undo unescape) *layer {
		if l := from.undone(undo); l.text != from.text {
			out = append(out, l)
			return l
		}
		return nil
	}
	if inner := add(raw, unescapeJSON); inner != nil {
		add(inner, unescapeJSON)
		add(inner, unescapeXML)
	}
	add(raw, unescapeXML)
	return out
}

func newLayer(text string, back []int32) *layer {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text
	}
	return &layer{text: text, lower: lower, back: back}
}

// unescape reads the escape at the beginning of a text: what it stands for, and its length; 0 where there is none.
type unescape func(s string) (char string, length int)

func (l *layer) undone(undo unescape) *layer {
	var b strings.Builder
	back := make([]int32, 0, len(l.text)+1)
	for i := 0; i < len(l.text); {
		char, n := undo(l.text[i:])
		if n == 0 {
			char, n = l.text[i:i+1], 1
		}
		for range len(char) {
			back = append(back, int32(l.raw(i)))
		}
		b.WriteString(char)
		i += n
	}
	return newLayer(b.String(), append(back, int32(l.raw(len(l.text)))))
}

func unescapeJSON(s string) (string, int) {
	if len(s) < 2 || s[0] != '\\' {
		return "", 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return s[1:2], 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'b':
		return "\b", 2
	case 'f':
		return "\f", 2
	case 'u':
	default:
		return "", 0
	}
	high, ok := codeUnit(s)
	if !ok {
		return "", 0
	}
	if utf16.IsSurrogate(high) {
		low, ok := codeUnit(s[6:])
		if pair := utf16.DecodeRune(high, low); ok && pair != utf8.RuneError {
			return string(pair), 12
		}
	}
	return string(high), 6
}

// codeUnit reads \u and four hexadecimal digits.
func codeUnit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

// longest reference to a character that is understood, as &#x10FFFF;
const maxEntity = 10

func unescapeXML(s string) (string, int) {
	if s[0] != '&' {
		return "", 0
	}
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 0 {
		return "", 0
	}
	name := s[1:end]
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || n > utf8.MaxRune {
			return "", 0
		}
		return string(rune(n)), end + 1
	}
	char, ok := map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}[name]
	if !ok {
		return "", 0
	}
	return char, end + 1
}
