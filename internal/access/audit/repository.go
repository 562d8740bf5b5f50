package audit

import (
	"context"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Head is where a chain stands, kept apart from its entries so that a cut tail shows.
type Head struct {
	Seq  int64
	Hash string
}

// Chain keeps the entries of one tenant, or of the platform under [tenant.Provider]. Every method joins the transaction
// open in ctx, and returns fault.ErrNotFound for a tenant outside the scope of ctx.
type Chain interface {
	// Append stores what link returns for the next number and the hash before it, and moves the head. Between the two no other
	// append to the chain may happen, in any process.
	Append(ctx context.Context, id tenant.ID, link func(seq int64, prev string) Entry) error
	// Together runs fn in one writing transaction, which appends to several chains join.
	Together(ctx context.Context, fn func(context.Context) error) error
	// Head returns fault.ErrNotFound for a chain that has none.
	Head(ctx context.Context, id tenant.ID) (Head, error)
	// After returns up to limit entries with higher numbers, ascending.
	After(ctx context.Context, id tenant.ID, seq int64, limit int) ([]Entry, error)
}

// Index finds entries and chains.
type Index interface {
	// Newest returns up to q.Limit entries of q.Tenant that q selects, numbered below the given one, newest first.
	Newest(ctx context.Context, q Query, below int64) ([]Entry, error)
	// Chains lists every chain that exists and every tenant, which must have one. It needs the provider's scope.
	Chains(ctx context.Context) ([]tenant.ID, error)
}

// Repository is all that the [Service] keeps its chains in.
type Repository interface {
	Chain
	Index
}
