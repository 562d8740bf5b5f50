package xmlscan

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a document; what lies beyond is not read.
const (
	MaxDepth    = 32
	MaxElements = 4096
)

// Visitor receives the parts of a document in order. Names keep their prefix; text has its entities resolved and is
// not trimmed. Text of one element may come in several calls.
type Visitor interface {
	// Open begins an element; attrs is read with [EachAttr].
	Open(name, attrs string)
	// Text is character data of the innermost open element.
	Text(s string)
	// Close ends the innermost element.
	Close(name string)
}

// Scan walks s. It reports false where the document is not well-formed enough to go on: a tag without end, a closing
// tag that matches no open one, or beyond the bounds; what came before has been visited then. External entities, DTDs and
// processing instructions are skipped and never resolved.
func Scan(s string, v Visitor) bool {
	var open [MaxDepth]string
	depth, elements := 0, 0
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return depth == 0 && strings.TrimSpace(s) == ""
		}
		if i > 0 && depth > 0 {
			v.Text(Unescape(s[:i]))
		}
		s = s[i:]
		switch {
		case strings.HasPrefix(s, "<!--"):
			_, s, _ = strings.Cut(s, "-->")
			continue
		case strings.HasPrefix(s, "<![CDATA["):
			text, rest, ok := strings.Cut(s[9:], "]]>")
			if !ok {
				return false
			}
			if depth > 0 {
				v.Text(text)
			}
			s = rest
			continue
		}
		end := tagEnd(s)
		if end < 0 {
			return false
		}
		tag := s[1:end]
		s = s[end+1:]
		switch {
		case tag == "":
			return false
		case tag[0] == '?' || tag[0] == '!':
		case tag[0] == '/':
			name := strings.TrimSpace(tag[1:])
			if depth == 0 || open[depth-1] != name {
				return false
			}
			depth--
			v.Close(name)
		default:
			if elements++; elements > MaxElements || depth == MaxDepth {
				return false
			}
			name, attrs, selfClosed := splitTag(tag)
			v.Open(name, attrs)
			if selfClosed {
				v.Close(name)
				continue
			}
			open[depth] = name
			depth++
		}
	}
	return depth == 0
}

// tagEnd finds the '>' that ends the tag s begins with, outside quotes.
func tagEnd(s string) int {
	var quote byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			return -1
		}
	}
	return -1
}

func splitTag(tag string) (name, attrs string, selfClosed bool) {
	if strings.HasSuffix(tag, "/") {
		tag, selfClosed = tag[:len(tag)-1], true
	}
	if i := strings.IndexAny(tag, " \t\r\n"); i >= 0 {
		return tag[:i], tag[i+1:], selfClosed
	}
	return tag, "", selfClosed
}

// EachAttr calls fn for every name="value" or name='value' of a tag.
func EachAttr(attrs string, fn func(name, value string)) {
	for {
		attrs = strings.TrimLeft(attrs, " \t\r\n")
		name, rest, ok := strings.Cut(attrs, "=")
		if rest = strings.TrimLeft(rest, " \t\r\n"); !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return
		}
		value, after, ok := strings.Cut(rest[1:], rest[:1])
		if !ok {
			return
		}
		fn(strings.TrimSpace(name), Unescape(value))
		attrs = after
	}
}

// Attr returns one attribute of a tag, or the empty string.
func Attr(attrs, name string) string {
	found := ""
	EachAttr(attrs, func(n, v string) {
		if n == name {
			found = v
		}
	})
	return found
}

// Unescape resolves the five named entities and numeric ones; others stay as they are.
func Unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s[:min(len(s), 12)], ';')
		r, ok := rune(0), false
		if end > 1 {
			r, ok = entity(s[1:end])
		}
		if !ok {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		b.WriteRune(r)
		s = s[end+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
