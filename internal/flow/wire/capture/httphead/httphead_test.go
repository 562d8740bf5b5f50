package httphead

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeads(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Head{
		"POST /a?b HTTP/1.1\r\nHost: x.test:8080\r\nUser-Agent: curl/8\r\nContent-Length: 5\r\nAuthorization: Basic a2FpOnNlY3JldA==\r\n\r\n": {
			Method: "POST", Target: "/a?b", Version: "1.1", Host: "x.test:8080", UserAgent: "curl/8", Length: 5, User: "kai"},
		"HTTP/1.1 404 Not Found\nContent-Type: text/html; charset=x\nTRANSFER-ENCODING: gzip, Chunked\n\n": {
			Status: 404, Version: "1.1", ContentType: "text/html; charset=x", Length: -1, Chunked: true},
		"GET /a b HTTP/1.0\r\nContent-Length: -7\r\n\r\n": {Method: "GET", Target: "/a b", Version: "1.0", Length: -1},
		"GET /old\r\n\r\n": {Method: "GET", Target: "/old", Length: -1},
	} {
		var h Head
		n, err := Parse([]byte(in+"rest"), &h)
		if err != nil || n != len(in) {
			t.Errorf("%q: %d, %v", in, n, err)
		}
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
		for i := range len(in) {
			if n, err := Parse([]byte(in[:i]), &h); !errors.Is(err, ErrMore) {
				t.Errorf("%q: %d, %v", in[:i], n, err)
			}
		}
	}
	for _, in := range []string{"get / HTTP/1.1\r\n\r\n", "POST /\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\x16\x03\x01\n"} {
		var h Head
		if _, err := Parse([]byte(in), &h); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestChunk(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{"1a;x=y\r\n": 26, "0\r\n": 0, "FF\n": 255} {
		if size, n, err := Chunk([]byte(in)); size != want || n != len(in) || err != nil {
			t.Errorf("%q: %d, %d, %v", in, size, n, err)
		}
	}
	if _, _, err := Chunk([]byte("1a")); !errors.Is(err, ErrMore) {
		t.Error(err)
	}
	if _, _, err := Chunk([]byte("-1\r\n")); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

func FuzzHTTP(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"))
	f.Add([]byte("1a;x\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var h Head
		if n, err := Parse(b, &h); err == nil && (n <= 0 || n > len(b) || len(h.Target) > maxTarget) {
			t.Errorf("%d of %d", n, len(b))
		}
		if size, n, err := Chunk(b); err == nil && (size < 0 || n <= 0 || n > len(b)) {
			t.Errorf("chunk of %d after %d", size, n)
		}
		Begins(b)
		Sniff(b)
	})
}
