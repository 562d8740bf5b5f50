package shadow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	// MaxKept is how many of the latest firings of a rule are kept at a customer.
	MaxKept = 50
	// KeptDays is for how many days firings are counted back.
	KeptDays = 90
	weekDays = 7
)

// Hit is a firing that raised nothing.
type Hit struct {
	Tenant   tenant.ID
	Rule     string
	EventID  string
	Time     time.Time
	Source   string
	Matches  []alert.Match
	Entities []event.Field
}

// Day counts the firings of one day. Number counts days from the Unix epoch.
type Day struct {
	Number int64
	Hits   int64
}

// DayOf is the day that a time is on, in UTC.
func DayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// Record is what a rule would have raised.
type Record struct {
	Week, Total int64
	Days        []Day // oldest first; days without a firing are left out
	Latest      []Hit // newest first
}

// Door opens a transaction on one tenant's tables; the context it passes on carries it.
type Door interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
}

// Ledger writes firings, inside the transaction of the context.
type Ledger interface {
	// Advance moves the mark of a stream to the sequence and reports true, or false where it stands there or beyond already.
	Advance(ctx context.Context, id tenant.ID, stream alert.Stream, sequence uint64) (bool, error)
	// Count adds firings to a day, and forgets days before oldest.
	Count(ctx context.Context, id tenant.ID, rule string, day, hits, oldest int64) error
	// Keep adds firings and lets all but the latest MaxKept go.
	Keep(ctx context.Context, id tenant.ID, rule string, hits []Hit) error
}

// Shelf reads firings of the given customers within the context's scope, or of all in it where none is given.
type Shelf interface {
	Days(ctx context.Context, of []tenant.ID, rule string) ([]Day, error)
	Latest(ctx context.Context, of []tenant.ID, rule string, limit int) ([]Hit, error)
	// Since counts the firings of each rule from a day on.
	Since(ctx context.Context, of []tenant.ID, day int64) (map[string]int64, error)
	// Lasts returns when each rule fired last.
	Lasts(ctx context.Context, of []tenant.ID) (map[string]time.Time, error)
}

// Service counts firings in the shadow. Safe for concurrent use.
type Service struct {
	door   Door
	ledger Ledger
	shelf  Shelf
	now    func() time.Time
}

// NewService returns a service; now may be nil for the wall clock.
func NewService(door Door, ledger Ledger, shelf Shelf, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{door: door, ledger: ledger, shelf: shelf, now: now}
}

// Apply counts the firings of one queue batch for one tenant, all or none. A sequence at or below the last one applied of the stream
// changes nothing. Firings count on the day they arrived, so that old records sent late are part of today's noise.
func (s *Service) Apply(ctx context.Context, id tenant.ID, stream alert.Stream, sequence uint64, hits []Hit) error {
	if len(hits) == 0 {
		return nil
	}
	return s.door.InTenant(ctx, id, func(ctx context.Context) error {
		fresh, err := s.ledger.Advance(ctx, id, stream, sequence)
		if err != nil || !fresh {
			return err
		}
		today := DayOf(s.now())
		for _, rule := range rulesOf(hits) {
			of := slices.DeleteFunc(slices.Clone(hits), func(h Hit) bool { return h.Rule != rule || h.Tenant != id })
			if err := s.ledger.Count(ctx, id, rule, today, int64(len(of)), today-KeptDays); err != nil {
				return fmt.Errorf("count firings of rule %s: %w", rule, err)
			}
			if err := s.ledger.Keep(ctx, id, rule, of[max(0, len(of)-MaxKept):]); err != nil {
				return fmt.Errorf("keep firings of rule %s: %w", rule, err)
			}
		}
		return nil
	})
}

func rulesOf(hits []Hit) []string {
	rules := make([]string, len(hits))
	for i, h := range hits {
		rules[i] = h.Rule
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// Record returns what a rule would have raised at the customers, or without any at all that the scope allows.
func (s *Service) Record(ctx context.Context, of []tenant.ID, rule string) (r Record, err error) {
	if r.Days, err = s.shelf.Days(ctx, of, rule); err != nil {
		return r, fmt.Errorf("days of rule %s in the shadow: %w", rule, err)
	}
	week := s.week()
	for _, d := range r.Days {
		r.Total += d.Hits
		if d.Number >= week {
			r.Week += d.Hits
		}
	}
	if r.Latest, err = s.shelf.Latest(ctx, of, rule, MaxKept); err != nil {
		return r, fmt.Errorf("firings of rule %s in the shadow: %w", rule, err)
	}
	return r, nil
}

// Lasts returns the event time of each rule's latest firing that is kept.
func (s *Service) Lasts(ctx context.Context, of []tenant.ID) (map[string]time.Time, error) {
	at, err := s.shelf.Lasts(ctx, of)
	if err != nil {
		return nil, fmt.Errorf("last firings in the shadow: %w", err)
	}
	return at, nil
}

// Weeks counts the firings of each rule within seven days, today included.
func (s *Service) Weeks(ctx context.Context, of []tenant.ID) (map[string]int64, error) {
	n, err := s.shelf.Since(ctx, of, s.week())
	if err != nil {
		return nil, fmt.Errorf("firings in the shadow: %w", err)
	}
	return n, nil
}

func (s *Service) week() int64 { return DayOf(s.now()) - weekDays + 1 }
