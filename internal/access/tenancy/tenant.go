package tenancy

import (
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// State is where a customer stands in its life with the provider.
type State string

// The states in use. Later states (onboarding, offboarding, purged) come with the tenant's life cycle.
const (
	Active    State = "active"
	Suspended State = "suspended"
)

// Tenant is one customer as the provider keeps it.
type Tenant struct {
	ID      tenant.ID
	Account uint32 // archive account; assigned once, starts at 1, never reused
	Slug    string // [a-z0-9][a-z0-9-]{0,62}, unique, usable wherever an id is
	Name    string // 1–200 characters
	State   State
	// RetentionDays is how long events are kept, 1–3650. It selects the archive's retention class.
	RetentionDays int
	// EventsPerSecond bounds the tenant's ingest; 0 means the platform's default.
	EventsPerSecond int
	// Networks are the customer's own beside the private ranges, at most [MaxNetworks]: addresses in them are inside.
	Networks []Network
	// Demo marks a customer that the demonstration made. It is set at the creation and never changes.
	Demo      bool
	CreatedAt time.Time
	UpdatedAt time.Time
	UpdatedBy string
	Version   int64 // optimistic lock
}
