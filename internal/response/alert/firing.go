package alert

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// FiringQuery asks for what one customer's alerts keep of firings.
type FiringQuery struct {
	Tenant tenant.ID
	Rule   string // empty: of every rule
	Since  time.Time
	Limit  int // firings
}

// KeptFiring is a firing with the alert that keeps it.
type KeptFiring struct {
	Alert   string
	Rule    string
	Title   string
	EventID string
	Time    time.Time
}

// Firings are the latest firings that alerts keep, and how many these alerts count.
type Firings struct {
	Kept   []KeptFiring // the latest first
	Alerts int64        // that fired since
	Total  int64        // firings they count, some of which may lie before
}

// Firings returns what the customer's alerts keep of firings since a moment.
func (s *Service) Firings(ctx context.Context, q FiringQuery) (Firings, error) {
	return s.shelf.Firings(ctx, q)
}
