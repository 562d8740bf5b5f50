package netflow

import (
	"encoding/json"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	// maxRest bounds what an exporter may say of a flow beside the fields that have a place.
	maxRest = 4 << 10
	// maxText bounds one text of an exporter.
	maxText = 256
)

// flow is what one record says, whatever protocol it came by. Zero means that it was not told.
type flow struct {
	version              string // "5", "9", "10", "sflow"
	observer             netip.Addr
	domain               uint32
	exported, start, end time.Time

	src, dst           netip.Addr
	srcNAT, dstNAT     netip.Addr
	srcMAC, dstMAC     []byte
	srcPort, dstPort   uint16
	srcNATPort         uint16
	dstNATPort         uint16
	proto              int // -1 where not told
	icmp               bool
	icmpType, icmpCode uint8
	tcpFlags           uint16

	bytes, packets            uint64 // of the source
	replyBytes, replyPackets  uint64 // of the destination
	ingress, egress           uint32
	vlan                      uint16
	srcAS, dstAS              uint32
	sampling                  uint64
	action, user, application string
	denied                    bool
	rest                      []byte // members of the record under netflow.
}

// number adds netflow.name, where it is not zero.
func (f *flow) number(name string, v uint64) {
	if v == 0 || len(f.rest) > maxRest {
		return
	}
	f.rest = append(f.rest, `,"netflow.`...)
	f.rest = append(f.rest, name...)
	f.rest = append(f.rest, `":`...)
	f.rest = strconv.AppendUint(f.rest, v, 10)
}

// text adds netflow.name, where it has a value.
func (f *flow) text(name, v string) {
	if v == "" || len(f.rest) > maxRest {
		return
	}
	f.rest = append(f.rest, `,"netflow.`...)
	f.rest = append(f.rest, name...)
	f.rest = append(f.rest, `":`...)
	f.rest = quote(f.rest, v)
}

// appendJSON writes the record. Its time is the end of the flow, or when it was exported where the exporter's clocks do not agree within
// a day; of a device without a clock, when it was received.
func (f *flow) appendJSON(dst []byte, received time.Time) []byte {
	o := object{dst: append(dst, '{')}
	when := f.exported
	if when.Unix() <= 0 {
		when = received // a device that has no clock
	}
	if !f.end.IsZero() && !f.end.After(when.Add(time.Minute)) && when.Sub(f.end) < 24*time.Hour {
		when = f.end
	}
	o.time("@timestamp", when)
	o.text("event.dataset", "netflow.log")
	o.text("event.kind", "event")
	o.text("event.category", "network")
	if f.denied {
		o.raw(`"event.type":["connection","denied"]`)
	} else {
		o.text("event.type", "connection")
	}
	if f.action == "" {
		f.action = "network_flow"
	}
	o.text("event.action", f.action)
	if !f.start.IsZero() && !f.end.IsZero() && !f.end.Before(f.start) && f.end.Year() < 10000 {
		o.time("event.start", f.start)
		o.time("event.end", f.end)
		o.number("event.duration", uint64(f.end.Sub(f.start)))
	}
	f.network(&o)
	o.side("source", f.src, f.srcPort, f.srcMAC, f.bytes, f.packets, f.srcAS, f.srcNAT, f.srcNATPort)
	o.side("destination", f.dst, f.dstPort, f.dstMAC, f.replyBytes, f.replyPackets, f.dstAS, f.dstNAT, f.dstNATPort)
	o.text("user.name", f.user)
	o.text("observer.ip", f.observer.String())
	o.number("observer.ingress.interface.id", uint64(f.ingress))
	o.number("observer.egress.interface.id", uint64(f.egress))
	if f.version == "sflow" {
		o.text("netflow.type", "sflow")
	} else {
		o.text("netflow.type", "netflow")
		o.text("netflow.exporter.version", f.version)
	}
	o.number("netflow.exporter.domain", uint64(f.domain))
	o.number("netflow.sampling_rate", f.sampling)
	if f.tcpFlags != 0 && f.proto == protoTCP {
		o.text("netflow.tcp_flags", flags(f.tcpFlags))
	}
	return append(append(o.dst, f.rest...), '}')
}

const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
	protoSCTP   = 132
)

func (f *flow) network(o *object) {
	if f.proto == protoICMP || f.proto == protoICMPv6 {
		if !f.icmp { // the port of the destination carries it
			f.icmpType, f.icmpCode = uint8(f.dstPort>>8), uint8(f.dstPort)
		}
		f.srcPort, f.dstPort = 0, 0
		o.raw(`"icmp.type":` + strconv.Itoa(int(f.icmpType)))
		o.raw(`"icmp.code":` + strconv.Itoa(int(f.icmpCode)))
	}
	if f.proto >= 0 {
		o.raw(`"network.iana_number":` + strconv.Itoa(f.proto))
		o.text("network.transport", transport(f.proto))
	}
	if a := f.src; a.IsValid() {
		if a.Unmap().Is4() {
			o.text("network.type", "ipv4")
		} else {
			o.text("network.type", "ipv6")
		}
	}
	o.number("network.bytes", f.bytes+f.replyBytes)
	o.number("network.packets", f.packets+f.replyPackets)
	o.number("network.vlan.id", uint64(f.vlan))
	o.text("network.application", f.application)
}

func transport(proto int) string {
	switch proto {
	case protoICMP:
		return "icmp"
	case 2:
		return "igmp"
	case 4:
		return "ipip"
	case protoTCP:
		return "tcp"
	case protoUDP:
		return "udp"
	case 41:
		return "ipv6"
	case 47:
		return "gre"
	case 50:
		return "esp"
	case 51:
		return "ah"
	case protoICMPv6:
		return "ipv6-icmp"
	case 89:
		return "ospf"
	case 103:
		return "pim"
	case 112:
		return "vrrp"
	case protoSCTP:
		return "sctp"
	}
	return strconv.Itoa(proto)
}

// flags names TCP's flags in the order of their bits.
func flags(bits uint16) string {
	var out []string
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"} {
		if bits>>i&1 == 1 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}

// object writes members of a JSON object.
type object struct{ dst []byte }

func (o *object) key(name string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, `":`...)
}

func (o *object) raw(member string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, member...)
}

func (o *object) text(name, v string) {
	if v != "" {
		o.key(name)
		o.dst = quote(o.dst, v)
	}
}

func (o *object) number(name string, v uint64) {
	if v != 0 {
		o.key(name)
		o.dst = strconv.AppendUint(o.dst, v, 10)
	}
}

func (o *object) time(name string, t time.Time) {
	o.key(name)
	o.dst = append(o.dst, '"')
	o.dst = t.UTC().AppendFormat(o.dst, "2006-01-02T15:04:05.999999999Z07:00")
	o.dst = append(o.dst, '"')
}

func (o *object) addr(name string, a netip.Addr) {
	if a.IsValid() {
		o.key(name)
		o.dst = append(o.dst, '"')
		o.dst = a.Unmap().AppendTo(o.dst)
		o.dst = append(o.dst, '"')
	}
}

func (o *object) side(who string, ip netip.Addr, port uint16, mac []byte, bytes, packets uint64, as uint32, nat netip.Addr, natPort uint16) {
	o.addr(who+".ip", ip)
	o.number(who+".port", uint64(port))
	if len(mac) == 6 && string(mac) != "\x00\x00\x00\x00\x00\x00" {
		o.text(who+".mac", strings.ToUpper(strings.ReplaceAll(net.HardwareAddr(mac).String(), ":", "-")))
	}
	o.number(who+".bytes", bytes)
	o.number(who+".packets", packets)
	o.number(who+".as.number", uint64(as))
	if nat.IsValid() && !nat.IsUnspecified() && nat != ip {
		o.addr(who+".nat.ip", nat)
	}
	if natPort != port {
		o.number(who+".nat.port", uint64(natPort))
	}
}

// quote appends text of an exporter as a JSON string.
func quote(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			out, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd")) // a string always marshals
			return append(dst, out...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
