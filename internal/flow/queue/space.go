package queue

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const spaceInterval = time.Second

// space knows whether the disk under the queue has room. JetStream stops for good when a write fails for want
// of room, so we refuse well before.
type space struct {
	dir     string // empty with an external NATS, which looks after its own disk
	minFree int64
	log     *slog.Logger
	metrics *metrics
	free    atomic.Int64
	low     atomic.Bool
}

func newSpace(o Options, log *slog.Logger, m *metrics) *space {
	s := &space{dir: o.Dir, minFree: o.MinFreeBytes, log: log, metrics: m}
	if o.URL != "" {
		s.dir = ""
	}
	s.measure()
	return s
}

func (s *space) watch(ctx context.Context) {
	tick := time.NewTicker(spaceInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.measure()
		}
	}
}

func (s *space) check() error {
	if s.low.Load() {
		return unavailable(fmt.Sprintf("disk of the queue is full: %d MiB free, %d MiB must stay free", s.free.Load()>>20, s.minFree>>20), nil)
	}
	return nil
}

func (s *space) measure() {
	if s.dir == "" || s.minFree < 0 {
		return
	}
	var st unix.Statfs_t
	if err := unix.Statfs(s.dir, &st); err != nil {
		s.log.Error("measure free disk", "dir", s.dir, "error", err)
		return
	}
	free := int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // the block size is narrower on some systems
	s.free.Store(free)
	s.metrics.free.Set(float64(free))
	low := free < s.minFree
	if s.low.Swap(low) != low {
		s.log.Warn("free disk crossed its limit", "refusing", low, "free_bytes", free, "min_free_bytes", s.minFree)
	}
}
