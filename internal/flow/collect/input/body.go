package input

import (
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/semaphore"

	"github.com/isoc-project/isoc/internal/fault"
)

var (
	errTooLarge = errors.New("request body is too large")
	errEncoding = errors.New("content encoding is not known: gzip, zstd, deflate and identity are")
	errBody     = errors.New("request body cannot be read")
)

const (
	bodyTimeout = 60 * time.Second // for the whole body to arrive
	firstBody   = 64 << 10

	// A sender whose body is refused for its size is read on for so much and so long, because one that is cut off while it
	// writes sees a broken connection instead of the answer.
	lingerBytes = 256 << 20
	lingerTime  = 10 * time.Second
)

// bodies reads request bodies whole, so that a batch is stored or refused as one. Bodies being held are bounded
// together, decompressed: a bomb costs at most the limit of one body.
type bodies struct {
	limit int64
	room  *semaphore.Weighted
}

// read returns the decompressed body and a function that gives its memory back.
func (b *bodies) read(w http.ResponseWriter, r *http.Request) ([]byte, func(), error) {
	body, free, err := b.take(w, r)
	if errors.Is(err, errTooLarge) {
		linger(w, r)
	}
	return body, free, err
}

// linger reads what is left of a refused body. A sender that asked whether to send at all has its answer without.
func linger(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Expect") != "" {
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingerTime)) // servers in tests may not support it
	_, _ = io.CopyN(io.Discard, r.Body, lingerBytes)                              // whatever happens, the answer is the same
}

func (b *bodies) take(w http.ResponseWriter, r *http.Request) ([]byte, func(), error) {
	if r.ContentLength > b.limit {
		return nil, nil, errTooLarge
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // servers in tests may not support it
	src, err := b.decode(r)
	if err != nil {
		return nil, nil, err
	}
	defer src.Close()
	return b.fill(src, r.ContentLength)
}

// fill reads src whole within the bounds; announced is how long it is said to be, or -1.
func (b *bodies) fill(src io.Reader, announced int64) ([]byte, func(), error) {
	held := int64(0)
	free := func() { b.room.Release(held) }
	buf := make([]byte, 0)
	for {
		if len(buf) == cap(buf) {
			size := b.next(len(buf), announced)
			if !b.room.TryAcquire(size - held) {
				free()
				return nil, nil, fmt.Errorf("too many request bodies at once: %w", fault.ErrUnavailable)
			}
			held = size
			buf = append(make([]byte, 0, size), buf...)
		}
		n, err := src.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > b.limit:
			free()
			return nil, nil, errTooLarge
		case errors.Is(err, io.EOF):
			return buf, free, nil
		case err != nil:
			free()
			return nil, nil, bodyError(err)
		}
	}
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return fmt.Errorf("%w: %w", errBody, err)
}

// next is how large the buffer becomes: what the sender announced at first, then twice as much, with a byte to see the end.
func (b *bodies) next(have int, announced int64) int64 {
	size := int64(2 * have)
	if have == 0 {
		size = max(announced, firstBody)
	}
	return min(size, b.limit) + 1
}

func (b *bodies) decode(r *http.Request) (io.ReadCloser, error) {
	body := http.MaxBytesReader(nil, r.Body, b.limit)
	switch enc := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		return wrapBody(gzip.NewReader(body))
	case "deflate":
		return deflated(body)
	case "zstd":
		d, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBody, err)
		}
		return d.IOReadCloser(), nil
	default:
		return nil, fmt.Errorf("%w: %q", errEncoding, enc)
	}
}

// deflated reads zlib, which the name means, or bare deflate, which some clients send.
func deflated(body io.Reader) (io.ReadCloser, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(body, head); err != nil {
		return nil, bodyError(err)
	}
	whole := io.MultiReader(strings.NewReader(string(head)), body)
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return wrapBody(zlib.NewReader(whole))
	}
	return flate.NewReader(whole), nil
}

func wrapBody[R io.ReadCloser](r R, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBody, err)
	}
	return r, nil
}
