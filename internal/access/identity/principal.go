package identity

import (
	"context"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Role is a named bundle of permissions. Provider roles span all customers; customer roles hold for one.
type Role string

// The roles of the first release.
const (
	ProviderAdmin   Role = "provider_admin"
	ProviderAnalyst Role = "provider_analyst"
	CustomerViewer  Role = "customer_viewer"
)

// Permission names one thing a caller may do. Every API route declares exactly one.
type Permission string

// The permissions of the first release; [Role.Permissions] tells who holds which.
const (
	ReadSelf      Permission = "self.read"
	ReadTenants   Permission = "tenant.read"
	ManageTenants Permission = "tenant.manage"
	ManageUsers   Permission = "user.manage"
	ReadSources   Permission = "source.read"
	ManageSources Permission = "source.manage"
	SearchEvents  Permission = "event.search"
	ReadAlerts    Permission = "alert.read"
	JudgeAlerts   Permission = "alert.judge"
	ReadRules     Permission = "rule.read"
	ManageRules   Permission = "rule.manage"
	// TuneRules is to write exceptions, to try rules on archived events and to search these for what a rule missed: an analyst's work.
	TuneRules   Permission = "rule.tune"
	ReadAudit   Permission = "audit.read"
	ManageInbox Permission = "inbox.manage"
	ReadHealth  Permission = "health.read"
	ManageDemo  Permission = "demo.manage"
)

// Principal is the authenticated caller, carried in the context from the edge inward.
type Principal struct {
	UserID   string
	Username string
	Provider Role               // empty for customers' users
	Tenants  map[tenant.ID]Role // customer memberships
	Remote   string             // caller's address without port
	Session  string             // short id of the session or token, for the audit trail; never the secret
}

// IsProvider reports whether the caller belongs to the provider's staff.
func (p Principal) IsProvider() bool { return p.Provider != "" }

// Scope is the set of customers the caller may touch at all.
func (p Principal) Scope() tenant.Scope {
	if p.IsProvider() {
		return tenant.All()
	}
	ids := make([]tenant.ID, 0, len(p.Tenants))
	for id := range p.Tenants {
		ids = append(ids, id)
	}
	return tenant.Only(ids...)
}

type principalKey struct{}

// WithPrincipal returns a context that carries the caller, and the caller's [tenant.Scope] with it.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return tenant.WithScope(context.WithValue(ctx, principalKey{}, p), p.Scope())
}

// From returns the caller carried by ctx; ok is false where nobody is.
func From(ctx context.Context) (p Principal, ok bool) {
	p, ok = ctx.Value(principalKey{}).(Principal)
	return p, ok
}

// Actor returns the username that changes made under ctx are ascribed to: the caller's, or "system".
func Actor(ctx context.Context) string {
	if p, ok := From(ctx); ok && p.Username != "" {
		return p.Username
	}
	return "system"
}
