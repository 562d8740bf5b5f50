package query

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one lexical unit, split exactly where the engine's own lexer splits.
type token struct {
	text  string // unquoted
	raw   string // as written
	pos   int    // byte offset of raw
	space bool   // white space stood before it
}

func (t token) end() int     { return t.pos + len(t.raw) }
func (t token) quoted() bool { return t.text != t.raw }
func (t token) eof() bool    { return t.raw == "" }

// is reports whether the token is one of the keywords, which are lower case; quoted tokens never are.
func (t token) is(keywords ...string) bool {
	if t.quoted() {
		return false
	}
	for _, k := range keywords {
		if strings.EqualFold(k, t.text) {
			return true
		}
	}
	return false
}

func (t token) word() bool {
	if t.quoted() || t.raw == "" {
		return false
	}
	for _, r := range t.raw {
		if !tokenRune(r) {
			return false
		}
	}
	return true
}

// glue reports whether the token may stand inside an unquoted compound such as a path, host or time.
func (t token) glue() bool { return t.is("+", "-", "/", ":", ".", "$") }

func tokenRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

type lexer struct {
	s    string
	off  int
	tok  token
	prev token
}

// next reads the following token; at the end of the text the token is empty.
func (l *lexer) next() error {
	l.prev = l.tok
	start := l.off
	for l.off < len(l.s) {
		r, size := utf8.DecodeRuneInString(l.s[l.off:])
		if !unicode.IsSpace(r) {
			break
		}
		l.off += size
	}
	l.tok = token{pos: l.off, space: l.off > start}
	if l.off == len(l.s) {
		return nil
	}
	rest := l.s[l.off:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case r == '#':
		return errorAt(l.off, say(`put it into quotes: "#"`), "'#' would start a comment")
	case tokenRune(r):
		n := 0
		for n < len(rest) {
			r, size := utf8.DecodeRuneInString(rest[n:])
			if !tokenRune(r) {
				break
			}
			n += size
		}
		l.take(rest[:n], rest[:n])
	case r == '"' || r == '`' || r == '\'':
		return l.quote(rest, r)
	case strings.HasPrefix(rest, "=~"), strings.HasPrefix(rest, "!~"), strings.HasPrefix(rest, "!="):
		l.take(rest[:2], rest[:2])
	default:
		l.take(rest[:size], rest[:size])
	}
	return nil
}

func (l *lexer) take(text, raw string) {
	l.tok.text, l.tok.raw = text, raw
	l.off += len(raw)
}

func (l *lexer) quote(rest string, q rune) error {
	if q == '\'' {
		return l.single(rest)
	}
	raw, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return errorAt(l.off, say(`close it with %s; write \\ for a backslash inside double quotes`, string(q)), "unterminated or malformed quote")
	}
	text, err := strconv.Unquote(raw)
	if err != nil {
		return errorAt(l.off, Text{}, "malformed quote")
	}
	l.take(text, raw)
	return nil
}

func (l *lexer) single(rest string) error {
	var b []byte
	size := 1
	for !strings.HasPrefix(rest[size:], "'") {
		ch, _, tail, err := strconv.UnquoteChar(rest[size:], '\'')
		if err != nil {
			return errorAt(l.off, say("close it with '"), "unterminated or malformed quote")
		}
		b = utf8.AppendRune(b, ch)
		size = len(rest) - len(tail)
	}
	l.take(string(b), rest[:size+1])
	return nil
}
