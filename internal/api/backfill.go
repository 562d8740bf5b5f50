package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

// RuleGaps is since when a rule is in force at a customer, what it missed, and what was searched for afterwards.
type RuleGaps struct {
	Since *time.Time `json:"since" nullable:"true" doc:"What was before is not known. Null where the rule never was to run, and for rules of devices."`
	Spans []RuleSpan `json:"spans" nullable:"false" doc:"Oldest first, without a hole."`
	Gaps  []RuleGap  `json:"gaps" nullable:"false" doc:"Received then, events were not judged by the rule as it is now. Oldest first; only those with events that are still kept."`
	Runs  []Backfill `json:"runs" nullable:"false" doc:"The latest 200 searches, newest first."`
}

// RuleSpan is a time in which a rule stood one way.
type RuleSpan struct {
	From    time.Time  `json:"from" doc:"By when events were received."`
	To      *time.Time `json:"to" nullable:"true" doc:"Null where it lasts."`
	State   string     `json:"state" enum:"absent,on,shadow,off,refused"`
	Current bool       `json:"current" doc:"It had the text that it has now."`
}

// RuleGap is a time in which the rule as it is now raised nothing.
type RuleGap struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind" enum:"absent,off,shadow,refused,changed" doc:"absent: it came later; changed: it had another text."`
	Reason string     `json:"reason" doc:"Why the engine could not take it; told to the provider's staff alone."`
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to" nullable:"true" doc:"Null where it lasts."`
	Barred string     `json:"barred" enum:",open,correlation,feeds,text,settling" doc:"Why it cannot be searched: it lasts, as the rule raises no alerts here; it is a correlation; it only feeds correlations; the text of then is no longer kept; the rule changed this moment. Empty where it can."`
	Filled *Backfill  `json:"filled,omitempty" doc:"The search that went through all of it with the rule as it is now; absent where none did."`
}

// Backfill is a search of the archive for what a rule missed.
type Backfill struct {
	ID         string     `json:"id"`
	From       time.Time  `json:"from"`
	To         time.Time  `json:"to"`
	State      string     `json:"state" enum:"running,done,cancelled,failed,interrupted"`
	EndedEarly string     `json:"ended_early" enum:",time,events,hits" doc:"Which bound was met; another search goes on from there."`
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	FinishedAt *time.Time `json:"finished_at" nullable:"true"`
	Progress   float64    `json:"progress" minimum:"0" maximum:"1" doc:"While it runs."`
	Events     int64      `json:"events" doc:"Events read and matched."`
	Hits       int64      `json:"hits" doc:"Firings it found that no exception is about."`
	Raised     int64      `json:"raised" doc:"Of these, those that no search had raised before."`
}

// Backfills shows what rules missed and searches for it. It audits every search by itself.
type Backfills interface {
	View(ctx context.Context, id tenant.ID, rule string) (backfill.View, error)
	Preview(ctx context.Context, owner string, id tenant.ID, rule, gap string) (dryrun.Job, error)
	Start(ctx context.Context, id tenant.ID, rule, gap string) (backfill.Run, error)
	Cancel(ctx context.Context, id tenant.ID, run string) error
}

func (a *API) declareBackfills() {
	register(a, operation{
		id: "getRuleGaps", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/rules/{id}/gaps", tag: "rule",
		summary: "Since when a rule is in force at a customer, and what it missed",
	}, inPath(identity.ReadRules), a.getRuleGaps)
	register(a, operation{
		id: "previewBackfill", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/rules/{id}/gaps/{gap}/dry-run", tag: "rule",
		summary: "Count in the background what searching a gap would raise; a dry run of the caller", status: http.StatusAccepted,
	}, inPath(identity.TuneRules), a.previewBackfill)
	register(a, operation{
		id: "startBackfill", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/rules/{id}/gaps/{gap}/backfill", tag: "rule",
		summary: "Search a gap in the background, and raise alerts of what is found", status: http.StatusAccepted,
	}, inPath(identity.TuneRules), a.startBackfill)
	register(a, operation{
		id: "cancelBackfill", method: http.MethodDelete, path: "/api/v1/tenants/{tenant}/backfills/{run}", tag: "rule",
		summary: "End a search that runs; the alerts it raised stay",
	}, inPath(identity.TuneRules), a.cancelBackfill)
}

// RuleAtPath is the input of operations on a rule at one customer.
type RuleAtPath struct {
	Tenant string `path:"tenant" maxLength:"64"`
	RulePath
}

// GapPath is the input of operations on a gap.
type GapPath struct {
	RuleAtPath
	Gap string `path:"gap" maxLength:"64"`
}

func (a *API) getRuleGaps(ctx context.Context, in *RuleAtPath) (*reply[RuleGaps], error) {
	if _, err := a.deps.Rules.Rule(ctx, in.ID); err != nil {
		return nil, err
	}
	of := tenantIn(ctx)
	v, err := a.deps.Backfills.View(ctx, of.ID, in.ID)
	if err != nil {
		return nil, err
	}
	p, _ := identity.From(ctx)
	out := RuleGaps{Spans: []RuleSpan{}, Gaps: []RuleGap{}, Runs: each(v.Runs, backfillBody)}
	// What lies before the customer concerns nobody.
	within := func(s tenure.Span) (from time.Time, to *time.Time, ok bool) {
		from = s.From
		if of.CreatedAt.After(from) {
			from = of.CreatedAt
		}
		if s.Open {
			return from.UTC(), nil, true
		}
		end := s.To.UTC()
		return from.UTC(), &end, end.After(from)
	}
	for _, s := range v.Spans {
		from, to, ok := within(s)
		if !ok {
			continue
		}
		if out.Since == nil {
			out.Since = &from
		}
		state := string(s.State)
		if state == "" {
			state = "absent"
		}
		out.Spans = append(out.Spans, RuleSpan{From: from, To: to, State: state, Current: s.Text == v.Spans[len(v.Spans)-1].Text})
	}
	for _, g := range v.Gaps {
		from, to, ok := within(g.Span)
		if !ok {
			continue
		}
		body := RuleGap{ID: g.ID(), Kind: string(g.Kind), From: from, To: to, Barred: string(g.Barred)}
		if p.IsProvider() {
			body.Reason = g.Reason
		}
		if g.Filled != nil {
			run := backfillBody(*g.Filled)
			body.Filled = &run
		}
		out.Gaps = append(out.Gaps, body)
	}
	return answer(out), nil
}

func backfillBody(r backfill.Run) Backfill {
	body := Backfill{
		ID: r.ID, From: r.From.UTC(), To: r.To.UTC(), State: string(r.State), EndedEarly: r.Early, By: r.By, At: r.At.UTC(),
		Progress: r.Progress, Events: r.Events, Hits: r.Hits, Raised: r.Raised,
	}
	if !r.FinishedAt.IsZero() {
		end := r.FinishedAt.UTC()
		body.FinishedAt = &end
	}
	return body
}

func (a *API) previewBackfill(ctx context.Context, in *GapPath) (*reply[DryRun], error) {
	of := tenantIn(ctx)
	job, err := a.deps.Backfills.Preview(ctx, caller(ctx), of.ID, in.ID, in.Gap)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, customers(of.ID), "rule.dry_run", "rule/"+in.ID); err != nil {
		return nil, err
	}
	return a.dryRunReply(ctx, job)
}

func (a *API) startBackfill(ctx context.Context, in *GapPath) (*reply[Backfill], error) {
	run, err := a.deps.Backfills.Start(ctx, tenantIn(ctx).ID, in.ID, in.Gap)
	if err != nil {
		return nil, err
	}
	return answer(backfillBody(run)), nil
}

func (a *API) cancelBackfill(ctx context.Context, in *struct {
	Tenant string `path:"tenant" maxLength:"64"`
	Run    string `path:"run" maxLength:"64"`
}) (*empty, error) {
	return &empty{}, a.deps.Backfills.Cancel(ctx, tenantIn(ctx).ID, in.Run)
}

var _ Backfills = (*backfill.Service)(nil)
