package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Audit keeps the audit chains.
type Audit struct{ s *Store }

// Audit returns the audit chains.
func (s *Store) Audit() Audit { return Audit{s} }

var _ audit.Repository = Audit{}

// Append implements [audit.Chain]. Raising the head's number locks its row, so appends to one chain queue up on
// both engines until the transaction ends.
func (a Audit) Append(ctx context.Context, id tenant.ID, link func(seq int64, prev string) audit.Entry) error {
	return a.in(ctx, id, true, func(ctx context.Context) error {
		q := a.s.from(ctx)
		next, err := q.NextAuditSeq(ctx, id.String())
		if errors.Is(err, sql.ErrNoRows) {
			if err := q.StartAuditChain(ctx, id.String(), audit.Genesis); err != nil {
				return fmt.Errorf("start chain: %w", translate(err))
			}
			next, err = q.NextAuditSeq(ctx, id.String())
		}
		if err != nil {
			return fmt.Errorf("take number: %w", translate(err))
		}
		e := link(next.Seq, next.Hash)
		if err := q.InsertAuditEntry(ctx, sqlgen.InsertAuditEntryParams(auditRow(e))); err != nil {
			return fmt.Errorf("insert entry: %w", translate(err))
		}
		return translate(q.SetAuditHead(ctx, e.Hash, id.String()))
	})
}

// Together implements [audit.Chain].
func (a Audit) Together(ctx context.Context, fn func(context.Context) error) error {
	return a.s.Platform(ctx, fn)
}

// Head implements [audit.Chain].
func (a Audit) Head(ctx context.Context, id tenant.ID) (h audit.Head, err error) {
	err = a.in(ctx, id, false, func(ctx context.Context) error {
		row, err := a.s.from(ctx).AuditHead(ctx, id.String())
		h = audit.Head{Seq: row.Seq, Hash: row.Hash}
		return translate(err)
	})
	return h, err
}

// After implements [audit.Chain].
func (a Audit) After(ctx context.Context, id tenant.ID, seq int64, limit int) (list []audit.Entry, err error) {
	err = a.in(ctx, id, false, func(ctx context.Context) error {
		rows, err := a.s.from(ctx).AuditEntriesAfter(ctx, sqlgen.AuditEntriesAfterParams{TenantID: id.String(), Seq: seq, MaxRows: int32(limit)})
		list = auditEntries(rows)
		return translate(err)
	})
	return list, err
}

// Newest implements [audit.Index].
func (a Audit) Newest(ctx context.Context, q audit.Query, below int64) (list []audit.Entry, err error) {
	p := sqlgen.AuditEntriesNewestParams{
		TenantID: q.Tenant.String(), BeforeSeq: below, FromAt: bound(q.From, math.MinInt64), ToAt: bound(q.To, math.MaxInt64),
		Actor: q.Actor, Action: q.Action, ActionNoun: q.Action + ".", Object: q.Object, MaxRows: int32(q.Limit),
	}
	err = a.in(ctx, q.Tenant, false, func(ctx context.Context) error {
		rows, err := a.s.from(ctx).AuditEntriesNewest(ctx, p)
		list = auditEntries(rows)
		return translate(err)
	})
	return list, err
}

// Chains implements [audit.Index].
func (a Audit) Chains(ctx context.Context) (ids []tenant.ID, err error) {
	err = a.s.AllTenants(ctx, "verify every audit chain", func(ctx context.Context) error {
		rows, err := a.s.from(ctx).AuditChains(ctx)
		for _, id := range rows {
			ids = append(ids, tenant.ID(id))
		}
		return translate(err)
	})
	return ids, err
}

// in opens the door to a chain: the platform's own is behind Platform, and only audit entries use it under that id.
func (a Audit) in(ctx context.Context, id tenant.ID, write bool, fn func(context.Context) error) error {
	switch {
	case id == tenant.Provider && write:
		return a.s.Platform(ctx, fn)
	case id == tenant.Provider:
		return a.s.ReadPlatform(ctx, fn)
	case write:
		return a.s.InTenant(ctx, id, fn)
	default:
		return a.s.ReadTenant(ctx, id, fn)
	}
}

func bound(t time.Time, none int64) int64 {
	if t.IsZero() {
		return none
	}
	return t.UnixMicro()
}

func auditRow(e audit.Entry) sqlgen.AuditEntry {
	return sqlgen.AuditEntry{
		TenantID: e.Tenant.String(), Seq: e.Seq, At: micros(e.At), Actor: e.Actor, ActorID: e.ActorID, Provider: e.Provider, Remote: e.Remote,
		Session: e.Session, Action: e.Action, Object: e.Object, BeforeState: e.Before, AfterState: e.After, Reason: e.Reason,
		PrevHash: e.PrevHash, Hash: e.Hash,
	}
}

func auditEntries(rows []sqlgen.AuditEntry) []audit.Entry {
	list := make([]audit.Entry, len(rows))
	for i, r := range rows {
		list[i] = audit.Entry{
			Tenant: tenant.ID(r.TenantID), Seq: r.Seq, At: at(r.At), Actor: r.Actor, ActorID: r.ActorID, Provider: r.Provider, Remote: r.Remote,
			Session: r.Session, Action: r.Action, Object: r.Object, Before: r.BeforeState, After: r.AfterState, Reason: r.Reason,
			PrevHash: r.PrevHash, Hash: r.Hash,
		}
	}
	return list
}
