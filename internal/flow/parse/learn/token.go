package learn

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// Bounds of a message that is cut into tokens.
const (
	maxMessage = 1 << 10
	maxTokens1 = 64
	maxQuoted  = 256
)

// token is a piece of a message: what stands before it, and what it is.
type token struct {
	gap  string // the marks and blanks before it
	text string
	kind string // tWord is a word; everything else is a value
}

// variable reports whether a token is a value by its kind: no word that a program always writes.
func (t *token) variable() bool { return t.kind != tWord }

// scan cuts a message into tokens. tail is what follows the last one.
func scan(s string, dst []token) (list []token, tail string) {
	from, i := 0, 0
	for i < len(s) && len(dst) < maxTokens1 {
		if n := mark(s[i:]); n > 0 {
			if s[i] == '"' {
				if end := strings.IndexByte(s[i+1:min(len(s), i+maxQuoted)], '"'); end > 0 && strings.IndexByte(s[i+1:i+1+end], ' ') >= 0 {
					dst = append(dst, token{s[from : i+1], s[i+1 : i+1+end], tText})
					i += end + 1
					from = i
					if i < len(s) {
						i++ // the closing quote is a mark
					}
					continue
				}
			}
			i += n
			continue
		}
		end, kind := word(s, i)
		dst = append(dst, token{s[from:i], s[i:end], kind})
		from, i = end, end
	}
	return dst, s[from:]
}

// mark is the length of a character that stands between tokens, 0 for one that is part of them.
func mark(s string) int {
	switch c := s[0]; c {
	case ' ', '\t', ',', ';', '=', '(', ')', '[', ']', '{', '}', '<', '>', '"', '\'', '|', '\r', '\n':
		return 1
	default:
		if c < utf8.RuneSelf {
			return 0
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case '，', '。', '；', '：', '（', '）', '【', '】', '“', '”', '、', '！', '？', '《', '》', '「', '」', utf8.RuneError:
		return n
	}
	return 0
}

// word finds the end of the token that begins at i, and its kind.
func word(s string, i int) (end int, kind string) {
	if n := moment(s[i:]); n > 0 {
		return i + n, tTime
	}
	end = i
	han := s[i] >= utf8.RuneSelf
	for end < len(s) && mark(s[end:]) == 0 && (s[end] >= utf8.RuneSelf) == han {
		if han {
			_, n := utf8.DecodeRuneInString(s[end:])
			end += n
		} else {
			end++
		}
	}
	if han {
		return end, tWord
	}
	for end > i+1 && strings.IndexByte(".:!?", s[end-1]) >= 0 && s[end-2] != ':' {
		end--
	}
	w := s[i:end]
	if at := strings.IndexByte(w, ':'); at > 0 && at+1 < len(w) && onlyLetters(w[:at]) && !strings.HasPrefix(w[at:], "://") && (at > 1 || w[at+1] != '\\') { // "user:kai"
		if k := kindOf(w); k != tIP && k != tMAC && k != tPath {
			return i + at, tWord
		}
	}
	if w[0] == ':' && len(w) > 1 && w[1] != ':' { // the mark behind a name
		return i + 1, tWord
	}
	switch kind = kindOf(w); kind {
	case tWord:
		if strings.ContainsAny(w, "0123456789") {
			return end, tHash
		}
		return end, tWord
	case tDomain:
		if !strings.ContainsAny(w, "0123456789") && strings.Count(w, ".") == 1 && len(w) < 24 && !common(w) { // "main.go", "o.Method"
			return end, tWord
		}
	case tPath:
		if w == "/" {
			return end, tWord
		}
	}
	return end, kind
}

// common reports whether a name ends like one of the DNS.
func common(w string) bool {
	switch w[strings.LastIndexByte(w, '.')+1:] {
	case "com", "net", "org", "cn", "io", "local", "lan", "test", "example", "internal", "edu", "gov":
		return true
	}
	return false
}

func onlyLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if !letter(s[i]) && s[i] != '_' && s[i] != '-' {
			return false
		}
	}
	return s != ""
}

// moment is the length of a time with which s begins, 0 where it does not.
func moment(s string) int {
	if len(s) < 8 {
		return 0
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		n := 1
		for n < 5 && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n > 4 || strings.IndexByte("-/:. ", s[n]) < 0 || n == 3 || s[n] == '.' && n < 4 || s[n] == ' ' && (n > 2 || !month(s[n+1:])) {
			return 0
		}
	case month(s):
	default:
		return 0
	}
	_, n, ok := clock.Leading(s[:min(len(s), 48)], time.UTC, reference)
	if !ok || n < 8 || !strings.Contains(s[:n], ":") {
		return 0
	}
	for n > 0 && (s[n-1] == ' ' || s[n-1] == ',') {
		n--
	}
	if n < len(s) && mark(s[n:]) == 0 && s[n] != ':' && s[n] != '.' && s[n] < utf8.RuneSelf {
		return 0
	}
	return n
}

func month(s string) bool {
	if len(s) < 5 || s[3] != ' ' {
		return false
	}
	switch s[:3] {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}
