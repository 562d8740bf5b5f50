package api

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Trail keeps what the provider's staff look at in the chain of the customer whose data it is.
// Both methods take the actor from the context.
type Trail interface {
	// Record writes one entry.
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
	// RecordReads writes an entry for each of the customers unless the same actor read the same object the same way lately:
	// a list that a screen polls is one read, not thousands.
	RecordReads(ctx context.Context, ids []tenant.ID, action, object string) error
}

// auditRead keeps that the provider's staff read data of these customers. What customers read of their own
// is their business. The read fails where it cannot be kept.
func (a *API) auditRead(ctx context.Context, of []tenant.ID, action, object string) error {
	if p, ok := identity.From(ctx); !ok || !p.IsProvider() {
		return nil
	}
	if err := a.deps.Trail.RecordReads(ctx, of, action, object); err != nil {
		return fmt.Errorf("audit read: %w", err)
	}
	return nil
}

// auditSearch keeps every search of the provider's staff with its text, in each customer's chain.
func (a *API) auditSearch(ctx context.Context, of []tenancy.Tenant, r SearchRequest) error {
	if p, ok := identity.From(ctx); !ok || !p.IsProvider() {
		return nil
	}
	asked := map[string]any{"query": r.Query, "from": r.From, "to": r.To}
	if r.Cursor != "" {
		asked["cursor"] = r.Cursor
	}
	return a.auditAsked(ctx, of, "event.search", asked)
}

// auditAsked keeps what was asked of these customers' events in each one's chain.
func (a *API) auditAsked(ctx context.Context, of []tenancy.Tenant, action string, asked map[string]any) error {
	for _, t := range of {
		if err := a.deps.Trail.Record(ctx, t.ID, action, "event", nil, asked, ""); err != nil {
			return fmt.Errorf("audit %s: %w", action, err)
		}
	}
	return nil
}
