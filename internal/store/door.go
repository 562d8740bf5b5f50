package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Errors of a door opened where it must not be. They are mistakes of the program, never of a caller.
var (
	errOtherTenant = errors.New("a transaction of one tenant cannot reach another's rows")
	errReadOnly    = errors.New("a reading transaction cannot be joined for writing")
)

// InTenant runs fn in a writing transaction on one customer's tables; fn's error rolls it back. It refuses with
// [fault.ErrNotFound] a customer outside the [tenant.Scope] of ctx. Inside fn, use the context fn is given: a fresh
// transaction opened there with another context waits for this one for ever on SQLite, which has one writer.
// Nested calls for the same customer join; an error of a nested call must be passed on unless it is fault.ErrNotFound.
func (s *Store) InTenant(ctx context.Context, id tenant.ID, fn func(ctx context.Context) error) error {
	if err := allowed(ctx, id); err != nil {
		return err
	}
	return s.enter(ctx, place{tenants: []tenant.ID{id}}, true, fn)
}

// ReadTenant is [Store.InTenant] for reading only; it waits for no writer. It joins a writing transaction too.
func (s *Store) ReadTenant(ctx context.Context, id tenant.ID, fn func(ctx context.Context) error) error {
	if err := allowed(ctx, id); err != nil {
		return err
	}
	return s.enter(ctx, place{tenants: []tenant.ID{id}}, false, fn)
}

// AmongTenants runs fn in a reading transaction on the tables of the given customers, each of which must lie in
// the scope of ctx. No id means no row.
func (s *Store) AmongTenants(ctx context.Context, ids []tenant.ID, fn func(ctx context.Context) error) error {
	for _, id := range ids {
		if err := allowed(ctx, id); err != nil {
			return err
		}
	}
	return s.enter(ctx, place{tenants: slices.Clone(ids)}, false, fn)
}

// AllTenants runs fn in a reading transaction over every customer's tables. Only the provider may (scope
// [tenant.All]), and it says why: the reason, a fixed phrase, is logged. What a person reads this way is audited by the
// service that answers the person.
func (s *Store) AllTenants(ctx context.Context, reason string, fn func(ctx context.Context) error) error {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return fmt.Errorf("all tenants: %w", fault.ErrNotFound)
	}
	s.log.DebugContext(ctx, "reading across tenants", "reason", reason)
	return s.enter(ctx, place{all: true}, false, fn)
}

// inScope opens the reading door that fits what is wanted: the given customers, or without any, all that the scope of ctx
// allows.
func (s *Store) inScope(ctx context.Context, reason string, wanted []tenant.ID, fn func(ctx context.Context) error) error {
	scope := tenant.ScopeFrom(ctx)
	if len(wanted) == 0 && scope.IsAll() {
		return s.AllTenants(ctx, reason, fn)
	}
	if len(wanted) == 0 {
		wanted = scope.IDs()
	}
	return s.AmongTenants(ctx, wanted, fn)
}

// Platform runs fn in a writing transaction on the tables that belong to no customer, and on the platform's own
// audit chain. Doors to one customer may be opened inside it; they join.
func (s *Store) Platform(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.enter(ctx, place{platform: true}, true, fn)
}

// ReadPlatform is [Store.Platform] for reading only.
func (s *Store) ReadPlatform(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.enter(ctx, place{platform: true}, false, fn)
}

// place is whose rows a transaction may touch just now.
type place struct {
	platform bool
	all      bool
	tenants  []tenant.ID
}

func (p place) equal(o place) bool {
	return p.platform == o.platform && p.all == o.all && slices.Equal(p.tenants, o.tenants)
}

// setting is the value of isoc.tenant for the place.
func (p place) setting() string {
	if p.platform {
		return tenant.Provider.String()
	}
	ids := make([]string, len(p.tenants))
	for i, id := range p.tenants {
		ids[i] = id.String()
	}
	return strings.Join(ids, ",")
}

// txn is the open transaction a context carries.
type txn struct {
	*sqlgen.Queries
	store    *Store
	sql      *sql.Tx
	writable bool
	at       place
	pinned   []tenant.ID // the customers of the innermost tenant door; no other may be reached from inside
}

type txnKey struct{}

// from returns the open transaction. Repositories call it inside a door, where there is one.
func (s *Store) from(ctx context.Context) *txn {
	t, ok := ctx.Value(txnKey{}).(*txn)
	if !ok || t.store != s {
		panic("store: statement outside a door")
	}
	return t
}

func (s *Store) enter(ctx context.Context, p place, write bool, fn func(context.Context) error) error {
	if t, ok := ctx.Value(txnKey{}).(*txn); ok && t.store == s {
		return t.join(ctx, p, write, fn)
	}
	return s.begin(ctx, p, write, fn)
}

func (s *Store) begin(ctx context.Context, p place, write bool, fn func(context.Context) error) (err error) {
	db := s.read
	if write {
		db = s.write
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: !write && s.engine == enginePostgres})
	if err != nil {
		return fmt.Errorf("begin: %w", translate(err))
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing; after a panic it undoes
	t := &txn{Queries: sqlgen.New(tx), store: s, sql: tx, writable: write, at: p, pinned: p.tenants}
	if err := t.stand(ctx, p); err != nil {
		return err
	}
	if err := fn(context.WithValue(ctx, txnKey{}, t)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}

// join runs fn in the same transaction at another place, and comes back to this one afterwards.
func (t *txn) join(ctx context.Context, p place, write bool, fn func(context.Context) error) error {
	if write && !t.writable {
		return errReadOnly
	}
	if t.at.equal(p) {
		return fn(ctx)
	}
	if !t.mayReach(p) {
		return errOtherTenant
	}
	inner := *t
	inner.at = p
	if len(p.tenants) > 0 {
		inner.pinned = p.tenants
	}
	if err := t.stand(ctx, p); err != nil {
		return err
	}
	err := fn(context.WithValue(ctx, txnKey{}, &inner))
	if back := t.stand(ctx, t.at); err == nil {
		return back
	}
	return err
}

func (t *txn) mayReach(p place) bool {
	if p.platform || len(t.pinned) == 0 {
		return true
	}
	if p.all {
		return false
	}
	for _, id := range p.tenants {
		if !slices.Contains(t.pinned, id) {
			return false
		}
	}
	return true
}

// stand tells row-level security where the transaction now is.
func (t *txn) stand(ctx context.Context, p place) error {
	if t.store.engine != enginePostgres {
		return nil
	}
	all := "off"
	if p.all {
		all = "on"
	}
	_, err := t.sql.ExecContext(ctx, `SELECT set_config('`+settingTenant+`', $1, true), set_config('`+settingAll+`', $2, true)`, p.setting(), all)
	if err != nil {
		return fmt.Errorf("set tenant of transaction: %w", translate(err))
	}
	return nil
}

func allowed(ctx context.Context, id tenant.ID) error {
	if !tenant.ScopeFrom(ctx).Allows(id) {
		return fmt.Errorf("tenant %q: %w", id, fault.ErrNotFound)
	}
	return nil
}
