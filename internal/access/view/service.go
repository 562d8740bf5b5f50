package view

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a [Service] works with.
type Deps struct {
	Repository Repository
	Door       Door
	Auditor    Auditor
	Now        func() time.Time // nil for the wall clock
}

// Service keeps the views of the caller in the context. It is safe for concurrent use.
type Service struct{ d Deps }

// NewService returns a service over d.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{d: d}
}

// Draft is a view to be kept. Side may be empty where the caller has one side only.
type Draft struct {
	Side   tenant.ID
	Page   string
	Name   string
	Search string
	Shared bool
}

// Patch changes a view; nil fields stay. Version is the one the change was made on.
type Patch struct {
	Name    *string
	Search  *string
	Shared  *bool
	Version int64
}

// List returns the caller's own views and those shared at the caller's sides, and what the caller opens pages with.
func (s *Service) List(ctx context.Context) ([]View, []Default, error) {
	p, sides, err := caller(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list views: %w", err)
	}
	var views []View
	var defaults []Default
	for _, side := range sides {
		of, err := s.d.Repository.For(ctx, side, p.UserID)
		if err != nil {
			return nil, nil, fmt.Errorf("list views: %w", err)
		}
		chosen, err := s.d.Repository.Defaults(ctx, side, p.UserID)
		if err != nil {
			return nil, nil, fmt.Errorf("list views: %w", err)
		}
		views, defaults = append(views, of...), append(defaults, chosen...)
	}
	return views, defaults, nil
}

// Create keeps a view of the caller. More than 200 of one person are refused.
func (s *Service) Create(ctx context.Context, d Draft) (View, error) {
	p, sides, err := caller(ctx)
	if err != nil {
		return View{}, fmt.Errorf("create view: %w", err)
	}
	side, err := chooseSide(d.Side, sides)
	if err != nil {
		return View{}, fmt.Errorf("create view: %w", err)
	}
	now := s.instant()
	v := View{
		ID: ulid.Make().String(), Side: side, UserID: p.UserID, Owner: p.Username, Page: d.Page, Name: d.Name, Search: d.Search,
		Shared: d.Shared, CreatedAt: now, UpdatedAt: now, UpdatedBy: p.Username, Version: 1,
	}
	if err := v.validate(); err != nil {
		return View{}, fmt.Errorf("create view: %w", err)
	}
	err = s.d.Door.InSide(ctx, side, func(ctx context.Context) error {
		n, err := s.d.Repository.Count(ctx, side, p.UserID)
		if err != nil {
			return err
		}
		if n >= maxViews {
			return fault.NewInvalid("name", "view.many", "200 views are the most one person may keep")
		}
		if err := s.d.Repository.Insert(ctx, v); err != nil {
			return err
		}
		return s.record(ctx, v, "view.create", nil, v.audited())
	})
	if err != nil {
		return View{}, fmt.Errorf("create view: %w", err)
	}
	return v, nil
}

// Update changes one of the caller's own views. A colleague's shared one is fault.ErrForbidden, any other fault.ErrNotFound.
func (s *Service) Update(ctx context.Context, id string, patch Patch) (View, error) {
	var after View
	err := s.change(ctx, id, func(ctx context.Context, before View) error {
		if before.Version != patch.Version {
			return &fault.Conflict{By: before.UpdatedBy, At: before.UpdatedAt, Version: before.Version}
		}
		after = patch.apply(before)
		after.UpdatedAt, after.UpdatedBy = s.instant(), identity.Actor(ctx)
		if err := after.validate(); err != nil {
			return err
		}
		if err := s.d.Repository.Update(ctx, after); err != nil {
			return err
		}
		if before.Shared && !after.Shared {
			if err := s.d.Repository.Unchoose(ctx, after); err != nil {
				return err
			}
		}
		after.Version++
		return s.record(ctx, after, "view.update", before.audited(), after.audited())
	})
	if err != nil {
		return View{}, fmt.Errorf("update view %q: %w", id, err)
	}
	return after, nil
}

// Delete removes one of the caller's own views, as [Service.Update] finds it.
func (s *Service) Delete(ctx context.Context, id string) error {
	err := s.change(ctx, id, func(ctx context.Context, v View) error {
		if err := s.d.Repository.Delete(ctx, v.Side, v.ID); err != nil {
			return err
		}
		return s.record(ctx, v, "view.delete", v.audited(), nil)
	})
	if err != nil {
		return fmt.Errorf("delete view %q: %w", id, err)
	}
	return nil
}

// Choose makes a view of the page, the caller's own or a shared one, what the caller opens the page with.
func (s *Service) Choose(ctx context.Context, page, id string) error {
	p, v, err := s.find(ctx, id)
	if err == nil && v.Page != page {
		err = fault.ErrNotFound
	}
	if err == nil {
		err = s.choose(ctx, p, Default{Side: v.Side, UserID: p.UserID, Page: v.Page, View: v.ID})
	}
	if err != nil {
		return fmt.Errorf("choose view %q: %w", id, err)
	}
	return nil
}

// Unchoose lets a page of the caller open without a view again.
func (s *Service) Unchoose(ctx context.Context, page string) error {
	p, sides, err := caller(ctx)
	if err != nil {
		return fmt.Errorf("open %q without a view: %w", page, err)
	}
	if !pageName.MatchString(page) {
		return fault.NewInvalid("page", "view.page", "must be the name of a page")
	}
	for _, side := range sides {
		if err := s.choose(ctx, p, Default{Side: side, UserID: p.UserID, Page: page}); err != nil {
			return fmt.Errorf("open %q without a view: %w", page, err)
		}
	}
	return nil
}

func (s *Service) choose(ctx context.Context, p identity.Principal, d Default) error {
	return s.d.Door.InSide(ctx, d.Side, func(ctx context.Context) error {
		before, err := s.d.Repository.Defaults(ctx, d.Side, d.UserID)
		if err != nil {
			return err
		}
		was := ""
		if i := slices.IndexFunc(before, func(b Default) bool { return b.Page == d.Page }); i >= 0 {
			was = before[i].View
		}
		if was == d.View {
			return nil
		}
		if err := s.d.Repository.Choose(ctx, d); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, d.Side, "view.default", "page/"+d.Page, map[string]any{"view": was}, map[string]any{"view": d.View}, "")
	})
}

// find returns a view that the caller sees.
func (s *Service) find(ctx context.Context, id string) (identity.Principal, View, error) {
	p, sides, err := caller(ctx)
	if err != nil {
		return p, View{}, err
	}
	for _, side := range sides {
		v, err := s.d.Repository.Find(ctx, side, id)
		if err == nil && (v.UserID == p.UserID || v.Shared) {
			return p, v, nil
		}
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return p, View{}, err
		}
	}
	return p, View{}, fault.ErrNotFound
}

// change runs fn in the transaction of a view that is the caller's own, with the view as it then stands.
func (s *Service) change(ctx context.Context, id string, fn func(ctx context.Context, v View) error) error {
	p, v, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if v.UserID != p.UserID {
		return fault.ErrForbidden
	}
	return s.d.Door.InSide(ctx, v.Side, func(ctx context.Context) error {
		v, err := s.d.Repository.Find(ctx, v.Side, id)
		if err != nil {
			return err
		}
		return fn(ctx, v)
	})
}

func (s *Service) record(ctx context.Context, v View, action string, before, after any) error {
	return s.d.Auditor.Record(ctx, v.Side, action, "view/"+v.ID, before, after, "")
}

func (s *Service) instant() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

func (p Patch) apply(v View) View {
	if p.Name != nil {
		v.Name = *p.Name
	}
	if p.Search != nil {
		v.Search = *p.Search
	}
	if p.Shared != nil {
		v.Shared = *p.Shared
	}
	return v
}

// caller returns who calls and the sides the caller belongs to.
func caller(ctx context.Context) (identity.Principal, []tenant.ID, error) {
	p, ok := identity.From(ctx)
	if !ok || p.UserID == "" {
		return p, nil, fault.ErrUnauthenticated
	}
	if p.IsProvider() {
		return p, []tenant.ID{tenant.Provider}, nil
	}
	return p, p.Scope().IDs(), nil
}

func chooseSide(wanted tenant.ID, sides []tenant.ID) (tenant.ID, error) {
	switch {
	case wanted != "" && slices.Contains(sides, wanted):
		return wanted, nil
	case wanted != "":
		return "", fault.ErrNotFound
	case len(sides) == 1:
		return sides[0], nil
	case len(sides) == 0:
		return "", fault.ErrForbidden
	}
	return "", fault.NewInvalid("tenant", "view.side", "must say for which of your customers")
}
