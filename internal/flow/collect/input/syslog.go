package input

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
)

// SyslogOptions configures a [Syslog]. Zero limits mean their defaults.
type SyslogOptions struct {
	Addr     string      // host:port of UDP and TCP; port 0 picks one that is free on both; empty leaves them out, own ports of sources too
	TLS      *TLSOptions // nil for none
	Intake   *collect.Intake
	Registry *collect.Registry

	MaxConns        int // TCP and TLS connections together, default 4096
	MaxConnsPerAddr int // TCP connections of one address, default 512
	// IdleTimeout closes a silent connection, default 24 h. It is long because a syslog sender that meets a connection
	// closed while it was idle loses the record it sends next; peers that are gone are found by keep-alive within two minutes.
	IdleTimeout time.Duration
	// DrainTimeout bounds how long the shutdown waits for the queue to take what was read, default 10 s.
	DrainTimeout time.Duration

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Syslog listens for syslog over UDP and TCP on one address, over TLS on another, and on the own ports of sources, which open and
// close as sources change. A TCP connection is read no faster than the queue stores: the stream going on means durably queued.
type Syslog struct {
	o       SyslogOptions
	log     *slog.Logger
	metrics *syslogMetrics
	conns   *connLimit
	main    *port // nil where switched off
	secure  *port // of TLS; nil where switched off

	mu     sync.Mutex
	failed map[int]error // own ports that could not be opened
}

// ListenSyslog binds the address; [Syslog.Run] serves it.
func ListenSyslog(ctx context.Context, o SyslogOptions) (*Syslog, error) {
	o.setDefaults()
	s := &Syslog{
		o: o, log: o.Logger.With("component", "syslog"), metrics: newSyslogMetrics(o.Registerer),
		conns: newConnLimit(o.MaxConns, o.MaxConnsPerAddr), failed: map[int]error{},
	}
	var err error
	if o.Addr != "" {
		if s.main, err = listenPort(ctx, o.Addr, 0); err != nil {
			return nil, fmt.Errorf("listen for syslog: %w", err)
		}
	}
	if o.TLS != nil {
		if s.secure, err = s.listenTLS(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("listen for syslog over TLS: %w", err), s.main.close())
		}
	}
	return s, nil
}

func (s *Syslog) listenTLS(ctx context.Context) (*port, error) {
	g, err := newGate(*s.o.TLS, s.metrics.unsafe, s.log)
	if err != nil {
		return nil, err
	}
	tcp, err := bindTCP(ctx, s.o.TLS.Addr)
	if err != nil {
		return nil, err
	}
	return &port{tcp: tcp, gate: g}, nil
}

// Addr returns the address bound for UDP and TCP, with its port, or "" where there is none.
func (s *Syslog) Addr() string {
	if s == nil {
		return ""
	}
	return s.main.addr()
}

// TLSAddr returns the address bound for TLS, or "" where there is none.
func (s *Syslog) TLSAddr() string {
	if s == nil {
		return ""
	}
	return s.secure.addr()
}

// TLSProblem returns what somebody should see to about the certificates: files that cannot be used, a server's certificate that ends
// within two weeks. Connections go on meanwhile.
func (s *Syslog) TLSProblem() error {
	if s.secure == nil {
		return nil
	}
	return s.secure.gate.problem()
}

// FailedPorts returns the sources' own ports that could not be opened, and why: for health pages.
func (s *Syslog) FailedPorts() map[int]error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.failed)
}

// Run serves until ctx ends. Then it stops accepting, stores what it has read, and returns nil. It returns an error when an
// address of its own fails.
func (s *Syslog) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var serving sync.WaitGroup
	errs := make(chan error, 2)
	for _, p := range []*port{s.main, s.secure} {
		if p == nil {
			continue
		}
		serving.Go(func() {
			defer cancel() // one address alone is no listener
			errs <- s.servePort(ctx, p)
		})
	}
	if s.main != nil {
		serving.Go(func() { s.runOwnPorts(ctx) })
	}
	serving.Wait()
	close(errs)
	var err error
	for each := range errs {
		err = errors.Join(err, each)
	}
	return err
}

// runOwnPorts opens and closes own ports as the registry changes, until ctx ends, and waits for them.
func (s *Syslog) runOwnPorts(ctx context.Context) {
	changed, stop := s.o.Registry.Watch()
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	open := map[int]context.CancelFunc{}
	retry := time.NewTicker(30 * time.Second) // a port in use by another process may become free
	defer retry.Stop()
	for {
		s.reconcile(ctx, open, &running)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-retry.C:
		}
	}
}

func (s *Syslog) reconcile(ctx context.Context, open map[int]context.CancelFunc, running *sync.WaitGroup) {
	wanted := map[int]bool{}
	for _, n := range s.o.Registry.Ports() {
		wanted[n] = true
	}
	for n, cancel := range open {
		if !wanted[n] {
			cancel()
			delete(open, n)
			s.log.Info("own port closed", "port", n)
		}
	}
	s.forget(wanted)
	for n := range wanted {
		if open[n] != nil || ctx.Err() != nil {
			continue
		}
		p, err := listenPort(ctx, s.ownAddr(n), n)
		if s.remember(n, err); err != nil {
			continue
		}
		pctx, cancel := context.WithCancel(ctx)
		open[n] = cancel
		s.log.Info("own port opened", "port", n)
		running.Go(func() {
			if err := s.servePort(pctx, p); err != nil {
				s.remember(n, err)
			}
		})
	}
}

func (s *Syslog) ownAddr(n int) string {
	host, _, _ := net.SplitHostPort(s.o.Addr)
	return net.JoinHostPort(host, strconv.Itoa(n))
}

// remember keeps the outcome of opening a port and logs a failure the first time.
func (s *Syslog) remember(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.failed, n)
		return
	}
	if s.failed[n] == nil {
		s.log.Error("own port of a source", "port", n, "error", err)
	}
	s.failed[n] = err
}

func (s *Syslog) forget(wanted map[int]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.failed, func(n int, _ error) bool { return !wanted[n] })
}

// servePort serves both sides of a port until ctx ends or one fails.
func (s *Syslog) servePort(ctx context.Context, p *port) error {
	if p.udp == nil {
		return s.serveTCP(ctx, p)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error, 2)
	serve := func(side func(context.Context, *port) error) {
		err := side(ctx, p)
		cancel() // one side alone is no listener
		errs <- err
	}
	go serve(s.serveTCP)
	go serve(s.serveUDP)
	return errors.Join(<-errs, <-errs)
}

func (o *SyslogOptions) setDefaults() {
	if o.MaxConns <= 0 {
		o.MaxConns = 4096
	}
	if o.MaxConnsPerAddr <= 0 {
		o.MaxConnsPerAddr = 512
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = 24 * time.Hour
	}
	if o.DrainTimeout <= 0 {
		o.DrainTimeout = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

type syslogMetrics struct {
	conns   prometheus.Gauge
	refused prometheus.Counter
	cut     prometheus.Counter
	dropped prometheus.Counter
	unsafe  *prometheus.CounterVec
}

func newSyslogMetrics(reg prometheus.Registerer) *syslogMetrics {
	m := &syslogMetrics{
		conns:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "isoc_syslog_connections", Help: "Open TCP and TLS connections of syslog senders."}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_syslog_refused_connections_total", Help: "TCP connections closed at once because there were too many."}),
		cut:     prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_syslog_truncated_total", Help: "Records cut because they were too long."}),
		unsafe:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isoc_syslog_tls_refused_total", Help: "TLS handshakes of syslog senders that failed, by reason: no_certificate, certificate, timeout, handshake."}, []string{"reason"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_syslog_unclaimed_dropped_total", Help: "Datagrams of unknown senders dropped because the inbox did not keep up."}),
	}
	if reg != nil {
		reg.MustRegister(m.conns, m.refused, m.cut, m.dropped, m.unsafe)
	}
	return m
}
