package live

import (
	"fmt"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of the hub and of each stream.
const (
	MaxStreams    = 1000 // of all callers together
	MaxPerCaller  = 24
	maxPending    = 500 // alerts that a stream holds for its reader; beyond, it only says that it lost some
	retryTooMany  = 30 * time.Second
	healthUnknown = ""
)

// Hub hands changes to the streams that may see them. Publishing never waits for a reader. It has no goroutine of its own, and is
// safe for concurrent use.
type Hub struct {
	mu      sync.Mutex
	streams map[*Stream]struct{}
	callers map[string]int
	health  string
	closed  bool
}

// NewHub returns a hub without streams.
func NewHub() *Hub {
	return &Hub{streams: make(map[*Stream]struct{}), callers: make(map[string]int)}
}

// Sight is what a stream may tell its reader. The zero value tells nothing.
type Sight struct {
	Tenants func(tenant.ID) bool // whose alerts; nil for nobody's
	Health  bool
}

// Observe implements [alert.Observer].
func (h *Hub) Observe(changes []alert.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		s.add(changes)
	}
}

// Health tells the streams what the installation's health is, where it changed.
func (h *Hub) Health(status string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if status == h.health {
		return
	}
	h.health = status
	for s := range h.streams {
		s.tell(status)
	}
}

// Open begins a stream of one caller. It is a *fault.Quota where there are too many, and fault.ErrUnavailable once the hub is closed.
// The caller closes the stream.
func (h *Hub) Open(caller string, sight Sight) (*Stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return nil, fmt.Errorf("open live stream: %w", fault.ErrUnavailable)
	case len(h.streams) >= MaxStreams || h.callers[caller] >= MaxPerCaller:
		return nil, fmt.Errorf("open live stream: %w", &fault.Quota{RetryAfter: retryTooMany})
	}
	s := &Stream{hub: h, caller: caller, wake: make(chan struct{}, 1), done: make(chan struct{}), sight: sight, pending: make(map[string]alert.Change)}
	h.streams[s] = struct{}{}
	h.callers[caller]++
	if h.health != healthUnknown {
		s.tell(h.health)
	}
	return s, nil
}

// Close ends all streams and refuses new ones, so that a stop need not wait for readers who stay.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		h.drop(s)
	}
}

// Streams returns how many streams are open.
func (h *Hub) Streams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams)
}

// drop forgets a stream and tells its reader. The hub is locked.
func (h *Hub) drop(s *Stream) {
	if _, ok := h.streams[s]; !ok {
		return
	}
	delete(h.streams, s)
	if h.callers[s.caller]--; h.callers[s.caller] == 0 {
		delete(h.callers, s.caller)
	}
	close(s.done)
}
