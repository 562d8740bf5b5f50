package sigma

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// chain is an expression of the shape "text .* text .+ text": texts in order on one line. It decides without a regular
// expression. An expression ".{n,}" is a chain too: a line of n characters.
type chain struct {
	links  []link
	folded bool // texts are folded, values must be
	dotAll bool // "." takes a line's end too, so there is one line
	length int  // a line must have so many characters
}

// link is a text after a gap of at least gap characters.
type link struct {
	gap  int
	text string
}

// newChain returns nil where the expression has another shape.
func newChain(re *syntax.Regexp) *chain {
	if re.Op == syntax.OpRepeat && re.Max == -1 && isAnyChar(re.Sub[0]) {
		return &chain{length: re.Min, dotAll: re.Sub[0].Op == syntax.OpAnyChar}
	}
	if re.Op != syntax.OpConcat || len(re.Sub) < 3 {
		return nil
	}
	c := &chain{}
	gap, dots, texts := 0, 0, 0
	for i, s := range re.Sub {
		switch {
		case s.Op == syntax.OpLiteral && i%2 == 0:
			fold := s.Flags&syntax.FoldCase != 0
			if texts++; texts > 1 && fold != c.folded {
				return nil
			}
			c.folded = fold
			text := string(s.Rune)
			if strings.ContainsRune(text, '\n') || strings.ContainsRune(text, utf8.RuneError) {
				return nil
			}
			if fold {
				text = literal.Fold(text)
			}
			c.links = append(c.links, link{gap: gap, text: text})
		case (s.Op == syntax.OpStar || s.Op == syntax.OpPlus) && i%2 == 1 && isAnyChar(s.Sub[0]):
			all := s.Sub[0].Op == syntax.OpAnyChar
			if dots++; dots > 1 && all != c.dotAll {
				return nil
			}
			c.dotAll = all
			if gap = 0; s.Op == syntax.OpPlus {
				gap = 1
			}
		default:
			return nil
		}
	}
	if len(c.links) <= dots {
		return nil
	}
	return c
}

func isAnyChar(re *syntax.Regexp) bool {
	return re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL
}

func (c *chain) match(s string) bool {
	if c.dotAll {
		return c.matchLine(s)
	}
	for {
		line, rest, more := strings.Cut(s, "\n")
		if c.matchLine(line) {
			return true
		}
		if !more {
			return false
		}
		s = rest
	}
}

// matchLine places each text as far left as it goes.
func (c *chain) matchLine(s string) bool {
	if c.length > 0 || len(c.links) == 0 {
		return len(s) >= c.length && utf8.RuneCountInString(s) >= c.length
	}
	for _, l := range c.links {
		if l.gap > 0 {
			_, n := utf8.DecodeRuneInString(s)
			if n == 0 {
				return false
			}
			s = s[n:]
		}
		i := strings.Index(s, l.text)
		if i < 0 {
			return false
		}
		s = s[i+len(l.text):]
	}
	return true
}
