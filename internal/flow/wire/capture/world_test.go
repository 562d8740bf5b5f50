package capture_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/isoc-project/isoc/internal/flow/wire/capture"
)

// began is when every capture here begins.
var began = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// film is a capture in the making: frames a millisecond apart.
type film struct {
	t      testing.TB
	frames [][]byte
	id     uint16
}

// write makes a frame of layers.
func write(t testing.TB, list ...gopacket.SerializableLayer) []byte {
	t.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, list...); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.Bytes())
}

func ether(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: kind}
}

func (m *film) ip(src, dst string, proto layers.IPProtocol) *layers.IPv4 {
	m.id++
	return &layers.IPv4{Version: 4, TTL: 64, Id: m.id, Protocol: proto, SrcIP: net.ParseIP(src), DstIP: net.ParseIP(dst)}
}

func (m *film) add(frame []byte) { m.frames = append(m.frames, frame) }

func (m *film) udp(src string, sport uint16, dst string, dport uint16, payload []byte) {
	ip := m.ip(src, dst, layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}
	_ = u.SetNetworkLayerForChecksum(ip)
	m.add(write(m.t, ether(layers.EthernetTypeIPv4), ip, u, gopacket.Payload(payload)))
}

// said is what one side of a connection said.
type said struct {
	from int
	text string
}

// session is a connection from its beginning to its end, with segments of at most size bytes.
func (m *film) session(client string, cport uint16, server string, sport uint16, size int, lines ...said) {
	seq, addr, port := [2]uint32{1000, 4_294_967_000}, [2]string{client, server}, [2]uint16{cport, sport}
	send := func(from int, payload string, set func(*layers.TCP)) {
		ip := m.ip(addr[from], addr[1-from], layers.IPProtocolTCP)
		h := &layers.TCP{SrcPort: layers.TCPPort(port[from]), DstPort: layers.TCPPort(port[1-from]), Seq: seq[from], Ack: seq[1-from], ACK: true, Window: 1 << 15}
		set(h)
		_ = h.SetNetworkLayerForChecksum(ip)
		m.add(write(m.t, ether(layers.EthernetTypeIPv4), ip, h, gopacket.Payload(payload)))
		seq[from] += uint32(len(payload))
		if h.SYN || h.FIN {
			seq[from]++
		}
	}
	send(0, "", func(h *layers.TCP) { h.SYN, h.ACK = true, false })
	send(1, "", func(h *layers.TCP) { h.SYN = true })
	send(0, "", func(*layers.TCP) {})
	for _, l := range lines {
		for rest := l.text; rest != ""; {
			n := min(size, len(rest))
			send(l.from, rest[:n], func(h *layers.TCP) { h.PSH = true })
			rest = rest[n:]
		}
	}
	send(0, "", func(h *layers.TCP) { h.FIN = true })
	send(1, "", func(h *layers.TCP) { h.FIN = true })
	send(0, "", func(*layers.TCP) {})
}

// event is a record as read back.
type event map[string]any

// play decodes the frames and returns what was told, by dataset.
func (m *film) play(o capture.Options) (map[string][]event, capture.Stats) {
	m.t.Helper()
	out := map[string][]event{}
	o.Emit = func(line []byte) {
		var ev event
		if err := json.Unmarshal(line, &ev); err != nil {
			m.t.Errorf("%v: %s", err, line)
		}
		set, _ := ev["event.dataset"].(string)
		out[set] = append(out[set], ev)
	}
	d := capture.New(o)
	for i, f := range m.frames {
		d.Frame(1, f, began.Add(time.Duration(i)*time.Millisecond))
	}
	d.Flush()
	return out, d.Stats()
}

// holds checks fields of an event; numbers are compared as JSON has them.
func (e event) holds(t testing.TB, want map[string]any) {
	t.Helper()
	for name, v := range want {
		a, _ := json.Marshal(e[name])
		b, _ := json.Marshal(v)
		if !bytes.Equal(a, b) {
			t.Errorf("%s is %s, want %s", name, a, b)
		}
	}
}

// recorded is a connection that remembers what was said through it.
type recorded struct {
	net.Conn
	from  int
	lines *[]said
	mu    *sync.Mutex
}

func (r recorded) Write(b []byte) (int, error) {
	r.mu.Lock()
	*r.lines = append(*r.lines, said{r.from, string(b)})
	r.mu.Unlock()
	return r.Conn.Write(b)
}

var certificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(0x8BB00EE), Subject: pkix.Name{CommonName: "server.example.test", Organization: []string{"Example"}},
		NotBefore: began, NotAfter: began.AddDate(1, 0, 0), DNSNames: []string{"server.example.test"},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})

// handshake is a real handshake of TLS, as it was said.
func handshake(t testing.TB, version uint16) (lines []said) {
	t.Helper()
	cert, err := certificate()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	a, b := net.Pipe()
	server := tls.Server(recorded{b, 1, &lines, &mu}, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, server)
		done <- err
	}()
	client := tls.Client(recorded{a, 0, &lines, &mu}, &tls.Config{
		InsecureSkipVerify: true, ServerName: "www.example.test", NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12, MaxVersion: version,
	})
	if _, err := client.Write([]byte("PRI * HTTP/2.0")); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	if err := <-done; err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	return lines
}

// initial is the first packet of QUIC in RFC 9001, A.2.
func initial(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "quic-rfc9001-a2.hex"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func question(t testing.TB, id uint16, name string) []byte {
	return write(t, &layers.DNS{
		ID: id, RD: true, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN}},
	})
}

func answer(t testing.TB, id uint16, name string, addrs ...string) []byte {
	m := &layers.DNS{
		ID: id, QR: true, RD: true, RA: true, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN}},
	}
	for _, a := range addrs {
		m.Answers = append(m.Answers, layers.DNSResourceRecord{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN, TTL: 60, IP: net.ParseIP(a)})
	}
	return write(t, m)
}
