package capture_test

import (
	"crypto/tls"
	"encoding/json"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture"
)

// FuzzDecoder plays frames cut out of any bytes: each begins with its length. Records must be JSON, and nothing must be left held.
func FuzzDecoder(f *testing.F) {
	add := func(make func(m *film)) {
		m := &film{t: f}
		make(m)
		var b []byte
		for _, frame := range m.frames {
			b = append(append(b, byte(len(frame)>>8), byte(len(frame))), frame...)
		}
		f.Add(b)
	}
	add(web)
	add(func(m *film) { m.session(client, 40001, server, 443, 700, handshake(f, tls.VersionTLS12)...) })
	add(func(m *film) { m.udp(client, 5002, server, 443, initial(f)) })
	add(func(m *film) {
		m.udp(client, 5000, server, 53, question(f, 1, "a.test"))
		m.udp(server, 53, client, 5000, answer(f, 1, "a.test", "192.0.2.1"))
	})
	add(func(m *film) {
		m.session(client, 5003, server, 22, 33, said{1, "SSH-2.0-x\r\n"}, said{0, "SSH-2.0-y\r\n\x00\x00\x00\x20\x04\x14"})
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := capture.New(capture.Options{Flows: 8, HeldBytes: 64 << 10, Emit: func(line []byte) {
			if !json.Valid(line) {
				t.Fatalf("%q", line)
			}
		}})
		for i := 0; len(b) >= 2; i++ {
			n := min(int(b[0])<<8|int(b[1]), len(b)-2)
			d.Frame(1, b[2:2+n], began.Add(time.Duration(i)*time.Second))
			b = b[2+n:]
		}
		d.Flush()
		if held := d.Held(); held != 0 {
			t.Fatalf("%d bytes held after the end", held)
		}
	})
}
