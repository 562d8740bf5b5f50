package parse

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// MaxLineBytes bounds one input line of Stream; of a longer one the beginning is taken as a raw record.
const MaxLineBytes = 8 * record.MaxRawBytes

// Stream reads {"id":…,"raw":…} lines from in and writes one JSON object of ECS fields a line to out, in order, each
// flushed when it is written: "@timestamp" first, "id" last where the input has one, repeated names as arrays. With explain every object has the
// steps taken under "steps". A line that is no such object is taken as a raw record itself, an empty line gives an empty
// record, one beyond [MaxLineBytes] is cut; none stops the stream. It returns at the end of in, or on the first error of reading or writing.
// With auto the automatic parser stands alone; packs nil means those that come with the product.
func Stream(in io.Reader, out io.Writer, packs *pack.Shelf, explain, auto bool) error {
	r := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriterSize(out, 64<<10)
	p := New(Options{Automatic: auto, Packs: packs})
	var parser fastjson.Parser
	var ev event.Event
	var line, buf []byte
	for {
		var whole bool
		var err error
		if line, whole, err = readLine(r, line[:0]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		rec := record.Record{Input: "stdin", Received: time.Now().UTC(), Raw: line}
		id := ""
		if !whole {
			rec.Raw = line[:record.MaxRawBytes]
		} else if v, err := parser.ParseBytes(line); err == nil && v.Get("raw") != nil {
			id = string(v.GetStringBytes("id"))
			rec.Raw = v.GetStringBytes("raw")
		}
		var steps []Step
		if explain {
			steps = p.ExplainInto(&rec, &ev)
		} else {
			p.Parse(&rec, &ev)
		}
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
}

// readLine appends the next line to dst, without its end. Of a line longer than [MaxLineBytes] it skips the rest and
// reports that it is not whole. It returns [io.EOF] when nothing is left.
func readLine(r *bufio.Reader, dst []byte) (line []byte, whole bool, err error) {
	whole = true
	for {
		part, err := r.ReadSlice('\n')
		if whole = whole && len(dst)+len(part) <= MaxLineBytes; whole {
			dst = append(dst, part...)
		} else {
			dst = append(dst, part[:min(len(part), MaxLineBytes-len(dst))]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil && len(dst) == 0, err != nil && !errors.Is(err, io.EOF):
			return dst, whole, err
		default:
			return bytes.TrimSuffix(bytes.TrimSuffix(dst, []byte{'\n'}), []byte{'\r'}), whole, nil
		}
	}
}

// appendFlat appends ev as one line of flat JSON.
func appendFlat(dst []byte, ev *event.Event, id string, steps []Step) ([]byte, error) {
	dst = append(dst, `{"@timestamp":"`...)
	dst = ev.Time.AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, '"')
	for i, f := range ev.Fields {
		if repeatedBefore(ev.Fields[:i], f.Name) || f.Name == "id" && id != "" || f.Name == "steps" && steps != nil {
			continue
		}
		dst = append(dst, ',')
		dst = appendString(dst, f.Name)
		dst = append(dst, ':')
		dst = appendValues(dst, ev.Fields[i:], f.Name)
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
