package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Exception keeps findings of a rule, or of every rule, from becoming alerts of a customer where a filter selects the event.
type Exception struct {
	ID          string     `json:"id"`
	Tenant      string     `json:"tenant" doc:"Id of the customer."`
	Rule        string     `json:"rule" doc:"Id of the rule; empty for every rule of the customer."`
	RuleTitle   string     `json:"rule_title"`
	RuleTitleZH string     `json:"rule_title_zh" doc:"Empty where it has none."`
	RuleGone    bool       `json:"rule_gone" doc:"The rule is in no active pack any more. The exception waits for it."`
	Query       string     `json:"query" doc:"LogsQL filter; it never changes."`
	Reason      string     `json:"reason"`
	Alert       string     `json:"alert" doc:"Id of the alert it was drafted from; may be empty."`
	State       string     `json:"state" enum:"active,expiring,expired" doc:"expiring: within seven days, and in force until then."`
	Fault       string     `json:"fault" doc:"Why it has no effect though it is not expired: its filter is no longer understood. Else empty."`
	ExpiresAt   time.Time  `json:"expires_at"`
	Hits        int64      `json:"hits" doc:"Findings it kept back. May lag by some seconds, and after a crash be off by those of the last."`
	LastHit     *time.Time `json:"last_hit,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	CreatedBy   string     `json:"created_by"`
	UpdatedAt   time.Time  `json:"updated_at"`
	UpdatedBy   string     `json:"updated_by"`
	Version     int64      `json:"version" doc:"Send it back with a change; an old one is refused with 409."`
}

// ExceptionPage is one page of exceptions, the newest first.
type ExceptionPage struct {
	Items  []Exception `json:"items" nullable:"false"`
	Cursor string      `json:"cursor" doc:"Send it back for the page that follows; empty where none does."`
}

// ExceptionDraft is an exception to be made.
type ExceptionDraft struct {
	Tenant    string    `json:"tenant" minLength:"1" maxLength:"64" doc:"Slug or id."`
	Rule      string    `json:"rule,omitempty" maxLength:"256" doc:"Empty: every rule of the customer."`
	Query     string    `json:"query" maxLength:"8192" doc:"LogsQL filter without pipes, subqueries and times relative to now."`
	Reason    string    `json:"reason" maxLength:"4000"`
	Alert     string    `json:"alert,omitempty" maxLength:"64" doc:"Id of the alert it is drafted from."`
	ExpiresAt time.Time `json:"expires_at" doc:"At most a year ahead."`
}

// ExceptionPatch changes an exception. Absent fields stay; make another one to change what it is about.
type ExceptionPatch struct {
	Reason    *string    `json:"reason,omitempty" maxLength:"4000"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Version   int64      `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// exceptionFilter selects exceptions.
type exceptionFilter struct {
	Tenant  string `query:"tenant" maxLength:"2000" doc:"Slugs or ids, comma-separated; absent means all the caller may see."`
	Rule    string `query:"rule" maxLength:"256"`
	General bool   `query:"general" doc:"With rule: also those that stand for every rule."`
	State   string `query:"state" maxLength:"64" doc:"active, expiring or expired; several comma-separated."`
	Text    string `query:"q" maxLength:"200" doc:"Part of filter, reason, or the rule's title or id."`
	Cursor  string `query:"cursor" maxLength:"64"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

// Exceptions keeps exceptions; those outside the context's scope are fault.ErrNotFound.
type Exceptions interface {
	List(ctx context.Context, q except.Query) ([]except.Exception, bool, error)
	Get(ctx context.Context, id string) (except.Exception, error)
	ExceptionWriter
}

// ExceptionWriter changes exceptions. A change on an old version is a *fault.Conflict.
type ExceptionWriter interface {
	Create(ctx context.Context, d except.Draft) (except.Exception, error)
	Update(ctx context.Context, id string, p except.Patch) (except.Exception, error)
	Remove(ctx context.Context, id, reason string) error
}

func (a *API) declareExceptions() {
	register(a, operation{
		id: "listExceptions", method: http.MethodGet, path: "/api/v1/exceptions", tag: "exception",
		summary: "Exceptions from rules, newest first",
	}, named(identity.ReadAlerts), a.listExceptions)
	register(a, operation{
		id: "createException", method: http.MethodPost, path: "/api/v1/exceptions", tag: "exception",
		summary: "Make an exception; it is in force when this answers", status: http.StatusCreated,
	}, named(identity.ReadAlerts), a.createException) // to a stranger's customer 404, and then 403 for want of rule.tune
	register(a, operation{
		id: "getException", method: http.MethodGet, path: "/api/v1/exceptions/{exception}", tag: "exception",
		summary: "One exception",
	}, ofObject(identity.ReadAlerts, "exception", a.exceptionOwner), a.getException)
	register(a, operation{
		id: "updateException", method: http.MethodPatch, path: "/api/v1/exceptions/{exception}", tag: "exception",
		summary: "Change when an exception ends, or its reason",
	}, ofObject(identity.TuneRules, "exception", a.exceptionOwner), a.updateException)
	register(a, operation{
		id: "removeException", method: http.MethodDelete, path: "/api/v1/exceptions/{exception}", tag: "exception",
		summary: "Remove an exception",
	}, ofObject(identity.TuneRules, "exception", a.exceptionOwner), a.removeException)
	a.declareImpacts()
}

func (a *API) exceptionOwner(ctx context.Context, id string) (tenant.ID, error) {
	e, err := a.deps.Exceptions.Get(ctx, id)
	return e.Tenant, err
}

func (a *API) listExceptions(ctx context.Context, in *exceptionFilter) (*reply[ExceptionPage], error) {
	q := except.Query{Rule: in.Rule, General: in.General, Text: in.Text, Before: in.Cursor, Limit: in.Limit, Now: a.opts.Now()}
	for _, s := range words(in.State) {
		switch state := except.State(s); state {
		case except.Active, except.Expiring, except.Expired:
			q.States = append(q.States, state)
		default:
			return nil, fault.NewInvalid("state", "exception.state", "must be active, expiring or expired")
		}
	}
	of, err := a.tenants(ctx, identity.ReadAlerts, words(in.Tenant))
	if err != nil {
		return nil, err
	}
	out := ExceptionPage{Items: []Exception{}}
	if q.Tenants = ids(of); len(q.Tenants) == 0 {
		return answer(out), nil
	}
	list, more, err := a.deps.Exceptions.List(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, exceptionTenants(list), "exception.list", "exceptions"); err != nil {
		return nil, err
	}
	if more {
		out.Cursor = list[len(list)-1].ID
	}
	known := map[string]ruleNames{}
	for _, e := range list {
		body, err := a.exceptionBody(ctx, e, known)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, body)
	}
	return answer(out), nil
}

func exceptionTenants(list []except.Exception) []tenant.ID {
	var found []tenant.ID
	seen := map[tenant.ID]bool{}
	for _, e := range list {
		if !seen[e.Tenant] {
			seen[e.Tenant] = true
			found = append(found, e.Tenant)
		}
	}
	return found
}

func (a *API) createException(ctx context.Context, in *struct{ Body ExceptionDraft }) (*reply[Exception], error) {
	b := in.Body
	of, err := a.tenants(ctx, identity.TuneRules, []string{b.Tenant})
	if err != nil {
		return nil, err
	}
	if b.Alert != "" {
		owner, err := a.alertOwner(ctx, b.Alert)
		if err != nil {
			return nil, err
		}
		if owner != of[0].ID {
			return nil, fault.ErrNotFound
		}
	}
	rule, err := a.ruleNames(ctx, b.Rule)
	if err != nil {
		return nil, err
	}
	e, err := a.deps.Exceptions.Create(ctx, except.Draft{
		Tenant: of[0].ID, Rule: b.Rule, RuleTitle: rule.title, Query: b.Query, Reason: b.Reason, Alert: b.Alert, ExpiresAt: b.ExpiresAt})
	if err != nil {
		return nil, err
	}
	return a.exceptionReply(ctx, e)
}

func (a *API) getException(ctx context.Context, in *ExceptionPath) (*reply[Exception], error) {
	e, err := a.deps.Exceptions.Get(ctx, in.Exception)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{e.Tenant}, "exception.read", "exception/"+e.ID); err != nil {
		return nil, err
	}
	return a.exceptionReply(ctx, e)
}

// ExceptionPath is the input of operations whose path names an exception.
type ExceptionPath struct {
	Exception string `path:"exception" maxLength:"64"`
}

func (a *API) updateException(ctx context.Context, in *struct {
	ExceptionPath
	Body ExceptionPatch
}) (*reply[Exception], error) {
	e, err := a.deps.Exceptions.Update(ctx, in.Exception, except.Patch{ExpiresAt: in.Body.ExpiresAt, Reason: in.Body.Reason, Version: in.Body.Version})
	if err != nil {
		return nil, err
	}
	return a.exceptionReply(ctx, e)
}

func (a *API) removeException(ctx context.Context, in *struct {
	ExceptionPath
	Reason string `query:"reason" maxLength:"4000" doc:"Why; kept in the audit trail."`
}) (*empty, error) {
	return &empty{}, a.deps.Exceptions.Remove(ctx, in.Exception, in.Reason)
}

func (a *API) exceptionReply(ctx context.Context, e except.Exception) (*reply[Exception], error) {
	body, err := a.exceptionBody(ctx, e, map[string]ruleNames{})
	if err != nil {
		return nil, err
	}
	return answer(body), nil
}

// exceptionBody puts an exception on the wire; known keeps what rules are called from one to the next.
func (a *API) exceptionBody(ctx context.Context, e except.Exception, known map[string]ruleNames) (Exception, error) {
	rule, ok := known[e.Rule]
	if !ok {
		var err error
		if rule, err = a.ruleNames(ctx, e.Rule); err != nil {
			return Exception{}, err
		}
		known[e.Rule] = rule
	}
	body := Exception{
		ID: e.ID, Tenant: string(e.Tenant), Rule: e.Rule, RuleTitle: rule.title, RuleTitleZH: rule.titleZH, RuleGone: e.Rule != "" && !rule.known,
		Query: e.Query, Reason: e.Reason, Alert: e.Alert, State: string(e.State(a.opts.Now())), Fault: e.Fault(), ExpiresAt: e.ExpiresAt.UTC(),
		Hits: e.Hits, CreatedAt: e.CreatedAt.UTC(), CreatedBy: e.CreatedBy, UpdatedAt: e.UpdatedAt.UTC(), UpdatedBy: e.UpdatedBy, Version: e.Version,
	}
	if body.RuleTitle == "" {
		body.RuleTitle = e.RuleTitle
	}
	if !e.LastHit.IsZero() {
		last := e.LastHit.UTC()
		body.LastHit = &last
	}
	return body, nil
}

// ruleNames are what a rule is called; unknown ones have no names.
type ruleNames struct {
	title, titleZH string
	known          bool
}

func (a *API) ruleNames(ctx context.Context, id string) (ruleNames, error) {
	if id == "" {
		return ruleNames{}, nil
	}
	d, err := a.deps.Rules.Rule(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return ruleNames{}, nil
	}
	if err != nil {
		return ruleNames{}, fmt.Errorf("rule of exception: %w", err)
	}
	return ruleNames{d.Title, d.TitleZH, true}, nil
}

var _ Exceptions = (*except.Service)(nil)
