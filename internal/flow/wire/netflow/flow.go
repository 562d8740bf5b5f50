package netflow

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/flatjson"
	"github.com/isoc-project/isoc/internal/flow/wire/ipname"
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
	f.rest = flatjson.Quote(f.rest, v)
}

// appendJSON writes the record. Its time is the end of the flow, or when it was exported where the exporter's clocks do not agree within
// a day; of a device without a clock, when it was received.
func (f *flow) appendJSON(dst []byte, received time.Time) []byte {
	o := flatjson.Begin(dst)
	when := f.exported
	if when.Unix() <= 0 {
		when = received // a device that has no clock
	}
	if !f.end.IsZero() && !f.end.After(when.Add(time.Minute)) && when.Sub(f.end) < 24*time.Hour {
		when = f.end
	}
	o.Time("@timestamp", when)
	o.Text("event.dataset", "netflow.log")
	o.Text("event.kind", "event")
	o.Text("event.category", "network")
	if f.denied {
		o.Raw(`"event.type":["connection","denied"]`)
	} else {
		o.Text("event.type", "connection")
	}
	if f.action == "" {
		f.action = "network_flow"
	}
	o.Text("event.action", f.action)
	if !f.start.IsZero() && !f.end.IsZero() && !f.end.Before(f.start) && f.end.Year() < 10000 {
		o.Time("event.start", f.start)
		o.Time("event.end", f.end)
		o.Number("event.duration", uint64(f.end.Sub(f.start)))
	}
	f.network(&o)
	side(&o, "source", f.src, f.srcPort, f.srcMAC, f.bytes, f.packets, f.srcAS, f.srcNAT, f.srcNATPort)
	side(&o, "destination", f.dst, f.dstPort, f.dstMAC, f.replyBytes, f.replyPackets, f.dstAS, f.dstNAT, f.dstNATPort)
	o.Text("user.name", f.user)
	o.Text("observer.ip", f.observer.String())
	o.Number("observer.ingress.interface.id", uint64(f.ingress))
	o.Number("observer.egress.interface.id", uint64(f.egress))
	if f.version == "sflow" {
		o.Text("netflow.type", "sflow")
	} else {
		o.Text("netflow.type", "netflow")
		o.Text("netflow.exporter.version", f.version)
	}
	o.Number("netflow.exporter.domain", uint64(f.domain))
	o.Number("netflow.sampling_rate", f.sampling)
	if f.tcpFlags != 0 && f.proto == protoTCP {
		o.Text("netflow.tcp_flags", ipname.TCPFlags(uint8(f.tcpFlags)))
	}
	return o.End(f.rest)
}

const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
	protoSCTP   = 132
)

func (f *flow) network(o *flatjson.Object) {
	if f.proto == protoICMP || f.proto == protoICMPv6 {
		if !f.icmp { // the port of the destination carries it
			f.icmpType, f.icmpCode = uint8(f.dstPort>>8), uint8(f.dstPort)
		}
		f.srcPort, f.dstPort = 0, 0
		o.Raw(`"icmp.type":` + strconv.Itoa(int(f.icmpType)))
		o.Raw(`"icmp.code":` + strconv.Itoa(int(f.icmpCode)))
	}
	if f.proto >= 0 {
		o.Raw(`"network.iana_number":` + strconv.Itoa(f.proto))
		o.Text("network.transport", ipname.Transport(uint8(f.proto)))
	}
	if a := f.src; a.IsValid() {
		if a.Unmap().Is4() {
			o.Text("network.type", "ipv4")
		} else {
			o.Text("network.type", "ipv6")
		}
	}
	o.Number("network.bytes", f.bytes+f.replyBytes)
	o.Number("network.packets", f.packets+f.replyPackets)
	o.Number("network.vlan.id", uint64(f.vlan))
	o.Text("network.application", f.application)
}

func side(o *flatjson.Object, who string, ip netip.Addr, port uint16, mac []byte, bytes, packets uint64, as uint32, nat netip.Addr, natPort uint16) {
	o.Addr(who+".ip", ip)
	o.Number(who+".port", uint64(port))
	o.MAC(who+".mac", mac)
	o.Number(who+".bytes", bytes)
	o.Number(who+".packets", packets)
	o.Number(who+".as.number", uint64(as))
	if nat.IsValid() && !nat.IsUnspecified() && nat != ip {
		o.Addr(who+".nat.ip", nat)
	}
	if natPort != port {
		o.Number(who+".nat.port", uint64(natPort))
	}
}
