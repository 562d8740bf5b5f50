package literal

import "strings"

// single is a contained literal that is looked for by itself: by the byte of it that is rarest in logs.
type single struct {
	text  string
	at    int // where in text that byte stands
	id    int32
	small byte
	large byte // its capital, or the same
}

func newSingle(e Entry) single {
	x := single{text: e.Text, id: e.ID}
	for i := range len(e.Text) {
		if rareness(e.Text[i]) > rareness(e.Text[x.at]) {
			x.at = i
		}
	}
	x.small, x.large = e.Text[x.at], e.Text[x.at]
	if 'a' <= x.small && x.small <= 'z' {
		x.large -= 'a' - 'A'
	}
	return x
}

// rareness ranks the bytes of folded texts.
func rareness(c byte) int {
	switch {
	case c == ' ' || c == 'e':
		return 0
	case strings.IndexByte("jkqvwxyz", c) >= 0:
		return 3
	case 'a' <= c && c <= 'z':
		return 1
	case '0' <= c && c <= '9' || strings.IndexByte(`\/.-:_,`, c) >= 0:
		return 2
	}
	return 4
}

// hasLettersOnly reports whether the literal must be looked for by a letter, in both cases.
func hasLettersOnly(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// in reports whether s, which is ASCII or folded, contains the literal.
func (x *single) in(s string) bool {
	return x.by(x.small, s) || x.large != x.small && x.by(x.large, s)
}

func (x *single) by(c byte, s string) bool {
	if len(x.text) == 1 {
		return strings.IndexByte(s, c) >= 0
	}
	for i := x.at; i < len(s); i++ {
		n := strings.IndexByte(s[i:], c)
		if n < 0 {
			return false
		}
		if i += n; equalFold(s, i-x.at, x.text) {
			return true
		}
	}
	return false
}
