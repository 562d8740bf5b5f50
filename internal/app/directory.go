package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// directoryEvery is how often the directory looks for changes that another process made.
const directoryEvery = 5 * time.Second

// lister reads every tenant; it needs the provider's scope.
type lister interface {
	List(ctx context.Context) ([]tenancy.Tenant, error)
}

// directory answers from memory what intake, pipeline and archive ask of a tenant for every batch. It is refreshed at
// once on a change in this process and every few seconds for those of others. Safe for concurrent use.
type directory struct {
	tenants lister
	log     *slog.Logger
	byID    atomic.Pointer[map[tenant.ID]tenancy.Tenant]
}

var (
	_ archive.Directory = (*directory)(nil)
	_ collect.Standings = (*directory)(nil)
)

func newDirectory(l lister, log *slog.Logger) *directory {
	d := &directory{tenants: l, log: log.With("component", "directory")}
	d.byID.Store(&map[tenant.ID]tenancy.Tenant{})
	return d
}

// refresh reads all tenants anew.
func (d *directory) refresh(ctx context.Context) error {
	all, err := d.tenants.List(tenant.WithScope(ctx, tenant.All()))
	if err != nil {
		return fmt.Errorf("refresh tenants: %w", err)
	}
	m := make(map[tenant.ID]tenancy.Tenant, len(all))
	for _, t := range all {
		m[t.ID] = t
	}
	d.byID.Store(&m)
	return nil
}

// Run refreshes until ctx ends. An error leaves the last known state in force.
func (d *directory) Run(ctx context.Context) error {
	tick := time.NewTicker(directoryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.refresh(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("the tenants as last known stay in force", "error", err)
		}
	}
}

func (d *directory) get(id tenant.ID) (tenancy.Tenant, bool) {
	t, ok := (*d.byID.Load())[id]
	return t, ok
}

// Known reports whether the tenant exists.
func (d *directory) Known(id tenant.ID) bool { _, ok := d.get(id); return ok }

// Place implements [archive.Directory].
func (d *directory) Place(id tenant.ID) (archive.Placement, bool) {
	t, ok := d.get(id)
	return archive.Placement{Account: t.Account, RetentionDays: t.RetentionDays}, ok
}

// Standing implements [collect.Standings].
func (d *directory) Standing(id tenant.ID) (collect.Standing, bool) {
	t, ok := d.get(id)
	return collect.Standing{Suspended: t.State == tenancy.Suspended, PerSecond: t.EventsPerSecond}, ok
}
