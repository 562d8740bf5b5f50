// Package communityid names a flow as Zeek, Suricata and others name it (the Community ID, version 1), so that what several sensors saw of
// the same flow can be put together.
package communityid

import (
	"crypto/sha1" //nolint:gosec // the algorithm of the specification: a name, no protection
	"encoding/base64"
	"encoding/binary"
	"net/netip"
)

// Flow is the tuple that the id is made of.
type Flow struct {
	Source, Destination netip.Addr
	// Protocol is IANA's number: 6 for TCP, 17 for UDP.
	Protocol uint8
	// SourcePort and DestinationPort are of TCP, UDP and SCTP; of ICMP the type and the code. Protocols that have none ignore them.
	SourcePort, DestinationPort uint16
}

const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpV6 = 58
	sctp   = 132
)

// ID returns the id under the seed 0, which is the default everywhere: the same for both directions. It is empty where the addresses are not
// two of one family. An IPv4 address mapped into IPv6 counts as IPv4.
func (f Flow) ID() string { return f.Seeded(0) }

// Seeded returns the id under a site's own seed.
func (f Flow) Seeded(seed uint16) string {
	src, dst := f.Source.Unmap().WithZone(""), f.Destination.Unmap().WithZone("")
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() {
		return ""
	}
	from, to, ports, oneWay := f.ends()
	if order := src.Compare(dst); !oneWay && (order > 0 || order == 0 && from > to) {
		src, dst, from, to = dst, src, to, from
	}
	var buf [2 + 16 + 16 + 2 + 4]byte
	b := binary.BigEndian.AppendUint16(buf[:0], seed)
	b = append(b, src.AsSlice()...)
	b = append(b, dst.AsSlice()...)
	b = append(b, f.Protocol, 0)
	if ports {
		b = binary.BigEndian.AppendUint16(b, from)
		b = binary.BigEndian.AppendUint16(b, to)
	}
	sum := sha1.Sum(b) //nolint:gosec // see above
	out := [2 + 28]byte{'1', ':'}
	base64.StdEncoding.Encode(out[2:], sum[:])
	return string(out[:])
}

// ends returns what stands for ports; oneWay says that the id is of this direction alone: an ICMP message that has no counterpart.
func (f Flow) ends() (from, to uint16, has, oneWay bool) {
	switch f.Protocol {
	case tcp, udp, sctp:
		return f.SourcePort, f.DestinationPort, true, false
	case icmp:
		if peer, ok := icmpPeer(f.SourcePort); ok {
			return f.SourcePort, peer, true, false
		}
	case icmpV6:
		if peer, ok := icmpV6Peer(f.SourcePort); ok {
			return f.SourcePort, peer, true, false
		}
	default:
		return 0, 0, false, false
	}
	return f.SourcePort, f.DestinationPort, true, true
}

// icmpPeer returns the type that answers, or is answered by, type t.
func icmpPeer(t uint16) (uint16, bool) {
	switch t {
	case 0:
		return 8, true
	case 8:
		return 0, true
	case 9, 13, 15, 17:
		return t + 1, true
	case 10, 14, 16, 18:
		return t - 1, true
	}
	return 0, false
}

func icmpV6Peer(t uint16) (uint16, bool) {
	switch t {
	case 128, 130, 133, 135, 139, 144:
		return t + 1, true
	case 129, 131, 134, 136, 140, 145:
		return t - 1, true
	}
	return 0, false
}
