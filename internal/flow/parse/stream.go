package parse

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// MaxLineBytes bounds one input line of Stream.
const MaxLineBytes = 8 * record.MaxRawBytes

// Stream reads {"id":…,"raw":…} lines from in and writes one JSON object of ECS fields a line to out, in order, each
// flushed when it is written: "@timestamp" first, "id" last where the input has one, repeated names as arrays. With explain every object has the
// steps taken under "steps". A line that is no such object is taken as a raw record itself, an empty line gives an empty
// record; neither stops the stream. It returns at the end of in, or on the first error of reading or writing.
// With auto the automatic parser stands alone.
func Stream(in io.Reader, out io.Writer, explain, auto bool) error {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 64<<10), MaxLineBytes)
	w := bufio.NewWriterSize(out, 64<<10)
	p := New(Options{Automatic: auto})
	var parser fastjson.Parser
	var ev event.Event
	var buf []byte
	for s.Scan() {
		rec := record.Record{Input: "stdin", Received: time.Now().UTC(), Raw: s.Bytes()}
		id := ""
		if v, err := parser.ParseBytes(s.Bytes()); err == nil && v.Get("raw") != nil {
			id = string(v.GetStringBytes("id"))
			rec.Raw = v.GetStringBytes("raw")
		}
		var steps []Step
		if explain {
			steps = p.ExplainInto(&rec, &ev)
		} else {
			p.Parse(&rec, &ev)
		}
		var err error
		if buf, err = appendFlat(buf[:0], &ev, id, steps); err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		if _, err = w.Write(buf); err == nil {
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("write event: %w", err)
		}
	}
	if err := s.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("input line longer than %d bytes: %w", MaxLineBytes, err)
		}
		return fmt.Errorf("read records: %w", err)
	}
	return nil
}

// appendFlat appends ev as one line of flat JSON.
func appendFlat(dst []byte, ev *event.Event, id string, steps []Step) ([]byte, error) {
	dst = append(dst, `{"@timestamp":"`...)
	dst = ev.Time.AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, '"')
	for i, f := range ev.Fields {
		if repeatedBefore(ev.Fields[:i], f.Name) {
			continue
		}
		dst = append(dst, ',')
		dst = appendString(dst, f.Name)
		dst = append(dst, ':')
		dst = appendValues(dst, ev.Fields[i:], f.Name)
	}
	if id != "" && !ev.Has("id") {
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
	return append(dst, '}', '\n'), nil
}

func repeatedBefore(fields []event.Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}

// appendValues appends the value of name, or all of them as an array.
func appendValues(dst []byte, fields []event.Field, name string) []byte {
	n := 0
	for i := range fields {
		if fields[i].Name == name {
			n++
		}
	}
	if n == 1 {
		return appendString(dst, fields[0].Value)
	}
	dst = append(dst, '[')
	for i := range fields {
		if fields[i].Name != name {
			continue
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = appendString(dst, fields[i].Value)
	}
	return append(dst, ']')
}

// appendString appends s, which is valid UTF-8, as a JSON string.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}
