package capture

import (
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/frame"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/quicinitial"
)

// datagram understands what a datagram carries.
func (d *Decoder) datagram(f *flow, from int, p *frame.Packet, at time.Time) {
	if f.talk == nil {
		f.talk = &talk{}
		switch {
		case f.between(53):
			f.protocol, f.talk.parser = "dns", &dnsTalk{}
		case f.between(5353):
			f.protocol, f.talk.parser = "mdns", &dnsTalk{alone: true}
		case f.between(5355):
			f.protocol, f.talk.parser = "llmnr", &dnsTalk{alone: true}
		default:
			if _, err := quicinitial.Parse(p.Payload); err != nil {
				d.release(f)
				return
			}
			f.protocol, f.talk.parser = "quic", &quicTalk{at: at}
		}
	}
	switch t := f.talk.parser.(type) {
	case *dnsTalk:
		if !t.message(d, f, p.Payload, at) && f.sides[0].packets+f.sides[1].packets == 1 {
			f.protocol = "" // something else at DNS's port
			d.release(f)
		}
	case *quicTalk:
		if t.datagram(d, f, from, p.Payload) {
			d.release(f)
		}
	}
	if !f.looked && d.held > d.o.HeldBytes {
		d.abandon(f)
	}
}

func (f *flow) between(port uint16) bool { return f.ends[0].Port() == port || f.ends[1].Port() == port }
