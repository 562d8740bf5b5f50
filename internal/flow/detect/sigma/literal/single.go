package literal

import "strings"

// Finder looks for one folded literal, by the byte of it that is rarest in logs.
type Finder struct {
	text  string
	at    int32 // where in text that byte stands
	small byte
	large byte // its capital, or the same
}

// single is a contained literal of an index that is looked for by itself.
type single struct {
	Finder
	id int32
}

// NewFinder returns a finder of a text that is folded and not empty.
func NewFinder(text string) Finder {
	x := Finder{text: text}
	for i := range len(text) {
		if rareness(text[i]) > rareness(text[x.at]) {
			x.at = int32(i)
		}
	}
	x.small, x.large = text[x.at], text[x.at]
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

// In reports whether s, which is ASCII or folded, contains the text.
func (x *Finder) In(s string) bool {
	return x.by(x.small, s) || x.large != x.small && x.by(x.large, s)
}

func (x *Finder) by(c byte, s string) bool {
	if len(x.text) == 1 {
		return strings.IndexByte(s, c) >= 0
	}
	for i := int(x.at); i < len(s); i++ {
		n := strings.IndexByte(s[i:], c)
		if n < 0 {
			return false
		}
		if i += n; equalFold(s, i-int(x.at), x.text) {
			return true
		}
	}
	return false
}
