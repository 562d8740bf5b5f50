package input

import "bytes"

// lines cuts a body into its lines, without their ends. A body that begins with a byte order mark of UTF-16, as Windows
// programs export logs, is cut where UTF-16 has its line ends, and each line gets the mark, by which the parser knows it.
type lines struct {
	rest []byte
	mark []byte // of UTF-16; empty for anything else
}

func linesOf(body []byte) *lines {
	for _, mark := range [][]byte{{0xff, 0xfe}, {0xfe, 0xff}} {
		if bytes.HasPrefix(body, mark) {
			return &lines{rest: body[2:], mark: mark}
		}
	}
	return &lines{rest: body}
}

// next returns the next line; more is false when none is left.
func (l *lines) next() (line []byte, more bool) {
	if len(l.rest) == 0 {
		return nil, false
	}
	if len(l.mark) == 0 {
		line, l.rest, _ = bytes.Cut(l.rest, []byte{'\n'})
		return bytes.TrimSuffix(line, []byte{'\r'}), true
	}
	end, after := len(l.rest), len(l.rest)
	for i := 0; i+1 < len(l.rest); i += 2 {
		if l.unit(i) == '\n' {
			end, after = i, i+2
			break
		}
	}
	line, l.rest = l.rest[:end], l.rest[after:]
	if n := len(line); n >= 2 && n%2 == 0 && unit(l.mark, line[n-2:]) == '\r' {
		line = line[:n-2]
	}
	if len(line) == 0 {
		return nil, true
	}
	return append(bytes.Clone(l.mark), line...), true
}

func (l *lines) unit(i int) uint16 { return unit(l.mark, l.rest[i:]) }

// unit is the code unit that b begins with, in the byte order of mark.
func unit(mark, b []byte) uint16 {
	if mark[0] == 0xff {
		return uint16(b[0]) | uint16(b[1])<<8
	}
	return uint16(b[0])<<8 | uint16(b[1])
}
