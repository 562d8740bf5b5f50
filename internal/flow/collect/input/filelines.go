package input

import (
	"bytes"

	"github.com/isoc-project/isoc/internal/flow/record"
)

// lineShape is how the text of a file is cut into records.
type lineShape struct {
	mark []byte // byte order mark of UTF-16; empty for all other encodings, whose line end is one byte
	join bool   // lines that go on with the line before make one record with it
}

// How sure it is that nothing follows what was read.
const (
	endUnknown = iota // more may come at any time
	endIdle           // the writer pauses: what is joined is whole
	endFinal          // nothing comes any more: the last line is whole without its end, too
)

// cut calls add with each whole record at the start of buf and where in buf it begins, at most [record.MaxBatchRecords] of them, and returns
// how many bytes are done with. Blank lines are none. It returns 0 where the first record is not whole.
func (s lineShape) cut(buf []byte, end int, add func(start int, raw []byte)) (taken int) {
	for n := 0; n < record.MaxBatchRecords; {
		start := taken + zeros(buf[taken:])
		stop, after := s.record(buf, start, end)
		if after < 0 {
			if start == len(buf) {
				taken = start // a hole and nothing else
			}
			return taken
		}
		taken = after
		raw := s.trim(buf[start:stop])
		if len(raw) == 0 {
			continue
		}
		if len(s.mark) > 0 && !bytes.HasPrefix(raw, s.mark) {
			raw = append(bytes.Clone(s.mark), raw...)
		}
		add(start, raw)
		n++
	}
	return taken
}

// record finds the record that begins at start: where its text stops, and where the next one begins, or -1 where it is not whole.
func (s lineShape) record(buf []byte, start, end int) (stop, after int) {
	stop, after = s.line(buf, start, end)
	for s.join && after >= 0 && len(s.trim(buf[start:stop])) > 0 {
		next, beyond := s.line(buf, after, end)
		if beyond < 0 {
			if end == endUnknown {
				return 0, -1 // the next line may belong to it
			}
			return stop, after
		}
		if !s.continues(buf[after:next]) || next-start > record.MaxRawBytes {
			return stop, after
		}
		stop, after = next, beyond
	}
	return stop, after
}

// line finds the line that begins at start.
func (s lineShape) line(buf []byte, start, end int) (stop, after int) {
	if start >= len(buf) {
		return 0, -1
	}
	if len(s.mark) == 0 {
		if i := bytes.IndexByte(buf[start:], '\n'); i >= 0 {
			return start + i, start + i + 1
		}
	} else {
		for i := start; i+1 < len(buf); i += 2 {
			if unit(s.mark, buf[i:]) == '\n' {
				return i, i + 2
			}
		}
	}
	if end == endFinal {
		return len(buf), len(buf)
	}
	return 0, -1
}

// trim takes off the carriage return, and returns nothing for a line that is blank.
func (s lineShape) trim(line []byte) []byte {
	if len(s.mark) > 0 {
		if n := len(line); n >= 2 && n%2 == 0 && unit(s.mark, line[n-2:]) == '\r' {
			line = line[:n-2]
		}
		if len(bytes.Trim(line, "\x00 \t\r\n")) == 0 || bytes.Equal(line, s.mark) {
			return nil
		}
		return line
	}
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	return line
}

// continues reports whether a line goes on with the one before: it is indented, or what stack traces go on with.
func (s lineShape) continues(line []byte) bool {
	if len(s.mark) > 0 {
		var narrow [16]byte
		n := 0
		for i := 0; i+1 < len(line) && n < len(narrow); i += 2 {
			if narrow[n] = byte(unit(s.mark, line[i:])); narrow[n] > '~' {
				break
			}
			n++
		}
		line = narrow[:n]
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return false
	}
	if line[0] == ' ' || line[0] == '\t' {
		return true
	}
	for _, word := range []string{"at ", "Caused by:", "Suppressed:", "... "} {
		if bytes.HasPrefix(line, []byte(word)) {
			return true
		}
	}
	return false
}

// zeros is how many zero bytes b begins with: a file that is cut off under a program which does not append has a hole at its start. The
// last three may be of a wide character.
func zeros(b []byte) int {
	n := len(b) - len(bytes.TrimLeft(b, "\x00"))
	if n < 8 {
		return 0
	}
	return n - n%2
}

// shapeOf tells how a file is cut, by its first bytes or by the encoding its source is said to have.
func shapeOf(head []byte, encoding string, join bool) lineShape {
	s := lineShape{join: join}
	for _, mark := range [][]byte{{0xff, 0xfe}, {0xfe, 0xff}} {
		if bytes.HasPrefix(head, mark) {
			s.mark = mark
			return s
		}
	}
	if encoding == "utf-16" {
		s.mark = []byte{0xff, 0xfe}
	}
	return s
}

// packed reports whether a file is compressed, by its name or by its first bytes: rotated logs, which were read before they were packed.
func packed(name string, head []byte) bool {
	for _, suffix := range []string{".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z", ".zip"} {
		if len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix {
			return true
		}
	}
	for _, magic := range []string{"\x1f\x8b", "BZh", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "PK\x03\x04"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}
