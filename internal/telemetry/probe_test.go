package telemetry

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestProbeRoutes(t *testing.T) {
	t.Parallel()
	p := NewProbe()
	mux := http.NewServeMux()
	p.Register(mux)
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec.Code, rec.Body.String()
	}
	want := func(path string, code int, text string) {
		t.Helper()
		if c, body := get(path); c != code || !strings.Contains(body, text) {
			t.Errorf("%s: got %d %q, want %d with %q", path, c, body, code, text)
		}
	}
	want("/healthz", 200, "ok")
	want("/readyz", 503, "not ready")
	var broken error
	p.Add("disk", func(context.Context) error { return broken })
	p.Ready()
	want("/readyz", 200, "ready")
	broken = errors.New("no space left")
	want("/readyz", 503, "no space left")
	want("/healthz", 200, "ok")
	broken = nil
	p.Draining()
	want("/readyz", 503, "not ready")
	want("/metrics", 200, "go_goroutines")
}
