package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// followEvery is how often a process looks for changes that another one made.
const followEvery = 5 * time.Second

// directory shows the tenants to intake, pipeline and archive as each wants to see them, from memory.
type directory struct{ *tenancy.Directory }

var (
	_ archive.Directory = directory{}
	_ collect.Standings = directory{}
)

// Known reports whether the tenant exists and is not being erased: only then may anything be kept for it.
func (d directory) Known(id tenant.ID) bool { _, ok := d.Tenant(id); return ok && !d.Leaving(id) }

// Place implements [archive.Directory].
func (d directory) Place(id tenant.ID) (archive.Placement, bool) {
	t, ok := d.Tenant(id)
	return archive.Placement{Account: t.Account, RetentionDays: t.RetentionDays}, ok
}

// Standing implements [collect.Standings].
func (d directory) Standing(id tenant.ID) (collect.Standing, bool) {
	t, ok := d.Tenant(id)
	return collect.Standing{Suspended: t.State == tenancy.Suspended, PerSecond: t.EventsPerSecond}, ok
}

// follow calls fn every few seconds until ctx ends; an error leaves the last known state in force.
func follow(ctx context.Context, log *slog.Logger, what string, fn func(context.Context) error) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := fn(ctx); err != nil && ctx.Err() == nil {
			log.Warn("the last known state stays in force", "of", what, "error", err)
		}
	}
}

// eraser deletes a tenant's events from the archive.
type eraser struct{ archive archive.Archive }

// EraseTenant implements tenancy.Eraser.
func (e eraser) EraseTenant(ctx context.Context, t tenancy.Tenant) error {
	return e.archive.DeleteTenant(ctx, t.ID)
}
