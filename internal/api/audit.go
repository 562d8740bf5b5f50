package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// AuditEntry is one link of a chain: who did what to whose data.
type AuditEntry struct {
	Tenant   string    `json:"tenant" doc:"Id of the customer, or provider."`
	Seq      int64     `json:"seq" doc:"1, 2, 3 … without gaps."`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	ActorID  string    `json:"actor_id"`
	Provider bool      `json:"provider" doc:"The actor is the provider's staff."`
	Remote   string    `json:"remote"`
	Session  string    `json:"session"`
	Action   string    `json:"action" example:"alert.closed"`
	Object   string    `json:"object" example:"alert/01J…"`
	Before   string    `json:"before" doc:"JSON, or empty."`
	After    string    `json:"after" doc:"JSON, or empty."`
	Reason   string    `json:"reason"`
	Hash     string    `json:"hash"`
	PrevHash string    `json:"prev_hash"`
}

// AuditCheck is the outcome of checking a chain.
type AuditCheck struct {
	OK        bool   `json:"ok"`
	Entries   int64  `json:"entries"`
	BrokenSeq int64  `json:"broken_seq" doc:"First entry that does not fit; 0 where all do."`
	Reason    string `json:"reason"`
}

// AuditVerify names the chain to check.
type AuditVerify struct {
	Tenant string `json:"tenant" minLength:"1" maxLength:"64" doc:"Slug or id of a customer, or provider."`
}

// AuditSelection says which entries of which chain.
type AuditSelection struct {
	Tenant string `query:"tenant" required:"true" maxLength:"64" doc:"Slug or id of a customer, or provider for the platform's own chain."`
	Actor  string `query:"actor" maxLength:"64"`
	Action string `query:"action" maxLength:"64" doc:"An action, or its noun."`
	Object string `query:"object" maxLength:"128" doc:"An object, or what its name begins with: alert/01J…, alert."`
	From   string `query:"from" maxLength:"64" doc:"RFC 3339 or relative, as in a search."`
	To     string `query:"to" maxLength:"64"`
}

// auditFilter selects a page of entries of one chain.
type auditFilter struct {
	Paging
	AuditSelection
}

// Chains reads the audit chains within the context's scope; the platform's own stands under tenant.Provider.
type Chains interface {
	List(ctx context.Context, q audit.Query) ([]audit.Entry, string, error)
	Verify(ctx context.Context, id tenant.ID) (audit.Result, error)
}

// verifyTimeout bounds the check of one chain: about two million entries.
const verifyTimeout = 2 * time.Minute

func (a *API) declareAudit() {
	register(a, operation{
		id: "listAudit", method: http.MethodGet, path: "/api/v1/audit", tag: "audit",
		summary: "Entries of a chain, newest first",
	}, named(identity.ReadAudit), a.listAudit)
	register(a, operation{
		id: "exportAudit", method: http.MethodGet, path: "/api/v1/audit/export", tag: "audit",
		summary: "Entries of a chain as CSV or JSON lines, newest first; a last line says so where it was cut", timeout: exportTimeout,
	}, named(identity.ReadAudit), a.exportAudit)
	register(a, operation{
		id: "verifyAudit", method: http.MethodPost, path: "/api/v1/audit/verify", tag: "audit",
		summary: "Check a chain from its first entry to its last", timeout: verifyTimeout,
	}, named(identity.ReadAudit), a.verifyAudit)
}

func (a *API) listAudit(ctx context.Context, in *auditFilter) (*reply[Page[AuditEntry]], error) {
	q, err := a.auditQuery(ctx, in.AuditSelection)
	if err != nil {
		return nil, err
	}
	q.Limit, q.Cursor = in.Limit, in.Cursor
	entries, cursor, err := a.deps.Chains.List(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, customers(q.Tenant), "audit.list", "audit"); err != nil {
		return nil, err
	}
	return answer(Page[AuditEntry]{Items: each(entries, entryBody), Cursor: cursor}), nil
}

// auditQuery understands a selection within the caller's rights.
func (a *API) auditQuery(ctx context.Context, in AuditSelection) (audit.Query, error) {
	from, to, err := readSpan(in.From, in.To, a.opts.Now())
	if err != nil {
		return audit.Query{}, err
	}
	id, err := a.chainOf(ctx, in.Tenant)
	return audit.Query{Tenant: id, Actor: in.Actor, Action: in.Action, Object: in.Object, From: from, To: to}, err
}

func (a *API) verifyAudit(ctx context.Context, in *struct{ Body AuditVerify }) (*reply[AuditCheck], error) {
	id, err := a.chainOf(ctx, in.Body.Tenant)
	if err != nil {
		return nil, err
	}
	res, err := a.deps.Chains.Verify(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, customers(id), "audit.verify", "audit"); err != nil {
		return nil, err
	}
	return answer(AuditCheck{OK: res.OK, Entries: res.Entries, BrokenSeq: res.BrokenSeq, Reason: res.Reason}), nil
}

// chainOf finds the chain that a caller names: a customer's, or the platform's own, which is there only for
// the provider's staff and readable only with the right to manage users, whose doings it mostly shows.
func (a *API) chainOf(ctx context.Context, ref string) (tenant.ID, error) {
	if ref != tenant.Provider.String() {
		found, err := a.tenants(ctx, identity.ReadAudit, []string{ref})
		if err != nil {
			return "", err
		}
		return found[0].ID, nil
	}
	p, ok := identity.From(ctx)
	switch {
	case !ok || !p.IsProvider():
		return "", fault.ErrNotFound
	case !p.CanSomewhere(identity.ManageUsers):
		return "", fault.ErrForbidden
	}
	return tenant.Provider, nil
}

// customers is the chain itself, unless it is the platform's, whose reads need no trail of their own.
func customers(id tenant.ID) []tenant.ID {
	if id == tenant.Provider {
		return nil
	}
	return []tenant.ID{id}
}

func entryBody(e audit.Entry) AuditEntry {
	return AuditEntry{
		Tenant: string(e.Tenant), Seq: e.Seq, At: e.At.UTC(), Actor: e.Actor, ActorID: e.ActorID, Provider: e.Provider,
		Remote: e.Remote, Session: e.Session, Action: e.Action, Object: e.Object, Before: e.Before, After: e.After,
		Reason: e.Reason, Hash: e.Hash, PrevHash: e.PrevHash,
	}
}

var (
	_ Chains = (*audit.Service)(nil)
	_ Trail  = (*audit.Service)(nil)
)
