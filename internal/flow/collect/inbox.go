package collect

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// InboxQueue is the part of the queue the inbox needs; in the words of package queue. An unknown group is [fault.ErrNotFound].
type InboxQueue interface {
	InboxGroups(ctx context.Context) ([]record.Group, error)
	InboxRecords(ctx context.Context, group string, limit int) ([]record.Record, error)
	AssignInbox(ctx context.Context, group string, rewrite func(*record.Record)) (int, error)
	DeleteInbox(ctx context.Context, group string) (int, error)
}

// Inbox is the provider's view of records that no source claims. Callers without the provider's scope are refused
// with [fault.ErrNotFound]. Assignments and deletions are audited; so is looking into records, for they may be a customer's.
type Inbox struct {
	queue    InboxQueue
	sources  *Service
	registry *Registry
	auditor  Auditor
}

// NewInbox returns the inbox of q.
func NewInbox(q InboxQueue, s *Service, r *Registry, a Auditor) *Inbox {
	return &Inbox{queue: q, sources: s, registry: r, auditor: a}
}

// MaxInboxRecords is the most [Inbox.Records] returns.
const MaxInboxRecords = 1000

// Groups lists the senders in the inbox, the one heard from last first.
func (b *Inbox) Groups(ctx context.Context) ([]record.Group, error) {
	if err := providerOnly(ctx); err != nil {
		return nil, err
	}
	return b.queue.InboxGroups(ctx)
}

// Records returns the oldest records of a group, at most limit and at most [MaxInboxRecords].
func (b *Inbox) Records(ctx context.Context, group string, limit int) ([]record.Record, error) {
	if err := providerOnly(ctx); err != nil {
		return nil, err
	}
	recs, err := b.queue.InboxRecords(ctx, group, min(max(limit, 1), MaxInboxRecords))
	if err != nil {
		return nil, err
	}
	return recs, b.auditor.Record(ctx, tenant.Provider, "inbox.read", "inbox/"+group, nil, map[string]any{"records": len(recs)}, "")
}

// Assign moves a group's records to a source and on to the pipeline; with addSender further records of that sender
// go there by themselves. The audit entry in both chains stands before the move, so that no move is without one.
func (b *Inbox) Assign(ctx context.Context, group string, id tenant.ID, source string, addSender bool) (int, error) {
	if err := providerOnly(ctx); err != nil {
		return 0, err
	}
	src, ok := b.registry.ByID(source)
	if !ok || src.Tenant != id {
		return 0, fmt.Errorf("source %q: %w", source, fault.ErrNotFound)
	}
	first, err := b.queue.InboxRecords(ctx, group, 1)
	if err != nil {
		return 0, err
	}
	if addSender {
		addr, err := netip.ParseAddr(first[0].Remote)
		if err != nil || record.GroupOf(&first[0]) != group { // the shared group has many senders
			return 0, fault.NewInvalid("add_sender", "inbox.sender.none", "the group has no single sender address")
		}
		if err := b.sources.AddSender(ctx, id, source, addr); err != nil {
			return 0, err
		}
	}
	what := map[string]any{"group": group, "tenant": id, "source": source}
	for _, chain := range []tenant.ID{tenant.Provider, id} {
		if err := b.auditor.Record(ctx, chain, "inbox.assign", "inbox/"+group, nil, what, ""); err != nil {
			return 0, fmt.Errorf("audit assignment: %w", err)
		}
	}
	moved, err := b.queue.AssignInbox(ctx, group, func(r *record.Record) { r.Tenant, r.Source = id, source })
	b.registry.Touch(source, moved, 0)
	return moved, err
}

// Delete throws a group's records away and returns how many.
func (b *Inbox) Delete(ctx context.Context, group string) (int, error) {
	if err := providerOnly(ctx); err != nil {
		return 0, err
	}
	if _, err := b.queue.InboxRecords(ctx, group, 1); err != nil {
		return 0, err
	}
	if err := b.auditor.Record(ctx, tenant.Provider, "inbox.delete", "inbox/"+group, nil, nil, ""); err != nil {
		return 0, fmt.Errorf("audit deletion: %w", err)
	}
	return b.queue.DeleteInbox(ctx, group)
}

func providerOnly(ctx context.Context) error {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return fmt.Errorf("inbox: %w", fault.ErrNotFound)
	}
	return nil
}
