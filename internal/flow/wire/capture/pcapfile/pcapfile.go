// Package pcapfile reads captures in files: pcap of both byte orders and resolutions, pcapng, either of them packed by gzip. It holds one packet at a
// time.
package pcapfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Bounds of a file.
const (
	// MaxPacketBytes bounds one packet; what goes beyond is not read into memory.
	MaxPacketBytes = 256 << 10
	maxBlockBytes  = 16 << 20 // of a block that is skipped
	maxInterfaces  = 4096
)

// ErrFormat says that a file is no capture, or breaks off the form of one.
var ErrFormat = errors.New("not a capture in pcap or pcapng")

// Packet is one captured frame. Data is good until the next is read.
type Packet struct {
	At       time.Time
	Link     uint16
	Data     []byte
	Original int // length on the wire
}

// Reader reads the packets of one file.
type Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	next  func(*Packet) error
	buf   []byte
	link  uint16 // of a pcap
	nano  bool
	ports []port // of a pcapng's section
}

// port is an interface of a pcapng.
type port struct {
	link   uint16
	units  uint64 // of time in a second
	offset int64  // seconds
	snap   uint32
}

// NewReader reads what a file is. An empty file is an error of reading.
func NewReader(r io.Reader) (*Reader, error) {
	f := &Reader{r: bufio.NewReaderSize(r, 256<<10)}
	head, err := f.r.Peek(4)
	if len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(f.r)
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		f.r = bufio.NewReaderSize(z, 256<<10)
		if head, err = f.r.Peek(4); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, short(err))
		}
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, short(err))
	}
	switch binary.LittleEndian.Uint32(head) {
	case 0xa1b2c3d4, 0xa1b23c4d:
		return f, f.pcap(binary.LittleEndian)
	case 0xd4c3b2a1, 0x4d3cb2a1:
		return f, f.pcap(binary.BigEndian)
	case blockSection:
		f.next = f.block
		return f, nil
	}
	return nil, ErrFormat
}

// Next reads a packet into p. It returns [io.EOF] at the end, and [io.ErrUnexpectedEOF] where the file ends within a packet.
func (f *Reader) Next(p *Packet) error { return f.next(p) }

func (f *Reader) pcap(order binary.ByteOrder) error {
	var head [24]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, short(err))
	}
	f.order = order
	f.nano = order.Uint32(head[:]) == 0xa1b23c4d
	f.link = uint16(order.Uint32(head[20:])) // above it stand bits on checksums
	f.next = f.packet
	return nil
}

// packet reads a packet of a pcap.
func (f *Reader) packet(p *Packet) error {
	var head [16]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return err // EOF before its first byte
	}
	sec, frac := f.order.Uint32(head[:]), f.order.Uint32(head[4:])
	if !f.nano {
		frac *= 1000
	}
	size, original := f.order.Uint32(head[8:]), f.order.Uint32(head[12:])
	if size > maxBlockBytes || frac >= 1e9 {
		return fmt.Errorf("%w: a packet of %d bytes", ErrFormat, size)
	}
	*p = Packet{At: time.Unix(int64(sec), int64(frac)).UTC(), Link: f.link, Original: int(max(original, size))}
	return f.data(p, int(size))
}

// data reads size bytes of a packet and holds as many as it may.
func (f *Reader) data(p *Packet, size int) error {
	held := min(size, MaxPacketBytes)
	if cap(f.buf) < held {
		f.buf = make([]byte, max(held, 2<<10))
	}
	f.buf = f.buf[:held]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		return short(err)
	}
	p.Data = f.buf
	return f.skip(size - held)
}

func (f *Reader) skip(n int) error {
	if _, err := f.r.Discard(n); err != nil {
		return short(err)
	}
	return nil
}

// Types of blocks of a pcapng.
const (
	blockInterface = 1
	blockPacket    = 2 // of old
	blockSimple    = 3
	blockEnhanced  = 6
	blockSection   = 0x0a0d0d0a
)

// block reads blocks of a pcapng up to the next packet.
func (f *Reader) block(p *Packet) error {
	for {
		var head [12]byte
		if _, err := io.ReadFull(f.r, head[:8]); err != nil {
			return err
		}
		kind := binary.LittleEndian.Uint32(head[:])
		if kind == blockSection {
			if _, err := io.ReadFull(f.r, head[8:]); err != nil {
				return short(err)
			}
			if err := f.section(head[4:8], head[8:]); err != nil {
				return err
			}
			continue
		}
		if f.order == nil {
			return ErrFormat
		}
		kind = f.order.Uint32(head[:])
		size, err := f.size(head[4:8], 12)
		if err != nil {
			return err
		}
		body := size - 12
		switch kind {
		case blockInterface:
			err = f.describe(body)
		case blockEnhanced, blockPacket:
			ok, err := f.enhanced(p, kind, body)
			if ok || err != nil {
				return err
			}
			continue
		case blockSimple:
			ok, err := f.simple(p, body)
			if ok || err != nil {
				return err
			}
			continue
		default:
			err = f.skip(body)
		}
		if err == nil {
			err = f.skip(4) // the length again
		}
		if err != nil {
			return err
		}
	}
}

func (f *Reader) size(b []byte, least uint32) (int, error) {
	n := f.order.Uint32(b)
	if n < least || n > maxBlockBytes || n%4 != 0 {
		return 0, fmt.Errorf("%w: a block of %d bytes", ErrFormat, n)
	}
	return int(n), nil
}

func (f *Reader) section(size, magic []byte) error {
	switch binary.LittleEndian.Uint32(magic) {
	case 0x1a2b3c4d:
		f.order = binary.LittleEndian
	case 0x4d3c2b1a:
		f.order = binary.BigEndian
	default:
		return fmt.Errorf("%w: a section in no byte order", ErrFormat)
	}
	n, err := f.size(size, 28)
	if err != nil {
		return err
	}
	f.ports = f.ports[:0]
	return f.skip(n - 12)
}

// describe reads what an interface is.
func (f *Reader) describe(body int) error {
	if body < 8 || len(f.ports) == maxInterfaces {
		return fmt.Errorf("%w: an interface of %d bytes", ErrFormat, body)
	}
	held := min(body, 4<<10) // its options may be long, the two of use come early
	b := make([]byte, held)
	if _, err := io.ReadFull(f.r, b); err != nil {
		return short(err)
	}
	i := port{link: f.order.Uint16(b), snap: f.order.Uint32(b[4:]), units: 1e6}
	for o := b[8:]; len(o) >= 4; {
		code, n := f.order.Uint16(o), int(f.order.Uint16(o[2:]))
		if code == 0 || 4+n > len(o) {
			break
		}
		switch v := o[4 : 4+n]; {
		case code == 9 && n == 1:
			i.units = resolution(v[0])
		case code == 14 && n == 8:
			i.offset = int64(f.order.Uint64(v))
		}
		o = o[min(4+(n+3)&^3, len(o)):]
	}
	f.ports = append(f.ports, i)
	return f.skip(body - held)
}

// resolution returns the units in a second: a power of ten, or of two with the first bit set.
func resolution(b byte) uint64 {
	n := b & 0x7f
	switch {
	case b&0x80 != 0 && n < 63:
		return 1 << n
	case b&0x80 == 0 && n < 19:
		units := uint64(1)
		for range n {
			units *= 10
		}
		return units
	}
	return 1e6
}

// enhanced reads a packet with its interface and time; ok says that there was one.
func (f *Reader) enhanced(p *Packet, kind uint32, body int) (ok bool, err error) {
	var head [20]byte
	if body < len(head) {
		return false, fmt.Errorf("%w: a packet block of %d bytes", ErrFormat, body)
	}
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return false, short(err)
	}
	id := f.order.Uint32(head[:])
	if kind == blockPacket {
		id = uint32(f.order.Uint16(head[:]))
	}
	size, original := f.order.Uint32(head[12:]), f.order.Uint32(head[16:])
	if int64(size) > int64(body-len(head)) || int64(id) >= int64(len(f.ports)) {
		return false, fmt.Errorf("%w: a packet of %d bytes at interface %d", ErrFormat, size, id)
	}
	i := f.ports[id]
	*p = Packet{Link: i.link, At: i.time(uint64(f.order.Uint32(head[4:]))<<32 | uint64(f.order.Uint32(head[8:]))), Original: int(max(original, size))}
	if err := f.data(p, int(size)); err != nil {
		return false, err
	}
	return true, f.skip(body - len(head) - int(size) + 4)
}

// time is when so many units had gone since 1970, or the beginning where that is beyond all use.
func (i *port) time(units uint64) time.Time {
	sec, rest := units/i.units, units%i.units
	nanos := float64(rest) / float64(i.units) * 1e9
	if i.units <= 1e9 && 1e9%i.units == 0 {
		nanos = float64(rest * (1e9 / i.units))
	}
	if at := int64(min(sec, 1<<40)) + min(max(i.offset, -1<<40), 1<<40); at >= 0 && at < 1<<36 {
		return time.Unix(at, int64(nanos)).UTC()
	}
	return time.Unix(0, 0).UTC()
}

// simple reads a packet of the first interface that has no time.
func (f *Reader) simple(p *Packet, body int) (ok bool, err error) {
	var head [4]byte
	if body < len(head) || len(f.ports) == 0 {
		return false, fmt.Errorf("%w: a simple packet without an interface", ErrFormat)
	}
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return false, short(err)
	}
	original := f.order.Uint32(head[:])
	size := min(int(min(original, maxBlockBytes)), body-len(head))
	if s := f.ports[0].snap; s > 0 {
		size = min(size, int(min(s, maxBlockBytes)))
	}
	*p = Packet{Link: f.ports[0].link, At: time.Unix(0, 0).UTC(), Original: int(original)}
	if err := f.data(p, size); err != nil {
		return false, err
	}
	return true, f.skip(body - len(head) - size + 4)
}

// short says of an end within something that it is one.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
