package main

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/isoc-project/isoc/test/rig"
)

// figure is a throughput with what it cost.
type figure struct {
	events int
	took   time.Duration
	cpu    time.Duration
}

func (f figure) perSecond() float64     { return float64(f.events) / f.took.Seconds() }
func (f figure) cpuPerMillion() float64 { return f.cpu.Seconds() / float64(f.events) * 1e6 }

func (f figure) String() string {
	return fmt.Sprintf("%.0f events/s, %.1f CPU-s per million (%d events in %s)", f.perSecond(), f.cpuPerMillion(), f.events, f.took.Round(time.Millisecond))
}

// onePlace places the only tenant of the archive's own measurement.
type onePlace struct{}

func (onePlace) Place(tenant.ID) (archive.Placement, bool) {
	return archive.Placement{Account: 1, RetentionDays: 30}, true
}

// archiveLimit gives the archive the same events, parsed beforehand, and nothing else to do.
func archiveLimit(ctx context.Context, dir string, n int) (figure, error) {
	id := tenant.NewID()
	ctx = tenant.WithScope(ctx, tenant.All())
	a, err := local.Open(local.Options{Dir: dir, Directory: onePlace{}})
	if err != nil {
		return figure{}, err
	}
	defer func() { _ = a.Close() }() // measured and thrown away
	batches := parsed(id, n)
	cpu, start := ownCPU(), time.Now()
	for _, b := range batches {
		if err := a.Append(ctx, b); err != nil {
			return figure{}, err
		}
	}
	if err := a.Flush(ctx); err != nil {
		return figure{}, err
	}
	return figure{events: n, took: time.Since(start), cpu: ownCPU() - cpu}, nil
}

func parsed(id tenant.ID, n int) [][]event.Event {
	const perBatch = 500
	p, e, g := parse.New(parse.Options{}), enrich.New(), rig.NewTraffic(1)
	var batches [][]event.Event
	for seq := uint64(1); n > 0; seq++ {
		batch := make([]event.Event, min(n, perBatch))
		for i := range batch {
			now := time.Now().UTC()
			p.Parse(&record.Record{Tenant: id, Source: "load", Received: now, Input: "http-raw", Remote: "127.0.0.1", Raw: []byte(g.Next(now))}, &batch[i])
			batch[i].ID = flow.EventID(1, seq, i)
			batch[i].Add(event.EventID, batch[i].ID)
			batch[i].Add(event.Sequence, strconv.FormatUint(seq, 10))
			e.Enrich(&batch[i])
		}
		n -= len(batch)
		batches = append(batches, batch)
	}
	return batches
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
