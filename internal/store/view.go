package store

import (
	"context"

	"github.com/isoc-project/isoc/internal/access/view"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Views keeps saved views.
type Views struct{ s *Store }

// Views returns the shelf of saved views. Its methods open their own doors and join open ones.
func (s *Store) Views() Views { return Views{s} }

var (
	_ view.Repository = Views{}
	_ view.Door       = Views{}
)

// InSide implements [view.Door].
func (r Views) InSide(ctx context.Context, side tenant.ID, fn func(ctx context.Context) error) error {
	return r.in(ctx, side, true, fn)
}

// For implements [view.Reader].
func (r Views) For(ctx context.Context, side tenant.ID, user string) (list []view.View, err error) {
	err = r.in(ctx, side, false, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).ViewsFor(ctx, side.String(), user)
		list = make([]view.View, len(rows))
		for i, row := range rows {
			list[i] = viewOf(row)
		}
		return translate(err)
	})
	return list, err
}

// Find implements [view.Reader].
func (r Views) Find(ctx context.Context, side tenant.ID, id string) (v view.View, err error) {
	err = r.in(ctx, side, false, func(ctx context.Context) error {
		row, err := r.s.from(ctx).ViewByID(ctx, side.String(), id)
		v = viewOf(row)
		return translate(err)
	})
	return v, err
}

// Count implements [view.Reader].
func (r Views) Count(ctx context.Context, side tenant.ID, user string) (n int, err error) {
	err = r.in(ctx, side, false, func(ctx context.Context) error {
		found, err := r.s.from(ctx).CountViews(ctx, side.String(), user)
		n = int(found)
		return translate(err)
	})
	return n, err
}

// Insert implements [view.Writer].
func (r Views) Insert(ctx context.Context, v view.View) error {
	return r.in(ctx, v.Side, true, func(ctx context.Context) error {
		return taken(r.s.from(ctx).InsertView(ctx, sqlgen.InsertViewParams{
			TenantID: v.Side.String(), ID: v.ID, UserID: v.UserID, Owner: v.Owner, Page: v.Page, Name: v.Name, Search: v.Search, Shared: v.Shared,
			CreatedAt: micros(v.CreatedAt), UpdatedAt: micros(v.UpdatedAt), UpdatedBy: v.UpdatedBy,
		}), map[string]string{"name": v.Name})
	})
}

// Update implements [view.Writer].
func (r Views) Update(ctx context.Context, v view.View) error {
	return r.in(ctx, v.Side, true, func(ctx context.Context) error {
		n, err := r.s.from(ctx).UpdateView(ctx, sqlgen.UpdateViewParams{
			Name: v.Name, Search: v.Search, Shared: v.Shared, UpdatedAt: micros(v.UpdatedAt), UpdatedBy: v.UpdatedBy,
			TenantID: v.Side.String(), ID: v.ID, Version: v.Version,
		})
		if err != nil {
			return taken(err, map[string]string{"name": v.Name})
		}
		if n == 1 {
			return nil
		}
		stands, err := r.Find(ctx, v.Side, v.ID)
		if err != nil {
			return err
		}
		return &fault.Conflict{By: stands.UpdatedBy, At: stands.UpdatedAt, Version: stands.Version}
	})
}

// Delete implements [view.Writer].
func (r Views) Delete(ctx context.Context, side tenant.ID, id string) error {
	return r.in(ctx, side, true, func(ctx context.Context) error {
		n, err := r.s.from(ctx).DeleteView(ctx, side.String(), id)
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// Defaults implements [view.Chooser].
func (r Views) Defaults(ctx context.Context, side tenant.ID, user string) (list []view.Default, err error) {
	err = r.in(ctx, side, false, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).ViewDefaultsOf(ctx, side.String(), user)
		for _, row := range rows {
			list = append(list, view.Default{Side: tenant.ID(row.TenantID), UserID: row.UserID, Page: row.Page, View: row.ViewID})
		}
		return translate(err)
	})
	return list, err
}

// Choose implements [view.Chooser].
func (r Views) Choose(ctx context.Context, d view.Default) error {
	return r.in(ctx, d.Side, true, func(ctx context.Context) error {
		q := r.s.from(ctx)
		if d.View == "" {
			return translate(q.DeleteViewDefault(ctx, sqlgen.DeleteViewDefaultParams{TenantID: d.Side.String(), UserID: d.UserID, Page: d.Page}))
		}
		return translate(q.PutViewDefault(ctx, sqlgen.PutViewDefaultParams{TenantID: d.Side.String(), UserID: d.UserID, Page: d.Page, ViewID: d.View}))
	})
}

// Unchoose implements [view.Chooser].
func (r Views) Unchoose(ctx context.Context, v view.View) error {
	return r.in(ctx, v.Side, true, func(ctx context.Context) error {
		return translate(r.s.from(ctx).DeleteViewDefaultsOfOthers(ctx, sqlgen.DeleteViewDefaultsOfOthersParams{
			TenantID: v.Side.String(), ViewID: v.ID, UserID: v.UserID,
		}))
	})
}

// in opens the door to a side. The provider's is the platform's place, open to the provider's scope alone.
func (r Views) in(ctx context.Context, side tenant.ID, write bool, fn func(context.Context) error) error {
	if side == tenant.Provider && !tenant.ScopeFrom(ctx).IsAll() {
		return fault.ErrNotFound
	}
	return r.s.Audit().in(ctx, side, write, fn)
}

func viewOf(r sqlgen.SavedView) view.View {
	return view.View{
		ID: r.ID, Side: tenant.ID(r.TenantID), UserID: r.UserID, Owner: r.Owner, Page: r.Page, Name: r.Name, Search: r.Search, Shared: r.Shared,
		CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt), UpdatedBy: r.UpdatedBy, Version: r.Version,
	}
}
