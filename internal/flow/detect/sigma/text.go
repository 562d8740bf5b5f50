package sigma

import (
	"time"
	"unsafe"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// eventText gives the values of one event by position, as they are and folded. A value is folded once, when first asked for.
// The position after the last field is the event's time.
type eventText struct {
	event  *event.Event
	ids    []int32 // of the fields' names
	folded []string
	done   []uint32 // generation in which folded was made
	gen    uint32
	buf    []byte
	time   string
}

func (t *eventText) reset(ev *event.Event) {
	n := len(ev.Fields) + 1
	if n > len(t.done) {
		t.folded, t.done = make([]string, 2*n), make([]uint32, 2*n)
		t.gen = 0
	}
	if t.gen++; t.gen == 0 {
		clear(t.done)
		t.gen = 1
	}
	t.event, t.buf, t.time = ev, t.buf[:0], ""
}

// timePosition is where the event's time stands.
func (t *eventText) timePosition() int32 { return int32(len(t.event.Fields)) }

func (t *eventText) raw(at int32) string {
	if int(at) < len(t.event.Fields) {
		return t.event.Fields[at].Value
	}
	if t.time == "" {
		t.time = timeText(t.event.Time)
	}
	return t.time
}

// timeText is how rules see the time of an event.
func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// fold returns the folded value. It is valid until the next reset.
func (t *eventText) fold(at int32) string {
	if t.done[at] == t.gen {
		return t.folded[at]
	}
	raw := t.raw(at)
	if literal.IsFolded(raw) {
		t.folded[at], t.done[at] = raw, t.gen
		return raw
	}
	start := len(t.buf)
	if cap(t.buf)-start < len(raw)+8 { // values handed out keep the old buffer alive
		t.buf, start = make([]byte, 0, max(2*cap(t.buf), 4*len(raw)+4096)), 0
	}
	t.buf = literal.AppendFold(t.buf, raw)
	out := t.buf[start:]
	s := unsafe.String(unsafe.SliceData(out), len(out)) // nothing writes to out before the next reset
	t.folded[at], t.done[at] = s, t.gen
	return s
}
