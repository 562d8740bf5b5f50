package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// concern says whose data an operation touches, and so how its customers are found and checked.
type concern string

const (
	concernNobody   concern = "public"   // no caller is needed
	concernSelf     concern = "self"     // the caller's own account
	concernPlatform concern = "platform" // content shared by all customers, no customer's data
	concernProvider concern = "provider" // the provider's own data; its staff only
	concernPath     concern = "path"     // the customer named by the path parameter {tenant}
	concernNamed    concern = "named"    // customers named in the query or the body; the handler resolves them with API.tenants
	concernObject   concern = "object"   // the customer that owns the object the path names
)

// ownerFunc finds the customer that owns an object, among those the context's scope allows.
// It returns fault.ErrNotFound for any other.
type ownerFunc func(ctx context.Context, object string) (tenant.ID, error)

// access is who may call an operation. Its zero value is refused by [register].
type access struct {
	permission identity.Permission
	concern    concern
	object     string // path parameter that names the object, for concernObject
	owner      ownerFunc
}

// public marks an operation that needs no caller. There are few; the route test lists them by name.
func public() access { return access{concern: concernNobody} }

// self is access to the caller's own account.
func self() access { return access{permission: identity.ReadSelf, concern: concernSelf} }

// platform is access to content that is no customer's.
func platform(p identity.Permission) access { return access{permission: p, concern: concernPlatform} }

// provider is access for the provider's staff only.
func provider(p identity.Permission) access { return access{permission: p, concern: concernProvider} }

// inPath is access to data of the customer that the path parameter {tenant} names, by slug or id.
func inPath(p identity.Permission) access { return access{permission: p, concern: concernPath} }

// named is access to data of customers that the query or the body names.
func named(p identity.Permission) access { return access{permission: p, concern: concernNamed} }

// ofObject is access to an object whose customer owner finds.
func ofObject(p identity.Permission, param string, owner ownerFunc) access {
	return access{permission: p, concern: concernObject, object: param, owner: owner}
}

// complete reports what is missing for the operation to be safe to serve.
func (acc access) complete(op operation) error {
	switch {
	case acc.concern == "":
		return errors.New("no access declared")
	case acc.concern == concernNobody && acc.permission != "":
		return errors.New("public and a permission exclude each other")
	case acc.concern != concernNobody && acc.permission == "":
		return errors.New("no permission declared")
	case acc.concern == concernPath && !strings.Contains(op.path, "{tenant}"):
		return errors.New("the path has no {tenant}")
	case acc.concern != concernPath && strings.Contains(op.path, "{tenant}"):
		return errors.New("the path has a {tenant} that nobody checks")
	case acc.concern == concernObject && (acc.owner == nil || !strings.Contains(op.path, "{"+acc.object+"}")):
		return errors.New("the owner of the object cannot be found")
	}
	return nil
}

// security is the access in OpenAPI's terms.
func (acc access) security() []map[string][]string {
	if acc.concern == concernNobody {
		return []map[string][]string{}
	}
	return []map[string][]string{{"bearer": {}}, {"session": {}}}
}

// extensions puts the access into the document, for readers and for the test that walks it.
func (acc access) extensions() map[string]any {
	ext := map[string]any{"x-isoc-concern": string(acc.concern)}
	if acc.permission != "" {
		ext["x-isoc-permission"] = string(acc.permission)
	}
	return ext
}

// guard finds the caller and refuses whoever may not call the operation: 401 for nobody, 404 for a customer
// outside the caller's scope, 403 for a missing permission. In this order, so that a 403 tells nothing
// about other customers.
func (a *API) guard(rt *route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if rt.access.concern == concernNobody {
			next(hc)
			return
		}
		ctx, err := a.authenticate(hc)
		if err == nil {
			ctx, err = a.authorize(ctx, rt, hc.Param)
		}
		if err != nil {
			a.write(hc, a.problem(hc.Context(), rt, err))
			return
		}
		next(huma.WithContext(hc, ctx))
	}
}

func (a *API) authorize(ctx context.Context, rt *route, param func(string) string) (context.Context, error) {
	p, ok := identity.From(ctx)
	if !ok {
		return nil, fault.ErrUnauthenticated
	}
	acc := rt.access
	switch acc.concern {
	case concernPath:
		t, err := a.tenant(ctx, param("tenant"))
		if err != nil {
			return nil, err
		}
		if !p.Can(acc.permission, t.ID) {
			return nil, fault.ErrForbidden
		}
		return context.WithValue(ctx, tenantKey{}, t), nil
	case concernObject:
		owner, err := acc.owner(ctx, param(acc.object))
		if err != nil {
			return nil, err
		}
		if !tenant.ScopeFrom(ctx).Allows(owner) {
			return nil, fault.ErrNotFound
		}
		if !p.Can(acc.permission, owner) {
			return nil, fault.ErrForbidden
		}
		return ctx, nil
	case concernProvider:
		if !p.IsProvider() || !p.CanSomewhere(acc.permission) {
			return nil, fault.ErrForbidden
		}
		return ctx, nil
	default:
		if !p.CanSomewhere(acc.permission) {
			return nil, fault.ErrForbidden
		}
		return ctx, nil
	}
}

type tenantKey struct{}

// tenantIn returns the customer that the path named; the guard has checked that the caller may touch it.
func tenantIn(ctx context.Context) tenancy.Tenant {
	t, _ := ctx.Value(tenantKey{}).(tenancy.Tenant)
	return t
}

// tenant finds one customer by slug or id among those the caller may touch.
func (a *API) tenant(ctx context.Context, ref string) (tenancy.Tenant, error) {
	t, err := a.deps.Tenants.Get(ctx, ref)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	if !tenant.ScopeFrom(ctx).Allows(t.ID) {
		return tenancy.Tenant{}, fault.ErrNotFound
	}
	return t, nil
}

// tenants finds the customers that refs name, each among those the caller may touch and holds the permission
// for; without refs it is all of these. One unknown or foreign name fails the whole with fault.ErrNotFound.
func (a *API) tenants(ctx context.Context, perm identity.Permission, refs []string) ([]tenancy.Tenant, error) {
	p, ok := identity.From(ctx)
	if !ok {
		return nil, fault.ErrUnauthenticated
	}
	if len(refs) == 0 {
		all, err := a.deps.Tenants.List(ctx)
		if err != nil {
			return nil, fmt.Errorf("list tenants: %w", err)
		}
		allowed := make([]tenancy.Tenant, 0, len(all))
		for _, t := range all {
			if tenant.ScopeFrom(ctx).Allows(t.ID) && p.Can(perm, t.ID) {
				allowed = append(allowed, t)
			}
		}
		return allowed, nil
	}
	found := make([]tenancy.Tenant, 0, len(refs))
	seen := make(map[tenant.ID]bool, len(refs))
	for _, ref := range refs {
		t, err := a.tenant(ctx, ref)
		if err != nil {
			return nil, err
		}
		if !p.Can(perm, t.ID) {
			return nil, fault.ErrForbidden
		}
		if !seen[t.ID] {
			seen[t.ID] = true
			found = append(found, t)
		}
	}
	return found, nil
}

// ids lists the ids of customers.
func ids(tenants []tenancy.Tenant) []tenant.ID {
	return each(tenants, func(t tenancy.Tenant) tenant.ID { return t.ID })
}
