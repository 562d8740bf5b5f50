// Package frame finds the transport segment in a captured frame: through VLAN tags, MPLS, PPPoE, GRE, VXLAN, Geneve and IP in IP, past the options
// and extension headers of IP, and over fragments of datagrams. Checksums are not looked at: on the machine that captures they are often not
// filled in yet.
package frame

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Link says what a frame begins with, as the numbers of pcap do.
type Link uint16

// The links that are understood.
const (
	LinkNull     Link = 0 // a family of the capturing machine
	LinkEthernet Link = 1
	LinkPPP      Link = 9
	LinkRaw12    Link = 12
	LinkRaw14    Link = 14
	LinkPPPHDLC  Link = 50
	LinkRaw      Link = 101
	LinkLoop     Link = 108
	LinkCooked   Link = 113 // "any" of Linux
	LinkIPv4     Link = 228
	LinkIPv6     Link = 229
	LinkCooked2  Link = 276
)

// Numbers of protocols above IP.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
	SCTP   = 132
)

// Flags of TCP.
const (
	FIN uint8 = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Packet is what of a frame matters to a flow. Its slices are parts of the frame, or of the datagram that fragments became.
type Packet struct {
	Src, Dst         netip.Addr
	Proto            uint8
	SrcPort, DstPort uint16 // of ICMP the type and the code
	Seq, Ack         uint32
	Flags            uint8
	Payload          []byte // of the transport, as far as it was captured
	Missing          int    // bytes of the payload that the capture left out
	Length           int    // of the IP packet, or of all fragments together, headers included
	VLAN             uint16 // the outermost tag
	Tunnel           string // the innermost tunnel it was in, or empty
	SrcMAC, DstMAC   [6]byte
}

// Verdict is what became of a frame.
type Verdict uint8

// The verdicts.
const (
	// Whole says that the packet is filled in.
	Whole Verdict = iota
	// Part says that the frame held a fragment of a datagram that is not whole yet.
	Part
	// Other says that the frame holds no IP.
	Other
	// Broken says that the frame contradicts itself or was cut before its ports.
	Broken
)

// Bounds of one frame.
const (
	maxLabels     = 8  // tags, labels and headers between two layers of IP
	maxIP         = 4  // layers of IP
	maxExtensions = 12 // extension headers of one layer of IPv6
)

const (
	etherIPv4    = 0x0800
	etherIPv6    = 0x86dd
	etherVLAN    = 0x8100
	etherQinQ    = 0x88a8
	etherQinQOld = 0x9100
	etherMPLS    = 0x8847
	etherMPLSMC  = 0x8848
	etherPPPoE   = 0x8864
	etherBridged = 0x6558

	protoIPIP = 4
	protoIPv6 = 41
	protoGRE  = 47
)

// Decoder reads frames; it holds the fragments that wait for the rest of their datagrams. The zero value is ready. It serves one goroutine.
type Decoder struct {
	fragments fragments
	at        time.Time
	layers    int
}

// Dropped returns how many fragments were given up: their datagram did not become whole in time, contradicted itself or was beyond the bounds.
func (d *Decoder) Dropped() uint64 { return d.fragments.dropped }

// Decode reads one frame that was captured at a time. It fills p where the verdict is Whole.
func (d *Decoder) Decode(link Link, b []byte, at time.Time, p *Packet) Verdict {
	*p = Packet{}
	d.at, d.layers = at, 0
	switch link {
	case LinkEthernet:
		return d.ethernet(b, p)
	case LinkCooked:
		if len(b) < 16 {
			return Broken
		}
		return d.ether(binary.BigEndian.Uint16(b[14:]), b[16:], p)
	case LinkCooked2:
		if len(b) < 20 {
			return Broken
		}
		return d.ether(binary.BigEndian.Uint16(b), b[20:], p)
	case LinkNull, LinkLoop:
		if len(b) < 4 {
			return Broken
		}
		return d.ip(b[4:], p)
	case LinkPPP, LinkPPPHDLC:
		if len(b) >= 2 && b[0] == 0xff && b[1] == 3 {
			b = b[2:]
		}
		return d.ppp(b, p)
	case LinkRaw, LinkRaw12, LinkRaw14, LinkIPv4, LinkIPv6:
		return d.ip(b, p)
	}
	return Other
}

func (d *Decoder) ethernet(b []byte, p *Packet) Verdict {
	if len(b) < 14 {
		return Broken
	}
	copy(p.DstMAC[:], b)
	copy(p.SrcMAC[:], b[6:])
	return d.ether(binary.BigEndian.Uint16(b[12:]), b[14:], p)
}

// ether reads on by Ethernet's number of what follows.
func (d *Decoder) ether(kind uint16, b []byte, p *Packet) Verdict {
	for range maxLabels {
		switch kind {
		case etherIPv4, etherIPv6:
			return d.ip(b, p)
		case etherVLAN, etherQinQ, etherQinQOld:
			if len(b) < 4 {
				return Broken
			}
			if p.VLAN == 0 {
				p.VLAN = binary.BigEndian.Uint16(b) & 0xfff
			}
			kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
		case etherMPLS, etherMPLSMC:
			return d.mpls(b, p)
		case etherPPPoE:
			if len(b) < 6 {
				return Broken
			}
			return d.ppp(b[6:], p)
		case etherBridged:
			return d.inner(b, p)
		default:
			return Other
		}
	}
	return Broken
}

func (d *Decoder) ppp(b []byte, p *Packet) Verdict {
	if len(b) < 2 {
		return Broken
	}
	if b[0]&1 == 1 { // the number in one byte
		if b[0] == 0x21 || b[0] == 0x57 {
			return d.ip(b[1:], p)
		}
		return Other
	}
	switch binary.BigEndian.Uint16(b) {
	case 0x0021, 0x0057:
		return d.ip(b[2:], p)
	case 0x0281:
		return d.mpls(b[2:], p)
	}
	return Other
}

// mpls reads past labels. What is below them is not said: IP tells itself, and a frame of Ethernet after a control word does by its type.
func (d *Decoder) mpls(b []byte, p *Packet) Verdict {
	for range maxLabels {
		if len(b) < 5 {
			return Broken
		}
		bottom := b[2]&1 == 1
		if b = b[4:]; !bottom {
			continue
		}
		switch b[0] >> 4 {
		case 4, 6:
			return d.ip(b, p)
		case 0:
			if len(b) > 4 {
				return d.inner(b[4:], p)
			}
		}
		return Other
	}
	return Broken
}

// inner reads a frame of Ethernet within a tunnel.
func (d *Decoder) inner(b []byte, p *Packet) Verdict {
	if d.layers++; d.layers > maxIP {
		return Broken
	}
	return d.ethernet(b, p)
}

// ip reads either version by what the packet says itself.
func (d *Decoder) ip(b []byte, p *Packet) Verdict {
	if d.layers++; d.layers > maxIP {
		return Broken
	}
	if len(b) == 0 {
		return Broken
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b, p)
	case 6:
		return d.ipv6(b, p)
	}
	return Broken
}

func (d *Decoder) ipv4(b []byte, p *Packet) Verdict {
	if len(b) < 20 {
		return Broken
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // the segment was cut by the network card after it was captured
		total = len(b)
	}
	if head < 20 || head > len(b) || total < head {
		return Broken
	}
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	p.Proto, p.Length = b[9], total
	body, missing := within(b[head:], total-head)
	if piece := binary.BigEndian.Uint16(b[6:]); piece&0x3fff != 0 {
		return d.fragment(fragment{
			key:    fragmentKey{src: p.Src, dst: p.Dst, proto: p.Proto, id: uint32(binary.BigEndian.Uint16(b[4:]))},
			offset: int(piece&0x1fff) * 8, more: piece&0x2000 != 0, head: head, body: body, missing: missing,
		}, p)
	}
	return d.transport(body, missing, p)
}

func (d *Decoder) ipv6(b []byte, p *Packet) Verdict {
	if len(b) < 40 {
		return Broken
	}
	size := int(binary.BigEndian.Uint16(b[4:]))
	if size == 0 { // as above, or a jumbogram
		size = len(b) - 40
	}
	p.Src, p.Dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	p.Length = 40 + size
	next := b[6]
	body, missing := within(b[40:], size)
	for range maxExtensions {
		switch next {
		case 0, 43, 60, 135, 139, 140: // options, routing, mobility, identity
			n := 8
			if len(body) >= 2 {
				n += int(body[1]) * 8
			}
			if n > len(body) {
				return Broken
			}
			next, body = body[0], body[n:]
		case 51: // authentication
			n := 8
			if len(body) >= 2 {
				n += int(body[1]) * 4
			}
			if n > len(body) {
				return Broken
			}
			next, body = body[0], body[n:]
		case 44:
			if len(body) < 8 {
				return Broken
			}
			piece := binary.BigEndian.Uint16(body[2:])
			p.Proto = body[0]
			f := fragment{
				key:    fragmentKey{src: p.Src, dst: p.Dst, id: binary.BigEndian.Uint32(body[4:])},
				offset: int(piece &^ 7), more: piece&1 == 1, head: len(b) - len(body) + 8, body: body[8:], missing: missing,
			}
			if f.offset == 0 && !f.more { // whole all the same
				next, body = body[0], body[8:]
				continue
			}
			return d.fragment(f, p)
		default:
			p.Proto = next
			return d.transport(body, missing, p)
		}
	}
	return Broken
}

// within cuts what a link added behind a packet, and tells how much of it was not captured.
func within(b []byte, size int) ([]byte, int) {
	if len(b) >= size {
		return b[:size], 0
	}
	return b, size - len(b)
}

func (d *Decoder) transport(b []byte, missing int, p *Packet) Verdict {
	switch p.Proto {
	case TCP:
		if len(b) < 20 {
			return Broken
		}
		head := int(b[12]>>4) * 4
		if head < 20 {
			return Broken
		}
		p.ports(b)
		p.Seq, p.Ack, p.Flags = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), b[13]
		if head > len(b) {
			if missing == 0 {
				return Broken
			}
			p.Missing = max(missing-(head-len(b)), 0)
			return Whole
		}
		p.Payload, p.Missing = b[head:], missing
	case UDP:
		if len(b) < 8 {
			return Broken
		}
		p.ports(b)
		if size := int(binary.BigEndian.Uint16(b[4:])); size >= 8 && size < len(b) {
			b, missing = b[:size], 0
		}
		p.Payload, p.Missing = b[8:], missing
		return d.carried(p)
	case SCTP:
		if len(b) < 12 {
			return Broken
		}
		p.ports(b)
		p.Payload, p.Missing = b[12:], missing
	case ICMP, ICMPv6:
		if len(b) < 4 {
			return Broken
		}
		p.SrcPort, p.DstPort = uint16(b[0]), uint16(b[1])
		p.Payload, p.Missing = b[4:], missing
	case protoIPIP, protoIPv6:
		p.Tunnel = "ipip"
		return d.ip(b, p)
	case protoGRE:
		return d.gre(b, p)
	default:
		p.Payload, p.Missing = b, missing
	}
	return Whole
}

func (p *Packet) ports(b []byte) {
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
}

// gre reads versions 0 and 1 (PPTP's). A packet that carries nothing that is understood is a packet of GRE.
func (d *Decoder) gre(b []byte, p *Packet) Verdict {
	if len(b) < 4 {
		return Broken
	}
	flags, kind, at := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:]), 4
	for _, bit := range [...]uint16{0x8000, 0x2000, 0x1000} { // checksum, key, number
		if flags&bit != 0 {
			at += 4
		}
	}
	if flags&7 == 1 && flags&0x0080 != 0 { // what PPTP acknowledges
		at += 4
	}
	if flags&0x4000 != 0 || at > len(b) { // routing, which nobody uses
		return Broken
	}
	body, outer := b[at:], *p
	p.Tunnel = "gre"
	var v Verdict
	switch {
	case flags&7 == 1:
		v = d.ppp(skipHDLC(body), p)
	case kind == 0x88be && len(body) > 8 && flags&0x1000 != 0: // ERSPAN II, a mirrored frame
		p.Tunnel = "erspan"
		v = d.inner(body[8:], p)
	case kind == 0x22eb && len(body) > 12: // ERSPAN III
		p.Tunnel = "erspan"
		v = d.inner(body[12:], p)
	case kind == 0x88be:
		p.Tunnel = "erspan"
		v = d.inner(body, p)
	default:
		v = d.ether(kind, body, p)
	}
	if v == Other {
		*p, v = outer, Whole
		p.Payload = body
	}
	return v
}

func skipHDLC(b []byte) []byte {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 3 {
		return b[2:]
	}
	return b
}

// carried looks for a tunnel in a datagram. A datagram that is none stays what it is.
func (d *Decoder) carried(p *Packet) Verdict {
	b, outer := p.Payload, *p
	var v Verdict
	switch {
	case p.DstPort == 4789 || p.DstPort == 8472: // VXLAN
		if len(b) < 8+14 || b[0]&0x08 == 0 || b[1] != 0 || b[7] != 0 {
			return Whole
		}
		p.Tunnel = "vxlan"
		v = d.inner(b[8:], p)
	case p.DstPort == 6081: // Geneve
		if len(b) < 8 || b[0]>>6 != 0 {
			return Whole
		}
		head := 8 + int(b[0]&0x3f)*4
		if head > len(b) {
			return Whole
		}
		p.Tunnel = "geneve"
		v = d.ether(binary.BigEndian.Uint16(b[2:]), b[head:], p)
	default:
		return Whole
	}
	if v == Other || v == Broken {
		*p = outer
		return Whole
	}
	return v
}
