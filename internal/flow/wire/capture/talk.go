package capture

import (
	"math"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/frame"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/httphead"
)

// Bounds of one connection.
const (
	maxStream    = 16<<10 + 2<<10 // bytes of a direction that wait to be understood: a record of TLS at its longest
	maxLate      = 16             // segments of a direction that came before their time
	maxLateBytes = 32 << 10
	maxAhead     = 1 << 20 // how far ahead a segment may be
	toTheEnd     = math.MaxInt64
)

// talk is what is understood of a flow, while something is.
type talk struct {
	parser  parser // nil until the protocol is known
	streams [2]stream
	weight  int // what the parser holds, about
	deaf    [2]bool
}

// parser understands one protocol over TCP.
type parser interface {
	// data takes the bytes that follow in a direction, of which it has not used some before. It returns how many it has no more use for, which may be more
	// than there are: so many are dropped when they come. done says that nothing more is to be learnt.
	data(d *Decoder, f *flow, from int, b []byte, at time.Time) (used int64, done bool)
	// hole tells that bytes of a direction are missing, and reports whether it can go on.
	hole(from int) bool
	// close tells what was not told yet.
	close(d *Decoder, f *flow)
}

// stream is one direction of a connection.
type stream struct {
	begun bool
	next  uint32 // number of the byte to follow
	skip  int64  // bytes nobody wants
	held  []byte
	late  []segment // by number
	ahead int       // bytes in late
}

type segment struct {
	seq     uint32
	body    []byte
	missing int
}

// look understands what a packet carries.
func (d *Decoder) look(f *flow, from int, p *frame.Packet, at time.Time) {
	if f.looked {
		return
	}
	size := len(p.Payload) + p.Missing
	switch p.Proto {
	case frame.UDP:
		if size > 0 {
			d.datagram(f, from, p, at)
		}
	case frame.TCP:
		if size > 0 {
			d.segment(f, from, p, at)
		}
		if f.ended() {
			d.release(f)
		}
	default:
		f.looked = true
	}
}

func (d *Decoder) segment(f *flow, from int, p *frame.Packet, at time.Time) {
	if f.talk == nil {
		f.talk = &talk{}
	}
	s := &f.talk.streams[from]
	seq := p.Seq
	if p.Flags&frame.SYN != 0 {
		seq++
	}
	if !s.begun {
		s.begun, s.next = true, seq
		if f.opened[from] {
			s.next = f.first[from]
		}
	}
	d.add(f, from, segment{seq: seq, body: p.Payload, missing: p.Missing}, at)
	if !f.looked && d.held > d.o.HeldBytes {
		d.abandon(f)
	}
}

// add puts a segment in its place.
func (d *Decoder) add(f *flow, from int, g segment, at time.Time) {
	s := &f.talk.streams[from]
	switch gap := int64(int32(g.seq - s.next)); {
	case gap > s.skip:
		if gap > maxAhead || len(s.late) >= maxLate || s.ahead+len(g.body) > maxLateBytes {
			d.bridge(f, from, g, at)
		} else {
			d.wait(s, g)
		}
		return
	case gap > 0: // what is missing is not wanted
		s.skip -= gap
		s.next += uint32(gap)
	}
	d.follow(f, from, g, at)
	d.drain(f, from, at)
}

// drain goes on with segments that waited, as far as they follow.
func (d *Decoder) drain(f *flow, from int, at time.Time) {
	for !f.looked {
		s := &f.talk.streams[from]
		if len(s.late) == 0 || int32(s.late[0].seq-s.next) > 0 {
			return
		}
		g := s.late[0]
		s.late = s.late[1:]
		s.ahead -= len(g.body)
		d.held -= len(g.body)
		d.follow(f, from, g, at)
	}
}

// wait keeps a segment that came before its time.
func (d *Decoder) wait(s *stream, g segment) {
	i, same := slices.BinarySearchFunc(s.late, g.seq, func(l segment, seq uint32) int { return int(int32(l.seq - seq)) })
	if same && len(s.late[i].body) >= len(g.body) {
		return
	}
	g.body = slices.Clone(g.body)
	s.late = slices.Insert(s.late, i, g)
	s.ahead += len(g.body)
	d.held += len(g.body)
}

// bridge goes on after bytes that do not come any more.
func (d *Decoder) bridge(f *flow, from int, g segment, at time.Time) {
	if f.talk.parser == nil || !f.talk.parser.hole(from) {
		d.abandon(f)
		return
	}
	s := &f.talk.streams[from]
	d.hold(s, nil)
	d.wait(s, g)
	s.skip, s.next = 0, s.late[0].seq
	d.drain(f, from, at)
}

// hold keeps what a parser has not used yet.
func (d *Decoder) hold(s *stream, b []byte) {
	d.held += len(b) - len(s.held)
	if len(b) == 0 {
		s.held = nil
		return
	}
	s.held = append(s.held[:0], b...) // b may be the end of what was held
}

// follow gives a segment, of which some may have come before, to the parser.
func (d *Decoder) follow(f *flow, from int, g segment, at time.Time) {
	s := &f.talk.streams[from]
	b, missing := g.body, g.missing
	if again := int(int32(s.next - g.seq)); again > 0 {
		if again >= len(b)+missing {
			return
		}
		missing -= max(again-len(b), 0)
		b = b[min(again, len(b)):]
	}
	s.next += uint32(len(b) + missing)
	if s.skip > 0 {
		n := min(s.skip, int64(len(b)))
		b, s.skip = b[n:], s.skip-n
		if len(b) == 0 {
			n = min(s.skip, int64(missing))
			missing, s.skip = missing-int(n), s.skip-n
		}
	}
	if len(b) > 0 && !d.give(f, from, b, at) {
		return
	}
	if n := min(s.skip, int64(missing)); n > 0 {
		missing, s.skip = missing-int(n), s.skip-n
	}
	if missing > 0 {
		d.hold(s, nil)
		if f.talk.parser == nil || !f.talk.parser.hole(from) {
			d.abandon(f)
		}
	}
}

// give hands bytes to the parser, together with those held back, and reports whether the flow is still looked at.
func (d *Decoder) give(f *flow, from int, b []byte, at time.Time) bool {
	t := f.talk
	s := &t.streams[from]
	if len(s.held) > 0 {
		before := len(s.held)
		s.held = append(s.held, b...)
		d.held += len(s.held) - before
		b = s.held
	}
	if t.parser == nil {
		more := false
		if t.parser, more = d.recognise(f, from, b); t.parser == nil {
			switch {
			case more:
				d.hold(s, b)
			case from == 1 && !t.deaf[1]: // the client may say what it is
				t.deaf[1] = true
				d.hold(s, nil)
				s.skip = toTheEnd
			default:
				d.release(f)
				return false
			}
			return true
		}
	}
	used, done := t.parser.data(d, f, from, b, at)
	switch {
	case done:
		d.release(f)
		return false
	case used >= int64(len(b)):
		s.skip = used - int64(len(b))
		d.hold(s, nil)
	case len(b)-int(used) > maxStream:
		d.abandon(f)
		return false
	default:
		d.hold(s, b[used:])
	}
	return true
}

// recognise finds out what a connection is by how a direction begins; more says that it takes further bytes to tell.
func (d *Decoder) recognise(f *flow, from int, b []byte) (p parser, more bool) {
	set := func(name string, p parser) (parser, bool) {
		f.protocol = name
		return p, false
	}
	begins := func(s string) bool {
		n := min(len(b), len(s))
		more = more || n < len(s) && string(b) == s[:n]
		return string(b[:n]) == s
	}
	if f.ends[0].Port() == 53 || f.ends[1].Port() == 53 {
		return set("dns", &dnsTalk{})
	}
	if begins("SSH-") {
		return set("ssh", &sshTalk{})
	}
	if b[0] == 0x16 {
		if len(b) < 6 {
			return nil, true
		}
		if b[1] == 3 && b[2] <= 4 && (b[5] == 1 || b[5] == 2) {
			return set("tls", &tlsTalk{})
		}
		return nil, false
	}
	if request, response := httphead.Begins(b); request || response {
		if len(b) < 12 {
			return nil, true
		}
		return set("http", &httpTalk{})
	}
	if len(b) >= 8 {
		switch {
		case b[0] == 0 && (string(b[4:8]) == "\xffSMB" || string(b[4:8]) == "\xfeSMB"):
			f.protocol = "smb"
		case b[0] == 3 && b[1] == 0 && (b[5] == 0xe0 || b[5] == 0xd0):
			f.protocol = "rdp"
		}
	}
	if from == 1 && begins("220") {
		switch f.ends[1].Port() {
		case 25, 587:
			f.protocol = "smtp"
		case 21:
			f.protocol = "ftp"
		}
	}
	return nil, more
}

// weigh counts what a parser holds more, or less.
func (d *Decoder) weigh(f *flow, n int) {
	f.talk.weight += n
	d.held += n
}

// abandon gives a connection up that is beyond the bounds or has holes.
func (d *Decoder) abandon(f *flow) {
	d.stats.Abandoned++
	d.release(f)
}

// release tells what is known of a talk and forgets it.
func (d *Decoder) release(f *flow) {
	if t := f.talk; t != nil {
		if t.parser != nil {
			t.parser.close(d, f)
		}
		for i := range t.streams {
			d.held -= len(t.streams[i].held) + t.streams[i].ahead
		}
		d.held -= t.weight
		f.talk = nil
	}
	f.looked = true
}
