package sigma

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

func (a *asking) fold(v string) string {
	f, ok := a.folded[v]
	if !ok {
		f = literal.Fold(v)
		a.folded[v] = f
	}
	return f
}

// spans tells which bytes of a value a test that holds looked for: the text of the pattern without its wildcards, what an
// expression took, else the whole value.
func (t *test) spans(raw, folded string) []Span {
	whole := []Span{{0, len(raw)}}
	if raw == "" {
		return nil
	}
	in := raw
	if t.folds() {
		in = folded
	}
	var found []Span
	switch t.op {
	case opPresent:
		return nil
	case opPrefix:
		found = []Span{{0, len(t.text)}}
	case opSuffix:
		found = []Span{{len(in) - len(t.text), len(in)}}
	case opContains:
		i := strings.Index(in, t.text)
		found = []Span{{i, i + len(t.text)}}
	case opGlob:
		found = t.glob.spans(in)
	case opRegex:
		if m := t.re.re.FindStringIndex(raw); m != nil && m[1] > m[0] {
			return []Span{{m[0], m[1]}}
		}
		return whole
	default:
		return whole
	}
	if t.folds() {
		for i := range found {
			found[i] = unfoldSpan(raw, found[i])
		}
	}
	return found
}

// unfoldSpan turns a stretch of a folded value into that of the value. Folding may change the length of a character.
func unfoldSpan(raw string, s Span) Span {
	out, folded := Span{-1, len(raw)}, 0
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRuneInString(raw[i:])
		size := 1
		if r != utf8.RuneError || n > 1 {
			size = utf8.RuneLen(literal.FoldRune(r))
		}
		if out.Start < 0 && folded+size > s.Start {
			out.Start = i
		}
		if folded >= s.End {
			out.End = i
			break
		}
		folded, i = folded+size, i+n
	}
	if out.Start < 0 {
		out.Start = len(raw)
	}
	return Span{out.Start, max(out.Start, out.End)}
}

// spans tells where the segments of a pattern that fits stand in s; wildcards between them are left out.
func (g *glob) spans(s string) []Span {
	var out []Span
	add := func(start, end int) {
		if end > start {
			out = append(out, Span{start, end})
		}
	}
	at, segs := 0, g.segments
	if g.start && len(segs) > 0 {
		n, _ := matchHead(s, segs[0])
		add(0, n)
		at, segs = n, segs[1:]
	}
	var last pattern
	if g.end && len(segs) > 0 {
		last, segs = segs[len(segs)-1], segs[:len(segs)-1]
	}
	for _, seg := range segs {
		n, ok := findSegment(s[at:], seg)
		if !ok {
			return out
		}
		add(at+n-tailLength(s[at:at+n], seg), at+n)
		at += n
	}
	if last != nil {
		add(len(s)-tailLength(s, last), len(s))
	}
	return out
}

// tailLength is how many bytes at the end of s the segment takes.
func tailLength(s string, seg pattern) int {
	rest := s
	for i := len(seg) - 1; i >= 0; i-- {
		if seg[i].kind == partText {
			rest = strings.TrimSuffix(rest, seg[i].text)
			continue
		}
		_, n := utf8.DecodeLastRuneInString(rest)
		rest = rest[:len(rest)-n]
	}
	return len(s) - len(rest)
}
