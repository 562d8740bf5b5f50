package netflow

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	router   = Exporter{Addr: netip.MustParseAddr("192.0.2.1"), Known: true}
	received = time.Date(2026, 3, 4, 5, 6, 10, 0, time.UTC)
	seconds  = uint32(received.Unix() - 1)
)

// wire builds datagrams: numbers by their Go size, strings as bytes.
func wire(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		case netip.Addr:
			b = append(b, p.AsSlice()...)
		default:
			var err error
			if b, err = binary.Append(b, binary.BigEndian, p); err != nil {
				panic(err)
			}
		}
	}
	return b
}

// set wraps what belongs to a set of NetFlow v9 or IPFIX.
func set(id uint16, parts ...any) []byte {
	body := wire(parts...)
	return wire(id, uint16(len(body)+4), body)
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

func v9(domain uint32, sets ...[]byte) []byte {
	b := wire(uint16(9), uint16(len(sets)), uint32(100_000), seconds, uint32(7), domain)
	for _, s := range sets {
		b = append(b, s...)
	}
	return b
}

func ipfix(domain uint32, sets ...[]byte) []byte {
	var body []byte
	for _, s := range sets {
		body = append(body, s...)
	}
	return wire(uint16(10), uint16(len(body)+16), seconds, uint32(7), domain, body)
}

func v5Datagram(sampling uint16, flows int) []byte {
	b := wire(uint16(5), uint16(flows), uint32(100_000), seconds, uint32(0), uint32(1), uint8(0), uint8(3), sampling)
	for i := range flows {
		b = append(b, wire(ip("10.0.0.5"), ip("203.0.113.9"), ip("192.0.2.254"), uint16(1), uint16(2), uint32(10), uint32(840),
			uint32(90_000), uint32(99_000), uint16(50000+i), uint16(443), uint8(0), uint8(0x12), uint8(6), uint8(0), uint16(64500), uint16(0), uint8(24), uint8(0), uint16(0))...)
	}
	return b
}

// decode returns the flows of datagrams as one decoder sees them one after another.
func decode(t testing.TB, d *Decoder, from Exporter, datagrams ...[]byte) ([]map[string]any, Result) {
	t.Helper()
	var out []map[string]any
	var sum Result
	for _, b := range datagrams {
		r, err := d.Decode(from, received, b, func(line []byte) {
			m := map[string]any{}
			if err := json.Unmarshal(line, &m); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			out = append(out, m)
		})
		if err != nil {
			t.Fatal(err)
		}
		sum.Flows, sum.NoTemplate, sum.Refused, sum.Skipped = sum.Flows+r.Flows, sum.NoTemplate+r.NoTemplate, sum.Refused+r.Refused, sum.Skipped+r.Skipped
	}
	return out, sum
}

func TestVersion5(t *testing.T) {
	t.Parallel()
	got, _ := decode(t, NewDecoder(), router, v5Datagram(1<<14|100, 2))
	if len(got) != 2 || got[1]["source.port"] != 50001.0 {
		t.Fatal(got)
	}
	want := map[string]any{
		"@timestamp": "2026-03-04T05:06:08Z", "event.dataset": "netflow.log", "event.kind": "event", "event.category": "network", "event.type": "connection",
		"event.action": "network_flow", "event.start": "2026-03-04T05:05:59Z", "event.end": "2026-03-04T05:06:08Z", "event.duration": 9e9,
		"network.iana_number": 6.0, "network.transport": "tcp", "network.type": "ipv4", "network.bytes": 840.0, "network.packets": 10.0,
		"source.ip": "10.0.0.5", "source.port": 50000.0, "source.bytes": 840.0, "source.packets": 10.0, "source.as.number": 64500.0,
		"destination.ip": "203.0.113.9", "destination.port": 443.0,
		"observer.ip": "192.0.2.1", "observer.ingress.interface.id": 1.0, "observer.egress.interface.id": 2.0,
		"netflow.type": "netflow", "netflow.exporter.version": "5", "netflow.exporter.domain": 3.0, "netflow.sampling_rate": 100.0,
		"netflow.tcp_flags": "SYN,ACK", "netflow.source_prefix_length": 24.0, "netflow.next_hop": "192.0.2.254",
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

// template256 has addresses, ports, protocol, counts and uptimes.
var template256 = set(0, uint16(256), uint16(9), fields(8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 1, 4, 2, 4, 22, 4, 21, 4))

func fields(pairs ...uint16) []byte { return wire(pairs) }

func data256(n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, wire(ip("10.0.0.5"), ip("8.8.8.8"), uint16(40000+i), uint16(53), uint8(17), uint32(120), uint32(2), uint32(95_000), uint32(96_000))...)
	}
	return set(256, b)
}

func TestVersion9KeepsTemplatesByExporterAndDomain(t *testing.T) {
	t.Parallel()
	d := NewDecoder()
	if got, r := decode(t, d, router, v9(1, data256(3))); len(got) != 0 || r.NoTemplate != 1 {
		t.Fatalf("before its template: %v, %+v", got, r)
	}
	got, _ := decode(t, d, router, v9(1, template256, data256(2)), v9(1, data256(1)))
	if len(got) != 3 || got[2]["source.ip"] != "10.0.0.5" || got[2]["network.transport"] != "udp" || got[2]["destination.port"] != 53.0 ||
		got[2]["event.start"] != "2026-03-04T05:06:04Z" || got[2]["event.duration"] != 1e9 || got[2]["netflow.exporter.domain"] != 1.0 {
		t.Fatal(got)
	}
	for name, from := range map[string]Exporter{
		"another exporter":          {Addr: ip("192.0.2.2"), Known: true},
		"a stranger of its address": {Addr: router.Addr},
	} {
		if got, r := decode(t, d, from, v9(1, data256(1))); len(got) != 0 || r.NoTemplate != 1 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got, r := decode(t, d, router, v9(2, data256(1))); len(got) != 0 || r.NoTemplate != 1 {
		t.Errorf("another domain: %v", got)
	}
	if _, err := d.Decode(router, received.Add(25*time.Hour), v9(1, data256(1)), func([]byte) { t.Error("a template of yesterday counts") }); err != nil {
		t.Fatal(err)
	}
}

func TestSamplingRatesComeFromOptions(t *testing.T) {
	t.Parallel()
	sampled := set(0, uint16(257), uint16(3), fields(8, 4, 12, 4, 48, 1))
	options := set(1, uint16(300), uint16(4), uint16(8), fields(1, 4, 48, 1, 50, 4))
	told := set(300, uint32(0), uint8(5), uint32(2000))
	got, _ := decode(t, NewDecoder(), router, v9(1, sampled, options, told), v9(1, set(257, ip("10.0.0.5"), ip("8.8.8.8"), uint8(5), ip("10.0.0.5"), ip("8.8.8.8"), uint8(6))))
	if len(got) != 2 || got[0]["netflow.sampling_rate"] != 2000.0 || got[1]["netflow.sampling_rate"] != nil {
		t.Fatal(got)
	}
	// IPFIX: 99 packets left out for each that is taken, for the whole domain
	options = set(3, uint16(301), uint16(3), uint16(1), fields(149, 4, 305, 4, 306, 4))
	plain := set(2, uint16(257), uint16(2), fields(8, 4, 12, 4))
	got, _ = decode(t, NewDecoder(), router, ipfix(1, options, plain, set(301, uint32(1), uint32(1), uint32(99)), set(257, ip("10.0.0.5"), ip("8.8.8.8"))))
	if len(got) != 1 || got[0]["netflow.sampling_rate"] != 100.0 {
		t.Fatal(got)
	}
}

func TestIPFIXBothWaysNamesTimesAndWithdrawal(t *testing.T) {
	t.Parallel()
	d := NewDecoder()
	template := set(2, uint16(400), uint16(11), fields(27, 16, 28, 16, 7, 2, 11, 2, 4, 1, 1, 8), fields(0x8001, 8), uint32(29305),
		fields(152, 8, 153, 8, 96, 0xffff), fields(0x8064, 4), uint32(2011))
	record := wire(ip("2001:db8::1"), ip("2001:db8::2"), uint16(50000), uint16(22), uint8(6), uint64(1000), uint64(5000),
		uint64(received.UnixMilli()-1500), uint64(received.UnixMilli()-250), uint8(9), "远程\"x\n", uint32(77))
	got, _ := decode(t, d, router, ipfix(9, template, set(400, record)))
	if len(got) != 1 {
		t.Fatal(got)
	}
	for name, want := range map[string]any{
		"source.ip": "2001:db8::1", "network.type": "ipv6", "source.bytes": 1000.0, "destination.bytes": 5000.0, "network.bytes": 6000.0,
		"event.start": "2026-03-04T05:06:08.5Z", "@timestamp": "2026-03-04T05:06:09.75Z", "network.application": "远程\"x\n", "netflow.field_2011_100": 77.0,
	} {
		if got[0][name] != want {
			t.Errorf("%s = %v, want %v", name, got[0][name], want)
		}
	}
	if got, r := decode(t, d, router, ipfix(9, set(2, uint16(400), uint16(0)), set(400, record))); len(got) != 0 || r.NoTemplate != 1 {
		t.Errorf("a withdrawn template counts: %v", got)
	}
}

func TestNATAndFirewallEvents(t *testing.T) {
	t.Parallel()
	template := set(0, uint16(256), uint16(8), fields(8, 4, 12, 4, 7, 2, 225, 4, 227, 2, 233, 1, 4, 1, 32, 2))
	got, _ := decode(t, NewDecoder(), router, v9(0, template, set(256, ip("10.0.0.5"), ip("8.8.8.8"), uint16(0), ip("198.51.100.7"), uint16(4000), uint8(3), uint8(1), uint16(8<<8|1))))
	if len(got) != 1 {
		t.Fatal(got)
	}
	for name, want := range map[string]any{
		"source.nat.ip": "198.51.100.7", "source.nat.port": 4000.0, "event.action": "flow_denied", "icmp.type": 8.0, "icmp.code": 1.0, "network.transport": "icmp",
	} {
		if got[0][name] != want {
			t.Errorf("%s = %v, want %v", name, got[0][name], want)
		}
	}
	if diff := cmp.Diff([]any{"connection", "denied"}, got[0]["event.type"]); diff != "" {
		t.Error(diff)
	}
}

// frame is an Ethernet frame with VLAN 30, IPv4 and TCP, cut after TCP's fixed header as samples are.
var frame = wire("\x02\x00\x00\x00\x00\x02", "\x02\x00\x00\x00\x00\x01", uint16(0x8100), uint16(30), uint16(0x0800),
	uint8(0x45), uint8(0), uint16(1400), uint32(0), uint8(64), uint8(6), uint16(0), ip("10.0.0.5"), ip("203.0.113.9"),
	uint16(50000), uint16(443), uint32(1), uint32(2), uint8(0x50), uint8(0x18), uint16(1000), uint32(0))

func sflowDatagram(samples ...[]byte) []byte {
	b := wire(uint32(5), uint32(1), ip("192.0.2.77"), uint32(4), uint32(1), uint32(5000), uint32(len(samples)))
	for _, s := range samples {
		b = append(b, s...)
	}
	return b
}

func block(format uint32, parts ...any) []byte {
	body := wire(parts...)
	return wire(format, uint32(len(body)), body)
}

func rawHeader() []byte {
	pad := make([]byte, (4-len(frame)%4)%4)
	return block(1, uint32(1), uint32(1418), uint32(4), uint32(len(frame)), frame, pad)
}

func TestSFlow(t *testing.T) {
	t.Parallel()
	plain := block(1, uint32(1), uint32(7), uint32(512), uint32(9), uint32(0), uint32(7), uint32(8), uint32(1), rawHeader())
	expanded := block(3, uint32(1), uint32(0), uint32(7), uint32(256), uint32(9), uint32(0), uint32(0), uint32(70), uint32(0), uint32(80), uint32(1), rawHeader())
	counters, vendors := block(2, uint32(1), uint32(7), uint32(0)), block(8800<<12|1, uint32(1))
	got, r := decode(t, NewDecoder(), router, sflowDatagram(counters, plain, vendors, expanded))
	if len(got) != 2 || r.Skipped != 0 || got[1]["observer.egress.interface.id"] != 80.0 || got[1]["netflow.sampling_rate"] != 256.0 {
		t.Fatal(got, r)
	}
	for name, want := range map[string]any{
		"source.ip": "10.0.0.5", "destination.ip": "203.0.113.9", "source.port": 50000.0, "destination.port": 443.0, "network.transport": "tcp",
		"network.bytes": 1418.0, "network.packets": 1.0, "network.vlan.id": 30.0, "source.mac": "02-00-00-00-00-01", "netflow.sampling_rate": 512.0,
		"netflow.type": "sflow", "netflow.agent": "192.0.2.77", "netflow.tcp_flags": "PSH,ACK", "observer.ip": "192.0.2.1", "@timestamp": "2026-03-04T05:06:10Z",
	} {
		if got[0][name] != want {
			t.Errorf("%s = %v, want %v", name, got[0][name], want)
		}
	}
}

// Each of these would take a decoder that believes what it reads to a halt, or all memory.
func TestHostileDatagrams(t *testing.T) {
	t.Parallel()
	empty := set(0, uint16(256), uint16(2), fields(8, 0, 12, 0)) // records of no bytes have no end
	manyEmpty := make([]uint16, 0, 2000)
	for range 500 {
		manyEmpty = append(manyEmpty, 8, 0)
	}
	wide := set(0, uint16(256), uint16(501), manyEmpty, fields(4, 1)) // 500 fields a byte
	variable := set(2, uint16(256), uint16(1), fields(8, 0xffff))
	for name, c := range map[string]struct {
		b       []byte
		flows   int
		refused int
		fails   bool
	}{
		"empty template":                  {v9(1, empty, set(256, make([]byte, 1000))), 0, 1, false},
		"wide template":                   {v9(1, wide, set(256, make([]byte, 60000))), 0, 0, false},
		"variable fields alone":           {ipfix(1, variable, set(256, make([]byte, 1000))), 0, 1, false},
		"options without bytes":           {v9(1, set(1, uint16(300), uint16(0), uint16(4), fields(34, 0)), set(300, make([]byte, 100))), 0, 1, false},
		"v5 count beyond its bytes":       {wire(uint16(5), uint16(65535), make([]byte, 20)), 0, 0, true},
		"sflow records beyond its bytes":  {sflowDatagram(block(3, make([]byte, 40), uint32(0xffffffff), make([]byte, 64))), 0, 0, true},
		"sflow sample beyond its bytes":   {sflowDatagram(wire(uint32(1), uint32(1<<31))), 0, 0, true},
		"template beyond its bytes":       {v9(1, set(0, uint16(256), uint16(65535), fields(8, 4))), 0, 0, true},
		"set shorter than its own header": {v9(1, wire(uint16(0), uint16(1))), 0, 0, true},
		"unknown version":                 {wire(uint16(7), make([]byte, 60)), 0, 0, true},
		"flows without end":               {v9(1, set(0, uint16(256), uint16(1), fields(8, 4)), set(256, []byte(strings.Repeat("\x0a\x00\x00\x01", 15000)))), MaxFlows, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			r, err := NewDecoder().Decode(router, received, c.b, func([]byte) { n++ })
			if n != c.flows || r.Flows != c.flows || r.Refused != c.refused || errors.Is(err, ErrMalformed) != c.fails {
				t.Errorf("%d flows, %+v, %v", n, r, err)
			}
			for i := 0; i < len(c.b); i += 1 + len(c.b)/50 { // cut anywhere
				_, _ = NewDecoder().Decode(router, received, c.b[:i:i], func([]byte) {})
			}
		})
	}
}

func TestEndlessTemplatesAndExportersStayWithinBounds(t *testing.T) {
	t.Parallel()
	d := NewDecoder()
	if _, r := decode(t, d, router, v9(1, template256)); r.Refused != 0 {
		t.Fatal(r)
	}
	big := make([]uint16, 0, 1000)
	for i := range 500 {
		big = append(big, uint16(1+i), 1)
	}
	for i := range 3000 { // of another known exporter, and of strangers
		b := v9(uint32(i), set(0, uint16(256+i%1000), uint16(500), big), set(1, uint16(2000), uint16(4), uint16(4), fields(1, 4, 34, 4)), set(2000, uint32(0), uint32(i+1)))
		decode(t, d, Exporter{Addr: ip("192.0.2.9"), Known: true}, b)
		decode(t, d, Exporter{Addr: ip(fmt.Sprintf("198.51.%d.%d", i>>8, i&255))}, b)
	}
	flood := d.known.all[ip("192.0.2.9")]
	if len(flood.templates) > maxTemplates || flood.fields > maxFields || len(flood.rates) > maxSamplers || len(d.strangers.all) > maxStrangers {
		t.Errorf("%d templates of %d fields, %d rates, %d strangers", len(flood.templates), flood.fields, len(flood.rates), len(d.strangers.all))
	}
	if got, _ := decode(t, d, router, v9(1, data256(1))); len(got) != 1 {
		t.Error("a flood of others pushed out an exporter's template")
	}
	sum := 0
	for _, e := range flood.templates {
		sum += e.fields
	}
	if sum != flood.fields {
		t.Errorf("counts %d fields, has %d", flood.fields, sum)
	}
	for i := range 2 * maxKnown {
		decode(t, d, Exporter{Addr: ip(fmt.Sprintf("10.9.%d.%d", i>>8, i&255)), Known: true}, v9(1, template256))
	}
	if len(d.known.all) > maxKnown {
		t.Errorf("%d known exporters", len(d.known.all))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(v5Datagram(0, 2), v9(1, data256(2)))
	f.Add(v9(1, template256), v9(1, data256(2)))
	f.Add(ipfix(1, set(2, uint16(400), uint16(3), fields(8, 4, 12, 4, 96, 0xffff))), ipfix(1, set(400, ip("10.0.0.5"), ip("8.8.8.8"), uint8(1), "x")))
	f.Add(v9(1, set(1, uint16(300), uint16(4), uint16(8), fields(1, 4, 48, 1, 50, 4))), v9(1, set(300, uint32(0), uint8(5), uint32(2000))))
	f.Add(sflowDatagram(block(1, uint32(1), uint32(7), uint32(512), uint32(9), uint32(0), uint32(7), uint32(8), uint32(1), rawHeader())), v9(1, template256, data256(1)))
	f.Add(sflowDatagram(block(3, make([]byte, 40), uint32(1), rawHeader())), []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if len(first) > 65535 || len(second) > 65535 {
			return
		}
		d := NewDecoder()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, b := range [][]byte{first, second, first, second} {
			_, err := d.Decode(router, received, b, func(line []byte) {
				if len(line) > 32<<10 || !json.Valid(line) {
					t.Fatalf("%q", line)
				}
			})
			if err != nil && !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
			t.Fatalf("%d bytes allocated for %d", used, 2*len(first)+2*len(second))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, datagram := range map[string][]byte{"v5": v5Datagram(0, 30), "v9": v9(1, data256(40)), "sflow": sflowDatagram(
		block(1, uint32(1), uint32(7), uint32(512), uint32(9), uint32(0), uint32(7), uint32(8), uint32(1), rawHeader()))} {
		b.Run(name, func(b *testing.B) {
			d := NewDecoder()
			decode(b, d, router, v9(1, template256))
			flows := 0
			b.ReportAllocs()
			for b.Loop() {
				r, _ := d.Decode(router, received, datagram, func([]byte) {})
				flows += r.Flows
			}
			b.ReportMetric(float64(flows)/b.Elapsed().Seconds(), "flows/s")
		})
	}
}
