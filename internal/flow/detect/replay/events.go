package replay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// maxLineBytes bounds one event as text; longer lines are skipped and counted.
const maxLineBytes = 8 << 20

// lineReader reads lines, from plain text or gzip.
type lineReader struct {
	r    *bufio.Reader
	line []byte
	n    int // lines begun
}

func newLineReader(r io.Reader) (*lineReader, error) {
	br := bufio.NewReaderSize(r, 1<<20)
	if magic, err := br.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("read gzip: %w", err)
		}
		br = bufio.NewReaderSize(z, 1<<20)
	}
	return &lineReader{r: br}, nil
}

// errLineTooLong is returned for a line over the bound; reading can go on.
var errLineTooLong = errors.New("the line is longer than 8 MiB")

// next returns the next line without its end, and its number counted from 0. The line is valid until the next call.
func (l *lineReader) next() (line []byte, n int, err error) {
	l.line, n = l.line[:0], l.n
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if tooLong = tooLong || len(l.line)+len(part) > maxLineBytes; !tooLong {
			l.line = append(l.line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, n, fmt.Errorf("read events: %w", err)
		}
		if err != nil && len(l.line) == 0 && !tooLong {
			return nil, n, io.EOF
		}
		break
	}
	l.n++
	if tooLong {
		return nil, n, errLineTooLong
	}
	return bytes.TrimSpace(l.line), n, nil
}

// waiting reports whether reading on may have to wait for the sender.
func (l *lineReader) waiting() bool { return l.r.Buffered() == 0 }
