package input

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// HTTPOptions configures an [HTTP]. Zero limits mean their defaults.
type HTTPOptions struct {
	Intake   *collect.Intake
	Registry *collect.Registry
	// Ready says why records cannot be stored now, nil when they can: for health probes of senders.
	Ready func() error

	MaxBodyBytes int64 // one body, decompressed; default 64 MiB
	MaxHeldBytes int64 // all bodies being worked on; default 256 MiB
	MaxRecords   int   // in one request; default 100,000
	ClusterName  string
	Logger       *slog.Logger
}

// HTTP takes records in over HTTP, in the words of four protocols: plain lines, Elasticsearch bulk, Splunk HEC and OTLP. The tenant
// follows from the source's token. A 2xx answer means durably queued. It is safe for concurrent use.
type HTTP struct {
	o      HTTPOptions
	log    *slog.Logger
	bodies bodies
}

// NewHTTP returns a handler over o.
func NewHTTP(o HTTPOptions) *HTTP {
	if o.MaxBodyBytes <= 0 {
		o.MaxBodyBytes = 64 << 20
	}
	if o.MaxHeldBytes <= 0 {
		o.MaxHeldBytes = 256 << 20
	}
	o.MaxHeldBytes = max(o.MaxHeldBytes, o.MaxBodyBytes+1)
	if o.MaxRecords <= 0 {
		o.MaxRecords = 100_000
	}
	if o.ClusterName == "" {
		o.ClusterName = "isoc"
	}
	if o.Ready == nil {
		o.Ready = func() error { return nil }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &HTTP{o: o, log: o.Logger.With("component", "ingest"), bodies: bodies{limit: o.MaxBodyBytes, room: semaphore.NewWeighted(o.MaxHeldBytes)}}
}

// Wrap serves what belongs to ingest itself and passes everything else on. Elasticsearch's paths cannot stand beside others in one
// http.ServeMux: "/{index}/_bulk" conflicts with every two-segment pattern that has a wildcard.
func (h *HTTP) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if serve := h.route(r); serve != nil {
			serve(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP answers ingest requests, and 404 to any other.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Wrap(http.NotFoundHandler()).ServeHTTP(w, r)
}

func (h *HTTP) route(r *http.Request) http.HandlerFunc {
	path := r.URL.Path
	switch {
	case isGRPC(r):
		return h.grpc
	case path == "/v1/logs":
		return h.otlp
	case path == "/ingest/raw":
		return h.raw
	case path == "/services/collector" || strings.HasPrefix(path, "/services/collector/"):
		return h.hec
	case path == "/_bulk" || (strings.HasSuffix(path, "/_bulk") && strings.Count(path, "/") == 2):
		return h.bulk
	case path == "/":
		if isProbe(r) {
			return h.elasticInfo
		}
	case elasticSetup(path):
		return h.elastic
	}
	return nil
}

// source resolves the token a request carries.
func (h *HTTP) source(token string) (*collect.Source, error) {
	if src, ok := h.o.Registry.ByToken(token); ok {
		return src, nil
	}
	return nil, fault.ErrUnauthenticated
}

// origin fills in what all records of a request share.
type origin struct {
	src    *collect.Source
	input  string
	remote string
	at     time.Time
}

func originOf(r *http.Request, src *collect.Source, input string) origin {
	return origin{src: src, input: input, remote: remoteAddr(r), at: time.Now().UTC()}
}

func (o origin) record(raw []byte, fields []event.Field) record.Record {
	return record.Record{Tenant: o.src.Tenant, Source: o.src.ID, Received: o.at, Input: o.input, Remote: o.remote, Raw: raw, Fields: fields}
}

// keep admits all records and then stores them in order, a batch at a time. It returns how many are stored; with an error of
// the quota that is none.
func (h *HTTP) keep(ctx context.Context, recs []record.Record) (stored int, err error) {
	if len(recs) == 0 {
		return 0, nil
	}
	if err := h.o.Intake.Admit(recs[0].Tenant, len(recs)); err != nil {
		return 0, err
	}
	for batch := range record.Batches(recs) {
		if err := h.o.Intake.Put(ctx, batch); err != nil {
			return stored, err
		}
		stored += len(batch)
	}
	return stored, nil
}

// failure is an error in the words of HTTP.
type failure struct {
	status int
	title  string
	detail string
	retry  int // seconds, 0 for none
}

// failureOf maps the faults of ingest to statuses; anything unknown is a 500 that says nothing.
func failureOf(err error) failure {
	var quota *fault.Quota
	switch {
	case errors.Is(err, fault.ErrUnauthenticated), errors.Is(err, fault.ErrNotFound):
		return failure{status: http.StatusUnauthorized, detail: "unknown or missing source token"}
	case errors.As(err, &quota):
		return failure{status: http.StatusTooManyRequests, detail: "over quota: " + quota.What, retry: max(1, int(math.Ceil(quota.RetryAfter.Seconds())))}
	case errors.Is(err, fault.ErrForbidden):
		return failure{status: http.StatusForbidden, detail: "the tenant is suspended"}
	case errors.Is(err, errTooLarge):
		return failure{status: http.StatusRequestEntityTooLarge, detail: errTooLarge.Error()}
	case errors.Is(err, errEncoding):
		return failure{status: http.StatusUnsupportedMediaType, detail: err.Error()}
	case errors.Is(err, errBody):
		return failure{status: http.StatusBadRequest, detail: err.Error()}
	case errors.Is(err, fault.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return failure{status: http.StatusServiceUnavailable, detail: "records cannot be stored just now", retry: 5}
	}
	return failure{status: http.StatusInternalServerError, detail: "internal error"}
}

// head writes the headers that go with the failure.
func (f failure) head(w http.ResponseWriter, contentType string) {
	w.Header().Set("Content-Type", contentType)
	if f.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retry))
	}
}

func (h *HTTP) note(r *http.Request, f failure, err error) {
	if f.status == http.StatusInternalServerError {
		h.log.Error("ingest request failed", "path", r.URL.Path, "remote", remoteAddr(r), "error", err)
		return
	}
	h.log.Debug("ingest request refused", "path", r.URL.Path, "remote", remoteAddr(r), "status", f.status, "error", err)
}

func remoteAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().WithZone("").String()
	}
	return ""
}
