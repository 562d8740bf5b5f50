package alias

import (
	"unicode/utf8"
)

// Bounds of a name that is looked at: what is longer says nothing a grammar could tell.
const (
	maxName   = 96
	maxTokens = 12
	maxParts  = 4 // dotted segments from the end
)

// part is one dotted segment of a name in words.
type part struct {
	words  set
	known  int  // words of a class
	lead   int  // unknown words before the first known one
	inner  bool // an unknown word after a known one
	digits bool
}

// splitter cuts names into words; its buffer keeps it from allocating.
type splitter struct {
	buf [maxName]byte
}

// parse reads one segment: words end at punctuation and where the case or script changes, and a run of small letters is cut
// into the words it is made of ("srcipaddr").
func (sp *splitter) parse(s string) part {
	var p part
	for i := 0; i < len(s); {
		c := s[i]
		j := i + 1
		switch {
		case upper(c):
			j = sp.capital(&p, s, i)
		case lower(c):
			for j < len(s) && lower(s[j]) {
				j++
			}
			if j < len(s) && digit(s[j]) { // "md5", "sha256", "ipv4"
				k := j
				for k < len(s) && digit(s[k]) {
					k++
				}
				if _, ok := words[s[i:k]]; ok {
					j = k
				}
			}
			sp.word(&p, s[i:j])
		case digit(c):
			for j < len(s) && digit(s[j]) {
				j++
			}
			p.digits = true
		case c >= utf8.RuneSelf:
			for j < len(s) && s[j] >= utf8.RuneSelf {
				j++
			}
			sp.han(&p, s[i:j])
		}
		i = j
	}
	return p
}

// capital adds the word that begins with the capital letter at i, and returns where the next begins. Of several capitals the
// last belongs to the next word ("IPAddress"), but for a plural and for "IPv4".
func (sp *splitter) capital(p *part, s string, i int) int {
	r := i + 1
	for r < len(s) && upper(s[r]) {
		r++
	}
	switch {
	case r-i == 1:
		for r < len(s) && lower(s[r]) {
			r++
		}
	case r == len(s) || !lower(s[r]):
	case s[r] == 's' && (r+1 == len(s) || !lower(s[r+1])), s[r] == 'v' && r+1 < len(s) && digit(s[r+1]):
		sp.word(p, s[i:r])
		return r + 1
	default:
		r--
	}
	if k := r; k < len(s) && digit(s[k]) { // "MD5", "SHA256"
		for k < len(s) && digit(s[k]) {
			k++
		}
		if sp.whole(p, s[i:k]) {
			return k
		}
	}
	sp.word(p, s[i:r])
	return r
}

// whole adds w where it is one known word.
func (sp *splitter) whole(p *part, w string) bool {
	if len(w) > len(sp.buf) {
		return false
	}
	b := sp.buf[:0]
	for i := 0; i < len(w); i++ {
		c := w[i]
		if upper(c) {
			c |= 0x20
		}
		b = append(b, c)
	}
	c, ok := words[string(b)]
	if ok {
		p.add(c)
	}
	return ok
}

// word adds one word of Latin letters, or the words that it is a compound of.
func (sp *splitter) word(p *part, w string) {
	if len(w) > len(sp.buf) {
		p.unknown()
		return
	}
	b := sp.buf[:0]
	for i := 0; i < len(w); i++ {
		b = append(b, w[i]|0x20)
	}
	if c, ok := words[string(b)]; ok {
		p.add(c)
		return
	}
	if n := len(b) - 1; n > 3 && b[n] == 's' { // a plural
		if c, ok := words[string(b[:n])]; ok {
			p.add(c)
			return
		}
	}
	sp.compound(p, b)
}

// compound cuts b into known words, the fewest there are.
func (sp *splitter) compound(p *part, b []byte) {
	const longest, none = 28, 99
	if len(b) > longest {
		p.unknown()
		return
	}
	var best, step [longest + 1]int8
	for i := len(b) - 1; i >= 0; i-- {
		best[i] = none
		for j := i + 2; j <= len(b); j++ {
			if best[j] == none {
				continue
			}
			if _, ok := words[string(b[i:j])]; ok && best[j]+1 < best[i] {
				best[i], step[i] = best[j]+1, int8(j)
			}
		}
	}
	if best[0] == none || best[0] > 4 {
		p.unknown()
		return
	}
	for i := 0; i < len(b); {
		j := int(step[i])
		p.add(words[string(b[i:j])])
		i = j
	}
}

// han adds the words of a run of Chinese characters, cut into the fewest there are; where there is no way to cut it all, the
// longest word at each place is taken and what is between them is unknown.
func (sp *splitter) han(p *part, s string) {
	const longest, word, none = 48, 18, 99 // bytes: sixteen characters, six
	if len(s) > longest {
		p.unknown()
		return
	}
	var best, step [longest + 1]int8
	for i := len(s) - 1; i >= 0; i-- {
		best[i] = none
		if !utf8.RuneStart(s[i]) {
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		best[i], step[i] = min(none, 20+best[i+n]), -int8(n)
		for j := i + n; j <= len(s) && j-i <= word; j++ {
			if j < len(s) && !utf8.RuneStart(s[j]) {
				continue
			}
			if _, ok := words[s[i:j]]; ok && best[j]+1 < best[i] {
				best[i], step[i] = best[j]+1, int8(j-i)
			}
		}
	}
	for i := 0; i < len(s); {
		n := int(step[i])
		if n > 0 {
			p.add(words[s[i:i+n]])
		} else {
			n = -n
			p.unknown()
		}
		i += max(n, 1)
	}
}

func (p *part) add(c set) {
	p.words |= c
	p.known++
}

func (p *part) unknown() {
	if p.known == 0 {
		p.lead++
	} else {
		p.inner = true
	}
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func digit(c byte) bool { return c >= '0' && c <= '9' }
