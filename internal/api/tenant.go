package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/fault"
)

// Tenant is one customer.
type Tenant struct {
	ID              string          `json:"id"`
	Slug            string          `json:"slug" doc:"Usable wherever an id is."`
	Name            string          `json:"name"`
	State           string          `json:"state" enum:"active,suspended" doc:"A suspended customer's records are refused."`
	RetentionDays   int             `json:"retention_days" doc:"How long events are kept."`
	EventsPerSecond int             `json:"events_per_second" doc:"Bound of the customer's ingest; 0 is the platform's default."`
	Networks        []TenantNetwork `json:"networks" nullable:"false" doc:"Its own networks beside the private ranges: addresses in them are inside."`
	Demo            bool            `json:"demo" doc:"Made by the demonstration, and removed with it."`
	CreatedAt       time.Time       `json:"created_at"`
	UpdatedAt       time.Time       `json:"updated_at"`
	Version         int64           `json:"version" doc:"Send it back with a change; an old one is refused with 409."`
}

// TenantNetwork is a network that a customer calls its own.
type TenantNetwork struct {
	CIDR string `json:"cidr" minLength:"1" maxLength:"64" example:"203.0.113.0/24"`
	Name string `json:"name,omitempty" maxLength:"400" example:"DMZ"`
}

// TenantDraft is a customer to be made.
type TenantDraft struct {
	Slug            string          `json:"slug" minLength:"1" maxLength:"63" pattern:"^[a-z0-9][a-z0-9-]*$"`
	Name            string          `json:"name" minLength:"1" maxLength:"200"`
	RetentionDays   int             `json:"retention_days,omitempty" minimum:"1" maximum:"3650" default:"180"`
	EventsPerSecond int             `json:"events_per_second,omitempty" minimum:"0" maximum:"10000000"`
	Networks        []TenantNetwork `json:"networks,omitempty" maxItems:"256"`
}

// TenantPatch changes a customer. Absent fields stay.
type TenantPatch struct {
	Slug            *string          `json:"slug,omitempty" minLength:"1" maxLength:"63" pattern:"^[a-z0-9][a-z0-9-]*$"`
	Name            *string          `json:"name,omitempty" minLength:"1" maxLength:"200"`
	State           *string          `json:"state,omitempty" enum:"active,suspended"`
	RetentionDays   *int             `json:"retention_days,omitempty" minimum:"1" maximum:"3650"`
	EventsPerSecond *int             `json:"events_per_second,omitempty" minimum:"0" maximum:"10000000"`
	Networks        *[]TenantNetwork `json:"networks,omitempty" maxItems:"256" doc:"All of them; those of before go."`
	Version         int64            `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// TenantPath is the input of operations whose path names a customer.
type TenantPath struct {
	Tenant string `path:"tenant" maxLength:"64" doc:"Slug or id."`
}

// Tenants is the provider's directory of customers.
type Tenants interface {
	TenantReader
	TenantKeeper
}

// TenantReader finds customers among those that the context's scope allows; any other is fault.ErrNotFound.
type TenantReader interface {
	Get(ctx context.Context, ref string) (tenancy.Tenant, error)
	List(ctx context.Context) ([]tenancy.Tenant, error)
}

// TenantKeeper changes customers; a change on an old version is a *fault.Conflict, a slug in use a *fault.Taken.
type TenantKeeper interface {
	Create(ctx context.Context, d tenancy.Draft) (tenancy.Tenant, error)
	Update(ctx context.Context, ref string, p tenancy.Patch) (tenancy.Tenant, error)
	Delete(ctx context.Context, ref string) error
}

// eraseTimeout bounds the deletion of one customer: the archive rewrites every file that holds its events. A deletion cut
// off leaves the customer suspended and may be asked for again.
const eraseTimeout = 10 * time.Minute

func (a *API) declareTenants() {
	register(a, operation{
		id: "listTenants", method: http.MethodGet, path: "/api/v1/tenants", tag: "tenant",
		summary: "Customers the caller may see",
	}, named(identity.ReadTenants), a.listTenants)
	register(a, operation{
		id: "listTenantFigures", method: http.MethodGet, path: "/api/v1/tenant-figures", tag: "tenant",
		summary: "How every customer stands: alerts, sources, records, users",
	}, named(identity.ReadTenants), a.listTenantFigures)
	register(a, operation{
		id: "createTenant", method: http.MethodPost, path: "/api/v1/tenants", tag: "tenant",
		summary: "Take on a customer", status: http.StatusCreated,
	}, provider(identity.ManageTenants), a.createTenant)
	register(a, operation{
		id: "getTenant", method: http.MethodGet, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "One customer",
	}, inPath(identity.ReadTenants), a.getTenant)
	register(a, operation{
		id: "updateTenant", method: http.MethodPatch, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "Change a customer",
	}, inPath(identity.ManageTenants), a.updateTenant)
	register(a, operation{
		id: "deleteTenant", method: http.MethodDelete, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "Delete a customer with all its data", timeout: eraseTimeout,
	}, inPath(identity.ManageTenants), a.deleteTenant)
}

func (a *API) listTenants(ctx context.Context, _ *none) (*reply[List[Tenant]], error) {
	found, err := a.tenants(ctx, identity.ReadTenants, nil)
	if err != nil {
		return nil, err
	}
	return answer(List[Tenant]{Items: each(found, tenantBody)}), nil
}

func (a *API) createTenant(ctx context.Context, in *struct{ Body TenantDraft }) (*reply[Tenant], error) {
	d := in.Body
	networks, err := networksOf(d.Networks)
	if err != nil {
		return nil, err
	}
	t, err := a.deps.Tenants.Create(ctx, tenancy.Draft{
		Slug: d.Slug, Name: d.Name, RetentionDays: d.RetentionDays, EventsPerSecond: d.EventsPerSecond, Networks: networks,
	})
	if err != nil {
		return nil, err
	}
	return answer(tenantBody(t)), nil
}

func (a *API) getTenant(ctx context.Context, _ *TenantPath) (*reply[Tenant], error) {
	return answer(tenantBody(tenantIn(ctx))), nil
}

func (a *API) updateTenant(ctx context.Context, in *struct {
	TenantPath
	Body TenantPatch
}) (*reply[Tenant], error) {
	b := in.Body
	var networks *[]tenancy.Network
	if b.Networks != nil {
		list, err := networksOf(*b.Networks)
		if err != nil {
			return nil, err
		}
		networks = &list
	}
	t, err := a.deps.Tenants.Update(ctx, tenantIn(ctx).ID.String(), tenancy.Patch{
		Slug: b.Slug, Name: b.Name, State: (*tenancy.State)(b.State), RetentionDays: b.RetentionDays,
		EventsPerSecond: b.EventsPerSecond, Networks: networks, Version: b.Version,
	})
	if err != nil {
		return nil, err
	}
	return answer(tenantBody(t)), nil
}

func (a *API) deleteTenant(ctx context.Context, in *struct {
	TenantPath
	Confirm string `query:"confirm" required:"true" maxLength:"64" doc:"The customer's slug, so that nobody deletes the wrong one."`
}) (*empty, error) {
	t := tenantIn(ctx)
	if in.Confirm != t.Slug {
		return nil, fault.NewInvalid("confirm", "tenant.confirm", "must be the customer's slug")
	}
	return &empty{}, a.deps.Tenants.Delete(ctx, t.ID.String())
}

func networksOf(in []TenantNetwork) ([]tenancy.Network, error) {
	list := make([]tenancy.Network, 0, len(in))
	for _, n := range in {
		one, err := tenancy.NewNetwork(n.CIDR, n.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func tenantBody(t tenancy.Tenant) Tenant {
	return Tenant{
		ID: string(t.ID), Slug: t.Slug, Name: t.Name, State: string(t.State),
		RetentionDays: t.RetentionDays, EventsPerSecond: t.EventsPerSecond, Demo: t.Demo,
		Networks:  each(t.Networks, func(n tenancy.Network) TenantNetwork { return TenantNetwork{n.Prefix.String(), n.Name} }),
		CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(), Version: t.Version,
	}
}

var _ Tenants = (*tenancy.Service)(nil)
