package capture_test

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/isoc-project/isoc/internal/flow/wire/capture"
)

const (
	client = "10.0.0.5"
	server = "198.51.100.9"
)

// web is two requests over one connection, the second answered in chunks.
func web(m *film) {
	m.session(client, 40000, server, 80, 100,
		said{0, "POST http://shop.example.test:8080/a/setup.exe?x=1 HTTP/1.1\r\nHost: shop.example.test:8080\r\nUser-Agent: WebDAV-test\r\nContent-Length: 300\r\n" +
			"Authorization: Basic a2FpOnNlY3JldA==\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("x", 300)},
		said{1, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5000\r\nServer: nginx\r\n\r\nMZ" + strings.Repeat("y", 4998)},
		said{0, "GET /second HTTP/1.1\r\nHost: [2001:db8::1]\r\nReferer: http://a.test/\r\n\r\n"},
		said{1, "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nContent-Type: Text/Plain\r\n\r\n" + "5;x\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: 1\r\n\r\n"},
		said{0, "GET /third HTTP/1.1\r\nHost: a.test\r\n\r\n"})
}

func checkWeb(t *testing.T, got []event) {
	t.Helper()
	if len(got) != 3 {
		t.Fatalf("%d requests: %v", len(got), got)
	}
	got[0].holds(t, map[string]any{
		"http.request.method": "POST", "url.domain": "shop.example.test", "url.port": 8080, "url.path": "/a/setup.exe", "url.query": "x=1", "url.extension": "exe",
		"url.original": "http://shop.example.test:8080/a/setup.exe?x=1", "user_agent.original": "WebDAV-test", "user.name": "kai", "http.request.body.bytes": 300,
		"http.request.mime_type": "text/plain", "http.response.status_code": 200, "http.response.mime_type": "application/x-dosexec", "http.response.body.bytes": 5000,
		"source.ip": client, "source.port": 40000, "destination.ip": server, "destination.port": 80, "network.protocol": "http", "http.version": "1.1",
		"network.community_id": "1:9r7HbRyDEaZBhS4gwsakOo+ajYo=",
	})
	got[1].holds(t, map[string]any{
		"url.path": "/second", "url.domain": "2001:db8::1", "http.response.status_code": 404, "http.response.mime_type": "text/plain", "http.request.referrer": "http://a.test/",
	})
	got[2].holds(t, map[string]any{"url.path": "/third", "http.response.status_code": nil})
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	web(m)
	got, _ := m.play(capture.Options{})
	checkWeb(t, got["packet.http"])
	if len(got["packet.flow"]) != 1 {
		t.Fatalf("flows %v", got["packet.flow"])
	}
	last := len(m.frames) - 1
	got["packet.flow"][0].holds(t, map[string]any{
		"network.transport": "tcp", "network.protocol": "http", "packet.tcp.state": "SF", "packet.tcp.history": "ShADdFf", "packet.flow.end_reason": "end",
		"network.packets": len(m.frames), "event.duration": last * 1e6, "source.mac": "02-00-00-00-00-01",
		"event.start": "2026-11-24T08:00:00Z", "@timestamp": began.Add(time.Duration(last) * time.Millisecond).Format(time.RFC3339Nano),
	})
}

// TestDisorder sends segments late, twice and over one another: the same must come of them.
func TestDisorder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		m := &film{t: t}
		web(m)
		r := rand.New(rand.NewPCG(seed, 1))
		for i := 4; i+8 < len(m.frames); i += 4 {
			part := m.frames[i : i+4]
			r.Shuffle(4, func(a, b int) { part[a], part[b] = part[b], part[a] })
		}
		for range 10 {
			i := 4 + r.IntN(len(m.frames)-8)
			m.frames = slices.Insert(m.frames, i+r.IntN(4), m.frames[i])
		}
		got, stats := m.play(capture.Options{})
		checkWeb(t, got["packet.http"])
		if stats.Abandoned != 0 {
			t.Errorf("seed %d: %+v", seed, stats)
		}
	}
}

// TestHole leaves segments out: within a body nothing is lost by it, elsewhere the next request is found again.
func TestHole(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	web(m)
	body := 3 + 6 + 20 // in the first response's body
	m.frames = slices.Delete(m.frames, body, body+3)
	got, _ := m.play(capture.Options{})
	checkWeb(t, got["packet.http"])

	m = &film{t: t}
	web(m)
	m.frames = slices.Delete(m.frames, 3, 4) // the first request's beginning
	got, stats := m.play(capture.Options{})
	if len(got["packet.http"]) == 0 && stats.Abandoned == 0 {
		t.Errorf("nothing was told, %+v", stats)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	for version, want := range map[uint16]map[string]any{
		tls.VersionTLS12: {
			"tls.version": "1.2", "tls.next_protocol": "h2", "tls.server.x509.serial_number": "8BB00EE", "tls.server.subject": "CN=server.example.test,O=Example",
			"tls.server.not_before": "2026-11-24T08:00:00Z", "tls.cipher": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "tls.resumed": false,
		},
		tls.VersionTLS13: {"tls.version": "1.3", "tls.cipher": "TLS_AES_128_GCM_SHA256", "tls.server.subject": nil, "tls.curve": "X25519MLKEM768"},
	} {
		for _, size := range []int{7, 100, 1460} {
			m := &film{t: t}
			m.session(client, 40001, server, 443, size, handshake(t, version)...)
			got, stats := m.play(capture.Options{})
			if len(got["packet.tls"]) != 1 {
				t.Fatalf("%#x by %d: %v, %+v", version, size, got["packet.tls"], stats)
			}
			e := got["packet.tls"][0]
			e.holds(t, want)
			e.holds(t, map[string]any{
				"tls.client.server_name": "www.example.test", "tls.established": true, "network.protocol": "tls", "packet.tls.client.alpn": []string{"h2", "http/1.1"},
			})
			if ja4, _ := e["tls.client.ja4"].(string); !strings.HasPrefix(ja4, map[uint16]string{tls.VersionTLS12: "t12d", tls.VersionTLS13: "t13d"}[version]) || len(ja4) != 36 {
				t.Errorf("JA4 %s", ja4)
			}
		}
	}
}

func TestDNS(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	m.udp(client, 5000, "10.0.0.53", 53, question(t, 1, "www.example.test"))
	m.udp(client, 5000, "10.0.0.53", 53, question(t, 2, "lost.example.test"))
	m.udp("10.0.0.53", 53, client, 5000, answer(t, 1, "WWW.example.test", "192.0.2.7", "192.0.2.8"))
	over := func(b []byte) string { return string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) + string(b) }
	m.session(client, 5001, "10.0.0.53", 53, 20, said{0, over(question(t, 3, "tcp.example.test"))}, said{1, over(answer(t, 3, "tcp.example.test"))})
	got, _ := m.play(capture.Options{})
	by := map[string]event{}
	for _, e := range got["packet.dns"] {
		by[fmt.Sprint(e["dns.question.name"])] = e
	}
	if len(got["packet.dns"]) != 3 {
		t.Fatalf("%v", got["packet.dns"])
	}
	by["www.example.test"].holds(t, map[string]any{
		"dns.type": "answer", "dns.answers.data": []string{"192.0.2.7", "192.0.2.8"}, "dns.resolved_ip": []string{"192.0.2.7", "192.0.2.8"}, "dns.response_code": "NOERROR",
		"event.duration": 2e6, "source.ip": client, "destination.port": 53, "packet.dns.z": 0, "dns.header_flags": []string{"RD", "RA"}, "@timestamp": "2026-11-24T08:00:00Z",
	})
	by["lost.example.test"].holds(t, map[string]any{"dns.type": "query", "dns.response_code": nil})
	by["tcp.example.test"].holds(t, map[string]any{"network.transport": "tcp", "dns.type": "answer", "dns.answers_count": 0})
}

func TestQUIC(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	m.udp(client, 5002, server, 443, initial(t))
	got, _ := m.play(capture.Options{})
	if len(got["packet.tls"]) != 1 {
		t.Fatalf("%v", got)
	}
	got["packet.tls"][0].holds(t, map[string]any{
		"tls.client.server_name": "example.com", "network.protocol": "quic", "network.transport": "udp", "packet.quic.version": "1", "packet.tls.client.alpn": []string{"alpn"},
		"tls.established": false,
	})
	if ja4 := fmt.Sprint(got["packet.tls"][0]["tls.client.ja4"]); !strings.HasPrefix(ja4, "q13d0211an_") {
		t.Errorf("JA4 %s", ja4)
	}
}

func TestSSH(t *testing.T) {
	t.Parallel()
	offer := func(lists ...string) string {
		b := append([]byte{20}, make([]byte, 16)...)
		for i := range 10 {
			v := ""
			if i < len(lists) {
				v = lists[i]
			}
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		}
		b = append(b, 0, 0, 0, 0, 0)
		return string(append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+1+4)), 4), b...)) + "pppp"
	}
	m := &film{t: t}
	m.session(client, 5003, server, 22, 33,
		said{1, "SSH-2.0-OpenSSH_9.6\r\n"}, said{0, "SSH-2.0-Go\r\n" + offer("kex", "key", "enc-c", "enc-s", "mac-c", "mac-s", "none")}, said{1, offer("kex", "key", "enc-c", "enc-s", "mac-c", "mac-s", "none", "zlib")})
	got, _ := m.play(capture.Options{})
	if len(got["packet.ssh"]) != 1 {
		t.Fatalf("%v", got)
	}
	got["packet.ssh"][0].holds(t, map[string]any{
		"packet.ssh.client": "SSH-2.0-Go", "packet.ssh.server": "SSH-2.0-OpenSSH_9.6",
		"packet.ssh.client_hassh": "2e188b84467466031b90acab11deb384", "packet.ssh.server_hassh": "65c2c0ef54d840d7932a1f76745f0bcf",
	})
}

// TestTunnels wraps a capture in what networks wrap packets in.
func TestTunnels(t *testing.T) {
	t.Parallel()
	plain := &film{t: t}
	web(plain)
	outer := func(m *film, proto layers.IPProtocol) []gopacket.SerializableLayer {
		return []gopacket.SerializableLayer{ether(layers.EthernetTypeIPv4), m.ip("192.0.2.1", "192.0.2.2", proto)}
	}
	for name, wrap := range map[string]func(m *film, frame []byte) []byte{
		"vlan": func(_ *film, f []byte) []byte {
			return write(t, ether(layers.EthernetTypeDot1Q), &layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeIPv4}, gopacket.Payload(f[14:]))
		},
		"qinq": func(_ *film, f []byte) []byte {
			return write(t, ether(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeDot1Q}, &layers.Dot1Q{VLANIdentifier: 8, Type: layers.EthernetTypeIPv4}, gopacket.Payload(f[14:]))
		},
		"mpls": func(_ *film, f []byte) []byte {
			return write(t, ether(layers.EthernetTypeMPLSUnicast), &layers.MPLS{Label: 3, TTL: 9}, &layers.MPLS{Label: 4, StackBottom: true, TTL: 9}, gopacket.Payload(f[14:]))
		},
		"pppoe": func(_ *film, f []byte) []byte {
			return write(t, ether(layers.EthernetTypePPPoESession), &layers.PPPoE{Version: 1, Type: 1, SessionId: 9}, &layers.PPP{PPPType: layers.PPPTypeIPv4}, gopacket.Payload(f[14:]))
		},
		"gre": func(m *film, f []byte) []byte {
			return write(t, append(outer(m, layers.IPProtocolGRE), &layers.GRE{Protocol: layers.EthernetTypeIPv4, KeyPresent: true, Key: 5}, gopacket.Payload(f[14:]))...)
		},
		"ipip": func(m *film, f []byte) []byte {
			return write(t, append(outer(m, layers.IPProtocolIPv4), gopacket.Payload(f[14:]))...)
		},
		"vxlan": func(m *film, f []byte) []byte {
			l := outer(m, layers.IPProtocolUDP)
			u := &layers.UDP{SrcPort: 1234, DstPort: 4789}
			_ = u.SetNetworkLayerForChecksum(l[1].(*layers.IPv4))
			return write(t, append(l, u, &layers.VXLAN{ValidIDFlag: true, VNI: 77}, gopacket.Payload(f))...)
		},
		"ipv6 options": func(_ *film, f []byte) []byte { // 4in6 behind an extension header
			ip := &layers.IPv6{Version: 6, HopLimit: 9, NextHeader: layers.IPProtocolIPv6Destination, SrcIP: []byte("0123456789abcdef"), DstIP: []byte("0123456789abcdeg")}
			return write(t, ether(layers.EthernetTypeIPv6), ip, gopacket.Payload(append([]byte{4, 0, 1, 4, 0, 0, 0, 0}, f[14:]...)))
		},
	} {
		m := &film{t: t}
		for _, f := range plain.frames {
			m.add(wrap(m, f))
		}
		got, stats := m.play(capture.Options{})
		if len(got["packet.http"]) != 3 || len(got["packet.flow"]) != 1 {
			t.Errorf("%s: %d requests, %d flows, %+v", name, len(got["packet.http"]), len(got["packet.flow"]), stats)
			continue
		}
		checkWeb(t, got["packet.http"])
		if (name == "vlan" || name == "qinq") && got["packet.flow"][0]["network.vlan.id"] != 7.0 {
			t.Errorf("%s: %v", name, got["packet.flow"][0])
		}
	}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a", 60) + ".example.test"
	var addrs []string
	for i := range 40 {
		addrs = append(addrs, fmt.Sprintf("192.0.2.%d", i))
	}
	whole := &film{t: t}
	whole.udp("10.0.0.53", 53, client, 5000, answer(t, 1, name, addrs...))
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 1, 0, 2}, {0, 0, 1, 3, 2}} {
		m := &film{t: t}
		body := whole.frames[0][34:]
		for _, i := range order {
			ip := m.ip("10.0.0.53", client, layers.IPProtocolUDP)
			ip.Id, ip.FragOffset = 9, uint16(i*1024/8)
			end := min((i+1)*1024, len(body))
			if end < len(body) {
				ip.Flags = layers.IPv4MoreFragments
			}
			m.add(write(t, ether(layers.EthernetTypeIPv4), ip, gopacket.Payload(body[min(i*1024, end):end])))
		}
		got, stats := m.play(capture.Options{})
		if len(got["packet.dns"]) != 1 || stats.Fragments != 0 {
			t.Fatalf("order %v: %v, %+v", order, got, stats)
		}
		got["packet.dns"][0].holds(t, map[string]any{"dns.answers_count": 40, "dns.resolved_ip": addrs})
	}
}

// TestBounds floods the decoder with beginnings: what it follows stays within its bounds, and what it gives up is counted.
func TestBounds(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	for i := range 500 {
		m.udp(client, uint16(2000+i), server, 9999, []byte("x"))
	}
	got, stats := m.play(capture.Options{Flows: 100})
	if len(got["packet.flow"]) != 500 || stats.Evicted != 400 || stats.Flows != 500 {
		t.Errorf("%d flows told, %+v", len(got["packet.flow"]), stats)
	}
	got["packet.flow"][0].holds(t, map[string]any{"source.port": 2000, "packet.flow.end_reason": "evicted"})

	m = &film{t: t}
	half := "GET /" + strings.Repeat("a", 3000) // a head that does not end
	for i := range 50 {
		m.session(client, uint16(1000+i), server, 80, 1400, said{0, half})
	}
	m.frames = slices.DeleteFunc(m.frames, func(f []byte) bool { return f[14+20+13]&1 == 1 }) // no FIN
	_, stats = m.play(capture.Options{HeldBytes: 50_000})
	if stats.Abandoned == 0 || stats.Abandoned > 40 {
		t.Errorf("%+v", stats)
	}
}

func TestFiltersAndEnds(t *testing.T) {
	t.Parallel()
	m := &film{t: t}
	m.udp(client, 1, "192.0.2.1", 2, []byte("x"))
	m.udp("10.9.9.9", 1, "192.0.2.1", 2, []byte("x"))
	m.udp(client, 1, "192.0.2.1", 514, []byte("x"))
	got, stats := m.play(capture.Options{
		Hosts: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")},
		Skip:  func(a netip.AddrPort) bool { return a == netip.MustParseAddrPort("192.0.2.1:514") },
	})
	if len(got["packet.flow"]) != 1 || stats.Filtered != 2 {
		t.Errorf("%v, %+v", got, stats)
	}

	// Silence ends a flow, a long one is told in between, and ICMP's answers belong to its questions.
	var reasons []string
	d := capture.New(capture.Options{Emit: func(line []byte) {
		_, rest, _ := strings.Cut(string(line), `"packet.flow.end_reason":"`)
		reason, _, _ := strings.Cut(rest, `"`)
		reasons = append(reasons, reason)
	}})
	m = &film{t: t}
	m.udp(client, 1, server, 2, []byte("x"))
	for i := range 80 {
		d.Frame(1, m.frames[0], began.Add(time.Duration(i)*30*time.Second))
	}
	d.Advance(began.Add(80*30*time.Second + time.Minute))
	if diff := cmp.Diff([]string{"active", "idle"}, reasons); diff != "" {
		t.Error(diff)
	}

	m = &film{t: t}
	for _, e := range []struct {
		src, dst string
		kind     layers.ICMPv4TypeCode
	}{{server, client, layers.CreateICMPv4TypeCode(0, 0)}, {client, server, layers.CreateICMPv4TypeCode(8, 0)}} { // the answer was seen first
		m.add(write(t, ether(layers.EthernetTypeIPv4), m.ip(e.src, e.dst, layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: e.kind, Id: 1}, gopacket.Payload("ping")))
	}
	got, _ = m.play(capture.Options{})
	if len(got["packet.flow"]) != 1 {
		t.Fatalf("%v", got)
	}
	got["packet.flow"][0].holds(t, map[string]any{
		"source.ip": client, "destination.ip": server, "icmp.type": 8, "icmp.code": 0, "source.packets": 1, "destination.packets": 1, "network.transport": "icmp", "source.port": nil,
	})
}

func TestStates(t *testing.T) {
	t.Parallel()
	for want, keep := range map[string]func(i int, f []byte) bool{
		"S0":  func(i int, _ []byte) bool { return i == 0 },
		"S1":  func(i int, _ []byte) bool { return i < 3 },
		"SF":  func(int, []byte) bool { return true },
		"OTH": func(i int, _ []byte) bool { return i > 2 },
		"SHR": func(i int, _ []byte) bool { return i == 1 },
	} {
		m := &film{t: t}
		m.session(client, 1025, server, 8000, 100, said{0, "hello hello"})
		i := -1
		m.frames = slices.DeleteFunc(m.frames, func(f []byte) bool { i++; return !keep(i, f) })
		got, _ := m.play(capture.Options{})
		if len(got["packet.flow"]) != 1 || got["packet.flow"][0]["packet.tcp.state"] != want {
			t.Errorf("want %s: %v", want, got["packet.flow"])
		}
	}
}
