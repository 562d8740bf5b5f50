package capture

import (
	"net/netip"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/frame"
	"github.com/isoc-project/isoc/internal/flow/wire/communityid"
	"github.com/isoc-project/isoc/internal/flow/wire/flatjson"
	"github.com/isoc-project/isoc/internal/flow/wire/ipname"
)

// Classes of flows by how long they may be silent.
const (
	classEnded uint8 = iota // over; what trails in still belongs to it
	classShort              // datagrams, attempts
	classLong               // connections
)

// key is both ends of a flow, the lower first.
type key struct {
	low, high         [16]byte
	lowPort, highPort uint16
	proto             uint8
	six               bool
}

func keyOf(p *frame.Packet) key {
	k := key{low: p.Src.As16(), high: p.Dst.As16(), lowPort: p.SrcPort, highPort: p.DstPort, proto: p.Proto, six: p.Src.Is6()}
	if k.proto == frame.ICMP || k.proto == frame.ICMPv6 {
		k.lowPort = question(k.proto, p.SrcPort)
		k.highPort = k.lowPort
	}
	if order := p.Src.Compare(p.Dst); order > 0 || order == 0 && k.lowPort > k.highPort {
		k.low, k.high, k.lowPort, k.highPort = k.high, k.low, k.highPort, k.lowPort
	}
	return k
}

// question is the type of ICMP that asks for type t, or t itself.
func question(proto uint8, t uint16) uint16 {
	switch {
	case proto == frame.ICMP && t == 0:
		return 8
	case proto == frame.ICMPv6 && t == 129:
		return 128
	case proto == frame.ICMPv6 && t == 136:
		return 135
	}
	return t
}

// side is what one end sent.
type side struct {
	bytes, packets uint64 // of IP, headers included
	data           uint64 // payload of the transport
	flags          uint8
	seen           uint8 // kinds of packets in the history
}

// flow is one conversation. Side 0 is who began it.
type flow struct {
	key              key
	older, newer     *flow
	class            uint8
	parts            uint16 // reported in between
	start, last      time.Time
	ends             [2]netip.AddrPort // for ICMP type and code
	sides            [2]side
	macs             [2][6]byte
	vlan             uint16
	history          [20]byte
	length           uint8
	midway           bool // its beginning was not seen
	finished, reset  [2]bool
	opened           [2]bool   // its SYN was seen
	first            [2]uint32 // the number of the first byte then
	tunnel, protocol string
	id               string
	talk             *talk // what is understood of it, while something is
	looked           bool  // nothing more is to be understood
}

// orient says who began: who sent the first packet, but for an answer whose question was not seen.
func (f *flow) orient(p *frame.Packet) {
	src, dst := netip.AddrPortFrom(p.Src, p.SrcPort), netip.AddrPortFrom(p.Dst, p.DstPort)
	answer := false
	switch p.Proto {
	case frame.TCP:
		answer = p.Flags&(frame.SYN|frame.ACK) == frame.SYN|frame.ACK
		if f.midway = p.Flags&frame.SYN == 0; f.midway {
			answer = service(p.SrcPort) && !service(p.DstPort)
		}
	case frame.UDP:
		answer = service(p.SrcPort) && !service(p.DstPort)
	case frame.ICMP, frame.ICMPv6:
		if q := question(p.Proto, p.SrcPort); q != p.SrcPort {
			src, dst = netip.AddrPortFrom(p.Src, q), netip.AddrPortFrom(p.Dst, 0)
			answer = true
		}
	}
	f.ends, f.macs = [2]netip.AddrPort{src, dst}, [2][6]byte{p.SrcMAC, p.DstMAC}
	if answer {
		f.ends[0], f.ends[1], f.macs[0], f.macs[1] = dst, src, p.DstMAC, p.SrcMAC
		if p.Proto == frame.ICMP || p.Proto == frame.ICMPv6 {
			f.ends[0], f.ends[1] = netip.AddrPortFrom(p.Dst, src.Port()), netip.AddrPortFrom(p.Src, 0)
		}
	}
	f.vlan, f.tunnel = p.VLAN, p.Tunnel
	f.class = classShort
}

// service reports whether a port is one that is listened at rather than sent from.
func service(port uint16) bool { return port < 1024 || port == 5353 || port == 8080 || port == 8443 }

// from returns the side that sent a packet.
func (f *flow) from(p *frame.Packet) int {
	switch {
	case p.Proto == frame.ICMP || p.Proto == frame.ICMPv6:
		if p.Src == f.ends[0].Addr() && (p.Src != p.Dst || question(p.Proto, p.SrcPort) == p.SrcPort) {
			return 0
		}
	case p.Src == f.ends[0].Addr() && p.SrcPort == f.ends[0].Port():
		return 0
	}
	return 1
}

// stale reports whether a packet begins a new flow where the old one is over.
func (f *flow) stale(p *frame.Packet, at time.Time) bool {
	if p.Proto == frame.TCP && p.Flags&(frame.SYN|frame.ACK) == frame.SYN && f.ended() {
		return true
	}
	return at.Sub(f.last) > idle[f.class]
}

// count adds a packet, and returns the side that sent it.
func (f *flow) count(p *frame.Packet, at time.Time) int {
	from := f.from(p)
	s := &f.sides[from]
	s.bytes += uint64(p.Length)
	s.packets++
	s.data += uint64(len(p.Payload) + p.Missing)
	if at.After(f.last) {
		f.last = at
	}
	if p.Proto != frame.TCP {
		return from
	}
	s.flags |= p.Flags
	if p.Flags&frame.SYN != 0 {
		f.opened[from], f.first[from] = true, p.Seq+1
	}
	for i, kind := range [...]struct {
		letter byte
		is     bool
	}{
		{'S', p.Flags&(frame.SYN|frame.ACK) == frame.SYN},
		{'H', p.Flags&(frame.SYN|frame.ACK) == frame.SYN|frame.ACK},
		{'A', p.Flags&(frame.ACK|frame.SYN|frame.FIN|frame.RST) == frame.ACK && len(p.Payload)+p.Missing == 0},
		{'D', len(p.Payload)+p.Missing > 0},
		{'F', p.Flags&frame.FIN != 0},
		{'R', p.Flags&frame.RST != 0},
	} {
		if kind.is && s.seen>>i&1 == 0 && int(f.length) < len(f.history) {
			s.seen |= 1 << i
			f.history[f.length] = kind.letter | byte(from)<<5 // small letters for who was called
			f.length++
		}
	}
	f.finished[from] = f.finished[from] || p.Flags&frame.FIN != 0
	f.reset[from] = f.reset[from] || p.Flags&frame.RST != 0
	return from
}

// ended reports whether a connection is over.
func (f *flow) ended() bool {
	return f.key.proto == frame.TCP && (f.finished[0] && f.finished[1] || f.reset[0] || f.reset[1])
}

func (f *flow) classify() uint8 {
	switch {
	case f.ended():
		return classEnded
	case f.key.proto == frame.TCP && f.sides[0].packets > 0 && f.sides[1].packets > 0:
		return classLong
	}
	return classShort
}

// again begins to count anew after a report in between.
func (f *flow) again(at time.Time) {
	f.start, f.sides[0], f.sides[1] = at, side{flags: f.sides[0].flags, seen: f.sides[0].seen}, side{flags: f.sides[1].flags, seen: f.sides[1].seen}
	if f.parts < 1<<16-1 {
		f.parts++
	}
}

// state names how far a connection came, in Zeek's words.
func (f *flow) state() string {
	syn, accepted := f.sides[0].flags&frame.SYN != 0, f.sides[1].flags&frame.SYN != 0
	switch {
	case !syn && accepted && f.reset[0]:
		return "RSTRH"
	case !syn && accepted:
		return "SHR"
	case !syn || f.midway:
		return "OTH"
	case !accepted && f.reset[1]:
		return "REJ"
	case !accepted && f.reset[0]:
		return "RSTOS0"
	case !accepted && f.finished[0]:
		return "SH"
	case !accepted:
		return "S0"
	case f.reset[0]:
		return "RSTO"
	case f.reset[1]:
		return "RSTR"
	case f.finished[0] && f.finished[1]:
		return "SF"
	case f.finished[0]:
		return "S2"
	case f.finished[1]:
		return "S3"
	}
	return "S1"
}

// community returns the flow's id, which is worked out once.
func (f *flow) community() string {
	if f.id == "" {
		f.id = communityid.Flow{
			Source: f.ends[0].Addr(), Destination: f.ends[1].Addr(), Protocol: f.key.proto,
			SourcePort: f.ends[0].Port(), DestinationPort: f.ends[1].Port(),
		}.ID()
	}
	return f.id
}

// open begins a record of a flow: when, what and between whom.
func (d *Decoder) open(f *flow, dataset string, at time.Time) flatjson.Object {
	o := flatjson.Begin(d.line[:0])
	o.Time("@timestamp", at)
	o.Text("event.dataset", dataset)
	o.Text("event.kind", "event")
	o.Text("network.transport", ipname.Transport(f.key.proto))
	if f.key.six {
		o.Text("network.type", "ipv6")
	} else {
		o.Text("network.type", "ipv4")
	}
	o.Text("network.protocol", f.protocol)
	o.Text("network.community_id", f.community())
	o.Number("network.vlan.id", uint64(f.vlan))
	o.Text("packet.tunnel", f.tunnel)
	o.Text("observer.ingress.interface.name", d.o.Interface)
	icmp := f.key.proto == frame.ICMP || f.key.proto == frame.ICMPv6
	for i, who := range [...]string{"source", "destination"} {
		o.Addr(who+".ip", f.ends[i].Addr())
		if !icmp {
			o.Number(who+".port", uint64(f.ends[i].Port()))
		}
		o.MAC(who+".mac", f.macs[i][:])
	}
	return o
}

// emit hands a record on.
func (d *Decoder) emit(o *flatjson.Object) {
	d.line = o.End(nil)
	d.stats.Records++
	d.o.Emit(d.line)
}

func (d *Decoder) emitFlow(f *flow, reason string) {
	a, b := &f.sides[0], &f.sides[1]
	o := d.open(f, "packet.flow", f.last)
	o.Text("event.category", "network")
	if reason == "active" {
		o.Raw(`"event.type":["connection","info"]`)
	} else {
		o.Raw(`"event.type":["connection","end"]`)
	}
	o.Text("event.action", "network_flow")
	o.Time("event.start", f.start)
	o.Time("event.end", f.last)
	o.Count("event.duration", uint64(max(f.last.Sub(f.start), 0)))
	o.Count("network.iana_number", uint64(f.key.proto))
	o.Number("network.bytes", a.bytes+b.bytes)
	o.Number("network.packets", a.packets+b.packets)
	o.Count("source.bytes", a.bytes)
	o.Count("source.packets", a.packets)
	o.Count("destination.bytes", b.bytes)
	o.Count("destination.packets", b.packets)
	o.Number("packet.source.payload_bytes", a.data)
	o.Number("packet.destination.payload_bytes", b.data)
	switch f.key.proto {
	case frame.TCP:
		o.Text("packet.tcp.state", f.state())
		o.Text("packet.tcp.history", string(f.history[:f.length]))
		o.Text("packet.tcp.source_flags", ipname.TCPFlags(a.flags))
		o.Text("packet.tcp.destination_flags", ipname.TCPFlags(b.flags))
	case frame.ICMP, frame.ICMPv6:
		o.Count("icmp.type", uint64(f.ends[0].Port()))
		o.Count("icmp.code", uint64(f.ends[1].Port()))
	}
	o.Text("packet.flow.end_reason", reason)
	o.Number("packet.flow.part", uint64(f.parts))
	d.emit(&o)
}
