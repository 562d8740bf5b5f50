// Package dnsmsg reads messages of DNS, mDNS and LLMNR.
package dnsmsg

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Bounds of one message.
const (
	// MaxAnswers is how many answers of a message are read.
	MaxAnswers = 64
	maxName    = 255
	maxJumps   = 32
	maxData    = 512 // of one answer as text
)

// ErrMalformed says that bytes are no message.
var ErrMalformed = errors.New("no DNS message")

// Message is what is read of a message. The first question is the question: nobody asks two.
type Message struct {
	ID                        uint16
	Response                  bool
	Opcode, Rcode             uint8
	AA, TC, RD, RA, AD, CD, Z bool
	Questions                 int
	Name                      string // without the last dot; "." of the root
	Type, Class               uint16
	Answers                   []Answer
	AnswerCount               int // as the message says
	Unread                    bool
	authorities, additionals  int
}

// Answer is a record of the answer section.
type Answer struct {
	Name  string
	Type  uint16
	Class uint16
	TTL   uint32
	Data  string     // as text
	Addr  netip.Addr // of A and AAAA
}

// Parse reads a message into m. A message that breaks off after its question is returned with Unread set: answers are often cut.
func Parse(b []byte, m *Message) error {
	*m = Message{Answers: m.Answers[:0]}
	if len(b) < 12 {
		return ErrMalformed
	}
	flags := binary.BigEndian.Uint16(b[2:])
	m.ID = binary.BigEndian.Uint16(b)
	m.Response, m.Opcode, m.Rcode = flags>>15 == 1, uint8(flags>>11&15), uint8(flags&15)
	m.AA, m.TC, m.RD, m.RA = flags>>10&1 == 1, flags>>9&1 == 1, flags>>8&1 == 1, flags>>7&1 == 1
	m.Z, m.AD, m.CD = flags>>6&1 == 1, flags>>5&1 == 1, flags>>4&1 == 1
	m.Questions, m.AnswerCount = int(binary.BigEndian.Uint16(b[4:])), int(binary.BigEndian.Uint16(b[6:]))
	m.authorities, m.additionals = int(binary.BigEndian.Uint16(b[8:])), int(binary.BigEndian.Uint16(b[10:]))
	// What no sender of DNS does, and other protocols at its port do.
	if m.Opcode > 6 || m.Questions > 16 || m.Questions+m.AnswerCount+m.authorities+m.additionals == 0 && !m.Response {
		return ErrMalformed
	}
	at := 12
	for i := range m.Questions {
		name, next, ok := readName(b, at)
		if !ok || next+4 > len(b) {
			return ErrMalformed
		}
		if i == 0 {
			m.Name, m.Type, m.Class = name, binary.BigEndian.Uint16(b[next:]), binary.BigEndian.Uint16(b[next+2:])
		}
		at = next + 4
	}
	for range min(m.AnswerCount, MaxAnswers) {
		next, ok := m.answer(b, at)
		if !ok {
			m.Unread = true
			break
		}
		at = next
	}
	return nil
}

func (m *Message) answer(b []byte, at int) (next int, ok bool) {
	name, at, ok := readName(b, at)
	if !ok || at+10 > len(b) {
		return 0, false
	}
	a := Answer{Name: name, Type: binary.BigEndian.Uint16(b[at:]), Class: binary.BigEndian.Uint16(b[at+2:]), TTL: binary.BigEndian.Uint32(b[at+4:])}
	size := int(binary.BigEndian.Uint16(b[at+8:]))
	at += 10
	if at+size > len(b) {
		return 0, false
	}
	a.read(b, at, size)
	m.Answers = append(m.Answers, a)
	return at + size, true
}

// read puts the data of a record into words.
func (a *Answer) read(b []byte, at, size int) {
	data := b[at : at+size]
	name := func(skip int) string {
		if skip > size {
			return ""
		}
		n, _, _ := readName(b[:at+size], at+skip)
		return n
	}
	number := func(i int) string {
		if i+2 > size {
			return ""
		}
		return strconv.Itoa(int(binary.BigEndian.Uint16(data[i:])))
	}
	switch a.Type {
	case 1, 28:
		if addr, ok := netip.AddrFromSlice(data); ok && (a.Type == 1) == addr.Is4() {
			a.Addr, a.Data = addr, addr.String()
		}
	case 2, 5, 12, 39: // NS, CNAME, PTR, DNAME
		a.Data = name(0)
	case 6: // SOA: who is asked
		a.Data = name(0)
	case 15:
		a.Data = strings.TrimSpace(number(0) + " " + name(2))
	case 16, 99: // TXT, SPF
		a.Data = texts(data)
	case 33:
		a.Data = strings.TrimSpace(number(0) + " " + number(2) + " " + number(4) + " " + name(6))
	case 64, 65: // SVCB, HTTPS
		a.Data = strings.TrimSpace(number(0) + " " + name(2))
	default:
		a.Data = hex.EncodeToString(data[:min(size, maxData/2)])
	}
}

// texts joins the strings of a TXT record.
func texts(data []byte) string {
	var out []byte
	for len(data) > 0 && len(out) < maxData {
		n := min(int(data[0]), len(data)-1)
		out = append(out, data[1:1+n]...)
		data = data[1+n:]
	}
	return strings.ToValidUTF8(string(out[:min(len(out), maxData)]), "\ufffd")
}

// readName reads a name with its pointers. Bytes beyond printable ASCII, and dots in labels, are written \DDD as in zone files.
func readName(b []byte, at int) (name string, next int, ok bool) {
	var buf [maxName * 4]byte
	out := buf[:0]
	length := 0
	for jumps := 0; ; {
		if at >= len(b) {
			return "", 0, false
		}
		n := int(b[at])
		switch {
		case n == 0:
			if next == 0 {
				next = at + 1
			}
			if len(out) == 0 {
				return ".", next, true
			}
			return string(out[:len(out)-1]), next, true
		case n&0xc0 == 0xc0:
			if jumps++; at+2 > len(b) || jumps > maxJumps {
				return "", 0, false
			}
			if next == 0 {
				next = at + 2
			}
			at = int(binary.BigEndian.Uint16(b[at:]) & 0x3fff)
		case n > 63:
			return "", 0, false
		default:
			if length += n + 1; at+1+n > len(b) || length > maxName {
				return "", 0, false
			}
			for _, c := range b[at+1 : at+1+n] {
				if c <= ' ' || c > '~' || c == '.' || c == '\\' {
					out = append(out, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
				} else {
					out = append(out, c)
				}
			}
			out = append(out, '.')
			at += 1 + n
		}
	}
}

// TypeName names a type of record.
func TypeName(t uint16) string {
	switch t {
	case 1:
		return "A"
	case 2:
		return "NS"
	case 5:
		return "CNAME"
	case 6:
		return "SOA"
	case 10:
		return "NULL"
	case 12:
		return "PTR"
	case 13:
		return "HINFO"
	case 15:
		return "MX"
	case 16:
		return "TXT"
	case 17:
		return "RP"
	case 24:
		return "SIG"
	case 25:
		return "KEY"
	case 28:
		return "AAAA"
	case 29:
		return "LOC"
	case 33:
		return "SRV"
	case 35:
		return "NAPTR"
	case 39:
		return "DNAME"
	case 41:
		return "OPT"
	case 43:
		return "DS"
	case 44:
		return "SSHFP"
	case 46:
		return "RRSIG"
	case 47:
		return "NSEC"
	case 48:
		return "DNSKEY"
	case 50:
		return "NSEC3"
	case 52:
		return "TLSA"
	case 64:
		return "SVCB"
	case 65:
		return "HTTPS"
	case 99:
		return "SPF"
	case 249:
		return "TKEY"
	case 250:
		return "TSIG"
	case 251:
		return "IXFR"
	case 252:
		return "AXFR"
	case 255:
		return "ANY"
	case 257:
		return "CAA"
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// ClassName names a class. The first bit, by which mDNS says other things, is left out.
func ClassName(c uint16) string {
	switch c & 0x7fff {
	case 1:
		return "IN"
	case 3:
		return "CH"
	case 4:
		return "HS"
	case 254:
		return "NONE"
	case 255:
		return "ANY"
	}
	return "CLASS" + strconv.Itoa(int(c))
}

// RcodeName names what came of a question.
func RcodeName(r uint8) string {
	names := [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"}
	if int(r) < len(names) {
		return names[r]
	}
	return "RCODE" + strconv.Itoa(int(r))
}

// OpcodeName names what a message asks for.
func OpcodeName(o uint8) string {
	switch o {
	case 0:
		return "QUERY"
	case 1:
		return "IQUERY"
	case 2:
		return "STATUS"
	case 4:
		return "NOTIFY"
	case 5:
		return "UPDATE"
	}
	return "OPCODE" + strconv.Itoa(int(o))
}
