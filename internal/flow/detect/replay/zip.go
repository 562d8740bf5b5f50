package replay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
)

// Bounds on an archive. Entries are read as they come and never kept, so that what these bound is time.
const (
	maxZipEntries = 10_000
	maxZipName    = 4 << 10
	maxZipRatio   = 250 // bytes out for a byte in, after the first freeZipBytes; logs rarely pass 100
	freeZipBytes  = 16 << 20
)

// Signatures of the records of an archive.
const (
	zipEntry      = 0x04034b50
	zipDescriptor = 0x08074b50
	zipDirectory  = 0x02014b50
	zipEnd        = 0x06054b50
	zip64Extra    = 0x0001
)

// zipReader reads the entries of a zip archive in their order, without seeking: by the headers that stand before them. What the directory
// at the end says is not read.
type zipReader struct {
	r       *bufio.Reader
	entries int
	over    bool
	now     *zipFile
}

// zipFile is the present entry.
type zipFile struct {
	name       string
	body       io.Reader
	crc        hash.Hash32
	want       uint32 // checksum, unless a descriptor after the entry tells it
	descriptor bool
	wide       bool // sizes in the descriptor are of eight bytes
	in, out    int64
	ended      bool
}

var errZip = errors.New("read zip")

func zipError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errZip, fmt.Sprintf(format, args...))
}

// next goes to the next entry that is a file, and returns [io.EOF] after the last.
func (z *zipReader) next() (name string, err error) {
	if z.now != nil {
		if _, err := io.Copy(io.Discard, z); err != nil {
			return "", err
		}
	}
	for {
		f, err := z.open()
		if err != nil {
			return "", err
		}
		z.now = f
		if !strings.HasSuffix(f.name, "/") && !strings.HasPrefix(f.name, "__MACOSX/") {
			return f.name, nil
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			return "", err
		}
	}
}

func (z *zipReader) open() (*zipFile, error) {
	if z.over {
		return nil, io.EOF
	}
	var head [30]byte
	if _, err := io.ReadFull(z.r, head[:4]); err != nil {
		return nil, zipError("it is cut off")
	}
	switch binary.LittleEndian.Uint32(head[:]) {
	case zipDirectory, zipEnd:
		z.over = true
		return nil, io.EOF
	case zipEntry:
	default:
		return nil, zipError("no entry where one should begin")
	}
	if z.entries++; z.entries > maxZipEntries {
		return nil, zipError("more than %d entries", maxZipEntries)
	}
	if _, err := io.ReadFull(z.r, head[4:]); err != nil {
		return nil, zipError("it is cut off")
	}
	short := func(at int) uint16 { return binary.LittleEndian.Uint16(head[at:]) }
	flags, method, size := short(6), short(8), int64(binary.LittleEndian.Uint32(head[18:]))
	nameBytes, extraBytes := int(short(26)), int(short(28))
	if nameBytes > maxZipName {
		return nil, zipError("the name of an entry is longer than %d bytes", maxZipName)
	}
	text := make([]byte, nameBytes+extraBytes)
	if _, err := io.ReadFull(z.r, text); err != nil {
		return nil, zipError("it is cut off")
	}
	f := &zipFile{name: string(text[:nameBytes]), crc: crc32.NewIEEE(), want: binary.LittleEndian.Uint32(head[14:]), descriptor: flags&8 != 0}
	f.readExtra(text[nameBytes:], &size)
	switch {
	case flags&1 != 0:
		return nil, zipError("%q is encrypted", f.name)
	case method == 0 && !f.descriptor:
		f.body = io.LimitReader(counted{z.r, &f.in}, size)
	case method == 8:
		f.body = flate.NewReader(counted{z.r, &f.in})
	default:
		return nil, zipError("%q is packed in a way that cannot be read (method %d)", f.name, method)
	}
	return f, nil
}

// readExtra takes the sizes of large entries.
func (f *zipFile) readExtra(extra []byte, size *int64) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if id == zip64Extra {
			f.wide = true
			if n >= 16 && *size == 1<<32-1 {
				*size = int64(binary.LittleEndian.Uint64(extra[8:]) &^ (1 << 63))
			}
		}
		extra = extra[n:]
	}
}

// Read reads the present entry; at its end the checksum is compared.
func (z *zipReader) Read(p []byte) (int, error) {
	f := z.now
	if f == nil || f.ended {
		return 0, io.EOF
	}
	n, err := f.body.Read(p)
	_, _ = f.crc.Write(p[:n])
	f.out += int64(n)
	if f.out > freeZipBytes && f.out/maxZipRatio > f.in {
		return n, zipError("%q unpacks to more than %d times its size", f.name, maxZipRatio)
	}
	if errors.Is(err, io.EOF) {
		f.ended = true
		if bad := z.finish(f); bad != nil {
			return n, bad
		}
		return n, io.EOF
	}
	if err != nil {
		return n, zipError("%q: %v", f.name, err)
	}
	return n, nil
}

// finish reads what follows an entry.
func (z *zipReader) finish(f *zipFile) error {
	if f.descriptor {
		size := 12
		if f.wide {
			size = 20
		}
		var buf [20]byte
		if _, err := io.ReadFull(z.r, buf[:4]); err != nil {
			return zipError("it is cut off")
		}
		if binary.LittleEndian.Uint32(buf[:]) == zipDescriptor {
			if _, err := io.ReadFull(z.r, buf[:4]); err != nil {
				return zipError("it is cut off")
			}
		}
		f.want = binary.LittleEndian.Uint32(buf[:])
		if _, err := io.ReadFull(z.r, buf[4:size]); err != nil {
			return zipError("it is cut off")
		}
	}
	if f.crc.Sum32() != f.want {
		return zipError("%q is damaged: its checksum is another", f.name)
	}
	return nil
}

// counted counts what is read. It reads byte by byte where asked, so that nothing beyond an entry is taken.
type counted struct {
	r *bufio.Reader
	n *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}

func (c counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		*c.n++
	}
	return b, err
}
