package netflow

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/netsampler/goflow2/v2/decoders/sflow"
)

// sflow walks the samples of a datagram itself: the decoder of whole datagrams gives one up at the first sample it does not know, and
// makes room for as many records as a sample claims.
func (r *run) sflow(b []byte) error {
	agent, b, ok := sflowAgent(b[4:])
	if !ok || len(b) < 16 {
		return fmt.Errorf("%w: sFlow header", ErrMalformed)
	}
	domain := binary.BigEndian.Uint32(b)
	for b = b[16:]; len(b) >= 8; {
		header := sflow.SampleHeader{Format: binary.BigEndian.Uint32(b), Length: binary.BigEndian.Uint32(b[4:])}
		if uint64(header.Length) > uint64(len(b)-8) {
			return fmt.Errorf("%w: sFlow sample of %d bytes where %d are left", ErrMalformed, header.Length, len(b)-8)
		}
		body := b[8 : 8+header.Length]
		b = b[8+header.Length:]
		count := 0 // where the number of records stands
		switch header.Format {
		case sflow.SAMPLE_FORMAT_FLOW:
			count = 28
		case sflow.SAMPLE_FORMAT_EXPANDED_FLOW:
			count = 40
		default:
			continue // counters, and what vendors have of their own
		}
		if len(body) < count+4 || uint64(binary.BigEndian.Uint32(body[count:]))*8 > uint64(len(body)) {
			return fmt.Errorf("%w: sFlow sample with more records than bytes", ErrMalformed)
		}
		sample, err := sflow.DecodeSample(&header, bytes.NewBuffer(body))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		r.sample(sample, agent, domain)
	}
	return nil
}

// sflowAgent reads the agent's address and returns what follows.
func sflowAgent(b []byte) (netip.Addr, []byte, bool) {
	if len(b) < 4 {
		return netip.Addr{}, nil, false
	}
	n := map[uint32]int{1: 4, 2: 16}[binary.BigEndian.Uint32(b)]
	if n == 0 || len(b) < 4+n {
		return netip.Addr{}, nil, false
	}
	a, ok := netip.AddrFromSlice(b[4 : 4+n])
	return a, b[4+n:], ok
}

func (r *run) sample(sample any, agent netip.Addr, domain uint32) {
	f := r.begin("sflow", r.received) // sFlow tells no time: a sample is sent at once
	f.domain, f.packets = domain, 1
	f.text("agent", agent.String())
	var records []sflow.FlowRecord
	switch s := sample.(type) {
	case sflow.FlowSample:
		records, f.sampling, f.ingress, f.egress = s.Records, uint64(s.SamplingRate), port(s.Input>>30, s.Input), port(s.Output>>30, s.Output)
	case sflow.ExpandedFlowSample:
		records, f.sampling = s.Records, uint64(s.SamplingRate)
		f.ingress, f.egress = port(s.InputIfFormat, s.InputIfValue), port(s.OutputIfFormat, s.OutputIfValue)
	}
	for i := range records {
		switch d := records[i].Data.(type) {
		case sflow.SampledHeader:
			f.bytes = uint64(d.FrameLength)
			r.d.packet.read(f, d.Protocol, d.HeaderData)
		case sflow.SampledIPv4:
			f.sampledIP(&d.SampledIPBase)
			f.number("tos", uint64(d.Tos))
		case sflow.SampledIPv6:
			f.sampledIP(&d.SampledIPBase)
		case sflow.ExtendedSwitch:
			f.vlan = uint16(d.SrcVlan)
		case sflow.ExtendedRouter:
			f.hop("next_hop", d.NextHop)
			f.number("source_prefix_length", uint64(d.SrcMaskLen))
			f.number("destination_prefix_length", uint64(d.DstMaskLen))
		case sflow.ExtendedGateway:
			f.srcAS = d.SrcAS
			if len(d.ASPath) > 0 {
				f.dstAS = d.ASPath[len(d.ASPath)-1]
			}
		}
	}
	r.add()
}

// port is an interface's index, where a sample names one: other formats say how a packet was dropped or to how many it went.
func port(format, value uint32) uint32 {
	if format != 0 || value == 0x3fffffff {
		return 0
	}
	return value
}

func (f *flow) sampledIP(b *sflow.SampledIPBase) {
	f.src, _ = netip.AddrFromSlice(b.SrcIP)
	f.dst, _ = netip.AddrFromSlice(b.DstIP)
	f.proto, f.srcPort, f.dstPort, f.tcpFlags = int(uint8(b.Protocol)), uint16(b.SrcPort), uint16(b.DstPort), uint16(b.TcpFlags)
	f.bytes = max(f.bytes, uint64(b.Length))
}

// packetReader reads the first bytes of a packet.
type packetReader struct {
	eth   layers.Ethernet
	vlan  layers.Dot1Q
	ip4   layers.IPv4
	ip6   layers.IPv6
	tcp   layers.TCP
	udp   layers.UDP
	icmp4 layers.ICMPv4
	icmp6 layers.ICMPv6
	first map[uint32]*gopacket.DecodingLayerParser // by sFlow's number of the outermost protocol
	found []gopacket.LayerType
}

func newPacketReader() *packetReader {
	p := &packetReader{}
	from := func(first gopacket.LayerType) *gopacket.DecodingLayerParser {
		parser := gopacket.NewDecodingLayerParser(first, &p.eth, &p.vlan, &p.ip4, &p.ip6, &p.tcp, &p.udp, &p.icmp4, &p.icmp6)
		parser.IgnoreUnsupported = true
		return parser
	}
	p.first = map[uint32]*gopacket.DecodingLayerParser{
		1: from(layers.LayerTypeEthernet), 11: from(layers.LayerTypeIPv4), 12: from(layers.LayerTypeIPv6),
	}
	return p
}

// read takes what the headers say; where they are cut, what stands before.
func (p *packetReader) read(f *flow, protocol uint32, b []byte) {
	parser := p.first[protocol]
	if parser == nil {
		return
	}
	_ = parser.DecodeLayers(b, &p.found) // the packet is cut where the sample ends
	for _, t := range p.found {
		switch t {
		case layers.LayerTypeEthernet:
			f.srcMAC, f.dstMAC = p.eth.SrcMAC, p.eth.DstMAC
		case layers.LayerTypeDot1Q:
			f.vlan = p.vlan.VLANIdentifier
		case layers.LayerTypeIPv4:
			f.src, _ = netip.AddrFromSlice(p.ip4.SrcIP)
			f.dst, _ = netip.AddrFromSlice(p.ip4.DstIP)
			f.proto = int(p.ip4.Protocol)
			f.number("tos", uint64(p.ip4.TOS))
		case layers.LayerTypeIPv6:
			f.src, _ = netip.AddrFromSlice(p.ip6.SrcIP)
			f.dst, _ = netip.AddrFromSlice(p.ip6.DstIP)
			f.proto = int(p.ip6.NextHeader)
		case layers.LayerTypeTCP:
			f.srcPort, f.dstPort = uint16(p.tcp.SrcPort), uint16(p.tcp.DstPort)
			f.tcpFlags = uint16(p.tcp.Contents[13])
		case layers.LayerTypeUDP:
			f.srcPort, f.dstPort = uint16(p.udp.SrcPort), uint16(p.udp.DstPort)
		case layers.LayerTypeICMPv4:
			f.icmp, f.icmpType, f.icmpCode = true, p.icmp4.TypeCode.Type(), p.icmp4.TypeCode.Code()
		case layers.LayerTypeICMPv6:
			f.icmp, f.icmpType, f.icmpCode = true, p.icmp6.TypeCode.Type(), p.icmp6.TypeCode.Code()
		}
	}
}
