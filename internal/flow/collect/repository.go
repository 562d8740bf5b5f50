package collect

import (
	"context"
	"time"

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
	// Minutes and Hours return what one of the customer's sources did, oldest first, without those in which nothing happened.
	Minutes(ctx context.Context, id tenant.ID, source string, since time.Time) ([]Point, error)
	Hours(ctx context.Context, id tenant.ID, source string, since time.Time) ([]Point, error)
	// HoursOfAll is Hours for all of the customer's sources.
	HoursOfAll(ctx context.Context, id tenant.ID, since time.Time) ([]SourcePoint, error)
}

// Catalogue reads and writes what concerns the sources of all customers. It needs the provider's scope.
type Catalogue interface {
	All(ctx context.Context) ([]Source, error)
	AllActivity(ctx context.Context) ([]Activity, error)
	// SaveActivity overwrites the counters of the given sources and skips those that are gone.
	SaveActivity(ctx context.Context, list []Activity) error
	// MinutesSince and HoursSince return what sources did; of the hours before current only those that end a pause.
	MinutesSince(ctx context.Context, since time.Time) ([]SourcePoint, error)
	HoursSince(ctx context.Context, current, since time.Time) ([]SourcePoint, error)
	// HourRecordsSince returns by the hour the records and what was parsed of them, without anything else.
	HourRecordsSince(ctx context.Context, since time.Time) ([]SourcePoint, error)
	// SaveSeries overwrites the given minutes and hours and skips sources that are gone.
	SaveSeries(ctx context.Context, minutes, hours []SourcePoint) error
	// PruneSeries forgets what these sources did before.
	PruneSeries(ctx context.Context, sources []Source, minutes, hours time.Time) error
}

// Transactor opens a writing transaction of one customer that calls with the inner context join.
type Transactor interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(ctx context.Context) error) error
}

// Auditor records a change in the open transaction; its error undoes the change.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}
