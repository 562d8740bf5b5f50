package quicinitial

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seal protects a payload as a sender does; header is unprotected and ends with a packet number of size bytes.
func seal(k *Keys, header, payload []byte, size int) []byte {
	nonce := k.iv
	for i := range size {
		nonce[11-i] ^= header[len(header)-1-i]
	}
	out := bytes.Clone(header)
	out = k.aead.Seal(out, nonce[:], payload, header)
	var mask [16]byte
	at := len(header) - size
	k.hp.Encrypt(mask[:], out[at+4:at+20])
	out[0] ^= mask[0] & 0x0f
	for i := range size {
		out[at+i] ^= mask[1+i]
	}
	return out
}

// The client's payload of RFC 9001, A.2.
const clientPayload = `060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868
	04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005
	04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400
	0d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff08011001048000
	75300901100f088394c8f03e51570806048000ffff`

// TestVectors holds the keys and packets to the appendices of RFC 9001 and RFC 9369.
func TestVectors(t *testing.T) {
	t.Parallel()
	dcid := unhex(t, "8394c8f03e515708")
	payload := append(unhex(t, clientPayload), make([]byte, 1162-245)...)
	for _, c := range []struct {
		version              uint32
		header, begins, ends string
	}{
		{Version1, "c300000001088394c8f03e5157080000449e00000002",
			"c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", "e221af44860018ab0856972e194cd934"},
		{Version2, "d36b3343cf088394c8f03e5157080000449e00000002",
			"d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485", ""},
	} {
		client, server, err := NewKeys(c.version, dcid)
		if err != nil {
			t.Fatal(err)
		}
		packet := seal(client, unhex(t, c.header), payload, 4)
		if !bytes.HasPrefix(packet, unhex(t, c.begins)) || !bytes.HasSuffix(packet, unhex(t, c.ends)) {
			t.Errorf("version %s: sealed %x…%x", VersionName(c.version), packet[:32], packet[len(packet)-16:])
		}
		h, err := Parse(packet)
		if err != nil || h.Version != c.version || !bytes.Equal(h.DCID, dcid) || len(h.SCID) != 0 || len(h.Rest) != 0 {
			t.Fatalf("header %+v, %v", h, err)
		}
		got, err := client.Open(h)
		if err != nil || !bytes.Equal(got, payload) {
			t.Errorf("version %s: opened %d bytes, %v", VersionName(c.version), len(got), err)
		}
		if _, err := server.Open(h); !errors.Is(err, ErrNotInitial) {
			t.Errorf("the other side's keys: %v", err)
		}
		if c.version == Version1 {
			want, err := os.ReadFile(filepath.Join("..", "testdata", "quic-rfc9001-a2.hex"))
			if err != nil || !bytes.Equal(packet, unhex(t, string(want))) {
				t.Errorf("testdata is not the packet of the RFC: %v", err)
			}
		}
	}
	// A.3, the server's answer.
	_, server, err := NewKeys(Version1, dcid)
	if err != nil {
		t.Fatal(err)
	}
	h, err := Parse(seal(server, unhex(t, "c1000000010008f067a5502a4262b50040750001"), unhex(t, `02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf739
		88cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304`), 2))
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcb"); !bytes.HasPrefix(h.packet, want) {
		t.Errorf("server's packet begins %x", h.packet[:len(want)])
	}
	var c Crypto
	opened, err := server.Open(h)
	if err != nil || c.Add(opened) != nil || len(c.Next()) != 90 {
		t.Errorf("server's packet: %v", err)
	}
}

func TestCryptoComesInPieces(t *testing.T) {
	t.Parallel()
	var c Crypto
	next := func(payload string) string {
		if err := c.Add([]byte(payload)); err != nil {
			t.Fatal(err)
		}
		return string(c.Next())
	}
	for _, step := range []struct{ payload, want string }{
		{"\x06\x08\x04ijkl", ""},                           // early
		{"\x00\x01\x06\x00\x05abcde", "abcde"},             // padding and a ping before it
		{"\x02\x05\x00\x01\x05\x00\x00\x06\x03\x02de", ""}, // what was received, and something again
		{"\x06\x04\x05efghi", "fghijkl"},                   // over both
		{"", ""},
	} {
		if got := next(step.payload); got != step.want {
			t.Errorf("%q: %q, want %q", step.payload, got, step.want)
		}
	}
	if c.Held() != 0 {
		t.Errorf("%d bytes are held", c.Held())
	}
	if err := c.Add([]byte{0x08}); err == nil {
		t.Error("a frame that is none of an initial packet's is taken")
	}
}

func FuzzQUIC(f *testing.F) {
	client, _, err := NewKeys(Version1, unhex(f, "8394c8f03e515708"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seal(client, unhex(f, "c300000001088394c8f03e5157080000449e00000002"), append(unhex(f, clientPayload), make([]byte, 917)...), 4), []byte{})
	f.Add([]byte{}, unhex(f, clientPayload))
	f.Fuzz(func(_ *testing.T, datagram, payload []byte) {
		for b := datagram; ; {
			h, err := Parse(b)
			if err != nil {
				break
			}
			if k, _, err := NewKeys(h.Version, h.DCID); err == nil {
				_, _ = k.Open(h)
			}
			b = h.Rest
		}
		var c Crypto
		_ = c.Add(payload)
		c.Next()
		if c.held < 0 || c.held > maxCrypto {
			panic("held")
		}
	})
}
