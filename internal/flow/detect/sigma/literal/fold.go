package literal

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
	"unsafe"
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

// capitals sets the high bit of each byte that is an ASCII capital. A capital's small letter has the bit two below.
func capitals(w uint64) uint64 {
	const each = 0x0101010101010101
	low := w &^ highBits
	atLeastA := low + each*(0x80-'A')
	pastZ := low + each*(0x80-'Z'-1)
	return (atLeastA ^ pastZ) & highBits &^ w
}

// Word returns eight bytes of s, from i on, which must be there.
func Word(s string, i int) uint64 { return word64(s, i) }

// word64 and word32 read bytes of s that must be there, the first into the lowest bits.
func word64(s string, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), i))[:])
}

func word32(s string, i int) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), i))[:])
}

// equalFold reports whether s, which is ASCII or folded, has the folded text at i.
func equalFold(s string, i int, text string) bool {
	if i < 0 || len(s)-i < len(text) {
		return false
	}
	k := 0
	for ; k+8 <= len(text); k += 8 {
		w := word64(s, i+k)
		if w|capitals(w)>>2 != word64(text, k) {
			return false
		}
	}
	for ; k < len(text); k++ {
		if asciiFold[s[i+k]] != text[k] {
			return false
		}
	}
	return true
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
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := word64(s, i)
		if w&highBits != 0 || capitals(w) != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || asciiFold[c] != c {
			return false
		}
	}
	return true
}

// IsASCII reports whether s has no byte beyond ASCII.
func IsASCII(s string) bool {
	if len(s) >= 8 {
		last := len(s) - 8
		for i := 0; i < last; i += 8 {
			if word64(s, i)&highBits != 0 {
				return false
			}
		}
		return word64(s, last)&highBits == 0
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
