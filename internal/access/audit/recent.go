package audit

import (
	"container/list"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// maxRecent bounds how many reads are remembered; beyond it the oldest is forgotten and would be recorded again.
const maxRecent = 50_000

type readKey struct {
	tenant                                 tenant.ID
	actor, session, remote, action, object string
}

// recent remembers what was recorded within a while, oldest first.
type recent struct {
	every time.Duration
	mu    sync.Mutex
	order *list.List // of recentRead
	index map[readKey]*list.Element
}

type recentRead struct {
	key readKey
	at  time.Time
}

func newRecent(every time.Duration) *recent {
	return &recent{every: every, order: list.New(), index: make(map[readKey]*list.Element)}
}

func (r *recent) seen(key readKey, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.index[key]
	return ok && now.Sub(e.Value.(recentRead).at) < r.every
}

func (r *recent) keep(key readKey, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.index[key]; ok {
		r.order.Remove(e)
	}
	r.index[key] = r.order.PushBack(recentRead{key, now})
	for r.order.Len() > maxRecent || r.expired(now) {
		oldest := r.order.Front()
		delete(r.index, oldest.Value.(recentRead).key)
		r.order.Remove(oldest)
	}
}

// expired reports whether the oldest read kept is of no use any more.
func (r *recent) expired(now time.Time) bool {
	oldest := r.order.Front()
	return oldest != nil && now.Sub(oldest.Value.(recentRead).at) >= r.every
}
