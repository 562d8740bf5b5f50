package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Addresses are what the process listens on once it is ready.
type Addresses struct {
	HTTP      string
	Syslog    string // empty where switched off
	SyslogTLS string // empty where switched off
	NetFlow   string // empty where switched off
	// AdminPassword is the generated password of the first administrator, at the first start only.
	AdminPassword string
}

// drainPoll is how often the shutdown looks whether the pipeline has caught up with the queue.
const drainPoll = 20 * time.Millisecond

// maxGrace bounds how long a stop waits for HTTP requests under way: senders that crawl must not hold it up, and
// what they have no answer for they send again.
const maxGrace = 5 * time.Second

// Run serves until ctx ends, then stops in order within the shutdown timeout: listeners first, then the pipeline once it has
// worked off the queue, then the stores. ready is called once when everything accepts. A part that fails stops all; its error is
// returned with those of the stop.
func (a *App) Run(ctx context.Context, ready func(Addresses)) error {
	plain := context.WithoutCancel(ctx)
	failed := make(chan error, 8)
	err := a.start(plain, failed, ready)
	if err == nil {
		select {
		case <-ctx.Done():
			a.log.Info("stopping")
		case err = <-failed:
			a.log.Error("a part failed, stopping", "error", err)
		}
	}
	a.probe.Draining()
	stop, cancel := context.WithTimeout(plain, a.cfg.ShutdownTimeout)
	defer cancel()
	return errors.Join(err, a.life.unwind(stop))
}

// start starts every part in the order data flows backwards, so that nothing is taken in before it can be worked on. Only
// background work gets the provider's scope; listeners start without any, and each request gets its caller's.
func (a *App) start(ctx context.Context, failed chan<- error, ready func(Addresses)) error {
	work := tenant.WithScope(ctx, tenant.All())
	a.goUntil(work, "pipeline", failed, a.pipeline.Run, a.drain)
	a.goUntil(work, "registry", failed, a.registry.Run, nil)
	a.goUntil(work, "tenants", failed, func(ctx context.Context) error { return follow(ctx, a.log, "tenants", a.dir.Reload) }, nil)
	a.goUntil(work, "sources", failed, func(ctx context.Context) error { return follow(ctx, a.log, "sources", a.registry.Reload) }, nil)
	a.goUntil(work, "rules", failed, func(ctx context.Context) error { return follow(ctx, a.log, "rules", a.rules.reload) }, nil)
	a.goUntil(work, "exceptions", failed, func(ctx context.Context) error { return follow(ctx, a.log, "exceptions", a.exceptions.Follow) }, nil)
	a.goUntil(work, "geography", failed, func(ctx context.Context) error { return follow(ctx, a.log, "geography", a.geo.Follow) }, nil)
	a.goUntil(work, "learning", failed, func(ctx context.Context) error { return follow(ctx, a.log, "learning", a.learned.Work) }, func(ctx context.Context) error {
		return a.learned.Save(tenant.WithScope(ctx, tenant.All()))
	})
	a.goUntil(work, "feeds", failed, func(ctx context.Context) error { return follow(ctx, a.log, "feeds", a.content.CheckDue) }, nil)
	a.goUntil(work, "health", failed, func(ctx context.Context) error {
		return follow(ctx, a.log, "health", func(ctx context.Context) error {
			now := a.health.Health(ctx)
			a.health.keep(time.Now(), now)
			a.live.Health(now.Status)
			return nil
		})
	}, nil)
	var at Addresses
	if a.cfg.Syslog.Address != "" || a.cfg.Syslog.TLS.Address != "" {
		var err error
		a.syslog, err = input.ListenSyslog(ctx, input.SyslogOptions{
			Addr: a.cfg.Syslog.Address, TLS: syslogTLS(a.cfg.Syslog.TLS), Intake: a.intake, Registry: a.registry, MaxConns: a.cfg.Syslog.MaxConnections,
			Logger: a.log, Registerer: a.probe.Registry(),
		})
		if err != nil {
			return err
		}
		at.Syslog, at.SyslogTLS = a.syslog.Addr(), a.syslog.TLSAddr()
		a.goUntil(ctx, "syslog", failed, a.syslog.Run, nil)
	}
	if a.cfg.NetFlow.Address != "" {
		flows, err := input.ListenNetFlow(ctx, input.NetFlowOptions{
			Addr: a.cfg.NetFlow.Address, Intake: a.intake, Registry: a.registry, Logger: a.log, Registerer: a.probe.Registry(),
		})
		if err != nil {
			return err
		}
		at.NetFlow = flows.Addr()
		a.flows = at.NetFlow
		a.goUntil(ctx, "netflow", failed, flows.Run, nil)
	}
	if a.files != nil {
		a.goUntil(ctx, "files", failed, a.files.Run, nil)
	}
	if a.kafka != nil {
		a.goUntil(ctx, "kafka", failed, a.kafka.Run, nil)
	}
	a.goUntil(work, "demo", failed, a.demo.Run, nil)
	listener, err := a.serveHTTP(ctx, failed)
	if err != nil {
		return err
	}
	at.HTTP = listener.Addr().String()
	a.http = at.HTTP
	if a.captures != nil {
		if err := a.own.set(at.HTTP, at.Syslog, at.SyslogTLS, at.NetFlow); err != nil {
			return err
		}
		a.goUntil(ctx, "capture", failed, a.captures.Run, nil)
	}
	if a.cfg.Admin.Password == "" {
		// Last, because the password can be shown only once: a start that fails before, on a port in use say, leaves no
		// administrator whom nobody can log in as.
		if at.AdminPassword, _, err = a.identity.Bootstrap(work, ""); err != nil {
			return err
		}
	}
	a.started = true
	a.probe.Ready()
	a.log.Info("ready", "http", at.HTTP, "syslog", at.Syslog, "syslog_tls", at.SyslogTLS, "netflow", at.NetFlow, "version", a.build.Version)
	ready(at)
	a.startDemo(work)
	return nil
}

// failedPorts tells which own ports of sources could not be opened.
func (a *App) failedPorts() map[int]error {
	if a.syslog == nil {
		return nil
	}
	return a.syslog.FailedPorts()
}

// syslogProblem is what somebody should see to about the certificates of syslog over TLS.
func (a *App) syslogProblem() error {
	if a.syslog == nil {
		return nil
	}
	return a.syslog.TLSProblem()
}

func syslogTLS(c config.SyslogTLS) *input.TLSOptions {
	if c.Address == "" {
		return nil
	}
	return &input.TLSOptions{
		Addr: c.Address, Certificate: c.Certificate, Key: c.Key, ClientCA: c.ClientCA, ClientsOptional: c.ClientCertificates == "optional",
	}
}

// portOf is the port of a listener's address, or 0 where it is switched off.
func portOf(bound string) int {
	addr, err := netip.ParseAddrPort(bound)
	if err != nil {
		return 0
	}
	return int(addr.Port())
}

// goUntil runs one part in a goroutine. Its stop first lets before come to an end, if given and as long as the part runs, then
// ends the part's context and waits for it.
func (a *App) goUntil(ctx context.Context, name string, failed chan<- error, run, before func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	running, done := context.WithCancel(context.Background())
	go func() {
		defer done()
		if err := run(ctx); err != nil && ctx.Err() == nil {
			failed <- fmt.Errorf("%s: %w", name, err)
		}
	}()
	a.life.push(name, func(stop context.Context) error {
		var err error
		if before != nil {
			both, end := context.WithCancel(stop)
			defer end()
			defer context.AfterFunc(running, end)()
			err = before(both)
		}
		cancel()
		select {
		case <-running.Done():
			return err
		case <-stop.Done():
			return errors.Join(err, stop.Err())
		}
	})
}

// drain waits until the pipeline has worked off what the queue holds and the archive has it on disk. What it cannot in
// half of the shutdown timeout is replayed at the next start: the queue keeps it, so the stop is still an ordered one. After a start
// that failed half-way it waits for nothing.
func (a *App) drain(ctx context.Context) error {
	if !a.started {
		return nil
	}
	patience, cancel := context.WithTimeout(ctx, a.cfg.ShutdownTimeout/2)
	defer cancel()
	tick := time.NewTicker(drainPoll)
	defer tick.Stop()
	last := a.queue.LastSeq()
	for a.pipeline.Processed() < last && a.queue.Committed() < last {
		select {
		case <-tick.C:
		case <-patience.Done():
			a.log.Warn("stopping with a queue not worked off; it is replayed at the next start",
				"processed", a.pipeline.Processed(), "last", last)
			return nil
		}
	}
	return a.archive.Flush(ctx)
}

// serveHTTP binds the address and serves the UI, the API, HTTP ingest and the probes on it.
func (a *App) serveHTTP(ctx context.Context, failed chan<- error) (net.Listener, error) {
	handler, err := a.handler()
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", a.cfg.HTTP)
	if err != nil {
		return nil, fmt.Errorf("listen for HTTP: %w", err)
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // gRPC speaks nothing else
	server := &http.Server{
		Protocols: &protocols, Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	server.RegisterOnShutdown(a.live.Close) // streams end by themselves only when their readers leave
	server.RegisterOnShutdown(a.tail.Close)
	var served sync.WaitGroup
	served.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("http: %w", err)
		}
	})
	a.life.push("http", func(stop context.Context) error {
		defer served.Wait()
		grace, cancel := context.WithTimeout(stop, min(a.cfg.ShutdownTimeout/4, maxGrace))
		defer cancel()
		err := server.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			a.log.Warn("requests under way were cut off by the stop")
			return server.Close()
		}
		return err
	})
	return listener, nil
}
