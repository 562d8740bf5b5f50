package input_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/live"
)

// TestLoopbackIsListenedTo lets real requests pass at the loopback interface, of which one goes to a port of our own.
func TestLoopbackIsListenedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	src := collect.Source{ID: "tap", Tenant: acme}
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	seen, own := httptest.NewServer(hello), httptest.NewServer(hello)
	defer seen.Close()
	defer own.Close()
	port := own.Listener.Addr().(*net.TCPAddr).Port
	hosts := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	c, err := input.NewCaptures(input.CaptureOptions{
		Points: []input.CapturePoint{
			{Interface: "lo", Source: func() (*collect.Source, bool) { return &src, true }, Hosts: hosts},
			{Interface: "nosuch0", Source: func() (*collect.Source, bool) { return nil, false }},
		},
		Intake: w.intake, Registerer: prometheus.NewRegistry(), Skip: func(end netip.AddrPort) bool { return int(end.Port()) == port },
	})
	if errors.Is(err, live.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("captures do not stop")
		}
	}
	defer stop()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	deadline := time.Now().Add(30 * time.Second)
	found := func(part string) bool {
		for _, raw := range w.raws() {
			if strings.Contains(raw, part) {
				return true
			}
		}
		return false
	}
	for !found("/wanted/page") { // it may not listen yet when the first request passes
		if time.Now().After(deadline) {
			t.Fatalf("no request is seen: %+v", c.State())
		}
		for _, at := range []string{own.URL + "/unwanted", seen.URL + "/wanted/page"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if !found(`"event.dataset":"packet.flow"`) {
		t.Error("flows that are open at the end are not told")
	}
	if found("/unwanted") {
		t.Error("what this process receives itself is told")
	}
	for _, r := range w.records() {
		if r.Tenant != acme || r.Source != "tap" || r.Input != "capture" {
			t.Fatalf("%+v", r)
		}
	}
	s := c.State()
	if s.Interfaces != 2 || s.Frames == 0 || len(s.Problems) != 1 || s.Problems[0].Code != "interface" || !strings.Contains(s.Problems[0].Detail, "nosuch0") {
		t.Errorf("%+v", s)
	}
}
