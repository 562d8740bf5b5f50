// Package tail shows events to whoever watches at the moment the archive has taken them.
//
// It hangs on the way into the archive and not on the archive itself: an event is seen once, in the order of
// arrival, whatever time it claims and whenever the engine makes it searchable.
package tail

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of what watching may hold back in memory.
const (
	MaxWatchers = 64 // at once, of all users
	backlog     = 32 // batches a watcher may be behind, of at most 500 events each
)

// Hub passes on events. Its zero value is ready; it is safe for concurrent use.
type Hub struct {
	mu       sync.RWMutex
	watchers map[*Watcher]struct{}
	watched  atomic.Int64
	closed   bool
}

// Watcher receives the events of some tenants. Close it.
type Watcher struct {
	hub     *Hub
	tenants map[tenant.ID]bool
	batches chan []event.Event
	missed  atomic.Uint64
	done    chan struct{}
}

// Watch starts to receive the events of these tenants, which the context's scope must allow. It refuses with
// fault.ErrQuota when too many watch already, and with fault.ErrUnavailable once the hub is closed.
func (h *Hub) Watch(ctx context.Context, tenants []tenant.ID) (*Watcher, error) {
	ids, err := archive.Allowed(ctx, tenants)
	if err != nil {
		return nil, err
	}
	w := &Watcher{hub: h, tenants: make(map[tenant.ID]bool, len(ids)), batches: make(chan []event.Event, backlog), done: make(chan struct{})}
	for _, id := range ids {
		w.tenants[id] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, fmt.Errorf("watch events: %w", fault.ErrUnavailable)
	}
	if len(h.watchers) >= MaxWatchers {
		return nil, &fault.Quota{What: fmt.Sprintf("%d live tails", MaxWatchers)}
	}
	if h.watchers == nil {
		h.watchers = make(map[*Watcher]struct{})
	}
	h.watchers[w] = struct{}{}
	h.watched.Store(int64(len(h.watchers)))
	return w, nil
}

// Close ends all watching and refuses more, so that a stop need not wait for watchers who stay.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		close(w.done)
		delete(h.watchers, w)
	}
	h.watched.Store(0)
}

// Publish passes a batch on. It never blocks: a watcher that is too far behind misses the batch and learns how many
// of its events were in it. The batch must not change afterwards.
func (h *Hub) Publish(events []event.Event) {
	if h.watched.Load() == 0 {
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for w := range h.watchers {
		own := w.count(events)
		if own == 0 {
			continue
		}
		select {
		case w.batches <- events:
		default:
			w.missed.Add(own)
		}
	}
}

func (w *Watcher) count(events []event.Event) uint64 {
	var n uint64
	for i := range events {
		if w.tenants[events[i].Tenant] {
			n++
		}
	}
	return n
}

// Next waits for events and calls fn with each of the watcher's tenants, in the order of arrival. The event is
// fn's to read, not to change.
func (w *Watcher) Next(ctx context.Context, fn func(*event.Event)) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case batch := <-w.batches:
		for i := range batch {
			if w.tenants[batch[i].Tenant] {
				fn(&batch[i])
			}
		}
		return nil
	}
}

// Done is closed when the hub is.
func (w *Watcher) Done() <-chan struct{} { return w.done }

// Missed returns how many events were not handed over since the last call, because the watcher was too slow.
func (w *Watcher) Missed() uint64 { return w.missed.Swap(0) }

// Close ends the watching.
func (w *Watcher) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.watchers, w)
	w.hub.watched.Store(int64(len(w.hub.watchers)))
}
