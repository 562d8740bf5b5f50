package frame

import (
	"net/netip"
	"testing"
	"time"
)

func TestCutAndCrookedFrames(t *testing.T) {
	t.Parallel()
	ip := []byte{0x45, 0, 0, 48, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x12, 0x34, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0, 0, 0, 0, 0, 0, 'd', 'a', 't', 'a', 'd', 'a', 't', 'a'}
	var d Decoder
	var p Packet
	if v := d.Decode(LinkRaw, ip, time.Time{}, &p); v != Whole || string(p.Payload) != "datadata" || p.Missing != 0 || p.SrcPort != 0x1234 || p.DstPort != 80 || p.Length != 48 {
		t.Errorf("%v %+v", v, p)
	}
	if v := d.Decode(LinkRaw, ip[:44], time.Time{}, &p); v != Whole || string(p.Payload) != "data" || p.Missing != 4 {
		t.Errorf("cut by the capture: %v %+v", v, p)
	}
	if v := d.Decode(LinkRaw, append(ip, 0, 0, 0), time.Time{}, &p); v != Whole || string(p.Payload) != "datadata" {
		t.Errorf("padded by Ethernet: %v %+v", v, p)
	}
	for i := range 39 {
		if v := d.Decode(LinkRaw, ip[:i], time.Time{}, &p); v != Broken {
			t.Errorf("cut at %d: %v", i, v)
		}
	}
	if v := d.Decode(LinkEthernet, make([]byte, 60), time.Time{}, &p); v != Other {
		t.Errorf("no IP: %v", v)
	}
	if v := d.Decode(147, ip, time.Time{}, &p); v != Other {
		t.Errorf("a link nobody knows: %v", v)
	}
	deep := ip
	for range 10 { // IP in IP in IP …
		head := append([]byte(nil), ip[:20]...)
		head[9], head[2], head[3] = 4, byte((len(deep)+20)>>8), byte(len(deep)+20)
		deep = append(head, deep...)
	}
	if v := d.Decode(LinkRaw, deep, time.Time{}, &p); v != Broken {
		t.Errorf("ten layers: %v", v)
	}
}

// TestFragmentsAreBounded floods with beginnings of datagrams.
func TestFragmentsAreBounded(t *testing.T) {
	t.Parallel()
	var x fragments
	at := time.Unix(0, 0)
	src := netip.MustParseAddr("192.0.2.1")
	for i := range uint32(5000) {
		x.take(fragment{key: fragmentKey{src: src, dst: src, id: i}, more: true, body: make([]byte, 16<<10)}, at)
		if len(x.by) > maxDatagrams || x.bytes > maxFragmentBytes {
			t.Fatalf("%d datagrams, %d bytes", len(x.by), x.bytes)
		}
	}
	if x.dropped != 5000-uint64(len(x.by)) {
		t.Errorf("%d dropped, %d held", x.dropped, len(x.by))
	}
	x.age(at.Add(fragmentPatience))
	if len(x.by) != 0 || x.bytes != 0 || x.dropped != 5000 {
		t.Errorf("after their time: %d, %d bytes, %d dropped", len(x.by), x.bytes, x.dropped)
	}
	// Pieces over one another are given up.
	key := fragmentKey{src: src, dst: src}
	x.take(fragment{key: key, more: true, body: make([]byte, 16)}, at)
	if _, _, whole := x.take(fragment{key: key, offset: 8, body: make([]byte, 16)}, at); whole || len(x.by) != 0 {
		t.Error("pieces over one another are put together")
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(uint16(1), []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45\x00\x00\x20\x00\x01\x20\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x35\x00\x35\x00\x0c\x00\x00data"), []byte{})
	f.Add(uint16(101), []byte("\x60\x00\x00\x00\x00\x10\x00\x40"), []byte("\x60\x00\x00\x00\x00\x10\x2c\x40"))
	f.Fuzz(func(t *testing.T, link uint16, a, b []byte) {
		var d Decoder
		var p Packet
		for i, frame := range [][]byte{a, b, a} {
			if d.Decode(Link(link), frame, time.Unix(int64(i), 0), &p) != Whole {
				continue
			}
			if !p.Src.IsValid() || !p.Dst.IsValid() || p.Missing < 0 || len(p.Payload) > maxDatagramBytes+len(frame) || p.Length < 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
