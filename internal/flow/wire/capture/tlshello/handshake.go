// Package tlshello reads what TLS shows of a handshake, over TCP or in QUIC: the two hellos and, up to TLS 1.2, the certificates. From the hellos it makes JA3,
// JA3S and JA4, by which clients and servers are known whatever name they bear.
package tlshello

import (
	"encoding/binary"
	"errors"
)

// Errors of reading.
var (
	// ErrMalformed says that bytes are no handshake of TLS.
	ErrMalformed = errors.New("no TLS handshake")
	// ErrMore says that a message is not whole yet.
	ErrMore = errors.New("a TLS message that is not whole")
)

// Bounds of a handshake.
const (
	maxCiphers    = 512
	maxExtensions = 128
	maxItems      = 64 // of lists in extensions
	maxCerts      = 8
	maxMessages   = 64 << 10 // bytes of messages that are not whole
)

// Types of handshake messages.
const (
	typeClientHello = 1
	typeServerHello = 2
	typeCertificate = 11
)

// Numbers of extensions.
const (
	extServerName   = 0
	extGroups       = 10
	extPointFormats = 11
	extSignatures   = 13
	extALPN         = 16
	extVersions     = 43
	extKeyShare     = 51
	extPreShared    = 41
)

// ClientHello is what a client offers.
type ClientHello struct {
	Version    uint16 // of the hello; Versions has the truth from TLS 1.3 on
	Versions   []uint16
	Ciphers    []uint16
	Extensions []uint16 // in order
	Groups     []uint16
	Points     []uint8
	Signatures []uint16
	ServerName string
	ALPN       []string
	SessionID  []byte
}

// ServerHello is what a server chose.
type ServerHello struct {
	Version    uint16 // as chosen, of the extension where there is one
	Legacy     uint16 // of the hello
	Cipher     uint16
	Extensions []uint16
	ALPN       string
	Group      uint16
	SessionID  []byte
	Retry      bool // it asks the client to begin anew
	PreShared  bool
}

// Record cuts the first record off the bytes of a connection: its content type and what it carries. It returns [ErrMore] where the record is not
// whole and [ErrMalformed] where it is none.
func Record(b []byte) (kind byte, body, rest []byte, err error) {
	if len(b) < 5 {
		return 0, nil, b, ErrMore
	}
	n := int(binary.BigEndian.Uint16(b[3:]))
	if b[0] < 20 || b[0] > 24 || b[1] != 3 || b[2] > 4 || n == 0 || n > 1<<14+2048 {
		return 0, nil, b, ErrMalformed
	}
	if len(b) < 5+n {
		return b[0], nil, b, ErrMore
	}
	return b[0], b[5 : 5+n], b[5+n:], nil
}

// Message cuts the first handshake message off the bytes of a handshake.
func Message(b []byte) (kind byte, body, rest []byte, err error) {
	if len(b) < 4 {
		return 0, nil, b, ErrMore
	}
	n := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
	if n > 1<<18 {
		return 0, nil, b, ErrMalformed
	}
	if len(b) < 4+n {
		return b[0], nil, b, ErrMore
	}
	return b[0], b[4 : 4+n], b[4+n:], nil
}

// cursor reads fields; after one that is not there it yields nothing more.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if c.bad || n > len(c.b) {
		c.bad, c.b = true, nil
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) u8() int {
	if b := c.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u24() int {
	if b := c.take(3); b != nil {
		return int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	}
	return 0
}

func (c *cursor) list8() cursor  { return cursor{b: c.take(c.u8()), bad: c.bad} }
func (c *cursor) list16() cursor { return cursor{b: c.take(int(c.u16())), bad: c.bad} }

func (c *cursor) numbers(most int) []uint16 {
	var out []uint16
	for len(c.b) >= 2 && len(out) < most {
		out = append(out, c.u16())
	}
	return out
}

// ParseClientHello reads the body of a client's hello.
func ParseClientHello(b []byte) (*ClientHello, error) {
	c := cursor{b: b}
	h := &ClientHello{Version: c.u16()}
	c.take(32)
	session := c.list8()
	h.SessionID = session.b
	ciphers := c.list16()
	h.Ciphers = ciphers.numbers(maxCiphers)
	c.list8() // compression
	if c.bad || h.Version>>8 != 3 && h.Version != 0x0002 && h.Version>>8 != 0xfe {
		return nil, ErrMalformed
	}
	if len(c.b) == 0 {
		return h, nil // SSL 3.0 has no extensions
	}
	all := c.list16()
	for len(all.b) >= 4 && len(h.Extensions) < maxExtensions {
		kind, body := all.u16(), all.list16()
		if body.bad {
			return nil, ErrMalformed
		}
		h.Extensions = append(h.Extensions, kind)
		h.extension(kind, body)
	}
	if c.bad || all.bad {
		return nil, ErrMalformed
	}
	return h, nil
}

func (h *ClientHello) extension(kind uint16, c cursor) {
	switch kind {
	case extServerName:
		for names := c.list16(); len(names.b) > 0; {
			how, name := names.u8(), names.list16()
			if how == 0 && !name.bad && len(name.b) <= 255 {
				h.ServerName = printable(name.b)
				return
			}
		}
	case extGroups:
		list := c.list16()
		h.Groups = list.numbers(maxItems)
	case extPointFormats:
		list := c.list8()
		h.Points = list.b
	case extSignatures:
		list := c.list16()
		h.Signatures = list.numbers(maxItems)
	case extALPN:
		h.ALPN = protocols(c.list16())
	case extVersions:
		list := c.list8()
		h.Versions = list.numbers(maxItems)
	}
}

func protocols(c cursor) []string {
	var out []string
	for len(c.b) > 0 && len(out) < maxItems {
		if p := c.list8(); !p.bad && len(p.b) > 0 {
			out = append(out, string(p.b))
		}
	}
	return out
}

// retryRandom is what a hello that asks for another has in place of its random.
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// ParseServerHello reads the body of a server's hello.
func ParseServerHello(b []byte) (*ServerHello, error) {
	c := cursor{b: b}
	h := &ServerHello{Legacy: c.u16()}
	h.Version = h.Legacy
	h.Retry = string(c.take(32)) == retryRandom
	session := c.list8()
	h.SessionID = session.b
	h.Cipher = c.u16()
	c.u8() // compression
	if c.bad || h.Legacy>>8 != 3 && h.Legacy>>8 != 0xfe {
		return nil, ErrMalformed
	}
	if len(c.b) == 0 {
		return h, nil
	}
	all := c.list16()
	for len(all.b) >= 4 && len(h.Extensions) < maxExtensions {
		kind, body := all.u16(), all.list16()
		if body.bad {
			return nil, ErrMalformed
		}
		h.Extensions = append(h.Extensions, kind)
		switch kind {
		case extALPN:
			if p := protocols(body.list16()); len(p) > 0 {
				h.ALPN = p[0]
			}
		case extVersions:
			if v := body.u16(); !body.bad {
				h.Version = v
			}
		case extKeyShare:
			h.Group = body.u16()
		case extPreShared:
			h.PreShared = true
		}
	}
	if c.bad || all.bad {
		return nil, ErrMalformed
	}
	return h, nil
}

// ParseCertificates returns the certificates of a message up to TLS 1.2, the server's first.
func ParseCertificates(b []byte) ([][]byte, error) {
	c := cursor{b: b}
	all := cursor{b: c.take(c.u24()), bad: c.bad}
	var out [][]byte
	for len(all.b) > 0 && len(out) < maxCerts {
		cert := all.take(all.u24())
		if all.bad {
			return nil, ErrMalformed
		}
		out = append(out, cert)
	}
	if all.bad || len(out) == 0 {
		return nil, ErrMalformed
	}
	return out, nil
}

// printable is a name as it may be shown: what is no text of ASCII is left out, since names on the wire are in ASCII.
func printable(b []byte) string {
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return string(b)
}

// Handshake puts the records of one direction together and yields its messages, up to where they are encrypted.
type Handshake struct {
	Client       *ClientHello
	Server       *ServerHello
	Certificates [][]byte
	Done         bool // nothing more will be learnt of this direction
	messages     []byte
}

// Held is how many bytes of messages are held: those that are not whole, and the certificates.
func (h *Handshake) Held() int {
	n := len(h.messages)
	for _, c := range h.Certificates {
		n += len(c)
	}
	return n
}

// Feed reads as much of a direction's bytes as is whole, and returns what is left. It returns [ErrMalformed] where they are no TLS.
func (h *Handshake) Feed(b []byte) (rest []byte, err error) {
	for !h.Done {
		kind, body, after, err := Record(b)
		if errors.Is(err, ErrMore) {
			return b, nil
		}
		if err != nil {
			return b, err
		}
		b = after
		switch kind {
		case 22:
			if err := h.Handshake(body); err != nil {
				return b, err
			}
		case 21: // an alert, which may be a warning
		default: // what follows is encrypted, but for what comes after a hello that asks for another
			h.Done = kind != 20 || h.Server == nil || !h.Server.Retry
		}
	}
	return b, nil
}

// Handshake takes in bytes of the handshake itself, as QUIC carries them without records.
func (h *Handshake) Handshake(b []byte) error {
	if len(h.messages)+len(b) > maxMessages {
		return ErrMalformed
	}
	h.messages = append(h.messages, b...)
	for !h.Done {
		kind, body, rest, err := Message(h.messages)
		if errors.Is(err, ErrMore) {
			return nil
		}
		if err != nil {
			return err
		}
		h.messages = rest
		switch kind {
		case typeClientHello:
			if h.Client != nil { // the second after a server asked for it says the same
				h.Done = true
				break
			}
			if h.Client, err = ParseClientHello(body); err != nil {
				return err
			}
			h.Done = true
		case typeServerHello:
			if h.Server, err = ParseServerHello(body); err != nil {
				return err
			}
			h.Done = h.Server.Version >= 0x0304 && !h.Server.Retry
		case typeCertificate:
			if h.Server != nil {
				h.Certificates, _ = ParseCertificates(body)
			}
			h.Done = true
		case 0, 12, 14: // a hello that asks for the client's, key exchange, done
			h.Done = kind == 14
		case 4, 20, 22: // a ticket, finished, a certificate's status
			h.Done = kind == 20
		default:
			if h.Client == nil && h.Server == nil {
				return ErrMalformed
			}
			h.Done = true
		}
	}
	h.messages = nil
	return nil
}
