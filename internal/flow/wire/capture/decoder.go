package capture

import (
	"net/netip"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/dnsmsg"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/frame"
)

// Bounds of what a decoder holds, where the options say nothing else.
const (
	// DefaultFlows is how many flows are followed at once.
	DefaultFlows = 262_144
	// DefaultHeldBytes is how much of all streams together waits to be understood.
	DefaultHeldBytes = 64 << 20
	// ActiveTimeout is how long a flow goes on before it is reported in between.
	ActiveTimeout = 30 * time.Minute
)

// idle is how long a flow of each class may be silent.
var idle = [...]time.Duration{classEnded: 5 * time.Second, classShort: time.Minute, classLong: 5 * time.Minute}

// Options configures a [Decoder].
type Options struct {
	// Emit takes a record, which is good until it returns.
	Emit func(line []byte)
	// Interface is the name of the interface captured at, or empty.
	Interface string
	// Hosts are the networks of which one end of a flow must be; none means all.
	Hosts []netip.Prefix
	// Skip says of an end of a flow that the flow is not to be followed; nil skips none.
	Skip func(netip.AddrPort) bool
	// Flows and HeldBytes are bounds; zero means the default.
	Flows     int
	HeldBytes int
}

// Stats is what was done since the start.
type Stats struct {
	Packets, Bytes uint64 // captured
	Flows, Records uint64 // begun; emitted
	// NoIP frames held no IP; Broken ones contradicted themselves or were cut too short.
	NoIP, Broken uint64
	// Fragments were given up, their datagrams never became whole.
	Fragments uint64
	// Filtered packets were none of the hosts', or skipped.
	Filtered uint64
	// Evicted flows made room for others; Abandoned streams were beyond the bounds, or had holes.
	Evicted, Abandoned uint64
}

// Decoder follows the flows of one place. It serves one goroutine.
type Decoder struct {
	o       Options
	frames  frame.Decoder
	packet  frame.Packet
	flows   map[key]*flow
	lists   [len(idle)]list
	held    int
	stats   Stats
	line    []byte
	message dnsmsg.Message
}

// New returns a decoder that follows nothing yet.
func New(o Options) *Decoder {
	if o.Flows <= 0 {
		o.Flows = DefaultFlows
	}
	if o.HeldBytes <= 0 {
		o.HeldBytes = DefaultHeldBytes
	}
	return &Decoder{o: o, flows: map[key]*flow{}}
}

// Stats returns what was done so far.
func (d *Decoder) Stats() Stats {
	d.stats.Fragments = d.frames.Dropped()
	return d.stats
}

// Held is how many bytes of streams wait to be understood.
func (d *Decoder) Held() int { return d.held }

// Frame takes in a frame that was captured at a time, which is also the decoder's clock.
func (d *Decoder) Frame(link uint16, b []byte, at time.Time) {
	d.FrameInVLAN(link, b, at, 0)
}

// FrameInVLAN is Frame for a frame whose outermost tag was taken off.
func (d *Decoder) FrameInVLAN(link uint16, b []byte, at time.Time, vlan uint16) {
	d.stats.Packets++
	d.stats.Bytes += uint64(len(b))
	p := &d.packet
	switch d.frames.Decode(frame.Link(link), b, at, p) {
	case frame.Whole:
		if vlan != 0 {
			p.VLAN = vlan
		}
		d.take(p, at)
	case frame.Other:
		d.stats.NoIP++
	case frame.Broken:
		d.stats.Broken++
	case frame.Part:
	}
	d.Advance(at)
}

// Advance ends what was silent for too long. Call it on a quiet interface.
func (d *Decoder) Advance(now time.Time) {
	for class := range d.lists {
		for f := d.lists[class].oldest; f != nil && now.Sub(f.last) > idle[class]; f = d.lists[class].oldest {
			reason := "idle"
			if f.ended() {
				reason = "end"
			}
			d.end(f, reason)
		}
	}
}

// Flush ends all flows: nothing more comes.
func (d *Decoder) Flush() {
	for class := range d.lists {
		for f := d.lists[class].oldest; f != nil; f = d.lists[class].oldest {
			reason := "flush"
			if f.ended() {
				reason = "end"
			}
			d.end(f, reason)
		}
	}
}

func (d *Decoder) wanted(p *frame.Packet) bool {
	if len(d.o.Hosts) > 0 {
		in := false
		for _, net := range d.o.Hosts {
			if net.Contains(p.Src) || net.Contains(p.Dst) {
				in = true
				break
			}
		}
		if !in {
			return false
		}
	}
	return d.o.Skip == nil || !d.o.Skip(netip.AddrPortFrom(p.Src, p.SrcPort)) && !d.o.Skip(netip.AddrPortFrom(p.Dst, p.DstPort))
}

// take adds a packet to its flow.
func (d *Decoder) take(p *frame.Packet, at time.Time) {
	if !d.wanted(p) {
		d.stats.Filtered++
		return
	}
	k := keyOf(p)
	f := d.flows[k]
	if f != nil && f.stale(p, at) {
		d.end(f, "end")
		f = nil
	}
	if f == nil {
		f = d.begin(k, p, at)
	} else if at.Sub(f.start) > ActiveTimeout {
		d.emitFlow(f, "active")
		f.again(at)
	}
	from := f.count(p, at)
	d.lists[f.class].remove(f)
	f.class = f.classify()
	d.lists[f.class].push(f)
	d.look(f, from, p, at)
}

func (d *Decoder) begin(k key, p *frame.Packet, at time.Time) *flow {
	if len(d.flows) >= d.o.Flows {
		d.evict()
	}
	f := &flow{key: k, start: at, last: at}
	f.orient(p)
	d.flows[k] = f
	d.lists[f.class].push(f)
	d.stats.Flows++
	return f
}

// evict ends the flow that was silent longest, those that are over first.
func (d *Decoder) evict() {
	var f *flow
	for class := range d.lists {
		if g := d.lists[class].oldest; g != nil && (f == nil || f.class != classEnded && g.last.Before(f.last)) {
			f = g
		}
	}
	d.stats.Evicted++
	d.end(f, "evicted")
}

// end tells what was not told yet of a flow and forgets it.
func (d *Decoder) end(f *flow, reason string) {
	d.release(f)
	d.emitFlow(f, reason)
	d.lists[f.class].remove(f)
	delete(d.flows, f.key)
}

// list is flows by when they were last seen.
type list struct{ oldest, newest *flow }

func (l *list) push(f *flow) {
	f.older, f.newer = l.newest, nil
	if l.newest != nil {
		l.newest.newer = f
	} else {
		l.oldest = f
	}
	l.newest = f
}

func (l *list) remove(f *flow) {
	if f.older != nil {
		f.older.newer = f.newer
	} else {
		l.oldest = f.newer
	}
	if f.newer != nil {
		f.newer.older = f.older
	} else {
		l.newest = f.older
	}
	f.older, f.newer = nil, nil
}
