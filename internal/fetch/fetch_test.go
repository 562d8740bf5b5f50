package fetch_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/fetch"
)

const limit = 1000

func server(t *testing.T, h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var inv *fault.Invalid
	if !errors.As(err, &inv) || inv.Code != code {
		t.Errorf("error %v, want code %s", err, code)
	}
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func TestFetchedOnceAndNotAgain(t *testing.T) {
	t.Parallel()
	s, roots := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte("pack by " + r.UserAgent()))
	})
	f := fetch.New(fetch.Options{Allow: loopback, Roots: roots, Agent: "iSOC/test"})
	data, tag, same, err := f.Fetch(t.Context(), s.URL, "", limit)
	if err != nil || string(data) != "pack by iSOC/test" || tag != `"v1"` || same {
		t.Fatalf("first: %q %q %t %v", data, tag, same, err)
	}
	if data, tag, same, err = f.Fetch(t.Context(), s.URL, tag, limit); err != nil || len(data) != 0 || tag != `"v1"` || !same {
		t.Errorf("again: %q %q %t %v", data, tag, same, err)
	}
}

func TestAddressesInsideAreRefused(t *testing.T) {
	t.Parallel()
	asked := false
	s, roots := server(t, func(http.ResponseWriter, *http.Request) { asked = true })
	f := fetch.New(fetch.Options{Roots: roots})
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "172.16.1.1", "192.168.0.1",
		"169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255"} {
		_, _, _, err := f.Fetch(t.Context(), "https://"+host+":"+port, "", limit)
		wantCode(t, err, "content.feed.private")
	}
	if asked {
		t.Error("a request came through")
	}
	for _, url := range []string{"http://example.org/", "file:///etc/passwd", "://", ""} {
		_, _, _, err := f.Fetch(t.Context(), url, "", limit)
		wantCode(t, err, "content.feed.url")
	}
}

func TestRedirectsAreCheckedLikeTheAddress(t *testing.T) {
	t.Parallel()
	to := map[string]string{"/inside": "https://127.0.0.2/", "/plain": "http://127.0.0.1/", "/loop": "/loop", "/user": "https://a:b@127.0.0.1/"}
	s, roots := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/end" {
			_, _ = w.Write([]byte("end"))
			return
		}
		http.Redirect(w, r, to[r.URL.Path], http.StatusFound)
	})
	to["/ok"] = s.URL + "/end"
	f := fetch.New(fetch.Options{Allow: loopback, Roots: roots})
	for path, code := range map[string]string{"/inside": "content.feed.private", "/plain": "content.feed.redirect", "/loop": "content.feed.redirect", "/user": "content.feed.redirect"} {
		_, _, _, err := f.Fetch(t.Context(), s.URL+path, "", limit)
		wantCode(t, err, code)
	}
	if data, _, _, err := f.Fetch(t.Context(), s.URL+"/ok", "", limit); err != nil || string(data) != "end" {
		t.Errorf("a good redirect gave %q, %v", data, err)
	}
}

func TestWhatServersGetWrong(t *testing.T) {
	t.Parallel()
	s, roots := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			_, _ = w.Write(bytes.Repeat([]byte("x"), limit+1))
		case "/endless":
			for range 100 {
				_, _ = w.Write(bytes.Repeat([]byte("x"), 100))
				w.(http.Flusher).Flush()
			}
		case "/short":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		case "/unasked":
			w.WriteHeader(http.StatusNotModified)
		default:
			http.NotFound(w, r)
		}
	})
	f := fetch.New(fetch.Options{Allow: loopback, Roots: roots})
	for path, code := range map[string]string{"/large": "content.feed.large", "/endless": "content.feed.large", "/short": "content.feed.unreachable",
		"/missing": "content.feed.status", "/unasked": "content.feed.status"} {
		_, _, _, err := f.Fetch(t.Context(), s.URL+path, "", limit)
		wantCode(t, err, code)
	}
	_, _, _, err := fetch.New(fetch.Options{Allow: loopback}).Fetch(t.Context(), s.URL, "", limit)
	wantCode(t, err, "content.feed.unreachable") // a certificate that nobody vouches for
}
