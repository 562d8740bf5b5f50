package input_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// serve starts the handler before a page that stands for the user interface.
func serve(t testing.TB, w *world, o input.HTTPOptions) *httptest.Server {
	t.Helper()
	o.Intake, o.Registry = w.intake, w.registry
	ui := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	srv := httptest.NewServer(input.NewHTTP(o).Wrap(ui))
	t.Cleanup(srv.Close)
	return srv
}

type answer struct {
	status int
	head   http.Header
	body   string
}

func (a answer) decode(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%q: %v", a.body, err)
	}
	return v
}

// call sends a request; headers are "Name: value".
func call(t testing.TB, method, url string, body io.Reader, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		if name, value, ok := strings.Cut(h, ": "); ok {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(got)}
}

const bearer = "Authorization: Bearer " + acmeToken

func TestRawTakesARecordALine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	got := call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader("one\r\n\n  \ntwo\nthree"), bearer)
	if got.status != 200 || got.body != `{"accepted":3,"rejected":[]}`+"\n" {
		t.Fatal(got)
	}
	if diff := cmp.Diff([]string{"acme-token:one", "acme-token:two", "acme-token:three"}, w.raws()); diff != "" {
		t.Fatal(diff)
	}
	if r := w.records()[0]; r.Tenant != acme || r.Input != "http-raw" || r.Remote != "127.0.0.1" || r.Received.IsZero() {
		t.Fatalf("%+v", r)
	}
	if a := w.registry.Activity("acme-token"); a.Records != 3 || a.LastSeen.IsZero() {
		t.Fatalf("%+v", a)
	}
}

func TestRawCutsUTF16WhereItsLinesEnd(t *testing.T) {
	t.Parallel()
	for name, mark := range map[string]string{"little endian": "\xff\xfe", "big endian": "\xfe\xff"} {
		wide := func(text string) string {
			var b strings.Builder
			for _, r := range text { // of the basic plane
				if mark[0] == 0xff {
					b.Write([]byte{byte(r), byte(r >> 8)})
				} else {
					b.Write([]byte{byte(r >> 8), byte(r)})
				}
			}
			return b.String()
		}
		w := newWorld(t)
		srv := serve(t, w, input.HTTPOptions{})
		// U+0A0A and U+010A hold the byte of a line feed and are none.
		if got := call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader(mark+wide("one \u0a0a\u010a\r\n\r\n防火墙\n")), bearer); got.status != 200 {
			t.Fatalf("%s: %+v", name, got)
		}
		want := []string{mark + wide("one \u0a0a\u010a"), mark + wide("防火墙")}
		var got []string
		for _, r := range w.records() {
			got = append(got, string(r.Raw))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRawTakesEveryContentEncoding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	pack := func(open func(io.Writer) io.WriteCloser) *bytes.Buffer {
		var b bytes.Buffer
		c := open(&b)
		_, _ = c.Write([]byte("packed"))
		_ = c.Close()
		return &b
	}
	for _, c := range []struct {
		name string
		open func(io.Writer) io.WriteCloser
	}{
		{"gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
		{"deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }},
		{"Deflate", func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 5); return f }},
		{"zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }},
	} {
		got := call(t, "POST", srv.URL+"/ingest/raw", pack(c.open), bearer, "Content-Encoding: "+c.name)
		if got.status != 200 || !strings.Contains(got.body, `"accepted":1`) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if diff := cmp.Diff([]string{"acme-token:packed", "acme-token:packed", "acme-token:packed", "acme-token:packed"}, w.raws()); diff != "" {
		t.Fatal(diff)
	}
	for enc, status := range map[string]int{"br": 415, "gzip": 400, "zstd": 400} {
		got := call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader("not packed at all"), bearer, "Content-Encoding: "+enc)
		if got.status != status || got.head.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %+v", enc, got)
		}
	}
}

func TestRawNamesTheBadLineAndKeepsTheGoodOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	long := strings.Repeat("x", record.MaxRawBytes+1)
	got := call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader("good\n"+long+"\nalso good\n"), bearer)
	v := got.decode(t)
	if got.status != 400 || got.head.Get("Content-Type") != "application/problem+json" || v["accepted"] != 2.0 || v["rejected_total"] != 1.0 ||
		v["rejected"].([]any)[0].(map[string]any)["line"] != 2.0 || v["status"] != 400.0 {
		t.Fatal(got)
	}
	got = call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader(`{"a":1}`+"\n{bad\n[2]\n"), bearer, "Content-Type: application/x-ndjson; charset=utf-8")
	if v := got.decode(t); got.status != 400 || v["accepted"] != 2.0 || v["rejected"].([]any)[0].(map[string]any)["line"] != 2.0 {
		t.Fatal(got)
	}
	got = call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader(long), bearer)
	if got.status != 413 {
		t.Fatal(got.status)
	}
	if _, rejected := w.intake.Totals(); rejected != 3 {
		t.Fatalf("%d rejected", rejected)
	}
}

func TestRawTakesJSONValuesAndArrays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	body := "[{\"a\":\"]\\\"\"},\n 2 ,[3]]{\n\"pretty\": {\"x\":1}}\"s\" nul {\"open\":"
	got := call(t, "POST", srv.URL+"/ingest/raw", strings.NewReader(body), bearer, "Content-Type: application/json")
	if got.status != 400 || !strings.Contains(got.body, `"accepted":5,"rejected":[{"line":6,"reason":"not valid JSON"},{"line":7,`) {
		t.Fatal(got)
	}
	want := []string{`acme-token:{"a":"]\""}`, `acme-token:2`, `acme-token:[3]`, "acme-token:{\n\"pretty\": {\"x\":1}}", `acme-token:"s"`}
	if diff := cmp.Diff(want, w.raws()); diff != "" {
		t.Fatal(diff)
	}
}

func TestEveryProtocolRefusesUnknownTokensAndForeignSchemes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "off", Tenant: acme, TokenHash: collect.HashToken("src_off"), Disabled: true})
	srv := serve(t, w, input.HTTPOptions{})
	for _, path := range []string{"/ingest/raw", "/_bulk", "/logs/_bulk", "/services/collector", "/services/collector/event", "/services/collector/raw/1.0", "/_cluster/health"} {
		for _, auth := range []string{"", "Bearer src_wrong", "Bearer", "Bearer src_off", "Digest " + acmeToken, "Basic !", "ApiKey " + base64.StdEncoding.EncodeToString([]byte("a:b"))} {
			got := call(t, "POST", srv.URL+path, strings.NewReader("{}\n{}\n"), "Authorization: "+auth)
			if got.status != 401 || got.head.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %q: %d", path, auth, got.status)
			}
		}
	}
	if got := w.raws(); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestEveryProtocolAcceptsTheSchemesItsClientsSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, auth := range []string{
		"Bearer " + acmeToken, "Splunk " + acmeToken, "ApiKey " + acmeToken, "apikey " + b64("id:"+acmeToken), "ApiKey " + b64(acmeToken+":x"),
		"ApiKey " + b64(acmeToken), "Basic " + b64("anyone:"+acmeToken), "Basic " + b64(":"+acmeToken),
	} {
		if got := call(t, "POST", srv.URL+"/_bulk", strings.NewReader("{\"index\":{}}\n{}\n"), "Authorization: "+auth); got.status != 200 {
			t.Errorf("%q: %+v", auth, got)
		}
	}
	if got := call(t, "POST", srv.URL+"/services/collector?token="+acmeToken, strings.NewReader(`{"event":"x"}`)); got.status != 200 {
		t.Errorf("query parameter: %+v", got)
	}
}

func TestLimitsAnswer413(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{MaxBodyBytes: 100 << 10, MaxRecords: 10})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 10<<20))
	_ = z.Close()
	for name, c := range map[string]struct {
		path, body, enc string
	}{
		"announced body": {"/ingest/raw", strings.Repeat("x\n", 60<<10), ""},
		"bomb":           {"/_bulk", bomb.String(), "gzip"},
		"lines":          {"/ingest/raw", strings.Repeat("x\n", 11), ""},
		"documents":      {"/_bulk", strings.Repeat("{\"index\":{}}\n{}\n", 11), ""},
		"events":         {"/services/collector", strings.Repeat(`{"event":"x"}`, 11), ""},
	} {
		if got := call(t, "POST", srv.URL+c.path, strings.NewReader(c.body), bearer, "Content-Encoding: "+c.enc); got.status != 413 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	req, _ := http.NewRequest("POST", srv.URL+"/ingest/raw", io.MultiReader(strings.NewReader(strings.Repeat("y", 200<<10)))) // chunked
	req.Header.Set("Authorization", "Bearer "+acmeToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("chunked body: %d", resp.StatusCode)
	}
	if got := w.raws(); len(got) != 0 {
		t.Fatal(got)
	}
}

// TestASenderTooBusyWritingToListenGetsIts413 writes a whole body before it looks for the answer, as many clients do.
func TestASenderTooBusyWritingToListenGetsIts413(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{MaxBodyBytes: 100 << 10})
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const size = 32 << 20
	fmt.Fprintf(conn, "POST /ingest/raw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", acmeToken, size)
	if _, err := io.CopyN(conn, strings.NewReader(strings.Repeat("x\n", size/2)), size); err != nil {
		t.Fatalf("cut off while writing: %v", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestEveryProtocolSaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{Ready: func() error { return fault.ErrUnavailable }})
	bodies := map[string]string{"/ingest/raw": "x\n", "/_bulk": "{\"index\":{}}\n{}\n", "/services/collector": `{"event":"x"}`}
	check := func(status int) {
		t.Helper()
		for path, body := range bodies {
			got := call(t, "POST", srv.URL+path, strings.NewReader(body), bearer)
			if got.status != status || got.head.Get("Retry-After") == "" {
				t.Errorf("%s: %+v", path, got)
			}
		}
	}
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	check(503)
	w.refuse(nil)
	w.standing.set(acme, collect.Standing{PerSecond: 1}) // burst 1000
	if err := w.intake.Admit(acme, 5000); err != nil {
		t.Fatal(err)
	}
	check(429)
	w.standing.set(acme, collect.Standing{Suspended: true})
	for path, body := range bodies {
		if got := call(t, "POST", srv.URL+path, strings.NewReader(body), bearer); got.status != 403 {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := call(t, "GET", srv.URL+"/services/collector/health", nil); got.status != 503 {
		t.Error(got)
	}
	if got := call(t, "GET", srv.URL+"/_cluster/health", nil, bearer); !strings.Contains(got.body, `"red"`) {
		t.Error(got)
	}
}

func TestOnlyIngestIsHandled(t *testing.T) {
	t.Parallel()
	srv := serve(t, newWorld(t), input.HTTPOptions{})
	for _, path := range []string{"/ingest", "/ingest/raw/x", "/api/v1/search", "/services", "/a/b/_bulk", "/_search", "/index.html"} {
		if got := call(t, "GET", srv.URL+path, nil); got.body != "<html>" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := call(t, "GET", srv.URL+"/", nil, "Accept: text/html,application/xhtml+xml,*/*;q=0.8"); got.body != "<html>" {
		t.Errorf("a browser gets %q", got.body)
	}
	if got := call(t, "GET", srv.URL+"/ingest/raw", nil); got.status != 405 || got.head.Get("Allow") != "POST, PUT" {
		t.Errorf("%+v", got)
	}
}
