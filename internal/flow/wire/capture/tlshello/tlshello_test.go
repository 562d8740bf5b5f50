package tlshello

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// TestJA4 is the example of FoxIO's description of JA4.
func TestJA4(t *testing.T) {
	t.Parallel()
	h := &ClientHello{
		Version: 0x0303, Versions: []uint16{0x0a0a, 0x0304, 0x0303},
		Ciphers: []uint16{0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
		Extensions: []uint16{
			0x3a3a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x4a4a,
		},
		Signatures: []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
		ServerName: "example.com", ALPN: []string{"h2", "http/1.1"},
	}
	if got, want := h.JA4(false), "t13d1516h2_8daaf6152771_e5627efa2ab1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := h.JA4(true); !strings.HasPrefix(got, "q13d1516h2_") {
		t.Errorf("over QUIC %s", got)
	}
	bare := &ClientHello{Version: 0x0301, Ciphers: []uint16{0x2a2a}}
	if got, want := bare.JA4(false), "t10i000000_000000000000_000000000000"; got != want {
		t.Errorf("of nothing %s, want %s", got, want)
	}
	for alpn, want := range map[string]string{"h2": "h2", "http/1.1": "h1", "h": "hh", "\xab": "ab", "\xabcd\xef": "af", "x-": "7d"} {
		if got := ja4ALPN([]string{alpn}); got != want {
			t.Errorf("ALPN %q: %s, want %s", alpn, got, want)
		}
	}
}

// TestJA3 are the examples of the description of JA3.
func TestJA3(t *testing.T) {
	t.Parallel()
	a := &ClientHello{
		Version: 769, Ciphers: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4}, Extensions: []uint16{0, 10, 11},
		Groups: []uint16{23, 24, 25}, Points: []uint8{0},
	}
	if hash, text := a.JA3(); hash != "ada70206e40642a3e4461f35503241d5" {
		t.Errorf("%s of %s", hash, text)
	}
	b := &ClientHello{Version: 769, Ciphers: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}}
	if hash, text := b.JA3(); hash != "de350869b8c85de67a350c8d186f11e6" {
		t.Errorf("%s of %s", hash, text)
	}
	s := &ServerHello{Legacy: 769, Cipher: 47, Extensions: []uint16{65281, 0, 11, 35, 5, 16}}
	if hash, text := s.JA3S(); hash != "836ce314215654b5b1f85f97c73e506f" {
		t.Errorf("%s of %s", hash, text)
	}
}

// hello is what a client of Go sends first.
func hello(t testing.TB, c *tls.Config) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	go func() {
		_ = tls.Client(theirs, c).Handshake()
		_ = theirs.Close()
	}()
	head := make([]byte, 5)
	if _, err := io.ReadFull(ours, head); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	if _, err := io.ReadFull(ours, body); err != nil {
		t.Fatal(err)
	}
	_ = ours.Close()
	return append(head, body...)
}

func TestHelloOfGo(t *testing.T) {
	t.Parallel()
	b := hello(t, &tls.Config{ServerName: "www.example.test", NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12})
	var h Handshake
	for i := range b { // a byte at a time: nothing is told before it is whole
		rest, err := h.Feed(b[:i])
		if err != nil || h.Client != nil || len(rest) != i {
			t.Fatalf("after %d bytes: %v", i, err)
		}
	}
	rest, err := h.Feed(b)
	if err != nil || len(rest) != 0 || !h.Done || h.Client == nil {
		t.Fatalf("%v, %d left", err, len(rest))
	}
	if c := h.Client; c.ServerName != "www.example.test" || strings.Join(c.ALPN, " ") != "h2 http/1.1" || c.version() != 0x0304 {
		t.Errorf("%+v", c)
	}
	for i := range b[5:] { // cut short at every place
		_, _ = ParseClientHello(b[9 : 9+max(i-4, 0)])
	}
	if _, err := h.Feed([]byte("GET / HTTP/1.1")); err != nil {
		t.Errorf("after the end: %v", err)
	}
	var other Handshake
	if _, err := other.Feed([]byte("GET / HTTP/1.1")); !errors.Is(err, ErrMalformed) {
		t.Errorf("HTTP is taken for TLS: %v", err)
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add(hello(f, &tls.Config{ServerName: "a.test", MinVersion: tls.VersionTLS12}))
	f.Add([]byte("\x16\x03\x01\x00\x04\x02\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var h Handshake
		_, _ = h.Feed(b)
		if h.Client != nil {
			if got := h.Client.JA4(false); len(got) != 36 {
				t.Errorf("JA4 %q", got)
			}
			h.Client.JA3()
		}
		if h.Server != nil {
			h.Server.JA3S()
		}
		if _, err := ParseClientHello(b); err == nil {
			_ = h
		}
		_, _ = ParseServerHello(b)
		_, _ = ParseCertificates(b)
		if h.Held() > maxMessages+len(b) {
			t.Errorf("%d bytes held", h.Held())
		}
	})
}
