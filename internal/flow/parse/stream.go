package parse

import (
	"bufio"
	"bytes"
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
	var line []byte
	var enc encoder
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
		} else if carries(line) {
			if v, err := parser.ParseBytes(line); err == nil && v.Get("raw") != nil {
				id = string(v.GetStringBytes("id"))
				rec.Raw = v.GetStringBytes("raw")
			}
		}
		var steps []Step
		if explain {
			steps = p.ExplainInto(&rec, &ev)
		} else {
			p.Parse(&rec, &ev)
		}
		text, err := enc.encode(&ev, id, steps)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		if _, err = w.Write(text); err == nil {
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("write event: %w", err)
		}
	}
}

// carries reports whether a line may be an object with a record in it: most records are not, and need not be read as JSON to see that.
func carries(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return len(line) > 0 && line[0] == '{' && bytes.Contains(line, []byte(`raw"`))
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

// Flat writes events as lines of flat JSON, as [Stream] does. It serves one goroutine.
type Flat struct{ enc encoder }

// Line returns ev as one line, which is good until the next call.
func (f *Flat) Line(ev *event.Event) []byte {
	line, _ := f.enc.encode(ev, "", nil) // only steps can fail
	return line
}
