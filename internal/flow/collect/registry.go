package collect

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Registry is the index of all sources in memory, read for every record, and the counters of what they sent.
// It is safe for concurrent use. The sources it returns are shared and must not be changed.
type Registry struct {
	catalogue Catalogue
	log       *slog.Logger
	now       func() time.Time
	past      func(tenant.ID) bool // whose records are of the past on purpose; nil means nobody's
	started   time.Time
	index     atomic.Pointer[index]
	reloading sync.Mutex

	mu       sync.Mutex // guards watchers
	watchers []chan struct{}

	activity activity
	refusals refusals
}

// NewRegistry returns an empty registry; [Registry.Reload] fills it.
func NewRegistry(c Catalogue, log *slog.Logger) *Registry {
	r := &Registry{catalogue: c, log: log.With("component", "collect"), now: time.Now, started: time.Now(), activity: activity{counters: map[string]*counter{}}}
	r.index.Store(newIndex(nil))
	return r
}

// TolerateLag names the customers whose records are of the past on purpose, so that lag is no fault of their sources. Call it before
// anything is served.
func (r *Registry) TolerateLag(past func(tenant.ID) bool) { r.past = past }

// Reload reads all sources anew; call it at start and after any change.
func (r *Registry) Reload(ctx context.Context) error {
	r.reloading.Lock()
	defer r.reloading.Unlock()
	ctx = tenant.WithScope(ctx, tenant.All())
	sources, err := r.catalogue.All(ctx)
	if err != nil {
		return fmt.Errorf("reload sources: %w", err)
	}
	if err := r.activity.load(ctx, r.catalogue, r.now()); err != nil {
		return fmt.Errorf("reload sources: %w", err)
	}
	r.index.Store(newIndex(sources))
	r.activity.keep(sources)
	r.tell()
	return nil
}

// ByToken returns the enabled source that has this token.
func (r *Registry) ByToken(secret string) (*Source, bool) {
	s := r.index.Load().byToken[HashToken(secret)]
	return s, s != nil
}

// BySender returns the enabled source whose most specific sender prefix contains the address.
func (r *Registry) BySender(addr netip.Addr) (*Source, bool) {
	s := r.index.Load().sender(addr)
	return s, s != nil
}

// ByCertName returns the enabled source that a verified client certificate of this name, in small letters, stands for.
func (r *Registry) ByCertName(name string) (*Source, bool) {
	s := r.index.Load().byCert[name]
	return s, s != nil
}

// ByPort returns the enabled source that owns the port.
func (r *Registry) ByPort(port int) (*Source, bool) {
	s := r.index.Load().byPort[port]
	return s, s != nil
}

// ByID returns the source, disabled ones too.
func (r *Registry) ByID(id string) (*Source, bool) {
	s := r.index.Load().all[id]
	return s, s != nil
}

// Named returns the source of a customer that has this name or id, disabled ones too.
func (r *Registry) Named(id tenant.ID, name string) (*Source, bool) {
	x := r.index.Load()
	if s := x.all[name]; s != nil && s.Tenant == id {
		return s, true
	}
	for _, s := range x.all {
		if s.Tenant == id && s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// Ports returns the ports owned by enabled sources, sorted.
func (r *Registry) Ports() []int {
	return slices.Sorted(maps.Keys(r.index.Load().byPort))
}

// Watch returns a channel that holds a value whenever the sources may have changed since it was last read,
// and a function that ends the watch.
func (r *Registry) Watch() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, ch)
	return ch, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watchers = slices.DeleteFunc(r.watchers, func(c chan struct{}) bool { return c == ch })
	}
}

func (r *Registry) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ch := range r.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
