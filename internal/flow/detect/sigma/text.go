package sigma

import (
	"net/netip"
	"time"
	"unsafe"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// eventText gives the values of one event by position, as they are and folded. A value is folded once, when first asked for.
// The position after the last field is the event's time.
type eventText struct {
	event  *event.Event
	layout *layout
	folded []string
	done   []uint32 // generation in which folded was made
	plain  []uint32 // twice the generation in which the value was seen to be ASCII, and one more if it is not
	gen    uint32
	buf    []byte
	time   string
	places [places]place // of fields by where their values stand in memory

	addr   netip.Addr // of the value at addrAt, invalid where that is no address
	addrAt int32      // -1 for none
}

func (t *eventText) reset(ev *event.Event) {
	n := len(ev.Fields) + 1
	if n > len(t.done) {
		t.folded, t.done, t.plain = make([]string, 2*n), make([]uint32, 2*n), make([]uint32, 2*n)
	}
	if t.gen++; t.gen >= 1<<31 {
		clear(t.done)
		clear(t.plain)
		t.places = [places]place{}
		t.gen = 1
	}
	t.event, t.buf, t.time, t.addrAt = ev, t.buf[:0], "", -1
}

const places = 64

type place struct {
	gen uint32
	at  int32
}

// repeats reports whether the value is that of an earlier field, the very same bytes: parsers give many values a second name of ECS.
// It may miss one. It must be asked once for each position that counts, in order.
func (t *eventText) repeats(at int32) bool {
	v := t.event.Fields[at].Value
	p := unsafe.StringData(v)
	seen := &t.places[(uintptr(unsafe.Pointer(p))^uintptr(unsafe.Pointer(p))>>6)%places]
	if seen.gen == t.gen {
		if w := t.event.Fields[seen.at].Value; len(w) == len(v) && unsafe.StringData(w) == p {
			return true
		}
	}
	*seen = place{t.gen, at}
	return false
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

// search returns the value as indexes of literals take it: as it is where it is ASCII, else folded.
func (t *eventText) search(at int32) (s string, ascii bool) {
	raw := t.raw(at)
	if t.plain[at]>>1 != t.gen {
		t.plain[at] = 2 * t.gen
		if !literal.IsASCII(raw) {
			t.plain[at]++
		}
	}
	if t.plain[at]&1 == 0 {
		return raw, true
	}
	return t.fold(at), false
}

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

// address returns the value as an address, invalid where it is none. Rules ask one value about many networks in a row.
func (t *eventText) address(at int32) netip.Addr {
	if t.addrAt != at {
		t.addrAt = at
		t.addr = parseAddress(t.raw(at))
	}
	return t.addr
}
