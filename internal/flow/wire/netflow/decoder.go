package netflow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/netsampler/goflow2/v2/decoders/netflowlegacy"
)

// MaxFlows is how many flows of one datagram are taken; a datagram of an Ethernet frame holds some thirty.
const MaxFlows = 1024

// ErrMalformed says that a datagram, or the rest of one, is none of the protocols known.
var ErrMalformed = errors.New("no NetFlow, IPFIX or sFlow")

// Exporter is who sent a datagram. Templates of known exporters and of strangers are kept apart, so that forged senders cannot push out
// the templates of customers' devices.
type Exporter struct {
	Addr  netip.Addr
	Known bool
}

// Result counts what became of a datagram.
type Result struct {
	Flows      int // handed to emit
	NoTemplate int // sets of data whose template has not come
	Refused    int // templates that are none: without bytes, or too long
	Skipped    int // flows beyond MaxFlows, samples without a packet in them
}

// Decoder decodes datagrams. It keeps templates and sampling rates by exporter and domain within fixed bounds and serves one goroutine.
type Decoder struct {
	known, strangers *exporters
	flow             flow
	out              []byte
	packet           *packetReader
}

// NewDecoder returns a Decoder that knows no template.
func NewDecoder() *Decoder {
	return &Decoder{known: newExporters(maxKnown), strangers: newExporters(maxStrangers), packet: newPacketReader()}
}

// Decode calls emit with the JSON of each flow in datagram; the bytes are valid until emit returns. What was decoded before an error
// stays emitted and counted. The version is told by the datagram itself.
func (d *Decoder) Decode(from Exporter, received time.Time, datagram []byte, emit func([]byte)) (Result, error) {
	run := run{d: d, from: from, received: received, emit: emit}
	err := run.decode(datagram)
	return run.result, err
}

// run is the decoding of one datagram.
type run struct {
	d        *Decoder
	from     Exporter
	received time.Time
	emit     func([]byte)
	result   Result
}

func (r *run) decode(b []byte) error {
	if len(b) < 4 {
		return ErrMalformed
	}
	switch version := binary.BigEndian.Uint16(b); {
	case version == 0 && binary.BigEndian.Uint16(b[2:]) == 5:
		return r.sflow(b)
	case version == 5:
		return r.v5(b)
	case version == 9 || version == 10:
		return r.templated(b)
	default:
		return fmt.Errorf("%w: version %d", ErrMalformed, version)
	}
}

// begin empties the flow that is being filled.
func (r *run) begin(version string, exported time.Time) *flow {
	f := &r.d.flow
	*f = flow{version: version, exported: exported, observer: r.from.Addr, proto: -1, rest: f.rest[:0]}
	return f
}

// add emits the flow that was filled, where it says who spoke.
func (r *run) add() {
	switch f := &r.d.flow; {
	case !f.src.IsValid() && !f.dst.IsValid() && f.srcMAC == nil && f.dstMAC == nil, r.result.Flows == MaxFlows:
		r.result.Skipped++
	default:
		r.d.out = f.appendJSON(r.d.out[:0], r.received)
		r.emit(r.d.out)
		r.result.Flows++
	}
}

const (
	v5Header = 24
	v5Record = 48
)

func (r *run) v5(b []byte) error {
	// The count is checked here: the decoder believes it and makes room for as many.
	if count := int(binary.BigEndian.Uint16(b[2:])); len(b) < v5Header+count*v5Record {
		return fmt.Errorf("%w: version 5 with %d flows in %d bytes", ErrMalformed, count, len(b))
	}
	var p netflowlegacy.PacketNetFlowV5
	if err := netflowlegacy.DecodeMessageVersion(bytes.NewBuffer(b), &p); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	exported := time.Unix(int64(p.UnixSecs), int64(p.UnixNSecs)).UTC()
	for i := range p.Records {
		rec := &p.Records[i]
		f := r.begin("5", exported)
		f.src, f.dst = v4(uint32(rec.SrcAddr)), v4(uint32(rec.DstAddr))
		f.srcPort, f.dstPort, f.proto = rec.SrcPort, rec.DstPort, int(rec.Proto)
		f.bytes, f.packets = uint64(rec.DOctets), uint64(rec.DPkts)
		f.ingress, f.egress = uint32(rec.Input), uint32(rec.Output)
		f.srcAS, f.dstAS = uint32(rec.SrcAS), uint32(rec.DstAS)
		f.tcpFlags = uint16(rec.TCPFlags)
		f.start, f.end = uptime(exported, p.SysUptime, rec.First), uptime(exported, p.SysUptime, rec.Last)
		f.sampling = uint64(p.SamplingInterval & 0x3fff) // the two bits above it are the mode
		f.domain = uint32(p.EngineType)<<8 | uint32(p.EngineId)
		f.number("tos", uint64(rec.Tos))
		f.number("source_prefix_length", uint64(rec.SrcMask))
		f.number("destination_prefix_length", uint64(rec.DstMask))
		if rec.NextHop != 0 {
			f.text("next_hop", v4(uint32(rec.NextHop)).String())
		}
		r.add()
	}
	return nil
}

func v4(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

// uptime is the time of a reading of the exporter's clock since it started, which runs over every 49 days.
func uptime(exported time.Time, now, then uint32) time.Time {
	return exported.Add(-time.Duration(int32(now-then)) * time.Millisecond)
}
