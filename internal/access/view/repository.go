package view

import (
	"context"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Repository keeps views. A side outside the scope of ctx is fault.ErrNotFound; the provider's own is open to its scope alone.
type Repository interface {
	Reader
	Writer
	Chooser
}

// Reader finds views.
type Reader interface {
	// For lists what a person sees at a side: the own views and those that others share, by name.
	For(ctx context.Context, side tenant.ID, user string) ([]View, error)
	Find(ctx context.Context, side tenant.ID, id string) (View, error)
	Count(ctx context.Context, side tenant.ID, user string) (int, error)
}

// Writer changes views. A name in use is a *fault.Taken, an old version a *fault.Conflict.
type Writer interface {
	Insert(ctx context.Context, v View) error
	Update(ctx context.Context, v View) error
	Delete(ctx context.Context, side tenant.ID, id string) error
}

// Chooser keeps what people open pages with.
type Chooser interface {
	Defaults(ctx context.Context, side tenant.ID, user string) ([]Default, error)
	// Choose sets a default; an empty view takes it away.
	Choose(ctx context.Context, d Default) error
	// Unchoose takes a view from everybody's defaults but the owner's.
	Unchoose(ctx context.Context, v View) error
}

// Door opens the transaction of a side for writing.
type Door interface {
	InSide(ctx context.Context, side tenant.ID, fn func(ctx context.Context) error) error
}

// Auditor records changes in the chain of a side.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}
