package collect

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// dayHours is how many hours a day of records has, the running one included.
const dayHours = 24

// Reach is how far we see into one customer: its sources by state, and what they sent.
type Reach struct {
	Sources int
	States  map[State]int
	// Day is the records of the last 24 hours by the hour, oldest first, the running hour last.
	Day []int64
}

// Reach tells how far we see into each of the customers, from memory: without a source they are not in the answer. Customers outside
// the scope of ctx are left out.
func (s *Service) Reach(ctx context.Context, ids []tenant.ID) map[tenant.ID]*Reach {
	scope := tenant.ScopeFrom(ctx)
	wanted := make(map[tenant.ID]*Reach, len(ids))
	for _, id := range ids {
		if scope.Allows(id) {
			wanted[id] = nil
		}
	}
	var failed map[int]error
	if s.d.Ports != nil {
		failed = s.d.Ports()
	}
	now := s.d.Registry.now()
	for _, src := range s.d.Registry.index.Load().all {
		r, ok := wanted[src.Tenant]
		if !ok {
			continue
		}
		if r == nil {
			r = &Reach{States: make(map[State]int), Day: make([]int64, dayHours)}
			wanted[src.Tenant] = r
		}
		r.Sources++
		r.States[s.d.Registry.Condition(src, failed[src.Port]).State]++
		s.d.Registry.addDay(src.ID, now, r.Day)
	}
	for id, r := range wanted {
		if r == nil {
			delete(wanted, id)
		}
	}
	return wanted
}

func (r *Registry) addDay(source string, now time.Time, list []int64) {
	c := r.activity.counter(source)
	if c == nil {
		return
	}
	c.track.mu.Lock()
	defer c.track.mu.Unlock()
	c.track.weeks.addTo(now, list)
}
