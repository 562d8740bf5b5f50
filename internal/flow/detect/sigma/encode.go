package sigma

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// dashes are the characters windash treats alike: hyphen, slash, en dash, em dash, horizontal bar.
const dashes = "-/–—―"

func isDash(r rune) bool { return strings.ContainsRune(dashes, r) }

// windash replaces every dash of the text by the class of all of them.
func windash(p pattern) pattern {
	var out pattern
	for _, q := range p {
		if q.kind != partText {
			out = append(out, q)
			continue
		}
		rest := q.text
		for rest != "" {
			i := strings.IndexFunc(rest, isDash)
			if i < 0 {
				out = append(out, part{kind: partText, text: rest})
				break
			}
			if i > 0 {
				out = append(out, part{kind: partText, text: rest[:i]})
			}
			out = append(out, part{kind: partDash})
			_, n := utf8.DecodeRuneInString(rest[i:])
			rest = rest[i+n:]
		}
	}
	return out
}

// spellOut replaces dash classes by each dash in turn, unless there are more than most: then ok is false.
func (p pattern) spellOut(most int) (out []pattern, ok bool) {
	n := 0
	for _, q := range p {
		if q.kind == partDash {
			n++
		}
	}
	if n > most {
		return nil, false
	}
	out = []pattern{nil}
	for _, q := range p {
		if q.kind != partDash {
			for i := range out {
				out[i] = out[i].join(q)
			}
			continue
		}
		var next []pattern
		for _, o := range out {
			for _, dash := range dashes {
				next = append(next, o[:len(o):len(o)].join(part{kind: partText, text: string(dash)}))
			}
		}
		out = next
	}
	return out, true
}

// join appends a part; text after text becomes one part.
func (p pattern) join(q part) pattern {
	if n := len(p); n > 0 && q.kind == partText && p[n-1].kind == partText {
		out := append(p[:n-1:n-1], part{kind: partText, text: p[n-1].text + q.text})
		return out
	}
	return append(p[:len(p):len(p)], q)
}

// mapText applies f to the text parts.
func (p pattern) mapText(f func(string) string) pattern {
	out := make(pattern, len(p))
	for i, q := range p {
		out[i] = q
		if q.kind == partText {
			out[i].text = f(q.text)
		}
	}
	return out
}

func utf16LE(s string) string {
	return encodeUTF16(s, func(u uint16) (byte, byte) { return byte(u), byte(u >> 8) })
}

func utf16BE(s string) string {
	return encodeUTF16(s, func(u uint16) (byte, byte) { return byte(u >> 8), byte(u) })
}

func encodeUTF16(s string, order func(uint16) (byte, byte)) string {
	units := utf16.Encode([]rune(s))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		first, second := order(u)
		out = append(out, first, second)
	}
	return string(out)
}

// byteOrderMark is what the utf16 modifier puts first.
const byteOrderMark = "\xff\xfe"

// base64Offsets returns the parts of s's encoding that do not depend on what stands around it, for the three places
// s can have in a group of three bytes. What the neighbours' bits flow into is trimmed at both ends.
func base64Offsets(s string) []string {
	out := make([]string, 0, 3)
	for shift := range 3 {
		enc := base64.StdEncoding.EncodeToString([]byte("  "[:shift] + s))
		start := [3]int{0, 2, 3}[shift]
		end := len(enc) - [3]int{0, 3, 2}[(shift+len(s))%3]
		if start < end {
			out = append(out, enc[start:end])
		}
	}
	return out
}
