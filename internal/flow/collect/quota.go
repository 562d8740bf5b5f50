package collect

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Standing is what the intake must know of a customer.
type Standing struct {
	Suspended bool
	PerSecond int // records a second; 0 means the platform's default
}

// Standings tells how a customer stands now. It is asked for every batch, so it answers from memory. Not ok is a
// customer that does not exist.
type Standings interface {
	Standing(id tenant.ID) (s Standing, ok bool)
}

const (
	burstSeconds = 10   // of the rate that may come at once
	minBurst     = 1000 // so that a small quota still takes a client's whole batch
)

// quotas holds a token bucket a customer. A batch is taken whole as soon as its first part fits: the bucket then owes
// the rest, so that a batch larger than the burst is neither refused for ever nor cut.
type quotas struct {
	fallback int // records a second where the customer has no rate of its own; 0 means unlimited

	mu      sync.Mutex
	buckets map[tenant.ID]*bucket
}

type bucket struct {
	perSecond int
	limiter   *rate.Limiter
}

// take admits n records now or returns a [fault.Quota] with the pause after which they would fit.
func (q *quotas) take(id tenant.ID, perSecond, n int, now time.Time) error {
	if perSecond <= 0 {
		perSecond = q.fallback
	}
	if perSecond <= 0 || n == 0 {
		return nil
	}
	l := q.limiter(id, perSecond)
	first := min(n, l.Burst())
	r := l.ReserveN(now, first)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return &fault.Quota{What: "records per second", RetryAfter: wait}
	}
	for rest := n - first; rest > 0; rest -= l.Burst() {
		l.ReserveN(now, min(rest, l.Burst()))
	}
	return nil
}

func (q *quotas) limiter(id tenant.ID, perSecond int) *rate.Limiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.buckets[id]
	if b == nil || b.perSecond != perSecond {
		b = &bucket{perSecond: perSecond, limiter: rate.NewLimiter(rate.Limit(perSecond), max(minBurst, perSecond*burstSeconds))}
		q.buckets[id] = b
	}
	return b.limiter
}
