package overview

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of the time an overview looks back over.
const (
	// DefaultReach is how far back it looks for somebody who never marked anything.
	DefaultReach = 24 * time.Hour
	// MaxReach is how far back it looks at most, so that its cost does not grow with somebody's absence.
	MaxReach = 7 * 24 * time.Hour
)

// Query says whose overview is asked for, by whom.
type Query struct {
	// Tenants are the customers it is about, each within the scope of the context.
	Tenants []tenant.ID
	// Wide asks for the provider's own overview over all its customers: the mark is kept apart from theirs, and changes of the
	// platform belong to it.
	Wide bool
	// Chains says that the person may read the customers' audit chains; Platform, the platform's own.
	Chains, Platform bool
	UserID, Username string
}

// keys are the scopes whose marks the query goes by.
func (q Query) keys() []tenant.ID {
	if q.Wide {
		return []tenant.ID{tenant.Provider}
	}
	return q.Tenants
}

// Report is what an overview shows.
type Report struct {
	Now    time.Time // send it back with [Service.Seen], so that nothing raised meanwhile is passed over
	Since  time.Time
	Marked bool // Since is what the person marked; else a default or the furthest reach
	// Raised counts alerts raised since, by level.
	Raised map[string]int64
	// Moved counts open alerts, and Closed closed ones, whose state somebody else changed since.
	Moved, Closed int64
	Changes       []Change
	Standings     []Standing // one for each customer asked for, in that order
}

// Change counts entries of one action in one chain since.
type Change struct {
	Chain  tenant.ID
	Action string
	Count  int64
}

// Standing is how one customer's open alerts stand.
type Standing struct {
	Tenant tenant.ID
	Open   map[string]int64 // by level
	New    int64            // of these, nobody has acknowledged
	Risk   int64            // the highest risk of an open alert, 0 where none is open
	Oldest string           // id of the oldest alert that nobody has acknowledged; ids sort by time
	At     time.Time        // when it was raised
}

// Marks keeps the moments people marked, one for each person and scope; both methods run inside the transaction of the context.
type Marks interface {
	// Mark returns the zero time where nothing was marked.
	Mark(ctx context.Context, key tenant.ID, user string) (time.Time, error)
	PutMark(ctx context.Context, key tenant.ID, user string, at time.Time) error
}

// Figures counts. Every method keeps to the customers given, each of which must lie in the scope of the context.
type Figures interface {
	// Raised counts alerts raised at or after since, by level.
	Raised(ctx context.Context, tenants []tenant.ID, since time.Time) (map[string]int64, error)
	// Moved counts alerts whose state somebody other than actor changed at or after since: those open now, those closed now.
	Moved(ctx context.Context, tenants []tenant.ID, since time.Time, actor string) (open, closed int64, err error)
	// Changes counts audit entries at or after since by chain and action; tenant.Provider names the platform's chain.
	Changes(ctx context.Context, chains []tenant.ID, since time.Time) ([]Change, error)
	// Standings tells how the customers with open alerts stand, in any order.
	Standings(ctx context.Context, tenants []tenant.ID) ([]Standing, error)
}

// Door opens transactions on one customer's tables, or on the platform's.
type Door interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
	ReadTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
	Platform(ctx context.Context, fn func(context.Context) error) error
	ReadPlatform(ctx context.Context, fn func(context.Context) error) error
}

// Auditor writes one entry to a chain, inside the transaction of the context.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Deps are what a [Service] works with; Now may be nil for the wall clock.
type Deps struct {
	Door    Door
	Marks   Marks
	Figures Figures
	Audit   Auditor
	Now     func() time.Time
}

// Service makes overviews. It is safe for concurrent use.
type Service struct{ d Deps }

// NewService returns a service over the given stores.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{d}
}

// Look makes the overview. Without a customer it is empty. Its figures are counted one after the other and may be some
// milliseconds apart.
func (s *Service) Look(ctx context.Context, q Query) (Report, error) {
	now := s.d.Now().UTC().Truncate(time.Millisecond)
	r := Report{Now: now, Since: now.Add(-DefaultReach), Raised: map[string]int64{}}
	mark, err := s.mark(ctx, q)
	if err != nil {
		return Report{}, fmt.Errorf("overview: mark: %w", err)
	}
	if !mark.IsZero() {
		r.Since, r.Marked = mark, true
		if reach := now.Add(-MaxReach); mark.Before(reach) {
			r.Since, r.Marked = reach, false
		}
	}
	if len(q.Tenants) > 0 {
		if r.Raised, err = s.d.Figures.Raised(ctx, q.Tenants, r.Since); err != nil {
			return Report{}, fmt.Errorf("overview: alerts raised: %w", err)
		}
		if r.Moved, r.Closed, err = s.d.Figures.Moved(ctx, q.Tenants, r.Since, q.Username); err != nil {
			return Report{}, fmt.Errorf("overview: alerts moved: %w", err)
		}
		if r.Standings, err = s.standings(ctx, q.Tenants); err != nil {
			return Report{}, fmt.Errorf("overview: open alerts: %w", err)
		}
	}
	if r.Changes, err = s.changes(ctx, q, r.Since); err != nil {
		return Report{}, fmt.Errorf("overview: changes: %w", err)
	}
	return r, nil
}

// mark is the earliest of the marks that the query goes by, so that nothing is passed over; zero where one is missing.
func (s *Service) mark(ctx context.Context, q Query) (earliest time.Time, err error) {
	for i, key := range q.keys() {
		var at time.Time
		err := s.read(ctx, key, func(ctx context.Context) error {
			at, err = s.d.Marks.Mark(ctx, key, q.UserID)
			return err
		})
		if err != nil {
			return time.Time{}, err
		}
		if i == 0 || at.Before(earliest) {
			earliest = at
		}
	}
	return earliest, nil
}

// Seen marks that the person has seen the overview as of at; a later moment than now is now, and an earlier one than
// marked already changes nothing.
func (s *Service) Seen(ctx context.Context, q Query, at time.Time) error {
	if at.IsZero() {
		return &fault.Invalid{Field: "at", Reason: "must be a moment", Code: "time.missing"}
	}
	if now := s.d.Now(); at.After(now) {
		at = now
	}
	at = at.UTC().Truncate(time.Millisecond)
	for _, key := range q.keys() {
		if err := reachable(ctx, key); err != nil {
			return err
		}
	}
	for _, key := range q.keys() {
		err := s.write(ctx, key, func(ctx context.Context) error {
			before, err := s.d.Marks.Mark(ctx, key, q.UserID)
			if err != nil || !at.After(before) {
				return err
			}
			if err := s.d.Marks.PutMark(ctx, key, q.UserID, at); err != nil {
				return err
			}
			return s.d.Audit.Record(ctx, key, "overview.seen", "user/"+q.UserID, seen(before), seen(at), "")
		})
		if err != nil {
			return fmt.Errorf("mark overview seen: %w", err)
		}
	}
	return nil
}

func seen(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return map[string]any{"at": at}
}

func (s *Service) changes(ctx context.Context, q Query, since time.Time) ([]Change, error) {
	var chains []tenant.ID
	if q.Wide && q.Platform {
		chains = append(chains, tenant.Provider)
	}
	if q.Chains {
		chains = append(chains, q.Tenants...)
	}
	if len(chains) == 0 {
		return nil, nil
	}
	all, err := s.d.Figures.Changes(ctx, chains, since)
	if err != nil {
		return nil, err
	}
	// The platform's chain tells of customers and their users too.
	told := q.Wide && q.Platform
	return slices.DeleteFunc(all, func(c Change) bool {
		return !changing(c.Action) || told && c.Chain != tenant.Provider && platform(c.Action)
	}), nil
}

// nouns are what an overview tells changes of; alerts have figures of their own.
var nouns = []string{"source", "content", "user", "tenant", "token", "inbox", "demo"}

// looking are verbs that change nothing of it.
var looking = []string{"list", "read", "latest", "series", "login", "login_failed", "logout", "update_self"}

// changing reports whether an action changed what the installation watches, or who may see it.
func changing(action string) bool {
	noun, verb, ok := strings.Cut(action, ".")
	return ok && slices.Contains(nouns, noun) && !slices.Contains(looking, verb)
}

// platform reports whether an action of a customer's chain stands in the platform's chain as well.
func platform(action string) bool {
	noun, _, _ := strings.Cut(action, ".")
	return slices.Contains([]string{"tenant", "user", "token", "demo"}, noun)
}

// Standings tells how the open alerts of customers stand, one for each given and in that order.
func (s *Service) Standings(ctx context.Context, tenants []tenant.ID) ([]Standing, error) {
	if len(tenants) == 0 {
		return nil, nil
	}
	all, err := s.standings(ctx, tenants)
	if err != nil {
		return nil, fmt.Errorf("standings: %w", err)
	}
	return all, nil
}

func (s *Service) standings(ctx context.Context, tenants []tenant.ID) ([]Standing, error) {
	found, err := s.d.Figures.Standings(ctx, tenants)
	if err != nil {
		return nil, err
	}
	byTenant := make(map[tenant.ID]Standing, len(found))
	for _, st := range found {
		byTenant[st.Tenant] = st
	}
	all := make([]Standing, 0, len(tenants))
	for _, id := range tenants {
		st, ok := byTenant[id]
		if !ok {
			st = Standing{Tenant: id, Open: map[string]int64{}}
		}
		all = append(all, st)
	}
	return all, nil
}

func (s *Service) read(ctx context.Context, key tenant.ID, fn func(context.Context) error) error {
	if err := reachable(ctx, key); err != nil {
		return err
	}
	if key == tenant.Provider {
		return s.d.Door.ReadPlatform(ctx, fn)
	}
	return s.d.Door.ReadTenant(ctx, key, fn)
}

func (s *Service) write(ctx context.Context, key tenant.ID, fn func(context.Context) error) error {
	if key == tenant.Provider {
		return s.d.Door.Platform(ctx, fn)
	}
	return s.d.Door.InTenant(ctx, key, fn)
}

// reachable refuses marks outside the scope of ctx; the one over all customers is the provider's alone.
func reachable(ctx context.Context, key tenant.ID) error {
	scope := tenant.ScopeFrom(ctx)
	if scope.Allows(key) || key == tenant.Provider && scope.IsAll() {
		return nil
	}
	return fmt.Errorf("overview of %q: %w", key, fault.ErrNotFound)
}
