package parse

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
)

// encoder writes events as flat JSON. It keeps scratch memory between them, and serves one goroutine.
type encoder struct {
	buf   []byte
	heads []uint16 // by hash of a name: one more than the index of the first field that has it
	next  []uint16 // of each field: one more than the index of the next of its name, 0; with notFirst where the name stands before it
}

// notFirst marks a field whose name stands before it.
const notFirst = 1 << 15

// encode returns ev as one line: "@timestamp" first, "id" last where there is one, repeated names as arrays. The line is good until the
// next call.
func (e *encoder) encode(ev *event.Event, id string, steps []Step) ([]byte, error) {
	dst := append(e.buf[:0], `{"@timestamp":"`...)
	dst = ev.Time.AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, '"')
	e.link(ev.Fields)
	for i := range ev.Fields {
		f := &ev.Fields[i]
		if e.next[i]&notFirst != 0 || f.Name == "id" && id != "" || f.Name == "steps" && steps != nil {
			continue
		}
		dst = append(dst, ',')
		dst = appendString(dst, f.Name)
		dst = append(dst, ':')
		if e.next[i] == 0 {
			dst = appendString(dst, f.Value)
			continue
		}
		dst = appendString(append(dst, '['), f.Value)
		for at := e.next[i]; at != 0; at = e.next[at-1] &^ notFirst {
			dst = appendString(append(dst, ','), ev.Fields[at-1].Value)
		}
		dst = append(dst, ']')
	}
	if id != "" {
		dst = append(dst, `,"id":`...)
		dst = appendString(dst, id)
	}
	if steps != nil {
		b, err := json.Marshal(steps)
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, `,"steps":`...), b...)
	}
	e.buf = append(dst, '}', '\n')
	return e.buf, nil
}

// link finds the fields of one name. An event has far fewer fields than notFirst.
func (e *encoder) link(fields []event.Field) {
	size := 1 << bits.Len(uint(2*len(fields)))
	e.heads = slices.Grow(e.heads[:0], size)[:size]
	clear(e.heads)
	e.next = append(e.next[:0], make([]uint16, len(fields))...)
	mask := uint32(size - 1)
	for i := len(fields) - 1; i >= 0; i-- {
		name := fields[i].Name
		for at := hash(name); ; at++ {
			head := &e.heads[at&mask]
			if *head == 0 {
				*head = uint16(i + 1)
				break
			}
			if j := *head - 1; fields[j].Name == name {
				e.next[i] = j + 1
				e.next[j] |= notFirst
				*head = uint16(i + 1)
				break
			}
		}
	}
}

// hash tells names apart by their length and both ends.
func hash(s string) uint32 {
	n := len(s)
	x := uint64(n)
	if n >= 8 {
		x ^= eight(s, n-8) ^ eight(s, 0)*0x9E3779B97F4A7C15
	} else {
		for i := range n {
			x = x<<8 | uint64(s[i])
		}
	}
	return uint32(x * 0xD6E8FEB86659FD93 >> 32)
}

// eight returns the eight bytes of s that begin at i.
func eight(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// piece is how much of a string is written at once: a piece of which every byte is escaped must find room.
const piece = 1 << 10

// appendString appends s, which is valid UTF-8, as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for len(s) > piece {
		dst = appendPiece(dst, s[:piece])
		s = s[piece:]
	}
	return append(appendPiece(dst, s), '"')
}

// appendPiece appends a part of a JSON string: eight bytes at a time up to the first that must be escaped.
func appendPiece(dst []byte, s string) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len("\\u0000")*len(s)+8)
	dst = dst[:cap(dst)]
	for len(s) >= 8 {
		x := eight(s, 0)
		binary.LittleEndian.PutUint64(dst[n:], x)
		at := escapes(x)
		n += at
		if at == 8 {
			s = s[8:]
			continue
		}
		n = escape(dst, n, s[at])
		s = s[at+1:]
	}
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			n = escape(dst, n, c)
		} else {
			dst[n] = c
			n++
		}
	}
	return dst[:n]
}

// escape writes a character that must be escaped at n, and returns what comes after it.
func escape(dst []byte, n int, c byte) int {
	if c >= 0x20 {
		dst[n], dst[n+1] = '\\', c
		return n + 2
	}
	return n + copy(dst[n:], control(c))
}

// escapes returns which of eight bytes is the first that must be escaped in JSON, a control character, a quote or a backslash; 8 for none.
func escapes(x uint64) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quote, slash := x^'"'*ones, x^'\\'*ones
	return bits.TrailingZeros64(((x-0x20*ones)|(quote-ones)|(slash-ones))&^x&high) / 8
}

// control returns how JSON writes a control character.
func control(c byte) string {
	switch c {
	case '\n':
		return `\n`
	case '\t':
		return `\t`
	case '\r':
		return `\r`
	}
	const codes = `\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f` +
		`\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f`
	return codes[int(c)*6 : int(c)*6+6]
}
