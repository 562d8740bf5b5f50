package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// dnsCapture is a capture of one question for each name.
func dnsCapture(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: net.IPv4(10, 0, 0, 5), DstIP: net.IPv4(192, 0, 2, 53)}
		udp := &layers.UDP{SrcPort: layers.UDPPort(5000 + i), DstPort: 53}
		_ = udp.SetNetworkLayerForChecksum(ip)
		frame := gopacket.NewSerializeBuffer()
		err := gopacket.SerializeLayers(frame, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			&layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeIPv4}, ip, udp,
			&layers.DNS{ID: uint16(i), RD: true, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: layers.DNSTypeA, Class: layers.DNSClassIN}}})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 24, 8, 0, i, 0, time.UTC)
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(frame.Bytes()), Length: len(frame.Bytes())}, frame.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// TestPcapFeedsDetection reads a capture and lets rules of a category, of Zeek and of a tool at the perimeter judge its events.
func TestPcapFeedsDetection(t *testing.T) {
	t.Parallel()
	code, events, stderr := run(t, "en", dnsCapture(t, "www.example.test", "xmr-eu1.nanopool.org"), "pcap", "--stats", "-")
	if code != 0 || !strings.Contains(stderr, `"Packets":2`) {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var first map[string]any
	line, _, _ := strings.Cut(events, "\n")
	if err := json.Unmarshal([]byte(line), &first); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"event.dataset": "packet.dns", "dns.question.name": "www.example.test", "source.ip": "10.0.0.5", "network.direction": "outbound", "@timestamp": "2026-11-24T08:00:00Z",
	} {
		if first[name] != want {
			t.Errorf("%s is %v, want %s", name, first[name], want)
		}
	}
	for _, name := range []string{"isoc.mapped", "event.ingested", "message"} {
		if v, ok := first[name]; ok {
			t.Errorf("%s is %v", name, v)
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"category.yml": "category: dns}\ndetection:\n  s: {query|endswith: .nanopool.org}",
		"zeek.yml":     "product: zeek, service: dns}\ndetection:\n  s: {query|endswith: .nanopool.org, qtype_name: A, Z: 0, id.resp_p: 53, id.orig_h|cidr: 10.0.0.0/8}",
		"flow.yml":     "product: zeek, service: conn}\ndetection:\n  s: {id.orig_p: 5001, proto: udp, service: dns}",
		"other.yml":    "category: proxy}\ndetection:\n  s: {network.transport: udp}",
	} {
		rule := "title: " + name + "\nlogsource: {" + text + "\n  condition: s\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(rule), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, hits, stderr := run(t, "en", events, "detect", "--rules", dir)
	if code != 0 || strings.Count(hits, "\n") != 3 {
		t.Errorf("exit %d: %s%s", code, hits, stderr)
	}
	for _, name := range []string{"category.yml", "zeek.yml", "flow.yml"} {
		if !strings.Contains(hits, name) {
			t.Errorf("%s did not fire: %s", name, hits)
		}
	}
}

func TestPcapFailsPlainly(t *testing.T) {
	t.Parallel()
	whole := dnsCapture(t, "a.test", "b.test")
	for name, c := range map[string]struct {
		lang, stdin string
		args        []string
		code        int
		stderr      string
	}{
		"no capture":     {"en", "GET / HTTP/1.1", []string{"-"}, 1, "- is no capture"},
		"in Chinese":     {"zh-CN", "", []string{"-"}, 1, "不是 pcap"},
		"no file":        {"en", "", []string{"nosuch.pcap"}, 1, "nosuch.pcap"},
		"network":        {"en", whole, []string{"--hosts", "10.0.0.0/99", "-"}, 2, "10.0.0.0/99"},
		"cut":            {"en", whole[:len(whole)-3], []string{"-"}, 1, "unexpected EOF"},
		"other networks": {"en", whole, []string{"--hosts", "172.16.0.0/12", "-"}, 0, ""},
	} {
		code, stdout, stderr := run(t, c.lang, c.stdin, append([]string{"pcap"}, c.args...)...)
		if code != c.code || !strings.Contains(stderr, c.stderr) {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
		if (name == "cut") != strings.Contains(stdout, "a.test") {
			t.Errorf("%s: %q", name, stdout)
		}
	}
}

// TestPcapOfTcpdump lets tcpdump capture real HTTP, TLS and DNS on the loopback interface.
func TestPcapOfTcpdump(t *testing.T) {
	t.Parallel()
	tcpdump, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip("tcpdump is not installed")
	}
	traffic := newTraffic(t)
	file := filepath.Join(t.TempDir(), "lo.pcap")
	cmd := exec.CommandContext(t.Context(), tcpdump, "-i", "lo", "-U", "--immediate-mode", "-w", file, traffic.filter())
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the test's context is over by then, and tcpdump with it
	var told string                      // whether it listens, or why not
	for lines := bufio.NewScanner(said); !strings.Contains(told, "listening"); told = lines.Text() {
		if !lines.Scan() {
			t.Skip("tcpdump may not capture here: " + told)
		}
	}
	// What tcpdump has written is complete once the last connection's end is in it. It may have missed packets: then there are more.
	deadline := time.Now().Add(20 * time.Second)
	for tries := 0; ; tries++ {
		if tries%100 == 0 {
			traffic.run(t)
		}
		b, _ := os.ReadFile(file)
		code, out, _ := run(t, "en", string(b), "pcap", "-")
		if code == 0 && traffic.seen(out) == "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s\n%s", traffic.seen(out), out)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// traffic is a server of HTTP, one of TLS and one of DNS on the loopback interface, and clients of them.
type traffic struct {
	plain, secret *httptest.Server
	dns           *net.UDPConn
}

func newTraffic(t *testing.T) *traffic {
	t.Helper()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\x7fELF and more") })
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 53), Port: 53})
	if err != nil {
		t.Skip("no permission to serve DNS at 127.0.0.53: " + err.Error())
	}
	tr := &traffic{plain: httptest.NewServer(h), secret: httptest.NewTLSServer(h), dns: conn}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		b := make([]byte, 512)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			b[2], b[3] = b[2]|0x80, 3 // NXDOMAIN
			_, _ = conn.WriteToUDPAddrPort(b[:n], from)
		}
	}()
	t.Cleanup(func() {
		tr.plain.Close()
		tr.secret.Close()
		_ = conn.Close()
		<-answered
	})
	return tr
}

func (tr *traffic) filter() string {
	port := func(s *httptest.Server) string {
		_, p, _ := net.SplitHostPort(s.Listener.Addr().String())
		return "port " + p
	}
	return port(tr.plain) + " or " + port(tr.secret) + " or host 127.0.0.53"
}

func (tr *traffic) run(t *testing.T) {
	t.Helper()
	c := tr.secret.Client()
	c.Transport.(*http.Transport).TLSClientConfig.ServerName = "example.com"
	for _, u := range []string{tr.plain.URL + "/live/test.php?q=1", tr.secret.URL + "/secret"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "isoc-live-test")
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	c.CloseIdleConnections()
	conn, err := net.DialUDP("udp4", nil, tr.dns.LocalAddr().(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	q := binary.BigEndian.AppendUint16(nil, 7)
	q = append(q, "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04live\x07example\x04test\x00\x00\x01\x00\x01"...)
	if _, err := conn.Write(q); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
}

// seen tells what of the traffic events lack, or nothing.
func (*traffic) seen(events string) string {
	for _, want := range [][]string{
		{`"event.dataset":"packet.http"`, `"url.path":"/live/test.php"`, `"url.query":"q=1"`, `"user_agent.original":"isoc-live-test"`, `"http.response.status_code":"200"`,
			`"http.response.mime_type":"application/x-executable"`},
		{`"event.dataset":"packet.tls"`, `"tls.client.server_name":"example.com"`, `"tls.version":"1.3"`, `"tls.client.ja4":"t13d`, `"tls.established":"true"`},
		{`"event.dataset":"packet.dns"`, `"dns.question.name":"live.example.test"`, `"dns.response_code":"NXDOMAIN"`, `"destination.ip":"127.0.0.53"`},
		{`"event.dataset":"packet.flow"`, `"network.protocol":"http"`, `"packet.tcp.history":"ShAD`},
	} {
		found := false
		for line := range strings.Lines(events) {
			all := true
			for _, part := range want {
				all = all && strings.Contains(line, part)
			}
			found = found || all
		}
		if !found {
			return strings.Join(want, " ")
		}
	}
	return ""
}
