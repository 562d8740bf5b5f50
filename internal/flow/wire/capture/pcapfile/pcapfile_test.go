package pcapfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/klauspost/compress/gzip"
)

var when = time.Date(2026, 11, 24, 8, 0, 0, 123456789, time.UTC)

// file is a capture of three packets as pcapgo writes it.
func file(t testing.TB, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	write := func(w interface {
		WritePacket(gopacket.CaptureInfo, []byte) error
	}) {
		for i := range 3 {
			data := bytes.Repeat([]byte{byte(i)}, 60+i)
			if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: when.Add(time.Duration(i) * time.Second), CaptureLength: len(data), Length: 1500}, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	var err error
	switch kind {
	case "pcap":
		w := pcapgo.NewWriter(&b)
		err = w.WriteFileHeader(65535, layers.LinkTypeEthernet)
		write(w)
	case "nanoseconds":
		w := pcapgo.NewWriterNanos(&b)
		err = w.WriteFileHeader(65535, layers.LinkTypeEthernet)
		write(w)
	case "pcapng", "gzip":
		var w *pcapgo.NgWriter
		if w, err = pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet); err == nil {
			write(w)
			err = w.Flush()
		}
	case "big endian":
		head := binary.BigEndian.AppendUint32(nil, 0xa1b2c3d4)
		head = append(head, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 1)
		for i := range uint32(3) {
			for _, v := range [...]uint32{uint32(when.Unix()) + i, 123456, 60 + i, 1500} {
				head = binary.BigEndian.AppendUint32(head, v)
			}
			head = append(head, bytes.Repeat([]byte{byte(i)}, 60+int(i))...)
		}
		b.Write(head)
	}
	if err != nil {
		t.Fatal(err)
	}
	if kind == "gzip" {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(b.Bytes())
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return z.Bytes()
	}
	return b.Bytes()
}

func read(b []byte) (list []string, err error) {
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var p Packet
	for {
		if err := r.Next(&p); err != nil {
			return list, err
		}
		list = append(list, fmt.Sprintf("%s %d %d/%d %x", p.At.Format("05.000000000"), p.Link, len(p.Data), p.Original, p.Data[:min(len(p.Data), 1)]))
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for kind, fraction := range map[string]string{"pcap": "123456000", "nanoseconds": "123456789", "pcapng": "123456789", "gzip": "123456789", "big endian": "123456000"} {
		got, err := read(file(t, kind))
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", kind, err)
		}
		want := []string{"00." + fraction + " 1 60/1500 00", "01." + fraction + " 1 61/1500 01", "02." + fraction + " 1 62/1500 02"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{nil, []byte("GET / HTTP/1.1"), []byte("\x1f\x8bnothing"), {0xd4, 0xc3, 0xb2, 0xa1, 2}} {
		if _, err := read(b); err == nil {
			t.Errorf("%q is read", b)
		}
	}
	for _, kind := range []string{"pcap", "pcapng"} {
		whole := file(t, kind)
		for n := len(whole) - 61; n < len(whole); n++ {
			list, err := read(whole[:n])
			if errors.Is(err, io.EOF) && len(list) != 2 || err == nil {
				t.Errorf("%s cut at %d: %d packets, %v", kind, n, len(list), err)
			}
		}
	}
	bomb := file(t, "pcap")
	binary.LittleEndian.PutUint32(bomb[24+8:], 1<<31)
	if _, err := read(bomb); !errors.Is(err, ErrFormat) {
		t.Errorf("a packet of 2 GiB: %v", err)
	}
}

func FuzzPcap(f *testing.F) {
	for _, kind := range []string{"pcap", "nanoseconds", "pcapng", "gzip", "big endian"} {
		f.Add(file(f, kind))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		var p Packet
		for range 10_000 {
			if r.Next(&p) != nil {
				return
			}
			if len(p.Data) > MaxPacketBytes || p.At.Year() > 9999 || p.At.Year() < 1970 {
				t.Fatalf("%d bytes at %s", len(p.Data), p.At)
			}
		}
	})
}
