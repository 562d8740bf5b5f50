package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
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

// auditFilter selects entries of one chain.
type auditFilter struct {
	Paging
	Tenant string `query:"tenant" required:"true" maxLength:"64" doc:"Slug or id of a customer, or provider for the platform's own chain."`
	Actor  string `query:"actor" maxLength:"64"`
	Action string `query:"action" maxLength:"64" doc:"An action, or its noun."`
	From   string `query:"from" maxLength:"64" doc:"RFC 3339 or relative, as in a search."`
	To     string `query:"to" maxLength:"64"`
}

func (a *API) declareAudit() {
	register(a, operation{
		id: "listAudit", method: http.MethodGet, path: "/api/v1/audit", tag: "audit",
		summary: "Entries of a chain, newest first",
	}, named(identity.ReadAudit), pending[auditFilter, reply[Page[AuditEntry]]])
	register(a, operation{
		id: "verifyAudit", method: http.MethodPost, path: "/api/v1/audit/verify", tag: "audit",
		summary: "Check a chain from its first entry to its last", timeout: searchTimeout,
	}, named(identity.ReadAudit), pending[struct{ Body AuditVerify }, reply[AuditCheck]])
}
