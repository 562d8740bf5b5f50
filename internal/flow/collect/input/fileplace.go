package input

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	fileMarks = "file/"
	// headBytes is how much of a file's beginning it is known by.
	headBytes = 1024
)

// fileID is which file it is, whatever its name.
type fileID struct{ dev, ino uint64 }

func idOf(info os.FileInfo) fileID {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{uint64(st.Dev), st.Ino} //nolint:unconvert // the device has another width elsewhere
}

// linked is how many names a file has.
func linked(info os.FileInfo) uint64 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(st.Nlink) //nolint:unconvert // as above
}

func (id fileID) key() string { return fmt.Sprintf("%s%d/%d", fileMarks, id.ino, id.dev) }

// place is how far a file was read, and how what was read began: by that it is told from another file that has its number now, and from
// itself after it was cut off.
type place struct {
	offset int64
	head   int    // bytes the sum is made of, at most headBytes and never more than were read
	sum    string // of them
	owner  string // the pattern that it was read for
}

// mark is what is stored of the place: owner, offset, head and, where there is a head, its sum.
func (p place) mark(id fileID) record.Mark {
	return record.Mark{Key: id.key(), Value: strings.TrimSpace(fmt.Sprintf("%s %d %d %s", p.owner, p.offset, p.head, p.sum))}
}

func parsePlace(text string) (p place, ok bool) {
	n, err := fmt.Sscan(text, &p.owner, &p.offset, &p.head, &p.sum)
	if n == 3 && p.head == 0 {
		err = nil
	}
	return p, err == nil && p.offset >= 0 && p.head >= 0 && p.head <= headBytes && int64(p.head) <= p.offset
}

// owner is how a place names a pattern.
func owner(pattern string) string {
	sum := sha256.Sum256([]byte(pattern))
	return hex.EncodeToString(sum[:6])
}

// beginning is the place at offset of a file that begins with head.
func (p place) beginning(head []byte, offset int64) place {
	p.offset, p.head = offset, int(min(offset, headBytes))
	p.sum = sum(head[:p.head])
	return p
}

func sum(head []byte) string {
	if len(head) == 0 {
		return ""
	}
	s := sha256.Sum256(head)
	return hex.EncodeToString(s[:8])
}

// headOf reads the first n bytes of a file, or what it has.
func headOf(f io.ReaderAt, n int) ([]byte, error) {
	buf := make([]byte, n)
	got, err := f.ReadAt(buf, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return buf[:got], err
}

// holds reports whether the file still begins as it did when it was read up to p.
func (p place) holds(f io.ReaderAt) (bool, error) {
	head, err := headOf(f, p.head)
	return len(head) == p.head && sum(head) == p.sum, err
}

// related reports whether one of the names is the other with something put behind it or before its extension, as rotation names files:
// app.log and app.log.1, app.log-20260101, app-20260101.log.
func related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasPrefix(b, strings.TrimSuffix(a, filepath.Ext(a)))
}

// openFile opens a regular file; it never blocks.
func openFile(path string) (*os.File, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}
