package input

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzLines cuts a file at once and in two readings, the second from where the first left off: both must yield the same records, at the same places.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		"one\r\ntwo\n\n three\nfour", "\xff\xfeo\x00\n\x00\r\x00\n\x00t\x00", "\xfe\xff\x00o\x00\n", "a\n\tat b\nCaused by: c\n... 2 more\nd\n",
		strings.Repeat("\x00", 20) + "a\nb", "\n\n\n", "\x00\n", "\xff\xfe",
	} {
		f.Add([]byte(text), 3, true, "")
		f.Add([]byte(text), 8, false, "utf-16")
	}
	f.Fuzz(func(t *testing.T, text []byte, at int, join bool, encoding string) {
		if len(text) > 64<<10 {
			return
		}
		s := shapeOf(text, encoding, join)
		at = min(max(at, 0), len(text))
		if len(s.mark) > 0 {
			at -= at % 2 // a reading of UTF-16 ends anywhere, but what it takes does not
		}
		whole, parts := &cuts{}, &cuts{}
		done := whole.all(s, text, 0, endFinal)
		if done != len(text) && len(bytes.Trim(text[done:], "\x00")) > 0 {
			t.Fatalf("%d of %d bytes are done with", done, len(text))
		}
		first := parts.all(s, text[:at], 0, endUnknown)
		if first > at {
			t.Fatalf("%d taken of %d", first, at)
		}
		parts.all(s, text[first:], first, endFinal)
		if holes := bytes.Contains(text, make([]byte, 8)); !holes && strings.Join(whole.raws, "\x01") != strings.Join(parts.raws, "\x01") {
			t.Fatalf("at once %q, in two %q", whole.raws, parts.raws)
		}
		for i, raw := range whole.raws {
			plain := strings.TrimPrefix(raw, string(s.mark))
			if start := whole.starts[i]; !bytes.HasPrefix(text[start:], []byte(plain)) && !bytes.HasPrefix(text[start:], []byte(raw)) {
				t.Fatalf("record %q does not stand at %d", raw, start)
			}
		}
	})
}

// cuts are the records of a file.
type cuts struct {
	raws   []string
	starts []int
}

// all cuts until nothing whole is left, and returns how many bytes that took.
func (c *cuts) all(s lineShape, buf []byte, base, end int) int {
	done := 0
	for {
		n := s.cut(buf[done:], end, func(start int, raw []byte) {
			c.raws = append(c.raws, string(raw))
			c.starts = append(c.starts, base+done+start)
		})
		if n == 0 {
			return done
		}
		done += n
	}
}

func FuzzPlace(f *testing.F) {
	f.Add("abc 12 0")
	f.Add("abc 2048 1024 0123456789abcdef")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := parsePlace(text)
		if !ok {
			return
		}
		m := p.mark(fileID{1, 2})
		if again, ok := parsePlace(m.Value); m.Check() == nil && (!ok || again != p) && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("%q is %+v, and then %+v", text, p, again)
		}
	})
}
