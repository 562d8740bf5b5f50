package tenancy

import (
	"context"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Reader finds customers, of whichever scope; the [Service] decides who may see them. Missing ones are fault.ErrNotFound.
type Reader interface {
	Find(ctx context.Context, id tenant.ID) (Tenant, error)
	FindSlug(ctx context.Context, slug string) (Tenant, error)
	// List returns all customers by slug.
	List(ctx context.Context) ([]Tenant, error)
}

// Writer changes customers. Every method joins the transaction open in ctx.
type Writer interface {
	// Insert assigns the account number, which no other customer had before, and returns it. A slug in use is a *fault.Taken.
	Insert(ctx context.Context, t Tenant) (account uint32, err error)
	// Update writes t if the stored version is t.Version and raises it; else it returns a *fault.Conflict.
	Update(ctx context.Context, t Tenant) error
	// Delete removes the customer and all rows of its tables but its audit chain.
	Delete(ctx context.Context, id tenant.ID) error
}

// Repository is all that the [Service] keeps customers in.
type Repository interface {
	Reader
	Writer
}

// Transactor opens the transactions that changes and their audit entries share.
type Transactor interface {
	Platform(ctx context.Context, fn func(ctx context.Context) error) error
}

// Auditor records a change in the open transaction; its error undoes the change.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Eraser deletes what other places than SQL keep of a customer, such as events. It may be called again after a failure.
type Eraser interface {
	EraseTenant(ctx context.Context, t Tenant) error
}
