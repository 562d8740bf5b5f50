package learned

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Book holds the packs of sources' own that are in force. Own never waits: it reads a snapshot that nobody changes.
type Book struct {
	shelf     Packs
	collector *Collector
	log       *slog.Logger

	pages atomic.Pointer[map[string]*page]
	mu    sync.Mutex // one Reload at a time
}

// page is the pack of one source.
type page struct {
	Ref
	pack     *pack.Pack // nil where this product cannot read it; it says so in the log, once
	set      *pack.Set
	proposal *learn.Proposal // it was made of
}

// NewBook returns an empty book, which tells the collector what it holds; Reload fills it.
func NewBook(shelf Packs, c *Collector, log *slog.Logger) *Book {
	b := &Book{shelf: shelf, collector: c, log: log.With("component", "learned")}
	b.pages.Store(&map[string]*page{})
	return b
}

// Own returns the pack of a source's own, nil for none, as parse.Options.Own wants it.
func (b *Book) Own(source string) *pack.Set {
	if p := (*b.pages.Load())[source]; p != nil {
		return p.set
	}
	return nil
}

// InForce names the pack of a source that is in force.
func (b *Book) InForce(source string) (Ref, bool) {
	if p := b.page(source); p != nil {
		return p.Ref, true
	}
	return Ref{}, false
}

// All lists the packs in force of the customers that may be seen, in no order.
func (b *Book) All(may func(tenant.ID) bool) []Ref {
	var list []Ref
	for _, p := range *b.pages.Load() {
		if p.pack != nil && may(p.Tenant) {
			list = append(list, p.Ref)
		}
	}
	return list
}

// page returns the pack of a source that works, nil for none.
func (b *Book) page(source string) *page {
	if p := (*b.pages.Load())[source]; p != nil && p.pack != nil {
		return p
	}
	return nil
}

// Reload puts in force what the shelf says is active. Versions that are in force already are not read again. It needs a scope that
// allows all customers.
func (b *Book) Reload(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	active, err := b.shelf.AllActive(ctx)
	if err != nil {
		return fmt.Errorf("read own packs: %w", err)
	}
	before := *b.pages.Load()
	pages := make(map[string]*page, len(active))
	owners := make(map[string]bool, len(active))
	var changed []string
	for _, ref := range active {
		p := before[ref.Source]
		if p == nil || p.Ref != ref {
			if p, err = b.open(ctx, ref); err != nil {
				return err
			}
			changed = append(changed, ref.Source)
		}
		pages[ref.Source], owners[ref.Source] = p, p.pack != nil
	}
	for source := range before {
		if pages[source] == nil {
			changed = append(changed, source)
		}
	}
	if len(changed) > 0 {
		b.pages.Store(&pages)
		b.collector.own(owners, changed)
	}
	return nil
}

// open reads and compiles a version. One that this product cannot read stays out of force, and the others stand.
func (b *Book) open(ctx context.Context, ref Ref) (*page, error) {
	stored, err := b.shelf.Pack(ctx, ref.Tenant, ref.Source, ref.Version)
	if err != nil {
		return nil, fmt.Errorf("read own pack of source %s: %w", ref.Source, err)
	}
	p := &page{Ref: ref}
	var c packContent
	if err = unsqueeze(stored.Content, &c); err == nil {
		p.proposal = c.Proposal
		p.pack, err = learn.Load(learn.Pack{Text: c.Text, Samples: c.Samples})
	}
	if err == nil && p.proposal == nil {
		err = errors.New("what it was made of is missing")
	}
	if err == nil {
		p.set, err = pack.NewSet([]*pack.Pack{p.pack})
	}
	if err != nil {
		p.pack, p.set = nil, nil
		b.log.Error("a source's own parser cannot be read", "source", ref.Source, "pack", ref.ID, "version", ref.Version, "error", err)
	}
	return p, nil
}
