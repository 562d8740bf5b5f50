package learned

import (
	"context"

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

// Repository keeps what was learned. What belongs to customers outside the context's scope is fault.ErrNotFound.
type Repository interface {
	Proposals
	Packs
	Templates
}

// Query asks for proposals, the newest first.
type Query struct {
	Tenants []tenant.ID // none: all that the scope allows
	Sources []string    // none: all
	States  []State     // none: all
	Limit   int
}

// Proposals keeps proposals.
type Proposals interface {
	// List returns proposals, and how many there are in all.
	List(ctx context.Context, q Query) ([]Head, int, error)
	// Find looks among all customers that the scope allows.
	Find(ctx context.Context, id string) (Stored, error)
	// Insert refuses with fault.ErrConflict a second open proposal of a source.
	Insert(ctx context.Context, p Stored) error
	// Renew replaces what an open proposal proposes if its stored version is p.Version-1, else a *fault.Conflict.
	Renew(ctx context.Context, p Stored) error
	// Decide closes an open proposal if its stored version is p.Version-1, else a *fault.Conflict.
	Decide(ctx context.Context, p Stored) error
	// Forget removes the decided proposals of a source but the newest.
	Forget(ctx context.Context, id tenant.ID, source string, kept int) error
	// AllOpen returns the open proposal of each source that has one. It needs a scope that allows all customers.
	AllOpen(ctx context.Context) (map[string]string, error)
}

// Packs keeps sources' own packs.
type Packs interface {
	// Versions returns the versions of a source's pack, the newest first.
	Versions(ctx context.Context, id tenant.ID, source string) ([]PackHead, error)
	Pack(ctx context.Context, id tenant.ID, source string, version int64) (StoredPack, error)
	// InsertPack keeps a version, which is active; no other of the source may be.
	InsertPack(ctx context.Context, p StoredPack) error
	// RetirePacks makes no version of the source active, and says whether one was.
	RetirePacks(ctx context.Context, p PackHead) (bool, error)
	// ActivatePack makes a version active; no other of the source may be.
	ActivatePack(ctx context.Context, p PackHead) error
	// ForgetPacks removes versions up to one that are not active.
	ForgetPacks(ctx context.Context, id tenant.ID, source string, upTo int64) error
	// PackIDs returns the ids that packs of a customer's sources have.
	PackIDs(ctx context.Context, id tenant.ID) (map[string]string, error)
	// AllActive returns every customer's packs in force. It needs a scope that allows all customers.
	AllActive(ctx context.Context) ([]Ref, error)
}

// Templates keeps the templates of sources.
type Templates interface {
	// TemplatesOf returns the templates of a source, the most frequent first.
	TemplatesOf(ctx context.Context, id tenant.ID, source string) ([]Template, error)
	// PutTemplates writes templates of a source, and removes those of the ids. A source that is gone meanwhile is no error.
	PutTemplates(ctx context.Context, id tenant.ID, source string, changed []Template, gone []string) error
}
