package naive

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// unit is one character of a value, one byte that is no character, or a wildcard of a pattern.
type unit struct {
	r    rune
	b    byte
	raw  bool // b is a byte that is no UTF-8
	any  bool // "*"
	one  bool // "?"
	dash bool // any of the dashes
}

// readUnits takes a value apart.
func readUnits(s string) (out []unit) {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			out = append(out, unit{b: s[0], raw: true})
		} else {
			out = append(out, unit{r: r})
		}
		s = s[n:]
	}
	return out
}

// readPattern takes a rule's text apart: a backslash escapes "*", "?" and itself.
func readPattern(s string) (out []unit) {
	in := readUnits(s)
	for i := 0; i < len(in); i++ {
		c := in[i]
		escaped := c.r == '\\' && i+1 < len(in) && (in[i+1].r == '*' || in[i+1].r == '?' || in[i+1].r == '\\')
		switch {
		case escaped:
			i++
			out = append(out, in[i])
		case c.r == '*':
			out = append(out, unit{any: true})
		case c.r == '?':
			out = append(out, unit{one: true})
		default:
			out = append(out, c)
		}
	}
	return out
}

// plain is the text of a pattern without wildcards.
func plain(p []unit) string {
	var out []byte
	for _, u := range p {
		switch {
		case u.any || u.one || u.dash:
			panic(unreadable("wildcard in encoded or referring value"))
		case u.raw:
			out = append(out, u.b)
		default:
			out = utf8.AppendRune(out, u.r)
		}
	}
	return string(out)
}

func wrap(patterns [][]unit, start, end bool) (out [][]unit) {
	for _, p := range patterns {
		q := slices.Clone(p)
		if start {
			q = append([]unit{{any: true}}, q...)
		}
		if end {
			q = append(q, unit{any: true})
		}
		out = append(out, q)
	}
	return out
}

func isDash(r rune) bool {
	return r == '-' || r == '/' || r == 0x2013 || r == 0x2014 || r == 0x2015
}

func dashed(patterns [][]unit) (out [][]unit) {
	for _, p := range patterns {
		q := slices.Clone(p)
		for i, u := range q {
			if !u.any && !u.one && !u.raw && isDash(u.r) {
				q[i] = unit{dash: true}
			}
		}
		out = append(out, q)
	}
	return out
}

// spell writes each dash class out as each dash.
func spell(p []unit) [][]unit {
	i := slices.IndexFunc(p, func(u unit) bool { return u.dash })
	if i < 0 {
		return [][]unit{p}
	}
	var out [][]unit
	for _, r := range []rune{'-', '/', 0x2013, 0x2014, 0x2015} {
		q := slices.Clone(p)
		q[i] = unit{r: r}
		out = append(out, spell(q)...)
	}
	return out
}

// matchUnits reports whether the pattern takes the whole value. At a mismatch the last "*" takes one unit more.
func matchUnits(p, s []unit, cased bool) bool {
	i, star, resume := 0, -1, 0
	for j := 0; j < len(s); {
		switch {
		case i < len(p) && p[i].any:
			star, resume = i, j
			i++
		case i < len(p) && sameUnit(p[i], s[j], cased):
			i++
			j++
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	for i < len(p) && p[i].any {
		i++
	}
	return i == len(p)
}

func sameUnit(p, v unit, cased bool) bool {
	switch {
	case p.one:
		return true
	case p.dash:
		return !v.raw && isDash(v.r)
	case p.raw || v.raw:
		return p.raw && v.raw && p.b == v.b
	case p.r == v.r:
		return true
	case cased:
		return false
	}
	for f := unicode.SimpleFold(p.r); f != p.r; f = unicode.SimpleFold(f) {
		if f == v.r {
			return true
		}
	}
	return false
}
