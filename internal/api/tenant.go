package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
)

// Tenant is one customer.
type Tenant struct {
	ID              string    `json:"id"`
	Slug            string    `json:"slug" doc:"Usable wherever an id is."`
	Name            string    `json:"name"`
	State           string    `json:"state" enum:"active,suspended" doc:"A suspended customer's records are refused."`
	RetentionDays   int       `json:"retention_days" doc:"How long events are kept."`
	EventsPerSecond int       `json:"events_per_second" doc:"Bound of the customer's ingest; 0 is the platform's default."`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	Version         int64     `json:"version" doc:"Send it back with a change; an old one is refused with 409."`
}

// TenantDraft is a customer to be made.
type TenantDraft struct {
	Slug            string `json:"slug" minLength:"1" maxLength:"63" pattern:"^[a-z0-9][a-z0-9-]*$"`
	Name            string `json:"name" minLength:"1" maxLength:"200"`
	RetentionDays   int    `json:"retention_days,omitempty" minimum:"1" maximum:"3650" default:"180"`
	EventsPerSecond int    `json:"events_per_second,omitempty" minimum:"0" maximum:"10000000"`
}

// TenantPatch changes a customer. Absent fields stay.
type TenantPatch struct {
	Slug            *string `json:"slug,omitempty" minLength:"1" maxLength:"63" pattern:"^[a-z0-9][a-z0-9-]*$"`
	Name            *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	State           *string `json:"state,omitempty" enum:"active,suspended"`
	RetentionDays   *int    `json:"retention_days,omitempty" minimum:"1" maximum:"3650"`
	EventsPerSecond *int    `json:"events_per_second,omitempty" minimum:"0" maximum:"10000000"`
	Version         int64   `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// TenantPath is the input of operations whose path names a customer.
type TenantPath struct {
	Tenant string `path:"tenant" maxLength:"64" doc:"Slug or id."`
}

func (a *API) declareTenants() {
	register(a, operation{
		id: "listTenants", method: http.MethodGet, path: "/api/v1/tenants", tag: "tenant",
		summary: "Customers the caller may see",
	}, named(identity.ReadTenants), pending[none, reply[List[Tenant]]])
	register(a, operation{
		id: "createTenant", method: http.MethodPost, path: "/api/v1/tenants", tag: "tenant",
		summary: "Take on a customer", status: http.StatusCreated,
	}, provider(identity.ManageTenants), pending[struct{ Body TenantDraft }, reply[Tenant]])
	register(a, operation{
		id: "getTenant", method: http.MethodGet, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "One customer",
	}, inPath(identity.ReadTenants), pending[TenantPath, reply[Tenant]])
	register(a, operation{
		id: "updateTenant", method: http.MethodPatch, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "Change a customer",
	}, inPath(identity.ManageTenants), pending[struct {
		TenantPath
		Body TenantPatch
	}, reply[Tenant]])
	register(a, operation{
		id: "deleteTenant", method: http.MethodDelete, path: "/api/v1/tenants/{tenant}", tag: "tenant",
		summary: "Delete a customer with all its data",
	}, inPath(identity.ManageTenants), pending[struct {
		TenantPath
		Confirm string `query:"confirm" required:"true" doc:"The customer's slug, so that nobody deletes the wrong one."`
	}, empty])
}

func tenantBody(t tenancy.Tenant) Tenant {
	return Tenant{
		ID: string(t.ID), Slug: t.Slug, Name: t.Name, State: string(t.State),
		RetentionDays: t.RetentionDays, EventsPerSecond: t.EventsPerSecond,
		CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(), Version: t.Version,
	}
}
