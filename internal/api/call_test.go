package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
)

// call is one request to an operation: values for the places in its path, and what else it carries.
type call struct {
	path        map[string]string
	query       string
	body        any
	raw         []byte // instead of body
	contentType string // of raw
	header      http.Header
	leave       bool // the caller goes away once the answer begins
}

// p pairs up the places of a path with values.
func p(pairs ...string) map[string]string {
	m := make(map[string]string)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// credentials are how a caller proves who he is; the zero value is nobody.
type credentials struct {
	bearer  string
	session string
}

// operation is one operation of the served document with its place.
type operation struct {
	openAPIOperation
	method string
	path   string
}

func operations(t *testing.T, h http.Handler) map[string]operation {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var doc openAPI
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	ops := make(map[string]operation)
	for path, item := range doc.Paths {
		for method, op := range item {
			ops[op.OperationID] = operation{openAPIOperation: op, method: strings.ToUpper(method), path: path}
		}
	}
	if len(ops) < 30 {
		t.Fatalf("the document has only %d operations", len(ops))
	}
	return ops
}

func (c call) request(t *testing.T, method, path string, who credentials) *http.Request {
	t.Helper()
	for name, value := range c.path {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if c.query != "" {
		path += "?" + c.query
	}
	body, contentType := c.raw, c.contentType
	if c.body != nil {
		var err error
		if body, err = json.Marshal(c.body); err != nil {
			t.Fatal(err)
		}
		contentType = "application/json"
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, io.NopCloser(bytes.NewReader(body)))
	r.ContentLength = int64(len(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	if who.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+who.bearer)
	}
	if who.session != "" {
		r.AddCookie(&http.Cookie{Name: "isoc_session", Value: who.session})
	}
	return r
}

// do sends one request and returns the answer.
func (w *world) do(t *testing.T, method, path string, c call, who credentials) *httptest.ResponseRecorder {
	t.Helper()
	rec, r := httptest.NewRecorder(), c.request(t, method, path, who)
	if !c.leave {
		w.ServeHTTP(rec, r)
		return rec
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	w.ServeHTTP(leaver{rec, cancel}, r.WithContext(ctx))
	return rec
}

// leaver is a caller who has gone once he sees the first of the answer, however long that takes.
type leaver struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (l leaver) Write(b []byte) (int, error) {
	defer l.leave()
	return l.ResponseRecorder.Write(b)
}

func (l leaver) WriteString(s string) (int, error) { return l.Write([]byte(s)) }

// expect sends one request, checks the status and returns the body. Every refusal must be a problem document.
func (w *world) expect(t *testing.T, what string, op operation, c call, who credentials, status int) string {
	t.Helper()
	rec := w.do(t, op.method, op.path, c, who)
	if rec.Code != status {
		t.Errorf("%s: %s %s: status %d, want %d: %s", what, op.method, op.path, rec.Code, status, rec.Body)
	}
	if rec.Code >= 400 {
		if got := rec.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: refusal as %q: %s", what, got, rec.Body)
		}
	}
	return rec.Body.String()
}

// get decodes an answer that must have the given status.
func into[T any](t *testing.T, rec *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var v T
	if rec.Code != status {
		t.Fatalf("status %d, want %d: %s", rec.Code, status, rec.Body)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, rec.Body)
	}
	return v
}

// as is a caller that a test speaks with.
type as struct {
	*world
	who credentials
}

func (w *world) admin() as   { return as{w, credentials{bearer: w.adminBearer}} }
func (w *world) analyst() as { return as{w, credentials{bearer: w.analystToken}} }
func (w *world) viewerOf(c customer) as {
	return as{w, credentials{bearer: c.viewerToken}}
}

func (a as) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	return a.do(t, http.MethodGet, path, call{}, a.who)
}

func (a as) send(t *testing.T, method, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	return a.do(t, method, path, call{body: body}, a.who)
}

// wrong checks that an answer is a problem of a kind, and that it names the fields.
func wrong(t *testing.T, rec *httptest.ResponseRecorder, status int, code string, locations ...string) api.Problem {
	t.Helper()
	p := into[api.Problem](t, rec, status)
	if p.Code != code || p.Status != status || p.Title == "" || p.Detail == "" || p.Type != "urn:isoc:problem:"+code {
		t.Errorf("problem = %+v, want code %s", p, code)
	}
	var got []string
	for _, f := range p.Errors {
		got = append(got, f.Location)
		if f.Message == "" {
			t.Errorf("%s has no message", f.Location)
		}
	}
	if diff := cmp.Diff(locations, got); diff != "" && len(locations) > 0 {
		t.Errorf("locations (-want +got):\n%s\n%s", diff, rec.Body)
	}
	return p
}
