package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isoc-project/isoc/internal/web"
)

func build(t *testing.T) *web.Handler {
	t.Helper()
	h, err := web.New(fstest.MapFS{
		"index.html":             {Data: []byte(`<meta name="csp-nonce" content="__CSP_NONCE__">app`)},
		"theme.js":               {Data: []byte("theme()")},
		"assets/app-1a2b.js":     {Data: []byte("app()")},
		"assets/app-1a2b.js.gz":  {Data: zipped(t, "app()")},
		"assets/app-1a2b.js.br":  {Data: []byte("brotli bytes")},
		"docs/index.html":        {Data: []byte("docs")},
		"docs/swagger-ui.css.gz": {Data: []byte("orphan")},
		".gitignore":             {Data: []byte("*")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	if _, err := io.WriteString(zw, text); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func get(t *testing.T, h http.Handler, path string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestPathsFindTheirFiles(t *testing.T) {
	t.Parallel()
	page := map[string]string{"Accept": "text/html,*/*"}
	cases := map[string]struct {
		path   string
		accept map[string]string
		status int
		body   string // contained
		cache  string
	}{
		"root is the application":               {"/", page, 200, "app", "no-cache"},
		"a route of the browser's router":       {"/alerts/01J?tenant=a", page, 200, "app", "no-cache"},
		"a route with a dot in it":              {"/rules/sigma-1.2", page, 200, "app", "no-cache"},
		"a hashed asset never changes":          {"/assets/app-1a2b.js", nil, 200, "app()", "public, max-age=31536000, immutable"},
		"a plain file is revalidated":           {"/theme.js", nil, 200, "theme()", "no-cache"},
		"a folder has its own index":            {"/docs", page, 200, "docs", "no-cache"},
		"a folder with a slash too":             {"/docs/", page, 200, "docs", "no-cache"},
		"a missing asset is no page":            {"/assets/gone.js", page, 404, "", ""},
		"a mistyped call is no page":            {"/api/v1/nothing", map[string]string{"Accept": "application/json"}, 404, "", ""},
		"a file that begins with a dot":         {"/.gitignore", nil, 404, "", ""},
		"a compressed form without its file":    {"/docs/swagger-ui.css", nil, 404, "", ""},
		"dots do not lead out of the build":     {"/../../etc/passwd", nil, 404, "", ""},
		"the compressed form is no file itself": {"/assets/app-1a2b.js.gz", nil, 404, "", ""},
	}
	h := build(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := get(t, h, c.path, c.accept)
			if res.StatusCode != c.status {
				t.Fatalf("status %d, want %d", res.StatusCode, c.status)
			}
			if got := text(t, res); !strings.Contains(got, c.body) {
				t.Errorf("body %q lacks %q", got, c.body)
			}
			if got := res.Header.Get("Cache-Control"); got != c.cache {
				t.Errorf("Cache-Control %q, want %q", got, c.cache)
			}
		})
	}
}

func TestAssetsComeInTheFormTheClientTakes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ accept, encoding string }{
		"brotli first":       {"gzip, deflate, br", "br"},
		"gzip":               {"gzip", "gzip"},
		"refused by weight":  {"br;q=0, gzip;q=0.5", "gzip"},
		"nothing":            {"", ""},
		"something unknown":  {"zstd", ""},
		"a malformed weight": {"br;q=x", ""},
	}
	h := build(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := get(t, h, "/assets/app-1a2b.js", map[string]string{"Accept-Encoding": c.accept})
			if got := res.Header.Get("Content-Encoding"); got != c.encoding {
				t.Errorf("encoding %q, want %q", got, c.encoding)
			}
			if got := res.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
				t.Errorf("type %q", got)
			}
			if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("Vary %q", got)
			}
		})
	}
}

func TestAKnownAssetIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := build(t)
	first := get(t, h, "/theme.js", nil)
	again := get(t, h, "/theme.js", map[string]string{"If-None-Match": first.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d, want 304", again.StatusCode)
	}
	plain := get(t, h, "/assets/app-1a2b.js", nil).Header.Get("ETag")
	brotli := get(t, h, "/assets/app-1a2b.js", map[string]string{"Accept-Encoding": "br"}).Header.Get("ETag")
	if plain == brotli {
		t.Errorf("two forms share the entity tag %s", plain)
	}
}

func TestEveryAnswerIsFencedIn(t *testing.T) {
	t.Parallel()
	h := build(t)
	for _, path := range []string{"/", "/theme.js", "/docs/", "/assets/gone.js"} {
		header := get(t, h, path, map[string]string{"Accept": "text/html"}).Header
		csp := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %q", path, csp, want)
			}
		}
		if strings.Contains(csp, "script-src 'self' 'unsafe") || strings.Contains(csp, "http:") {
			t.Errorf("%s: policy %q is too wide", path, csp)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", path, header)
		}
	}
}

func TestEachPageHasItsOwnNonce(t *testing.T) {
	t.Parallel()
	h := build(t)
	find := regexp.MustCompile(`content="([A-Z2-7]{20,})"`)
	seen := map[string]bool{}
	for range 5 {
		res := get(t, h, "/", nil)
		m := find.FindStringSubmatch(text(t, res))
		if m == nil {
			t.Fatal("the page has no nonce")
		}
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "'nonce-"+m[1]+"'") {
			t.Error("the policy does not name the page's nonce")
		}
		seen[m[1]] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d nonces in 5 answers", len(seen))
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	build(t).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x")))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("status %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestABuildWithoutAnIndexIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := web.New(fstest.MapFS{"theme.js": {Data: []byte("x")}}); err == nil {
		t.Error("no error")
	}
}

func TestTheBinaryAlwaysHasAPage(t *testing.T) {
	t.Parallel()
	files, built, err := web.Built()
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(files)
	if err != nil {
		t.Fatal(err)
	}
	body := text(t, get(t, h, "/", map[string]string{"Accept": "text/html"}))
	want := "make build"
	if built {
		want = `<div id="root">`
	}
	if !strings.Contains(body, want) {
		t.Errorf("the page lacks %q:\n%s", want, body)
	}
}
