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

// lineReader reads lines, from plain text, gzip, or the files of a zip archive one after the other.
type lineReader struct {
	r    *bufio.Reader
	line []byte
	n    int    // lines begun, in this file
	file string // of an archive
	zip  *zipReader
}

func newLineReader(r io.Reader) (*lineReader, error) {
	br := bufio.NewReaderSize(r, 1<<20)
	l := &lineReader{r: br}
	magic, err := br.Peek(2)
	if err != nil {
		return l, nil
	}
	switch string(magic) {
	case "\x1f\x8b":
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("read gzip: %w", err)
		}
		l.r = bufio.NewReaderSize(z, 1<<20)
	case "PK":
		l.zip = &zipReader{r: br}
		l.r = bufio.NewReaderSize(l.zip, 1<<20)
		if err := l.nextFile(); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	return l, nil
}

// nextFile goes to the next file of an archive.
func (l *lineReader) nextFile() error {
	name, err := l.zip.next()
	if err != nil {
		return err
	}
	l.file, l.n = name, 0
	l.r.Reset(l.zip)
	return nil
}

// errLineTooLong is returned for a line over the bound; reading can go on.
var errLineTooLong = errors.New("the line is longer than 8 MiB")

// next returns the next line without its end, and its number counted from 0 in its file. The line is valid until the next call.
func (l *lineReader) next() (line []byte, n int, err error) {
	for {
		line, n, err = l.nextInFile()
		if l.zip == nil || !errors.Is(err, io.EOF) {
			return line, n, err
		}
		if err := l.nextFile(); err != nil {
			return nil, 0, err
		}
	}
}

func (l *lineReader) nextInFile() (line []byte, n int, err error) {
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
