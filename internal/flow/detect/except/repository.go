package except

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Door opens a transaction on one customer's tables; the context it passes on carries it.
type Door interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
}

// Auditor writes one entry to the customer's chain, inside the transaction of the context.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Repository keeps exceptions. Those of customers outside the context's scope are fault.ErrNotFound.
type Repository interface {
	Reader
	Writer
}

// Reader finds exceptions.
type Reader interface {
	// List returns a page, the newest first.
	List(ctx context.Context, q Query) ([]Exception, error)
	// Find looks among all customers that the scope allows.
	Find(ctx context.Context, id string) (Exception, error)
	Count(ctx context.Context, id tenant.ID) (int, error)
}

// Writer changes exceptions, inside the transaction of the context.
type Writer interface {
	// Stands returns an exception as the transaction sees it.
	Stands(ctx context.Context, id tenant.ID, exception string) (Exception, error)
	Insert(ctx context.Context, e Exception) error
	// Update writes expiry and reason if the stored version is e.Version-1, else a *fault.Conflict.
	Update(ctx context.Context, e Exception) error
	Delete(ctx context.Context, id tenant.ID, exception string) error
}

// Shelf is what a [Book] reads and writes.
type Shelf interface {
	// InForce returns every customer's exceptions that end after a moment. It needs a scope that allows all.
	InForce(ctx context.Context, after time.Time) ([]Exception, error)
	// AddHits counts on one exception; one that is gone meanwhile is no error.
	AddHits(ctx context.Context, id tenant.ID, exception string, hits int64, last time.Time) error
}

// Query asks for a page of exceptions.
type Query struct {
	Tenants []tenant.ID // none: all that the scope allows
	Rule    string      // those of one rule; empty: of all
	General bool        // with Rule, also those that stand for every rule
	States  []State     // none: all
	Text    string      // in filter, reason or title
	Before  string      // id that the page before ended with
	Limit   int         // 0 means 200, at most 1000
	Now     time.Time   // by which states are told
}
