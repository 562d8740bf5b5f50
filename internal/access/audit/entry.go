package audit

import (
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Entry is one link of a tenant's chain. Hash covers every other field, PrevHash included, in the canonical
// form documented at [Entry.Sum], so that an edited, removed or inserted row breaks the chain at that row.
type Entry struct {
	Tenant   tenant.ID // tenant.Provider for the platform's own chain
	Seq      int64     // 1, 2, 3 … without gaps within a tenant
	At       time.Time // microsecond precision, UTC
	Actor    string    // username, or "system"
	ActorID  string
	Provider bool   // the actor is the provider's staff
	Remote   string // address without port
	Session  string
	Action   string // noun.verb: "alert.close", "event.search"
	Object   string // kind/id: "alert/01J…"
	Before   string // JSON or empty
	After    string // JSON or empty
	Reason   string
	PrevHash string // hex SHA-256; 64 zeros for the first
	Hash     string // hex SHA-256
}
