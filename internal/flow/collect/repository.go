package collect

import (
	"context"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Repository keeps the sources of a customer. Each method works in the open transaction of that customer or in one
// of its own, refuses customers outside the scope of ctx with [fault.ErrNotFound], and returns [fault.ErrNotFound] for a source
// the customer does not have. Create and Update return [fault.Taken] for a name or port in use.
type Repository interface {
	List(ctx context.Context, id tenant.ID) ([]Source, error)
	Get(ctx context.Context, id tenant.ID, source string) (Source, error)
	Create(ctx context.Context, s Source) error
	// Update writes s if its Version still stands, and raises the version; else it returns a [fault.Conflict].
	Update(ctx context.Context, s Source) error
	Delete(ctx context.Context, id tenant.ID, source string) error
}

// Catalogue reads and writes what concerns the sources of all customers. It needs the provider's scope.
type Catalogue interface {
	All(ctx context.Context) ([]Source, error)
	AllActivity(ctx context.Context) ([]Activity, error)
	// SaveActivity overwrites the counters of the given sources and skips those that are gone.
	SaveActivity(ctx context.Context, list []Activity) error
}

// Transactor opens a writing transaction of one customer that calls with the inner context join.
type Transactor interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(ctx context.Context) error) error
}

// Auditor records a change in the open transaction; its error undoes the change.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}
