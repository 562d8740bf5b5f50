package except

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a [Service] works with; Now may be nil for the wall clock.
type Deps struct {
	Repository Repository
	Door       Door
	Auditor    Auditor
	Actor      func(ctx context.Context) string // who acts
	// Changed is called after a change was committed, so that the engine follows at once.
	Changed func(ctx context.Context)
	Now     func() time.Time
}

// Service keeps exceptions. It is safe for concurrent use.
type Service struct{ d Deps }

// NewService returns a service over d.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{d}
}

// Draft is an exception to be made.
type Draft struct {
	Tenant    tenant.ID
	Rule      string // empty means every rule of the customer
	RuleTitle string
	Query     string
	Reason    string
	Alert     string
	ExpiresAt time.Time
}

// Patch changes an exception; nil fields stay. What it is about never changes: make another one for that, so that its hits keep
// saying what they said. Version is the one the change was made on.
type Patch struct {
	ExpiresAt *time.Time
	Reason    *string
	Version   int64
}

// List returns a page of exceptions, the newest first, and whether more follow.
func (s *Service) List(ctx context.Context, q Query) ([]Exception, bool, error) {
	if q.Limit == 0 {
		q.Limit = 200
	}
	if q.Limit < 1 || q.Limit > 1000 {
		return nil, false, fault.NewInvalid("limit", "exception.limit", "must be between 1 and 1000")
	}
	if q.Now.IsZero() {
		q.Now = s.d.Now()
	}
	limit := q.Limit
	q.Limit++
	list, err := s.d.Repository.List(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("list exceptions: %w", err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

// Get returns one exception.
func (s *Service) Get(ctx context.Context, id string) (Exception, error) {
	e, err := s.d.Repository.Find(ctx, id)
	if err != nil {
		return Exception{}, fmt.Errorf("exception %q: %w", id, err)
	}
	return e, nil
}

// Create makes an exception, which is in force when it returns. A filter that cannot be understood is a *query.Error.
func (s *Service) Create(ctx context.Context, d Draft) (Exception, error) {
	now := s.now()
	e := Exception{
		ID: ulid.Make().String(), Tenant: d.Tenant, Rule: strings.TrimSpace(d.Rule), RuleTitle: d.RuleTitle, Query: d.Query, Reason: d.Reason,
		Alert: d.Alert, ExpiresAt: d.ExpiresAt.UTC().Truncate(time.Microsecond), CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	e.CreatedBy = s.d.Actor(ctx)
	e.UpdatedBy = e.CreatedBy
	if err := e.validate(now); err != nil {
		return Exception{}, fmt.Errorf("create exception: %w", err)
	}
	err := s.d.Door.InTenant(ctx, e.Tenant, func(ctx context.Context) error {
		n, err := s.d.Repository.Count(ctx, e.Tenant)
		if err != nil {
			return err
		}
		if n >= MaxPerTenant {
			return fault.NewInvalid("tenant", "exception.many", "has 1000 exceptions, the most there may be; remove expired ones")
		}
		if err := s.d.Repository.Insert(ctx, e); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, e.Tenant, "exception.create", object(e), nil, e.audited(), e.Reason)
	})
	if err != nil {
		return Exception{}, fmt.Errorf("create exception: %w", err)
	}
	s.changed(ctx)
	return e, nil
}

// Update changes when an exception ends and why it stands. An expired one can be given new time.
func (s *Service) Update(ctx context.Context, id string, p Patch) (Exception, error) {
	var after Exception
	err := s.change(ctx, id, func(ctx context.Context, before Exception) error {
		if before.Version != p.Version {
			return &fault.Conflict{By: before.UpdatedBy, At: before.UpdatedAt, Version: before.Version}
		}
		after = before
		if p.ExpiresAt != nil {
			after.ExpiresAt = p.ExpiresAt.UTC().Truncate(time.Microsecond)
		}
		if p.Reason != nil {
			after.Reason = *p.Reason
		}
		after.UpdatedAt, after.UpdatedBy, after.Version = s.now(), s.d.Actor(ctx), before.Version+1
		if err := after.validate(after.UpdatedAt); err != nil {
			return err
		}
		if err := s.d.Repository.Update(ctx, after); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, after.Tenant, "exception.update", object(after), before.audited(), after.audited(), after.Reason)
	})
	if err != nil {
		return Exception{}, fmt.Errorf("update exception %q: %w", id, err)
	}
	return after, nil
}

// Remove ends an exception for good; why is kept with what it was in the audit trail.
func (s *Service) Remove(ctx context.Context, id, reason string) error {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return fault.NewInvalid("reason", "exception.reason", "must be 1–1000 characters")
	}
	err := s.change(ctx, id, func(ctx context.Context, e Exception) error {
		if err := s.d.Repository.Delete(ctx, e.Tenant, e.ID); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, e.Tenant, "exception.remove", object(e), e.audited(), nil, reason)
	})
	if err != nil {
		return fmt.Errorf("remove exception %q: %w", id, err)
	}
	return nil
}

// change runs fn on an exception as it stands inside the transaction.
func (s *Service) change(ctx context.Context, id string, fn func(context.Context, Exception) error) error {
	e, err := s.d.Repository.Find(ctx, id)
	if err != nil {
		return err
	}
	err = s.d.Door.InTenant(ctx, e.Tenant, func(ctx context.Context) error {
		now, err := s.d.Repository.Stands(ctx, e.Tenant, id)
		if err != nil {
			return err
		}
		return fn(ctx, now)
	})
	if err != nil {
		return err
	}
	s.changed(ctx)
	return nil
}

func (s *Service) changed(ctx context.Context) {
	if s.d.Changed != nil {
		s.d.Changed(ctx)
	}
}

// now is the wall clock as precise as the store keeps it.
func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

func object(e Exception) string { return "exception/" + e.ID }
