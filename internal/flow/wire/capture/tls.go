package capture

import (
	"crypto/sha1" //nolint:gosec // a name of certificates that lists of bad ones go by
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/quicinitial"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/tlshello"
)

// hellos is what both sides of a handshake said.
type hellos struct {
	sides [2]tlshello.Handshake
	quic  uint32 // its version, or 0
}

// held is what the handshake's halves hold.
func (h *hellos) held() int { return h.sides[0].Held() + h.sides[1].Held() }

// client returns who says to be one: the sides may be known the wrong way round.
func (h *hellos) client() (*tlshello.ClientHello, *tlshello.Handshake) {
	if h.sides[0].Client == nil && h.sides[1].Client != nil {
		return h.sides[1].Client, &h.sides[0]
	}
	return h.sides[0].Client, &h.sides[1]
}

// tlsTalk reads a handshake over TCP.
type tlsTalk struct {
	hellos
	begun time.Time
}

func (t *tlsTalk) data(d *Decoder, f *flow, from int, b []byte, at time.Time) (used int64, done bool) {
	if t.begun.IsZero() {
		t.begun = at
	}
	before := t.held()
	rest, err := t.sides[from].Feed(b)
	d.weigh(f, t.held()-before)
	if err != nil {
		return 0, true
	}
	used = int64(len(b) - len(rest))
	if t.sides[from].Done {
		used = toTheEnd
	}
	return used, t.sides[0].Done && t.sides[1].Done
}

func (t *tlsTalk) hole(int) bool { return false }

func (t *tlsTalk) close(d *Decoder, f *flow) { d.emitTLS(f, &t.hellos, t.begun) }

// quicTalk reads the handshake in the first packets of QUIC.
type quicTalk struct {
	hellos
	at     time.Time
	keys   [2]*quicinitial.Keys
	dcid   []byte // that the keys are of
	crypto [2]quicinitial.Crypto
	tries  int
}

// maxQUICTries bounds the datagrams of a flow that are looked at: the handshake is over by then.
const maxQUICTries = 32

// datagram takes in a datagram and reports whether nothing more is to be learnt.
func (t *quicTalk) datagram(d *Decoder, f *flow, from int, b []byte) (done bool) {
	t.tries++
	for packets := 0; len(b) > 0 && packets < 4; packets++ {
		h, err := quicinitial.Parse(b)
		if err != nil {
			break
		}
		b = h.Rest
		payload, err := t.open(h, from)
		if err != nil {
			continue
		}
		t.quic = h.Version
		before := t.crypto[from].Held() + t.held()
		err = t.crypto[from].Add(payload)
		if next := t.crypto[from].Next(); err == nil && len(next) > 0 && !t.sides[from].Done {
			err = t.sides[from].Handshake(next)
		}
		d.weigh(f, t.crypto[from].Held()+t.held()-before)
		if err != nil {
			return true
		}
	}
	return t.sides[0].Done && t.sides[1].Done || t.tries > maxQUICTries
}

// open decrypts with the keys of the flow. A client that was told to come back has new ones, of the id it then chose.
func (t *quicTalk) open(h quicinitial.Header, from int) ([]byte, error) {
	if t.keys[0] != nil {
		payload, err := t.keys[from].Open(h)
		if err == nil || from == 1 || slices.Equal(t.dcid, h.DCID) {
			return payload, err
		}
	}
	client, server, err := quicinitial.NewKeys(h.Version, h.DCID)
	if err != nil {
		return nil, err
	}
	payload, err := client.Open(h)
	if err == nil {
		t.keys, t.dcid = [2]*quicinitial.Keys{client, server}, slices.Clone(h.DCID)
		if from == 1 { // the flow is known the wrong way round
			t.keys = [2]*quicinitial.Keys{server, client}
		}
	}
	return payload, err
}

func (t *quicTalk) data(*Decoder, *flow, int, []byte, time.Time) (int64, bool) { return 0, true }
func (t *quicTalk) hole(int) bool                                              { return false }
func (t *quicTalk) close(d *Decoder, f *flow)                                  { d.emitTLS(f, &t.hellos, t.at) }

// emitTLS writes a handshake, as much as was seen of it.
func (d *Decoder) emitTLS(f *flow, h *hellos, at time.Time) {
	c, answer := h.client()
	s := answer.Server
	if c == nil && s == nil {
		return
	}
	o := d.open(f, "packet.tls", at)
	o.Text("event.category", "network")
	o.Raw(`"event.type":["protocol","info"]`)
	o.Text("event.action", "tls_handshake")
	version := uint16(0)
	if s != nil {
		version = s.Version
	}
	if version != 0 {
		protocol, name := tlshello.VersionName(version)
		o.Text("tls.version_protocol", protocol)
		o.Text("tls.version", name)
	}
	o.Text("packet.quic.version", quicinitial.VersionName(h.quic))
	o.Bool("tls.established", s != nil)
	if c != nil {
		o.Text("tls.client.server_name", c.ServerName)
		o.Text("destination.domain", c.ServerName)
		hash, _ := c.JA3()
		o.Text("tls.client.ja3", hash)
		o.Text("tls.client.ja4", c.JA4(h.quic != 0))
		o.Texts("packet.tls.client.alpn", c.ALPN)
	}
	if s != nil {
		o.Text("tls.cipher", cipherName(s.Cipher))
		o.Text("tls.curve", tlshello.GroupName(s.Group))
		o.Text("tls.next_protocol", s.ALPN)
		hash, _ := s.JA3S()
		o.Text("tls.server.ja3s", hash)
		resumed := s.PreShared || version < 0x0304 && c != nil && len(s.SessionID) > 0 && slices.Equal(s.SessionID, c.SessionID) && len(answer.Certificates) == 0
		o.Bool("tls.resumed", resumed)
	}
	if len(answer.Certificates) > 0 {
		der := answer.Certificates[0]
		one, two := sha1.Sum(der), sha256.Sum256(der) //nolint:gosec // see above
		o.Text("tls.server.hash.sha1", strings.ToUpper(hex.EncodeToString(one[:])))
		o.Text("tls.server.hash.sha256", strings.ToUpper(hex.EncodeToString(two[:])))
		if cert, err := x509.ParseCertificate(der); err == nil {
			o.Text("tls.server.subject", clip(cert.Subject.String(), 1024))
			o.Text("tls.server.issuer", clip(cert.Issuer.String(), 1024))
			o.Time("tls.server.not_before", cert.NotBefore)
			o.Time("tls.server.not_after", cert.NotAfter)
			o.Text("tls.server.x509.serial_number", strings.ToUpper(cert.SerialNumber.Text(16)))
			o.Text("tls.server.x509.subject.common_name", clip(cert.Subject.CommonName, 255))
			o.Text("tls.server.x509.issuer.common_name", clip(cert.Issuer.CommonName, 255))
			o.Texts("tls.server.x509.alternative_names", cert.DNSNames[:min(len(cert.DNSNames), 16)])
		}
	}
	d.emit(&o)
}

// cipherName names a cipher suite as IANA does, or gives its number where it is none of those that Go knows.
func cipherName(id uint16) string { return tls.CipherSuiteName(id) }

func clip(s string, most int) string { return s[:min(len(s), most)] }
