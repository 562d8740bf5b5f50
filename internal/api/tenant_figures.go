package api

import (
	"context"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TenantFigures is how one customer stands. What the caller may not read is absent.
type TenantFigures struct {
	Tenant  string         `json:"tenant" doc:"Id of the customer."`
	Alerts  *TenantAlerts  `json:"alerts,omitempty"`
	Sources *TenantSources `json:"sources,omitempty"`
	Users   *TenantUsers   `json:"users,omitempty"`
}

// TenantAlerts counts a customer's open alerts.
type TenantAlerts struct {
	Open   LevelCounts `json:"open"`
	New    int64       `json:"new" doc:"Open ones that nobody has acknowledged."`
	Oldest string      `json:"oldest" doc:"Id of the oldest alert that nobody has acknowledged; empty where there is none."`
	At     *time.Time  `json:"oldest_at" nullable:"true" doc:"When it was raised."`
}

// TenantSources counts a customer's log sources by state, and what they sent.
type TenantSources struct {
	Total    int     `json:"total"`
	Silent   int     `json:"silent"`
	Degraded int     `json:"degraded" doc:"Late, ahead, not understood, dropping, far from their rhythm, or without their port."`
	Never    int     `json:"never"`
	Records  int64   `json:"records_24h"`
	Hours    []int64 `json:"hours" nullable:"false" doc:"Records by the hour of the last 24, oldest first, the running hour last; empty where there were none."`
}

// TenantUsers counts the customer's own people; the provider's staff are not among them.
type TenantUsers struct {
	Total     int        `json:"total"`
	LastLogin *time.Time `json:"last_login_at" nullable:"true" doc:"When one of them last logged in."`
}

// listTenantFigures asks once for each figure, never once for each customer.
func (a *API) listTenantFigures(ctx context.Context, _ *none) (*reply[List[TenantFigures]], error) {
	found, err := a.tenants(ctx, identity.ReadTenants, nil)
	if err != nil {
		return nil, err
	}
	all := each(found, func(t tenancy.Tenant) TenantFigures { return TenantFigures{Tenant: string(t.ID)} })
	place := make(map[tenant.ID]*TenantFigures, len(all))
	for i, t := range found {
		place[t.ID] = &all[i]
	}
	for _, add := range []func(context.Context, []tenancy.Tenant, map[tenant.ID]*TenantFigures) error{a.addAlerts, a.addSources, a.addUsers} {
		if err := add(ctx, found, place); err != nil {
			return nil, err
		}
	}
	if err := a.auditRead(ctx, ids(found), "overview.read", "overview"); err != nil {
		return nil, err
	}
	return answer(List[TenantFigures]{Items: all}), nil
}

// holding lists the customers among those given that the caller holds the permission for.
func holding(ctx context.Context, perm identity.Permission, among []tenancy.Tenant) []tenant.ID {
	p, _ := identity.From(ctx)
	list := make([]tenant.ID, 0, len(among))
	for _, t := range among {
		if p.Can(perm, t.ID) {
			list = append(list, t.ID)
		}
	}
	return list
}

func (a *API) addAlerts(ctx context.Context, among []tenancy.Tenant, place map[tenant.ID]*TenantFigures) error {
	standings, err := a.deps.Overviews.Standings(ctx, holding(ctx, identity.ReadAlerts, among))
	if err != nil {
		return fmt.Errorf("open alerts of customers: %w", err)
	}
	for _, s := range standings {
		place[s.Tenant].Alerts = alertsBody(s)
	}
	return nil
}

func alertsBody(s overview.Standing) *TenantAlerts {
	body := &TenantAlerts{Open: levelCounts(s.Open), New: s.New, Oldest: s.Oldest}
	if !s.At.IsZero() {
		body.At = &s.At
	}
	return body
}

func (a *API) addSources(ctx context.Context, among []tenancy.Tenant, place map[tenant.ID]*TenantFigures) error {
	of := holding(ctx, identity.ReadSources, among)
	reach := a.deps.Sources.Reach(ctx, of)
	for _, id := range of {
		body := &TenantSources{Hours: []int64{}}
		if r := reach[id]; r != nil {
			body.Total, body.Silent = r.Sources, r.States[collect.Silent]
			body.Degraded, body.Never = r.States[collect.Degraded], r.States[collect.Never]
			for _, n := range r.Day {
				body.Records += n
			}
			if body.Records > 0 {
				body.Hours = r.Day
			}
		}
		place[id].Sources = body
	}
	return nil
}

// addUsers counts users for who manages them: customers' people see only themselves.
func (a *API) addUsers(ctx context.Context, among []tenancy.Tenant, place map[tenant.ID]*TenantFigures) error {
	if p, _ := identity.From(ctx); !p.IsProvider() || !p.CanSomewhere(identity.ManageUsers) {
		return nil
	}
	members, err := a.deps.Users.Memberships(ctx)
	if err != nil {
		return err
	}
	for _, t := range among {
		m := members[t.ID]
		body := &TenantUsers{Total: m.Users}
		if !m.LastLogin.IsZero() {
			at := m.LastLogin.UTC()
			body.LastLogin = &at
		}
		place[t.ID].Users = body
	}
	return nil
}
