// Package quicinitial opens the first packets of QUIC (RFC 9001, versions 1 and 2, and draft 29), whose keys follow from what they show: so the
// hello of TLS in them can be read by anyone on the way.
package quicinitial

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
)

// Versions of QUIC that are opened.
const (
	Version1  uint32 = 1
	Version2  uint32 = 0x6b3343cf
	VersionD  uint32 = 0xff00001d // draft 29
	maxCrypto        = 16 << 10   // bytes of a handshake
	maxChunks        = 64
)

// ErrNotInitial says that a datagram holds no initial packet that can be opened.
var ErrNotInitial = errors.New("no initial packet of QUIC")

// Header is what an initial packet shows.
type Header struct {
	Version uint32
	DCID    []byte
	SCID    []byte
	number  int    // where the packet's number begins
	packet  []byte // to the end of its payload
	Rest    []byte // of the datagram
}

// VersionName names a version.
func VersionName(v uint32) string {
	switch v {
	case Version1:
		return "1"
	case Version2:
		return "2"
	case VersionD:
		return "draft-29"
	}
	return ""
}

// Parse reads the header of a datagram's first packet.
func Parse(b []byte) (h Header, err error) {
	if len(b) < 7 || b[0]&0xc0 != 0xc0 { // long header, fixed bit
		return h, ErrNotInitial
	}
	h.Version = binary.BigEndian.Uint32(b[1:])
	kind := b[0] >> 4 & 3
	if VersionName(h.Version) == "" || h.Version == Version2 && kind != 1 || h.Version != Version2 && kind != 0 {
		return h, ErrNotInitial
	}
	at := 5
	for _, id := range [...]*[]byte{&h.DCID, &h.SCID} {
		if at >= len(b) || b[at] > 20 || at+1+int(b[at]) > len(b) {
			return h, ErrNotInitial
		}
		*id = b[at+1 : at+1+int(b[at])]
		at += 1 + int(b[at])
	}
	token, at, ok := varint(b, at)
	if !ok || token > uint64(len(b)-at) {
		return h, ErrNotInitial
	}
	at += int(token)
	size, at, ok := varint(b, at)
	if !ok || size < 20 || size > uint64(len(b)-at) {
		return h, ErrNotInitial
	}
	h.number, h.packet, h.Rest = at, b[:at+int(size)], b[at+int(size):]
	return h, nil
}

// varint reads QUIC's number of variable length.
func varint(b []byte, at int) (v uint64, next int, ok bool) {
	if at >= len(b) {
		return 0, at, false
	}
	n := 1 << (b[at] >> 6)
	if at+n > len(b) {
		return 0, at, false
	}
	v = uint64(b[at] & 0x3f)
	for _, c := range b[at+1 : at+n] {
		v = v<<8 | uint64(c)
	}
	return v, at + n, true
}

// Keys open the initial packets of one side.
type Keys struct {
	aead cipher.AEAD
	hp   cipher.Block
	iv   [12]byte
}

var salts = map[uint32][]byte{
	Version1: {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
	Version2: {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
	VersionD: {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
}

// NewKeys derives the keys of both sides from the connection id that the client chose.
func NewKeys(version uint32, dcid []byte) (client, server *Keys, err error) {
	secret, err := hkdf.Extract(sha256.New, dcid, salts[version])
	if err != nil {
		return nil, nil, err
	}
	if client, err = derive(version, secret, "client in"); err != nil {
		return nil, nil, err
	}
	server, err = derive(version, secret, "server in")
	return client, server, err
}

func derive(version uint32, initial []byte, side string) (*Keys, error) {
	secret, err := expand(initial, side, 32)
	if err != nil {
		return nil, err
	}
	prefix := "quic "
	if version == Version2 {
		prefix = "quicv2 "
	}
	k := &Keys{}
	var parts [3][]byte
	for i, p := range [...]struct {
		label string
		size  int
	}{{"key", 16}, {"iv", 12}, {"hp", 16}} {
		if parts[i], err = expand(secret, prefix+p.label, p.size); err != nil {
			return nil, err
		}
	}
	block, err := aes.NewCipher(parts[0])
	if err != nil {
		return nil, err
	}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	copy(k.iv[:], parts[1])
	k.hp, err = aes.NewCipher(parts[2])
	return k, err
}

// expand is HKDF-Expand-Label of TLS 1.3 without a context.
func expand(secret []byte, label string, size int) ([]byte, error) {
	info := []byte{byte(size >> 8), byte(size), byte(len("tls13 ") + len(label))}
	info = append(append(append(info, "tls13 "...), label...), 0)
	return hkdf.Expand(sha256.New, secret, string(info), size)
}

// Open decrypts an initial packet. It returns [ErrNotInitial] where the keys are not the packet's. The datagram stays as it was.
func (k *Keys) Open(h Header) (payload []byte, err error) {
	if h.number+20 > len(h.packet) {
		return nil, ErrNotInitial
	}
	var mask [16]byte
	k.hp.Encrypt(mask[:], h.packet[h.number+4:h.number+20])
	head := slices.Clone(h.packet[:h.number+4])
	head[0] ^= mask[0] & 0x0f
	size := int(head[0]&3) + 1
	head = head[:h.number+size]
	number := uint64(0)
	for i := range size {
		head[h.number+i] ^= mask[1+i]
		number = number<<8 | uint64(head[h.number+i])
	}
	nonce := k.iv
	for i := range 8 {
		nonce[11-i] ^= byte(number >> (8 * i))
	}
	payload, err = k.aead.Open(nil, nonce[:], h.packet[h.number+size:], head)
	if err != nil {
		return nil, ErrNotInitial
	}
	return payload, nil
}

// Crypto puts the pieces of a handshake in order. The zero value is ready.
type Crypto struct {
	chunks []chunk
	held   int
	next   uint64
}

type chunk struct {
	at   uint64
	body []byte
}

// Add reads the frames of a payload and keeps what they carry of the handshake.
func (c *Crypto) Add(payload []byte) error {
	for at := 0; at < len(payload); {
		kind := payload[at]
		at++
		numbers := 0
		switch kind {
		case 0, 1: // padding, ping
			continue
		case 2, 3: // what was received
			var v [4]uint64
			for i := range v {
				var ok bool
				if v[i], at, ok = varint(payload, at); !ok {
					return ErrNotInitial
				}
			}
			if v[2] > uint64(len(payload)) {
				return ErrNotInitial
			}
			if numbers = int(v[2]) * 2; kind == 3 {
				numbers += 3
			}
		case 6:
			offset, next, ok := varint(payload, at)
			if !ok {
				return ErrNotInitial
			}
			size, next, ok := varint(payload, next)
			if !ok || size > uint64(len(payload)-next) {
				return ErrNotInitial
			}
			c.keep(offset, payload[next:next+int(size)])
			at = next + int(size)
		case 0x1c: // the end, with a reason
			return nil
		default:
			return ErrNotInitial
		}
		for range numbers {
			var ok bool
			if _, at, ok = varint(payload, at); !ok {
				return ErrNotInitial
			}
		}
	}
	return nil
}

func (c *Crypto) keep(at uint64, b []byte) {
	if at+uint64(len(b)) <= c.next || at > maxCrypto || c.held+len(b) > maxCrypto || len(c.chunks) == maxChunks {
		return
	}
	i, same := slices.BinarySearchFunc(c.chunks, at, func(k chunk, at uint64) int {
		switch {
		case k.at < at:
			return -1
		case k.at > at:
			return 1
		}
		return 0
	})
	if same && len(c.chunks[i].body) >= len(b) {
		return
	}
	c.chunks = slices.Insert(c.chunks, i, chunk{at, slices.Clone(b)})
	c.held += len(b)
}

// Next returns what follows in order and has not been returned yet.
func (c *Crypto) Next() []byte {
	var out []byte
	for len(c.chunks) > 0 && c.chunks[0].at <= c.next {
		k := c.chunks[0]
		c.chunks = c.chunks[1:]
		c.held -= len(k.body)
		if end := k.at + uint64(len(k.body)); end > c.next {
			out = append(out, k.body[c.next-k.at:]...)
			c.next = end
		}
	}
	return out
}

// Held is how many bytes wait for those before them.
func (c *Crypto) Held() int { return c.held }
