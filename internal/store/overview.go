package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Overviews keeps the marks of overviews and counts for them.
type Overviews struct{ s *Store }

// Overviews returns what overviews are made from.
func (s *Store) Overviews() Overviews { return Overviews{s} }

var (
	_ overview.Marks   = Overviews{}
	_ overview.Figures = Overviews{}
	_ overview.Door    = (*Store)(nil)
)

// Mark implements [overview.Marks].
func (o Overviews) Mark(ctx context.Context, key tenant.ID, user string) (time.Time, error) {
	us, err := o.s.from(ctx).OverviewMark(ctx, key.String(), user)
	if err = translate(err); errors.Is(err, fault.ErrNotFound) {
		return time.Time{}, nil
	}
	return at(us), err
}

// PutMark implements [overview.Marks].
func (o Overviews) PutMark(ctx context.Context, key tenant.ID, user string, seen time.Time) error {
	return translate(o.s.from(ctx).PutOverviewMark(ctx, sqlgen.PutOverviewMarkParams{TenantID: key.String(), UserID: user, At: micros(seen)}))
}

// Raised implements [overview.Figures].
func (o Overviews) Raised(ctx context.Context, tenants []tenant.ID, since time.Time) (map[string]int64, error) {
	found := make(map[string]int64)
	err := o.s.AmongTenants(ctx, tenants, func(ctx context.Context) error {
		t := o.s.from(ctx)
		w := t.rows().raisedFrom(since)
		return t.each(ctx, "SELECT level, COUNT(*) FROM alerts"+w.String()+" GROUP BY level", w.args, func(scan func(...any) error) error {
			var level string
			var n int64
			err := scan(&level, &n)
			found[level] = n
			return err
		})
	})
	return found, err
}

// Moved implements [overview.Figures].
func (o Overviews) Moved(ctx context.Context, tenants []tenant.ID, since time.Time, actor string) (open, closed int64, err error) {
	err = o.s.AmongTenants(ctx, tenants, func(ctx context.Context) error {
		t := o.s.from(ctx)
		w := t.rows()
		t.movedFrom(w, since, actor)
		return t.each(ctx, "SELECT state = 'closed', COUNT(*) FROM alerts"+w.String()+" GROUP BY state = 'closed'", w.args, func(scan func(...any) error) error {
			var isClosed bool
			var n int64
			err := scan(&isClosed, &n)
			if isClosed {
				closed = n
			} else {
				open = n
			}
			return err
		})
	})
	return open, closed, err
}

// Standings implements [overview.Figures].
func (o Overviews) Standings(ctx context.Context, tenants []tenant.ID) ([]overview.Standing, error) {
	byTenant := make(map[tenant.ID]*overview.Standing)
	err := o.s.AmongTenants(ctx, tenants, func(ctx context.Context) error {
		t := o.s.from(ctx)
		w := t.rows().and("state <> 'closed'")
		text := "SELECT tenant_id, level, COUNT(*), SUM(CASE WHEN state = 'new' THEN 1 ELSE 0 END), COALESCE(MIN(CASE WHEN state = 'new' THEN id END), ''), MAX(risk) FROM alerts" +
			w.String() + " GROUP BY tenant_id, level"
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			var id, level, oldest string
			var open, fresh, risk int64
			if err := scan(&id, &level, &open, &fresh, &oldest, &risk); err != nil {
				return err
			}
			st, ok := byTenant[tenant.ID(id)]
			if !ok {
				st = &overview.Standing{Tenant: tenant.ID(id), Open: make(map[string]int64)}
				byTenant[st.Tenant] = st
			}
			st.Open[level] += open
			st.New += fresh
			st.Risk = max(st.Risk, risk)
			if oldest != "" && (st.Oldest == "" || oldest < st.Oldest) {
				st.Oldest = oldest
			}
			return nil
		})
	})
	all := make([]overview.Standing, 0, len(byTenant))
	for _, st := range byTenant {
		if id, err := ulid.ParseStrict(st.Oldest); err == nil {
			st.At = ulid.Time(id.Time()).UTC()
		}
		all = append(all, *st)
	}
	return all, err
}

// Changes implements [overview.Figures].
func (o Overviews) Changes(ctx context.Context, chains []tenant.ID, since time.Time) (all []overview.Change, err error) {
	shelf := Audit(o)
	for _, chain := range chains {
		err := shelf.in(ctx, chain, false, func(ctx context.Context) error {
			rows, err := o.s.from(ctx).AuditActionsSince(ctx, chain.String(), micros(since))
			for _, r := range rows {
				all = append(all, overview.Change{Chain: chain, Action: r.Action, Count: r.Entries})
			}
			return translate(err)
		})
		if err != nil {
			return nil, fmt.Errorf("chain %s: %w", chain, err)
		}
	}
	return all, nil
}

// raisedFrom selects alerts raised at or after a moment: their ids begin with it.
func (w *where) raisedFrom(since time.Time) *where {
	return w.and("id >= ?", firstID(since))
}

// movedFrom adds to w that somebody other than actor changed the alert's state at or after a moment.
func (t *txn) movedFrom(w *where, since time.Time, actor string) {
	moves := t.rows().and("at >= ?", micros(since)).and("actor <> ?", actor)
	w.within(moves, "(tenant_id, id) IN (SELECT tenant_id, alert_id FROM alert_transitions", ")")
}

// firstID is the lowest ULID of a moment's millisecond.
func firstID(at time.Time) string {
	var id ulid.ULID
	if at.Before(time.Unix(0, 0)) || id.SetTime(ulid.Timestamp(at)) != nil {
		return ""
	}
	return id.String()
}

// each runs a query and gives its rows to fn, one after the other.
func (t *txn) each(ctx context.Context, text string, args []any, fn func(scan func(...any) error) error) error {
	rows, err := t.sql.QueryContext(ctx, text, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return translate(err)
		}
	}
	return translate(rows.Err())
}
