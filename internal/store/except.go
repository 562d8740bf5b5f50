package store

import (
	"context"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Exceptions keeps the exceptions of rules.
type Exceptions struct{ s *Store }

// Exceptions returns the shelf of exceptions. Its methods open their own doors and join open ones.
func (s *Store) Exceptions() Exceptions { return Exceptions{s} }

var (
	_ except.Repository = Exceptions{}
	_ except.Shelf      = Exceptions{}
	_ except.Door       = (*Store)(nil)
)

// Insert implements [except.Writer].
func (r Exceptions) Insert(ctx context.Context, e except.Exception) error {
	return translate(r.s.from(ctx).InsertException(ctx, sqlgen.InsertExceptionParams{
		TenantID: e.Tenant.String(), ID: e.ID, RuleID: e.Rule, RuleTitle: e.RuleTitle, Query: e.Query, Reason: e.Reason, AlertID: e.Alert,
		ExpiresAt: micros(e.ExpiresAt), CreatedAt: micros(e.CreatedAt), CreatedBy: e.CreatedBy, UpdatedAt: micros(e.UpdatedAt), UpdatedBy: e.UpdatedBy,
	}))
}

// Update implements [except.Writer].
func (r Exceptions) Update(ctx context.Context, e except.Exception) error {
	n, err := r.s.from(ctx).UpdateException(ctx, sqlgen.UpdateExceptionParams{
		Reason: e.Reason, ExpiresAt: micros(e.ExpiresAt), UpdatedAt: micros(e.UpdatedAt), UpdatedBy: e.UpdatedBy,
		TenantID: e.Tenant.String(), ID: e.ID, Version: e.Version - 1,
	})
	if err != nil {
		return translate(err)
	}
	if n == 1 {
		return nil
	}
	stands, err := r.Stands(ctx, e.Tenant, e.ID)
	if err != nil {
		return err
	}
	return &fault.Conflict{By: stands.UpdatedBy, At: stands.UpdatedAt, Version: stands.Version}
}

// Delete implements [except.Writer].
func (r Exceptions) Delete(ctx context.Context, id tenant.ID, exception string) error {
	n, err := r.s.from(ctx).DeleteException(ctx, id.String(), exception)
	if err == nil && n == 0 {
		return fault.ErrNotFound
	}
	return translate(err)
}

// Count implements [except.Reader].
func (r Exceptions) Count(ctx context.Context, id tenant.ID) (n int, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		found, err := r.s.from(ctx).CountExceptions(ctx, id.String())
		n = int(found)
		return translate(err)
	})
	return n, err
}

const exceptionColumns = "SELECT tenant_id, id, rule_id, rule_title, query, reason, alert_id, expires_at, created_at, created_by, updated_at, updated_by, version, hits, last_hit"

// Find implements [except.Reader].
func (r Exceptions) Find(ctx context.Context, id string) (found except.Exception, err error) {
	err = r.s.inScope(ctx, "find an exception", nil, func(ctx context.Context) error {
		t := r.s.from(ctx)
		w := t.rows().and("id = ?", id)
		return translate(scanException(t.sql.QueryRowContext(ctx, exceptionColumns+" FROM rule_exceptions"+w.String(), w.args...).Scan, &found))
	})
	return found, err
}

// Stands implements [except.Writer].
func (r Exceptions) Stands(ctx context.Context, id tenant.ID, exception string) (except.Exception, error) {
	row, err := r.s.from(ctx).ExceptionByID(ctx, id.String(), exception)
	return exceptionOf(row), translate(err)
}

// List implements [except.Reader].
func (r Exceptions) List(ctx context.Context, q except.Query) (list []except.Exception, err error) {
	err = r.s.inScope(ctx, "list exceptions", q.Tenants, func(ctx context.Context) error {
		t := r.s.from(ctx)
		w := t.rows()
		switch {
		case q.Rule != "" && q.General:
			w.and("rule_id = ? OR rule_id = ''", q.Rule)
		case q.Rule != "":
			w.and("rule_id = ?", q.Rule)
		}
		inStates(w, q.States, q.Now)
		if q.Text != "" {
			p := like(q.Text)
			w.and(`LOWER(query) LIKE ? ESCAPE '\' OR LOWER(reason) LIKE ? ESCAPE '\' OR LOWER(rule_title) LIKE ? ESCAPE '\' OR LOWER(rule_id) LIKE ? ESCAPE '\'`, p, p, p, p)
		}
		if q.Before != "" {
			w.and("id < ?", q.Before)
		}
		text := exceptionColumns + " FROM rule_exceptions" + w.String() + " ORDER BY id DESC LIMIT " + w.bind(q.Limit)
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			var e except.Exception
			err := scanException(scan, &e)
			list = append(list, e)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("exceptions: %w", err)
	}
	return list, nil
}

// inStates adds that an exception is in one of the states.
func inStates(w *where, states []except.State, now time.Time) {
	var conditions []string
	var args []any
	for _, s := range states {
		switch s {
		case except.Active:
			conditions, args = append(conditions, "expires_at > ?"), append(args, micros(now.Add(except.Soon)))
		case except.Expiring:
			conditions, args = append(conditions, "expires_at > ? AND expires_at <= ?"), append(args, micros(now), micros(now.Add(except.Soon)))
		case except.Expired:
			conditions, args = append(conditions, "expires_at <= ?"), append(args, micros(now))
		}
	}
	if len(conditions) > 0 {
		w.either(conditions, args)
	}
}

// InForce implements [except.Shelf].
func (r Exceptions) InForce(ctx context.Context, after time.Time) (list []except.Exception, err error) {
	err = r.s.AllTenants(ctx, "exceptions in force", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).ExceptionsInForce(ctx, micros(after))
		for _, row := range rows {
			list = append(list, exceptionOf(row))
		}
		return translate(err)
	})
	return list, err
}

// AddHits implements [except.Shelf].
func (r Exceptions) AddHits(ctx context.Context, id tenant.ID, exception string, hits int64, last time.Time) error {
	return r.s.InTenant(ctx, id, func(ctx context.Context) error {
		return translate(r.s.from(ctx).AddExceptionHits(ctx, sqlgen.AddExceptionHitsParams{
			More: hits, LastHit: micros(last), TenantID: id.String(), ID: exception}))
	})
}

func scanException(scan func(...any) error, into *except.Exception) error {
	var r sqlgen.RuleException
	err := scan(&r.TenantID, &r.ID, &r.RuleID, &r.RuleTitle, &r.Query, &r.Reason, &r.AlertID, &r.ExpiresAt, &r.CreatedAt, &r.CreatedBy,
		&r.UpdatedAt, &r.UpdatedBy, &r.Version, &r.Hits, &r.LastHit)
	*into = exceptionOf(r)
	return err
}

func exceptionOf(r sqlgen.RuleException) except.Exception {
	return except.Exception{
		ID: r.ID, Tenant: tenant.ID(r.TenantID), Rule: r.RuleID, RuleTitle: r.RuleTitle, Query: r.Query, Reason: r.Reason, Alert: r.AlertID,
		ExpiresAt: at(r.ExpiresAt), CreatedAt: at(r.CreatedAt), CreatedBy: r.CreatedBy, UpdatedAt: at(r.UpdatedAt), UpdatedBy: r.UpdatedBy,
		Version: r.Version, Hits: r.Hits, LastHit: at(r.LastHit),
	}
}
