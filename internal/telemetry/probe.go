package telemetry

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// checkTimeout bounds all readiness checks of one request together.
const checkTimeout = 3 * time.Second

// Check tells whether one part of the process can do its work now; the error says why not, without secrets.
type Check func(context.Context) error

// Probe answers /healthz, /readyz and /metrics. It is live from the start and ready once [Probe.Ready] was
// called, until [Probe.Draining]. Safe for concurrent use.
type Probe struct {
	registry *prometheus.Registry

	mu     sync.Mutex
	ready  bool
	names  []string
	checks map[string]Check
}

// NewProbe returns a probe with the process's and runtime's metrics registered.
func NewProbe() *Probe {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &Probe{registry: reg, checks: make(map[string]Check)}
}

// Registry is where parts of the process register their metrics.
func (p *Probe) Registry() *prometheus.Registry { return p.registry }

// Add names a part that must work for the process to be ready.
func (p *Probe) Add(name string, c Check) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = append(p.names, name)
	p.checks[name] = c
}

// Ready declares that the process accepts work.
func (p *Probe) Ready() { p.set(true) }

// Draining declares that the process takes no more work and will end.
func (p *Probe) Draining() { p.set(false) }

func (p *Probe) set(ready bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = ready
}

// Register puts the probe's routes on the mux. They carry no customer data and need no session.
func (p *Probe) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeStatus(w, http.StatusOK, "ok", nil) })
	mux.HandleFunc("GET /readyz", p.serveReady)
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}))
}

func (p *Probe) serveReady(w http.ResponseWriter, r *http.Request) {
	failed, ready := p.Failures(r.Context())
	switch {
	case !ready:
		writeStatus(w, http.StatusServiceUnavailable, "not ready", failed)
	case len(failed) > 0:
		writeStatus(w, http.StatusServiceUnavailable, "degraded", failed)
	default:
		writeStatus(w, http.StatusOK, "ready", nil)
	}
}

// Failures runs every check and returns those that fail, by name, and whether the process declared itself ready.
func (p *Probe) Failures(ctx context.Context) (failed map[string]string, ready bool) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	p.mu.Lock()
	names, ready := append([]string(nil), p.names...), p.ready
	p.mu.Unlock()
	for _, name := range names {
		p.mu.Lock()
		check := p.checks[name]
		p.mu.Unlock()
		if err := check(ctx); err != nil {
			if failed == nil {
				failed = make(map[string]string)
			}
			failed[name] = err.Error()
		}
	}
	return failed, ready
}

func writeStatus(w http.ResponseWriter, code int, status string, failed map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(struct {
		Status string            `json:"status"`
		Failed map[string]string `json:"failed,omitempty"`
	}{status, failed})
}
