package literal

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// Fold maps every character to the representative of its Unicode simple-folding class, so that two texts are equal
// ignoring case exactly when their folds are the same bytes. Bytes that are no UTF-8 stay as they are.
func Fold(s string) string {
	if IsFolded(s) {
		return s
	}
	return string(AppendFold(make([]byte, 0, len(s)+8), s))
}

// AppendFold appends the fold of s to dst.
func AppendFold(dst []byte, s string) []byte {
	dst = append(dst, s...)
	out := dst[len(dst)-len(s):]
	i := 0
	for ; i+8 <= len(out); i += 8 {
		w := binary.LittleEndian.Uint64(out[i:])
		if w&highBits != 0 {
			break
		}
		binary.LittleEndian.PutUint64(out[i:], w|capitals(w)>>2)
	}
	for ; i < len(out); i++ {
		if out[i] >= utf8.RuneSelf {
			return appendFoldRunes(dst[:len(dst)-len(out)+i], s[i:])
		}
		out[i] = asciiFold[out[i]]
	}
	return dst
}

const highBits = 0x8080808080808080

// capitals sets the high bit of each byte that is an ASCII capital; no byte of w may have its own set. A capital's small letter
// has the bit two below.
func capitals(w uint64) uint64 {
	const each = 0x0101010101010101
	atLeastA := w + each*(0x80-'A')
	pastZ := w + each*(0x80-'Z'-1)
	return (atLeastA ^ pastZ) & highBits
}

func appendFoldRunes(dst []byte, s string) []byte {
	for len(s) > 0 {
		c := s[0]
		if c < utf8.RuneSelf {
			dst = append(dst, asciiFold[c])
			s = s[1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, c)
		} else {
			dst = utf8.AppendRune(dst, FoldRune(r))
		}
		s = s[n:]
	}
	return dst
}

// FoldRune returns the representative of r's folding class: the lower-case letter for ASCII, else the smallest member.
func FoldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(asciiFold[byte(r)])
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if least < utf8.RuneSelf {
		return rune(asciiFold[byte(least)])
	}
	return least
}

// IsFolded reports whether s is ASCII without capitals, and so its own fold.
func IsFolded(s string) bool {
	for len(s) >= 8 {
		w := uint64(gramAt(s, 0)) | uint64(gramAt(s, 4))<<32
		if w&highBits != 0 || capitals(w) != 0 {
			return false
		}
		s = s[8:]
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || asciiFold[c] != c {
			return false
		}
	}
	return true
}

// isASCII reports whether s has no byte beyond ASCII.
func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if (uint64(gramAt(s, 0))|uint64(gramAt(s, 4))<<32)&highBits != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// asciiFold is the fold of each byte below 0x80; higher bytes map to themselves. It is never written to.
var asciiFold = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()
