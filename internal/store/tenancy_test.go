package store_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func newTenancy(b bench, erasers ...tenancy.Eraser) (*tenancy.Service, *tenancy.Directory) {
	dir := tenancy.NewDirectory(b.Tenancy())
	return tenancy.NewService(tenancy.Deps{
		Repository: b.Tenancy(), Transactor: b.Store, Auditor: newTrail(b), Directory: dir, Erasers: erasers, Logger: slog.New(slog.DiscardHandler),
	}), dir
}

// newTenant takes on a customer as the provider does.
func newTenant(t testing.TB, b bench, slug string) tenant.ID {
	t.Helper()
	s, _ := newTenancy(b)
	made, err := s.Create(everyone(t), tenancy.Draft{Slug: slug, Name: "Customer " + slug})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func tenantsAreKept(t *testing.T, b bench) {
	s, dir := newTenancy(b)
	ctx := everyone(t)
	made, err := s.Create(ctx, tenancy.Draft{Slug: "acme", Name: "Acme 有限公司", EventsPerSecond: 7, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if made.Account != 1 || !made.Demo || made.RetentionDays != tenancy.DefaultRetentionDays || made.State != tenancy.Active || made.UpdatedBy != "system" {
		t.Errorf("made %+v", made)
	}
	for _, ref := range []string{"acme", made.ID.String()} {
		got, err := s.Get(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(made, got); d != "" {
			t.Errorf("by %s: -made +got\n%s", ref, d)
		}
	}
	if got, ok := dir.Tenant(made.ID); !ok || got.Slug != "acme" {
		t.Errorf("the directory has %+v, %v", got, ok)
	}
	name, state := "Acme", tenancy.Suspended
	changed, err := s.Update(ctx, "acme", tenancy.Patch{Name: &name, State: &state, Version: 1})
	if err != nil || changed.Version != 2 || changed.State != tenancy.Suspended {
		t.Fatalf("changed %+v, %v", changed, err)
	}
	if got, _ := dir.Tenant(made.ID); got.State != tenancy.Suspended {
		t.Errorf("the directory did not learn of the change: %+v", got)
	}
	var conflict *fault.Conflict
	if _, err := s.Update(ctx, "acme", tenancy.Patch{Name: &name, Version: 1}); !errors.As(err, &conflict) || conflict.Version != 2 || conflict.By != "system" {
		t.Errorf("update on an old version: %v", err)
	}
	var taken *fault.Taken
	if _, err := s.Create(ctx, tenancy.Draft{Slug: "acme", Name: "Another"}); !errors.As(err, &taken) || taken.Field != "slug" {
		t.Errorf("slug in use: %v", err)
	}
}

// staleWriterLoses goes round the service's own check, as two processes would.
func staleWriterLoses(t *testing.T, b bench) {
	id := newTenant(t, b, "acme")
	ctx := everyone(t)
	first, err := b.Tenancy().Find(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	first.UpdatedBy = "li"
	if err := b.Tenancy().Update(ctx, first); err != nil {
		t.Fatal(err)
	}
	var conflict *fault.Conflict
	if err := b.Tenancy().Update(ctx, first); !errors.As(err, &conflict) || conflict.By != "li" || conflict.Version != 2 {
		t.Fatalf("second write on the same version: %v", err)
	}
}

func tenantsSeeThemselvesOnly(t *testing.T, b bench) {
	s, _ := newTenancy(b)
	mine, other := newTenant(t, b, "mine"), newTenant(t, b, "other")
	ctx := tenant.WithScope(t.Context(), tenant.Only(mine))
	list, err := s.List(ctx)
	if err != nil || len(list) != 1 || list[0].ID != mine {
		t.Errorf("list = %+v, %v", list, err)
	}
	for _, ref := range []string{"other", other.String(), "nobody", tenant.NewID().String(), "provider", ""} {
		if _, err := s.Get(ctx, ref); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("get %q: %v, want not found", ref, err)
		}
	}
	if _, err := s.Create(ctx, tenancy.Draft{Slug: "x", Name: "X"}); !errors.Is(err, fault.ErrForbidden) {
		t.Errorf("create: %v, want forbidden", err)
	}
	if err := s.Delete(ctx, "mine"); !errors.Is(err, fault.ErrForbidden) {
		t.Errorf("delete: %v, want forbidden", err)
	}
}

// archiveFake keeps accounts, and fails as often as told.
type archiveFake struct {
	failures int
	erased   []uint32
	during   func(tenancy.Tenant)
}

func (a *archiveFake) EraseTenant(_ context.Context, t tenancy.Tenant) error {
	if a.during != nil {
		a.during(t)
	}
	if a.failures > 0 {
		a.failures--
		return fault.ErrUnavailable
	}
	a.erased = append(a.erased, t.Account)
	return nil
}

func deletedTenantLeavesOnlyItsChain(t *testing.T, b bench) {
	events := &archiveFake{failures: 1}
	s, dir := newTenancy(b, events)
	ctx := everyone(t)
	gone, stays := newTenant(t, b, "gone"), newTenant(t, b, "stays")
	events.during = func(of tenancy.Tenant) {
		if !dir.Leaving(of.ID) || dir.Leaving(stays) {
			t.Error("while it is erased, more may be kept of the customer that goes, or none of the one that stays")
		}
	}
	intrude(t, b, `INSERT INTO sources SELECT id, 's' || slug, 'n', 'auto', 'h' || slug, '', '', 0, '', 'auto', FALSE, 1, 1, '', 1, 0, '', '' FROM tenants`)

	if err := s.Delete(ctx, "gone"); !errors.Is(err, fault.ErrUnavailable) {
		t.Fatalf("delete while the archive fails: %v", err)
	}
	if got, err := s.Get(ctx, "gone"); err != nil || got.State != tenancy.Suspended {
		t.Fatalf("after the failure: %+v, %v; want it suspended", got, err)
	}
	if dir.Leaving(gone) {
		t.Error("after the failure the customer is still leaving")
	}
	if err := s.Delete(ctx, "gone"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]uint32{1}, events.erased); d != "" {
		t.Errorf("accounts erased: %s", d)
	}
	if _, err := s.Get(ctx, gone.String()); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("get after delete: %v", err)
	}
	if _, ok := dir.Tenant(gone); ok || !dir.Leaving(gone) {
		t.Error("the directory still has it")
	}
	if n := count(t, b, `SELECT COUNT(*) FROM sources WHERE tenant_id = '`+gone.String()+`'`); n != 0 {
		t.Errorf("%d sources are left", n)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM sources WHERE tenant_id = '`+stays.String()+`'`); n != 1 {
		t.Errorf("the other tenant has %d sources", n)
	}
	if res, err := newTrail(b).Verify(ctx, gone); err != nil || !res.OK || res.Entries != 3 {
		t.Errorf("the chain of the deleted: %+v, %v", res, err)
	}
	again, err := s.Create(ctx, tenancy.Draft{Slug: "gone", Name: "Returned"})
	if err != nil || again.Account != 3 || again.ID == gone {
		t.Errorf("made again: %+v, %v; want account 3 and a new id", again, err)
	}
}

func failedAuditUndoesTheChange(t *testing.T, b bench) {
	s := tenancy.NewService(tenancy.Deps{Repository: b.Tenancy(), Transactor: b.Store, Auditor: brokenTrail{}, Logger: slog.New(slog.DiscardHandler)})
	if _, err := s.Create(everyone(t), tenancy.Draft{Slug: "acme", Name: "Acme"}); !errors.Is(err, fault.ErrUnavailable) {
		t.Fatalf("create: %v", err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM tenants`); n != 0 {
		t.Errorf("%d tenants stand without an audit entry", n)
	}
}

type brokenTrail struct{}

func (brokenTrail) Record(context.Context, tenant.ID, string, string, any, any, string) error {
	return fault.ErrUnavailable
}

func newTrail(b bench) *audit.Service { return audit.NewService(audit.Deps{Repository: b.Audit()}) }
