package netflow

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/netsampler/goflow2/v2/decoders/netflow"
)

// clocks are the exporter's times that the elements of a record are told against.
type clocks struct {
	exported time.Time
	uptime   uint32 // at exported, milliseconds
	hasUp    bool
}

// templated decodes NetFlow v9 and IPFIX.
func (r *run) templated(b []byte) error {
	pool := r.d.strangers
	if r.from.Known {
		pool = r.d.known
	}
	e := pool.of(r.from.Addr, r.received)
	store := templates{e: e, now: r.received, r: &r.result}
	var v9 netflow.NFv9Packet
	var ipfix netflow.IPFIXPacket
	err := netflow.DecodeMessageVersion(bytes.NewBuffer(b), store, &v9, &ipfix)
	var sets []any
	var domain uint32
	var at clocks
	version := "9"
	if v9.Version == 9 {
		sets, domain = v9.FlowSets, v9.SourceId
		at = clocks{exported: time.Unix(int64(v9.UnixSeconds), 0).UTC(), uptime: v9.SystemUptime, hasUp: true}
	} else {
		version = "10"
		sets, domain = ipfix.FlowSets, ipfix.ObservationDomainId
		at = clocks{exported: time.Unix(int64(ipfix.ExportTime), 0).UTC()}
	}
	for _, set := range sets {
		switch set := set.(type) {
		case netflow.OptionsDataFlowSet:
			for i := range set.Records {
				e.learn(domain, &set.Records[i])
			}
		case netflow.DataFlowSet:
			for i := range set.Records {
				f := r.begin(version, at.exported)
				f.domain = domain
				f.fill(set.Records[i].Values, at, func(sampler uint64) uint64 { return e.rate(domain, sampler) })
				r.add()
			}
		}
	}
	if err != nil && !errors.Is(err, netflow.ErrorTemplateNotFound) {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// learn takes the sampling rate from a record of options.
func (e *exporter) learn(domain uint32, rec *netflow.OptionsDataRecord) {
	var sampler, rate, interval, space uint64
	for _, fields := range [...][]netflow.DataField{rec.ScopesValues, rec.OptionsValues} {
		for i := range fields {
			v, ok := fields[i].Value.([]byte)
			if !ok || fields[i].PenProvided || len(v) > 8 {
				continue
			}
			switch fields[i].Type {
			case 48, 302:
				sampler = number(v)
			case 34, 50:
				rate = number(v)
			case 305:
				interval = number(v)
			case 306:
				space = number(v)
			}
		}
	}
	if interval > 0 && space < 1<<32 {
		rate = (interval + space) / interval
	}
	if rate > 0 && rate < 1<<32 {
		e.setRate(domain, sampler, rate)
	}
}

const penReverse = 29305 // RFC 5103: the same element of the way back

// fill takes what a record says.
func (f *flow) fill(fields []netflow.DataField, at clocks, rate func(sampler uint64) uint64) {
	var first, last uint32 // by the exporter's time since its start
	var hasFirst, hasLast bool
	var boot time.Time
	var sampler uint64
	var micros [2]uint64
	for i := range fields {
		v, _ := fields[i].Value.([]byte)
		if len(v) == 0 {
			continue
		}
		id := fields[i].Type
		if fields[i].PenProvided {
			f.enterprise(fields[i].Pen, id, v)
			continue
		}
		n := number(v)
		switch id {
		case 21:
			last, hasLast = uint32(n), true
		case 22:
			first, hasFirst = uint32(n), true
		case 160:
			boot = time.UnixMilli(int64(n&1<<62 - 1)).UTC()
		case 48, 302:
			sampler = n
			f.number("sampler_id", n)
		case 34, 50:
			f.sampling = n
		case 158, 159:
			micros[id-158] = n
		default:
			if !f.when(id, n) && !f.element(id, n, v) {
				f.unknown("field_"+strconv.Itoa(int(id)), n, v)
			}
		}
	}
	switch {
	case hasFirst && hasLast && at.hasUp:
		f.start, f.end = uptime(at.exported, at.uptime, first), uptime(at.exported, at.uptime, last)
	case hasFirst && hasLast && !boot.IsZero():
		f.start, f.end = boot.Add(time.Duration(first)*time.Millisecond), boot.Add(time.Duration(last)*time.Millisecond)
	case micros != [2]uint64{} && f.start.IsZero() && micros[0] < 1<<40 && micros[1] < 1<<40:
		f.start = at.exported.Add(-time.Duration(micros[0]) * time.Microsecond)
		f.end = at.exported.Add(-time.Duration(micros[1]) * time.Microsecond)
	}
	if f.sampling == 0 {
		f.sampling = rate(sampler)
	}
}

// when takes absolute times.
func (f *flow) when(id uint16, n uint64) bool {
	var t time.Time
	switch id {
	case 150, 151:
		t = time.Unix(int64(uint32(n)), 0)
	case 152, 153, 323:
		if n>>50 != 0 {
			return true
		}
		t = time.UnixMilli(int64(n))
	case 154, 155, 156, 157: // as NTP has it: seconds since 1900, and their fraction
		t = time.Unix(int64(n>>32)-2208988800, int64((n&0xffffffff)*1e9>>32))
	default:
		return false
	}
	switch t = t.UTC(); id {
	case 150, 152, 154, 156:
		f.start = t
	case 323:
		f.exported = t // when it was seen, which is nearer than when it was told
	default:
		f.end = t
	}
	return true
}

// element takes an element of IANA's list, which NetFlow v9 shares in its first 127, and reports whether it has a place.
func (f *flow) element(id uint16, n uint64, v []byte) bool {
	switch id {
	case 1, 85, 231:
		f.bytes = max(f.bytes, n)
	case 2, 86, 298:
		f.packets = max(f.packets, n)
	case 23, 232:
		f.replyBytes = n
		if id == 23 { // bytes of the same way, counted as they leave
			f.replyBytes, f.bytes = 0, max(f.bytes, n)
		}
	case 24:
		f.packets = max(f.packets, n)
	case 299:
		f.replyPackets = n
	case 4:
		f.proto = int(uint8(n))
	case 6:
		f.tcpFlags = uint16(n)
	case 7, 180, 182:
		f.srcPort = uint16(n)
	case 11, 181, 183:
		f.dstPort = uint16(n)
	case 8, 27:
		return f.address(&f.src, v)
	case 12, 28:
		return f.address(&f.dst, v)
	case 225, 281:
		return f.address(&f.srcNAT, v)
	case 226, 282:
		return f.address(&f.dstNAT, v)
	case 227:
		f.srcNATPort = uint16(n)
	case 228:
		f.dstNATPort = uint16(n)
	case 10:
		f.ingress = uint32(n)
	case 14:
		f.egress = uint32(n)
	case 16:
		f.srcAS = uint32(n)
	case 17:
		f.dstAS = uint32(n)
	case 32, 139:
		f.icmp, f.icmpType, f.icmpCode = true, uint8(n>>8), uint8(n)
	case 176, 178:
		f.icmp, f.icmpType = true, uint8(n)
	case 177, 179:
		f.icmp, f.icmpCode = true, uint8(n)
	case 56:
		f.srcMAC = v
	case 80:
		f.dstMAC = v
	case 58, 243:
		f.vlan = uint16(n)
	case 96:
		f.application = text(v)
	case 371, 40000: // 40000 is Cisco's, of the ASA
		f.user = text(v)
	case 5:
		f.number("tos", n)
	case 9, 29:
		f.number("source_prefix_length", n)
	case 13, 30:
		f.number("destination_prefix_length", n)
	case 15, 62:
		f.hop("next_hop", v)
	case 18, 63:
		f.hop("bgp_next_hop", v)
	case 60: // the version of IP, which the addresses tell
	case 61:
		f.text("direction", [...]string{"ingress", "egress"}[n&1])
	case 89:
		f.forwarding(n)
	case 136:
		f.number("flow_end_reason", n)
	case 148:
		f.number("flow_id", n)
	case 230:
		f.natEvent(n)
	case 233:
		f.firewallEvent(n)
	case 234:
		f.number("ingress_vrf", n)
	case 235:
		f.number("egress_vrf", n)
	case 210: // padding
	default:
		return false
	}
	return true
}

func (f *flow) address(to *netip.Addr, v []byte) bool {
	a, ok := netip.AddrFromSlice(v)
	if ok && (!a.IsUnspecified() || !to.IsValid()) { // a template of both families leaves one empty
		*to = a
	}
	return ok
}

func (f *flow) hop(name string, v []byte) {
	if a, ok := netip.AddrFromSlice(v); ok && !a.IsUnspecified() {
		f.text(name, a.Unmap().String())
	}
}

// forwarding is the forwarding status, whose first two bits say what became of the packets.
func (f *flow) forwarding(n uint64) {
	if n > 0xff {
		n >>= 24 // told in four bytes
	}
	if n>>6 == 2 {
		f.action, f.denied = "flow_dropped", true
	}
	f.number("forwarding_status", n)
}

func (f *flow) firewallEvent(n uint64) {
	switch n {
	case 1:
		f.action = "flow_created"
	case 2:
		f.action = "flow_deleted"
	case 3:
		f.action, f.denied = "flow_denied", true
	case 4:
		f.action = "flow_alert"
	case 5:
		f.action = "flow_updated"
	}
	f.number("firewall_event", n)
}

func (f *flow) natEvent(n uint64) {
	switch n {
	case 1, 4, 6, 8:
		f.action = "nat_created"
	case 2, 5, 7, 9:
		f.action = "nat_deleted"
	}
	f.number("nat_event", n)
}

func (f *flow) enterprise(pen uint32, id uint16, v []byte) {
	n := number(v)
	switch {
	case pen == penReverse && (id == 1 || id == 85):
		f.replyBytes = max(f.replyBytes, n)
	case pen == penReverse && (id == 2 || id == 86):
		f.replyPackets = max(f.replyPackets, n)
	default:
		f.unknown("field_"+strconv.Itoa(int(pen))+"_"+strconv.Itoa(int(id)), n, v)
	}
}

// unknown keeps what has no name here under its number: a number, a text, or else bytes.
func (f *flow) unknown(name string, n uint64, v []byte) {
	switch {
	case len(v) <= 8:
		f.number(name, n)
	case printable(v):
		f.text(name, text(v))
	case len(v) <= 64 && len(bytes.Trim(v, "\x00")) > 0:
		f.text(name, hex.EncodeToString(v))
	}
}

func printable(v []byte) bool {
	s := text(v)
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

// text is a field of text, which is filled up with zeros.
func text(v []byte) string {
	if i := bytes.IndexByte(v, 0); i >= 0 {
		v = v[:i]
	}
	return strings.ToValidUTF8(string(v[:min(len(v), maxText)]), "\ufffd")
}

// number reads an integer of up to eight bytes; a longer field is none.
func number(v []byte) uint64 {
	if len(v) > 8 {
		return 0
	}
	var b [8]byte
	copy(b[8-len(v):], v)
	return binary.BigEndian.Uint64(b[:])
}
