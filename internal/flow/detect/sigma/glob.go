package sigma

import (
	"strings"
	"unicode/utf8"
)

// glob is a pattern ready to match: segments of text and single-character wildcards between "*".
type glob struct {
	segments   []pattern // without partAny
	start, end bool      // the first, the last segment is anchored there
	longest    string    // the longest text part, "" if there is none
}

func newGlob(p pattern) *glob {
	g := &glob{start: true, end: true}
	var seg pattern
	for i, q := range p {
		if q.kind != partAny {
			seg = append(seg, q)
			if len(q.text) > len(g.longest) {
				g.longest = q.text
			}
			continue
		}
		if i == 0 {
			g.start = false
		} else {
			g.segments = append(g.segments, seg)
			seg = nil
		}
		g.end = i != len(p)-1
	}
	if len(seg) > 0 {
		g.segments = append(g.segments, seg)
	}
	return g
}

// match reports whether the whole of s fits. It never goes back over an earlier segment: placing each inner one as far
// left as it goes is enough, so the time is bounded by the length of s times that of the longest segment.
func (g *glob) match(s string) bool {
	segs := g.segments
	if g.start && len(segs) > 0 {
		n, ok := matchHead(s, segs[0])
		if !ok {
			return false
		}
		if s, segs = s[n:], segs[1:]; len(segs) == 0 {
			return !g.end || s == ""
		}
	}
	var last pattern
	if g.end && len(segs) > 0 {
		last, segs = segs[len(segs)-1], segs[:len(segs)-1]
	}
	for _, seg := range segs {
		n, ok := findSegment(s, seg)
		if !ok {
			return false
		}
		s = s[n:]
	}
	return matchTail(s, last)
}

// matchHead reports how many bytes of s the segment takes at its beginning.
func matchHead(s string, seg pattern) (int, bool) {
	at := 0
	for _, q := range seg {
		if q.kind == partText {
			if !strings.HasPrefix(s[at:], q.text) {
				return 0, false
			}
			at += len(q.text)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 || q.kind == partDash && !isDash(r) {
			return 0, false
		}
		at += n
	}
	return at, true
}

func matchTail(s string, seg pattern) bool {
	for i := len(seg) - 1; i >= 0; i-- {
		q := seg[i]
		if q.kind == partText {
			if !strings.HasSuffix(s, q.text) {
				return false
			}
			s = s[:len(s)-len(q.text)]
			continue
		}
		r, n := utf8.DecodeLastRuneInString(s)
		if n == 0 || q.kind == partDash && !isDash(r) {
			return false
		}
		s = s[:len(s)-n]
	}
	return true
}

// findSegment reports where the leftmost occurrence of the segment ends.
func findSegment(s string, seg pattern) (int, bool) {
	for at := 0; ; {
		if seg[0].kind == partText {
			i := strings.Index(s[at:], seg[0].text)
			if i < 0 {
				return 0, false
			}
			at += i
		}
		if n, ok := matchHead(s[at:], seg); ok {
			return at + n, true
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 {
			return 0, false
		}
		at += n
	}
}
