package tenancy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a [Service] works with. Directory and Erasers may be empty.
type Deps struct {
	Repository Repository
	Transactor Transactor
	Auditor    Auditor
	Directory  *Directory // reloaded after each change
	Erasers    []Eraser   // called in order before a customer's rows go
	Logger     *slog.Logger
	Now        func() time.Time // nil for the wall clock
}

// Service manages customers. The scope of ctx decides which the caller reaches, and only the provider's scope makes,
// changes or deletes any; permissions are checked before.
type Service struct {
	d   Deps
	log *slog.Logger
}

// NewService returns a service over d.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	return &Service{d: d, log: d.Logger.With("component", "tenancy")}
}

// Draft is a customer to be taken on. RetentionDays 0 means [DefaultRetentionDays].
type Draft struct {
	Slug            string
	Name            string
	RetentionDays   int
	EventsPerSecond int
	Networks        []Network
	Demo            bool // made by the demonstration, and removed with it
}

// Patch changes a customer; nil fields stay. Version is the one the change was made on.
type Patch struct {
	Slug            *string
	Name            *string
	State           *State
	RetentionDays   *int
	EventsPerSecond *int
	Networks        *[]Network
	Version         int64
}

// Create takes on a customer. The platform's chain and the customer's own begin with it.
func (s *Service) Create(ctx context.Context, d Draft) (Tenant, error) {
	if err := providerOnly(ctx); err != nil {
		return Tenant{}, err
	}
	now := s.d.Now().UTC().Truncate(time.Microsecond)
	t := Tenant{
		ID: tenant.NewID(), Slug: d.Slug, Name: d.Name, State: Active, RetentionDays: d.RetentionDays, EventsPerSecond: d.EventsPerSecond, Networks: d.Networks,
		Demo: d.Demo, CreatedAt: now, UpdatedAt: now, UpdatedBy: identity.Actor(ctx), Version: 1,
	}
	if t.RetentionDays == 0 {
		t.RetentionDays = DefaultRetentionDays
	}
	if err := t.validate(); err != nil {
		return Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	err := s.d.Transactor.Platform(ctx, func(ctx context.Context) (err error) {
		if t.Account, err = s.d.Repository.Insert(ctx, t); err != nil {
			return err
		}
		return s.record(ctx, t.ID, "tenant.create", nil, t.audited())
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	s.reload(ctx)
	return t, nil
}

// Get returns a customer by id or slug.
func (s *Service) Get(ctx context.Context, ref string) (Tenant, error) {
	find := func() (Tenant, error) { return s.d.Repository.FindSlug(ctx, ref) }
	if id := tenant.ID(ref); id.Valid() {
		find = func() (Tenant, error) { return s.d.Repository.Find(ctx, id) }
	}
	t, err := find()
	if err == nil && !tenant.ScopeFrom(ctx).Allows(t.ID) {
		err = fault.ErrNotFound
	}
	if err != nil {
		return Tenant{}, fmt.Errorf("tenant %q: %w", ref, err)
	}
	return t, nil
}

// List returns the customers in the scope of ctx, by slug.
func (s *Service) List(ctx context.Context) ([]Tenant, error) {
	all, err := s.d.Repository.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	scope := tenant.ScopeFrom(ctx)
	list := make([]Tenant, 0, len(all))
	for _, t := range all {
		if scope.Allows(t.ID) {
			list = append(list, t)
		}
	}
	return list, nil
}

// Update changes a customer. A version that no longer stands is a *fault.Conflict.
func (s *Service) Update(ctx context.Context, ref string, p Patch) (Tenant, error) {
	if err := providerOnly(ctx); err != nil {
		return Tenant{}, err
	}
	var after Tenant
	err := s.d.Transactor.Platform(ctx, func(ctx context.Context) error {
		before, err := s.Get(ctx, ref)
		if err != nil {
			return err
		}
		if before.Version != p.Version {
			return &fault.Conflict{By: before.UpdatedBy, At: before.UpdatedAt, Version: before.Version}
		}
		after = p.apply(before)
		if err := after.validate(); err != nil {
			return err
		}
		after.UpdatedAt, after.UpdatedBy = s.d.Now().UTC().Truncate(time.Microsecond), identity.Actor(ctx)
		if err := s.d.Repository.Update(ctx, after); err != nil {
			return err
		}
		after.Version++
		return s.record(ctx, after.ID, "tenant.update", before.audited(), after.audited())
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("update tenant: %w", err)
	}
	s.reload(ctx)
	return after, nil
}

// Delete ends a customer: it is suspended so that nothing more is taken in, and leaving so that nothing of what was taken in is
// kept any more; its events and everything else kept outside SQL are erased, then its rows. Its audit chain stays, and its account
// number is not given again. After a failure half-way the customer is left suspended, and Delete may be called again.
func (s *Service) Delete(ctx context.Context, ref string) error {
	if err := providerOnly(ctx); err != nil {
		return err
	}
	t, err := s.Get(ctx, ref)
	if err != nil {
		return fmt.Errorf("delete tenant: %w", err)
	}
	if t.State != Suspended {
		state := Suspended
		if t, err = s.Update(ctx, t.ID.String(), Patch{State: &state, Version: t.Version}); err != nil {
			return fmt.Errorf("delete tenant: %w", err)
		}
	}
	if err := s.erase(ctx, t); err != nil {
		return fmt.Errorf("delete tenant %s: %w", t.ID, err)
	}
	s.reload(ctx)
	return nil
}

// erase removes everything of a suspended customer but its chain.
func (s *Service) erase(ctx context.Context, t Tenant) (err error) {
	if s.d.Directory != nil {
		s.d.Directory.leaving.Store(t.ID, struct{}{})
		defer func() {
			if err != nil {
				s.d.Directory.leaving.Delete(t.ID)
			}
		}()
	}
	for _, e := range s.d.Erasers {
		if err := e.EraseTenant(ctx, t); err != nil {
			return err
		}
	}
	return s.d.Transactor.Platform(ctx, func(ctx context.Context) error {
		if err := s.d.Repository.Delete(ctx, t.ID); err != nil {
			return err
		}
		return s.record(ctx, t.ID, "tenant.delete", t.audited(), nil)
	})
}

// record writes a change into the platform's chain and the customer's.
func (s *Service) record(ctx context.Context, id tenant.ID, action string, before, after any) error {
	object := "tenant/" + id.String()
	if err := s.d.Auditor.Record(ctx, tenant.Provider, action, object, before, after, ""); err != nil {
		return err
	}
	return s.d.Auditor.Record(ctx, id, action, object, before, after, "")
}

// reload makes a change known. The change stands even where that fails; then the next change or start makes it known.
func (s *Service) reload(ctx context.Context) {
	if s.d.Directory == nil {
		return
	}
	if err := s.d.Directory.Reload(context.WithoutCancel(ctx)); err != nil {
		s.log.ErrorContext(ctx, "tenants changed but could not be read again", "error", err)
	}
}

func (p Patch) apply(t Tenant) Tenant {
	set(&t.Slug, p.Slug)
	set(&t.Name, p.Name)
	set(&t.State, p.State)
	set(&t.RetentionDays, p.RetentionDays)
	set(&t.EventsPerSecond, p.EventsPerSecond)
	set(&t.Networks, p.Networks)
	return t
}

func set[T any](dst, v *T) {
	if v != nil {
		*dst = *v
	}
}

// audited is what the audit trail shows of a customer.
func (t Tenant) audited() map[string]any {
	return map[string]any{
		"slug": t.Slug, "name": t.Name, "state": t.State, "account": t.Account,
		"retention_days": t.RetentionDays, "events_per_second": t.EventsPerSecond, "networks": FormatNetworks(t.Networks), "demo": t.Demo,
	}
}

func providerOnly(ctx context.Context) error {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return fmt.Errorf("manage tenants: %w", fault.ErrForbidden)
	}
	return nil
}
