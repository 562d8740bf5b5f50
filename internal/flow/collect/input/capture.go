package input

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/capture"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/live"
)

const (
	inputCapture = "capture"
	// captureWait is how long a record waits for others, and how often a quiet interface is looked at.
	captureWait = 100 * time.Millisecond
	// captureBatches may be read ahead of the queue; then the kernel holds frames for us, and then they are lost and counted.
	captureBatches = 8
	// captureFlows bounds the flows of one interface: about 200 MB where they all talk.
	captureFlows = 131_072
	// droppingFor is how long it is told that frames were dropped.
	droppingFor = 10 * time.Minute
)

// CapturePoint is one setting: an interface of this host that is listened to.
type CapturePoint struct {
	Interface string
	// Source returns whose the flows are; not ok where there is no such source now.
	Source func() (*collect.Source, bool)
	Named  string         // what the setting calls the source, for messages
	Hosts  []netip.Prefix // networks of which one end of a flow must be; none means all
}

// CaptureOptions configures [Captures].
type CaptureOptions struct {
	Points []CapturePoint
	Intake *collect.Intake
	// Skip says of an end of a flow that the flow is not told of: what this process itself receives. It may be nil.
	Skip         func(netip.AddrPort) bool
	Reopen       time.Duration // how soon an interface that is gone is looked for again, default 5 s
	DrainTimeout time.Duration // how long the shutdown waits for the queue to take what was read, default 10 s
	Logger       *slog.Logger
	Registerer   prometheus.Registerer
}

// Captures turns the traffic at interfaces of this host into records of flows, DNS, TLS, QUIC, HTTP and SSH, by the decoder of isoc pcap.
type Captures struct {
	o       CaptureOptions
	log     *slog.Logger
	metrics *captureMetrics
	at      []capturing
}

// capturing is one interface as it stands.
type capturing struct {
	frames, dropped atomic.Uint64
	lost            atomic.Int64 // when frames were dropped last, Unix seconds
	mu              sync.Mutex
	problem         CaptureProblem
}

// CaptureProblem is what keeps an interface from being listened to; without a code there is none.
type CaptureProblem struct{ Code, Detail string }

// CaptureState is how it stands with the interfaces.
type CaptureState struct {
	Interfaces      int
	Frames, Dropped uint64 // since the start; the kernel had no room for the dropped ones
	Problems        []CaptureProblem
}

// NewCaptures returns an input that [Captures.Run] runs. That the process may not capture is an error; that an interface is not there
// is none: it may come.
func NewCaptures(o CaptureOptions) (*Captures, error) {
	o.Reopen, o.DrainTimeout = cmp.Or(o.Reopen, 5*time.Second), cmp.Or(o.DrainTimeout, 10*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	for _, p := range o.Points {
		i, err := live.Open(p.Interface)
		if errors.Is(err, live.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
			return nil, err
		}
		if err == nil {
			_ = i.Close()
		}
	}
	return &Captures{o: o, log: o.Logger.With("component", inputCapture), metrics: newCaptureMetrics(o.Registerer), at: make([]capturing, len(o.Points))}, nil
}

// Run listens until ctx ends, stores what it has read, and returns nil.
func (c *Captures) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for n := range c.o.Points {
		running.Go(func() { c.point(ctx, n) })
	}
	running.Wait()
	return nil
}

// State tells how it stands, for the health page.
func (c *Captures) State() CaptureState {
	s := CaptureState{Interfaces: len(c.at)}
	for n := range c.at {
		at := &c.at[n]
		s.Frames += at.frames.Load()
		s.Dropped += at.dropped.Load()
		if at.lost.Load() > time.Now().Add(-droppingFor).Unix() {
			s.Problems = append(s.Problems, CaptureProblem{"dropping", fmt.Sprintf("%s: %d frames dropped since the start", c.o.Points[n].Interface, at.dropped.Load())})
		}
		at.mu.Lock()
		if at.problem.Code != "" {
			s.Problems = append(s.Problems, at.problem)
		}
		at.mu.Unlock()
	}
	return s
}

func (c *Captures) trouble(n int, code, detail string) {
	at := &c.at[n]
	at.mu.Lock()
	defer at.mu.Unlock()
	if p := (CaptureProblem{code, detail}); p != at.problem {
		at.problem = p
		if code != "" {
			c.log.Warn("capture", "problem", code, "detail", detail)
		}
	}
}

// point listens to one interface, again and again where it goes.
func (c *Captures) point(ctx context.Context, n int) {
	for ctx.Err() == nil {
		i, err := live.Open(c.o.Points[n].Interface)
		if err == nil {
			c.trouble(n, "", "")
			err = c.listen(ctx, n, i)
			_ = i.Close()
		}
		if err != nil {
			c.trouble(n, "interface", err.Error())
		}
		select {
		case <-ctx.Done():
		case <-time.After(c.o.Reopen):
		}
	}
}

// listen reads frames until ctx ends or the interface does. Records go to the queue beside it.
func (c *Captures) listen(ctx context.Context, n int, i *live.Interface) error {
	point, at := &c.o.Points[n], &c.at[n]
	batches := make(chan []record.Record, captureBatches)
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		c.store(ctx, n, batches)
	}()
	var recs []record.Record
	var since time.Time
	decoder := capture.New(capture.Options{Interface: point.Interface, Hosts: point.Hosts, Skip: c.o.Skip, Flows: captureFlows, Emit: func(line []byte) {
		now := time.Now().UTC()
		if len(recs) == 0 {
			since = now
		}
		recs = append(recs, record.Record{Received: now, Input: inputCapture, Raw: slices.Clone(line)})
		if len(recs) == record.MaxBatchRecords {
			batches <- recs
			recs = nil
		}
	}})
	before := i.Dropped()
	told := time.Now()
	var ended error
	for ctx.Err() == nil && ended == nil {
		f, ok, err := i.Next(captureWait)
		ended = err
		if ok {
			at.frames.Add(1)
			c.metrics.frames.Inc()
			decoder.FrameInVLAN(f.Link, f.Data, f.At, f.VLAN)
		} else {
			decoder.Advance(time.Now())
		}
		if len(recs) > 0 && time.Since(since) >= captureWait {
			batches <- recs
			recs = nil
		}
		if time.Since(told) >= time.Second {
			told = time.Now()
			lost := i.Dropped()
			if lost > before {
				at.lost.Store(told.Unix())
			}
			at.dropped.Add(lost - before)
			c.metrics.dropped.Add(float64(lost - before))
			before = lost
		}
	}
	decoder.Flush()
	if len(recs) > 0 {
		batches <- recs
	}
	close(batches)
	<-stored
	return ended
}

// store makes records durable. Traffic cannot be told to wait: what is over the customer's quota is dropped and counted.
func (c *Captures) store(ctx context.Context, n int, batches <-chan []record.Record) {
	storing, cancel := lasting(ctx, c.o.DrainTimeout)
	defer cancel()
	point := &c.o.Points[n]
	for recs := range batches {
		src, ok := point.Source()
		if !ok {
			c.trouble(n, "source", fmt.Sprintf("%s: there is no source %s", point.Interface, point.Named))
			c.metrics.unclaimed.Add(float64(len(recs)))
			continue
		}
		c.trouble(n, "", "")
		for i := range recs {
			recs[i].Tenant, recs[i].Source = src.Tenant, src.ID
		}
		if err := persist(storing, func() error { return c.o.Intake.Offer(storing, recs) }); err != nil {
			c.log.Error("captured records lost", "records", len(recs), "error", err)
		}
	}
}

type captureMetrics struct{ frames, dropped, unclaimed prometheus.Counter }

func newCaptureMetrics(reg prometheus.Registerer) *captureMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_capture_" + name + "_total", Help: help})
	}
	m := &captureMetrics{
		frames:    counter("frames", "Frames taken off interfaces."),
		dropped:   counter("frames_dropped", "Frames that the kernel had no room for."),
		unclaimed: counter("unclaimed_dropped", "Records dropped because the source that the settings name does not exist."),
	}
	if reg != nil {
		reg.MustRegister(m.frames, m.dropped, m.unclaimed)
	}
	return m
}
