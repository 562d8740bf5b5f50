package store

import (
	"context"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// accountCounter names the counter that archive accounts are drawn from.
const accountCounter = "tenancy.account"

// Tenancy keeps the directory of customers.
type Tenancy struct{ s *Store }

// Tenancy returns the directory of customers.
func (s *Store) Tenancy() Tenancy { return Tenancy{s} }

var (
	_ tenancy.Repository = Tenancy{}
	_ tenancy.Transactor = (*Store)(nil)
)

// Find implements [tenancy.Reader].
func (r Tenancy) Find(ctx context.Context, id tenant.ID) (t tenancy.Tenant, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		row, err := r.s.from(ctx).TenantByID(ctx, id.String())
		t = tenantOf(row)
		return translate(err)
	})
	return t, err
}

// FindSlug implements [tenancy.Reader].
func (r Tenancy) FindSlug(ctx context.Context, slug string) (t tenancy.Tenant, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		row, err := r.s.from(ctx).TenantBySlug(ctx, slug)
		t = tenantOf(row)
		return translate(err)
	})
	return t, err
}

// List implements [tenancy.Reader].
func (r Tenancy) List(ctx context.Context) (list []tenancy.Tenant, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).Tenants(ctx)
		list = make([]tenancy.Tenant, len(rows))
		for i, row := range rows {
			list[i] = tenantOf(row)
		}
		return translate(err)
	})
	return list, err
}

// Insert implements [tenancy.Writer].
func (r Tenancy) Insert(ctx context.Context, t tenancy.Tenant) (account uint32, err error) {
	err = r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		next, err := q.NextCounter(ctx, accountCounter, time.Now().UnixMicro())
		if err != nil {
			return fmt.Errorf("draw account: %w", translate(err))
		}
		if next < 1 || next > 1<<31 {
			return fmt.Errorf("draw account: %d is out of range", next)
		}
		account = uint32(next)
		return taken(q.InsertTenant(ctx, sqlgen.InsertTenantParams{
			ID: t.ID.String(), Account: next, Slug: t.Slug, Name: t.Name, State: string(t.State), RetentionDays: int64(t.RetentionDays),
			EventsPerSecond: int64(t.EventsPerSecond), CreatedAt: micros(t.CreatedAt), UpdatedAt: micros(t.UpdatedAt), UpdatedBy: t.UpdatedBy,
			Demo: t.Demo, Networks: tenancy.FormatNetworks(t.Networks),
		}), map[string]string{"slug": t.Slug})
	})
	return account, err
}

// Update implements [tenancy.Writer].
func (r Tenancy) Update(ctx context.Context, t tenancy.Tenant) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		n, err := q.UpdateTenant(ctx, sqlgen.UpdateTenantParams{
			Slug: t.Slug, Name: t.Name, State: string(t.State), RetentionDays: int64(t.RetentionDays), EventsPerSecond: int64(t.EventsPerSecond),
			Networks: tenancy.FormatNetworks(t.Networks), UpdatedAt: micros(t.UpdatedAt), UpdatedBy: t.UpdatedBy, ID: t.ID.String(), Version: t.Version,
		})
		if err != nil {
			return taken(err, map[string]string{"slug": t.Slug})
		}
		if n == 1 {
			return nil
		}
		stands, err := q.TenantByID(ctx, t.ID.String())
		if err != nil {
			return translate(err)
		}
		return &fault.Conflict{By: stands.UpdatedBy, At: at(stands.UpdatedAt), Version: stands.Version}
	})
}

// Delete implements [tenancy.Writer].
func (r Tenancy) Delete(ctx context.Context, id tenant.ID) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		if err := r.s.InTenant(ctx, id, func(ctx context.Context) error { return r.purge(ctx, id) }); err != nil {
			return err
		}
		n, err := r.s.from(ctx).DeleteTenant(ctx, id.String())
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// purge empties the tenant tables, dependants first; memberships go with the tenant's row.
func (r Tenancy) purge(ctx context.Context, id tenant.ID) error {
	q := r.s.from(ctx)
	for _, empty := range []func(context.Context, string) error{
		q.PurgeAlertEvidence, q.PurgeAlertTransitions, q.PurgeAlertProgress, q.PurgeAlertEntities, q.PurgeAlertRules, q.PurgeAlerts,
		q.PurgeParserProposals, q.PurgeParserPacks, q.PurgeSourceTemplates, q.PurgeSourceMinutes, q.PurgeSourceHours, q.PurgeSourceActivity, q.PurgeSources, q.PurgeViewDefaults, q.PurgeViews,
		q.PurgeOverviewMarks, q.PurgeTenantRuleStates, q.PurgeShadowDays, q.PurgeShadowHits, q.PurgeShadowProgress,
		q.PurgeExceptions, q.PurgeEditionStarts, q.PurgeTenantRuleTenures, q.PurgeBackfillFirings, q.PurgeBackfillRuns,
		q.PurgeDeviceRules,
	} {
		if err := empty(ctx, id.String()); err != nil {
			return fmt.Errorf("purge tenant: %w", translate(err))
		}
	}
	return nil
}

func tenantOf(r sqlgen.Tenant) tenancy.Tenant {
	networks, _ := tenancy.ParseNetworks(r.Networks) // written by FormatNetworks of what was checked
	return tenancy.Tenant{
		ID: tenant.ID(r.ID), Account: uint32(r.Account), Slug: r.Slug, Name: r.Name, State: tenancy.State(r.State), RetentionDays: int(r.RetentionDays),
		EventsPerSecond: int(r.EventsPerSecond), CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt), UpdatedBy: r.UpdatedBy, Version: r.Version,
		Demo: r.Demo, Networks: networks,
	}
}
