package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/tenant"
)

// DryRunRequest asks to match a rule's text on archived events.
type DryRunRequest struct {
	Source  string   `json:"source" minLength:"1" maxLength:"524288" doc:"YAML of one rule or correlation, saved or not. A correlation is tried with a state that begins empty, on the rules that it names as they stand, whatever their state."`
	Tenants []string `json:"tenants,omitempty" maxItems:"1000" doc:"Slugs or ids; none means all whose rules the caller may tune."`
	Days    int      `json:"days,omitempty" minimum:"1" maximum:"30" default:"7"`
}

// DryRun is a rule being matched on archived events, and what it found so far.
type DryRun struct {
	ID           string           `json:"id"`
	State        string           `json:"state" enum:"queued,running,done,cancelled,failed"`
	Reason       string           `json:"reason" doc:"Why it failed; else empty."`
	Rule         DryRunRule       `json:"rule"`
	From         time.Time        `json:"from"`
	To           time.Time        `json:"to"`
	Tenants      []DryRunTenant   `json:"tenants" nullable:"false"`
	Progress     float64          `json:"progress" minimum:"0" maximum:"1" doc:"Part of the time that is read."`
	Events       int64            `json:"events" doc:"Events of the time that is read."`
	Matched      int64            `json:"matched" doc:"Of these, events that were read and matched; the archive leaves out those that the rule cannot fire on."`
	Hits         int64            `json:"hits" doc:"Events the rule fired on, without those an exception is about."`
	Excepted     int64            `json:"excepted" doc:"Events it fired on that an exception of today is about."`
	Known        int64            `json:"known" doc:"Events it fired on that the rule as it was then had fired on: nothing new. Only of gaps."`
	Alerts       int64            `json:"alerts" doc:"Alerts the hits would have become."`
	HitsPerDay   float64          `json:"hits_per_day" doc:"Over the days that have events."`
	AlertsPerDay float64          `json:"alerts_per_day"`
	Days         []DryRunDay      `json:"days" nullable:"false"`
	Top          []FieldTopValues `json:"top" nullable:"false" doc:"Most frequent values among the hits; fields without any are absent."`
	Examples     []DryRunExample  `json:"examples" nullable:"false" doc:"The latest hits, ten at most."`
	EndedEarly   string           `json:"ended_early" enum:",time,events,hits,parts" doc:"Which bound was met: 10 minutes, 20 million events matched, a million hits, 4 million events that could still have part in a correlation. Days after it are not covered."`
	CreatedAt    time.Time        `json:"created_at"`
	FinishedAt   *time.Time       `json:"finished_at,omitempty"`
}

// DryRunRule is the rule that is tried.
type DryRunRule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Level string `json:"level"`
}

// DryRunTenant is a customer whose events are read.
type DryRunTenant struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
	Hits int64  `json:"hits"`
}

// DryRunDay is one day in UTC.
type DryRunDay struct {
	Day     string `json:"day" format:"date"`
	Events  int64  `json:"events"`
	Hits    int64  `json:"hits"`
	Covered bool   `json:"covered" doc:"The archive has events of this day, and the run read them all."`
}

// DryRunExample is a hit with its event.
type DryRunExample struct {
	Tenant  string       `json:"tenant" doc:"Slug."`
	EventID string       `json:"event_id"`
	Time    time.Time    `json:"time"`
	Matches []AlertMatch `json:"matches" nullable:"false"`
	Parts   []AlertPart  `json:"parts" nullable:"false" doc:"Of a correlation: what each of its rules had in it."`
	Event   Event        `json:"event,omitempty" doc:"Absent where a correlation was judged after the event that completed it."`
}

// DryRuns runs rules on archived events in the background. A run of somebody else is fault.ErrNotFound.
type DryRuns interface {
	Start(ctx context.Context, owner, text string, with []dryrun.Text, tenants []tenant.ID, days int) (dryrun.Job, error)
	Get(owner, id string) (dryrun.Job, error)
	Forget(owner, id string) error
}

func (a *API) declareDryRuns() {
	register(a, operation{
		id: "startDryRun", method: http.MethodPost, path: "/api/v1/rules/dry-run", tag: "rule",
		summary: "Match a rule's text on the archived events of the last days, in the background", status: http.StatusAccepted,
	}, named(identity.SearchEvents), a.startDryRun)
	register(a, operation{
		id: "getDryRun", method: http.MethodGet, path: "/api/v1/dry-runs/{run}", tag: "rule",
		summary: "What a dry run of the caller found so far",
	}, self(), a.getDryRun)
	register(a, operation{
		id: "cancelDryRun", method: http.MethodDelete, path: "/api/v1/dry-runs/{run}", tag: "rule",
		summary: "End a dry run of the caller, and forget it",
	}, self(), a.cancelDryRun)
}

func (a *API) startDryRun(ctx context.Context, in *struct{ Body DryRunRequest }) (*reply[DryRun], error) {
	b := in.Body
	of, err := a.tenants(ctx, identity.TuneRules, b.Tenants)
	if err != nil {
		return nil, err
	}
	if len(of) == 0 {
		return nil, fault.ErrForbidden
	}
	with, err := a.deps.RuleTexts.Companions(ctx, b.Source)
	if err != nil {
		return nil, err
	}
	job, err := a.deps.DryRuns.Start(ctx, caller(ctx), b.Source, each(with, func(t content.Text) dryrun.Text { return dryrun.Text(t) }), ids(of), b.Days)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, ids(of), "rule.dry_run", "rule/"+job.Rule.ID); err != nil {
		return nil, err
	}
	return a.dryRunReply(ctx, job)
}

func caller(ctx context.Context) string {
	p, _ := identity.From(ctx)
	return p.UserID
}

// DryRunPath is the input of operations whose path names a dry run.
type DryRunPath struct {
	Run string `path:"run" maxLength:"64"`
}

func (a *API) getDryRun(ctx context.Context, in *DryRunPath) (*reply[DryRun], error) {
	job, err := a.deps.DryRuns.Get(caller(ctx), in.Run)
	if err != nil {
		return nil, err
	}
	return a.dryRunReply(ctx, job)
}

func (a *API) cancelDryRun(ctx context.Context, in *DryRunPath) (*empty, error) {
	return &empty{}, a.deps.DryRuns.Forget(caller(ctx), in.Run)
}

// dryRunReply puts a job on the wire. It shows only customers that the caller may still tune rules of: a right that was taken away
// takes the whole run along.
func (a *API) dryRunReply(ctx context.Context, job dryrun.Job) (*reply[DryRun], error) {
	refs := each(job.Scope.Tenants, func(id tenant.ID) string { return string(id) })
	of, err := a.tenants(ctx, identity.TuneRules, refs)
	if err != nil {
		return nil, err
	}
	r := job.Report
	slugs := make(map[tenant.ID]string, len(of))
	out := DryRun{
		ID: job.ID, State: string(job.State), Reason: job.Reason, From: job.Scope.From.UTC(), To: job.Scope.To.UTC(), CreatedAt: job.CreatedAt.UTC(),
		Rule: DryRunRule{ID: job.Rule.ID, Title: job.Rule.Title, Level: string(job.Rule.Level)}, Progress: r.Progress, Events: r.Events, Matched: r.Matched, Hits: r.Hits,
		Excepted: r.Excepted, Known: r.Known, Alerts: r.Alerts, HitsPerDay: r.PerDay(r.Hits), AlertsPerDay: r.PerDay(r.Alerts), EndedEarly: r.Early,
		Tenants: each(of, func(t tenancy.Tenant) DryRunTenant {
			slugs[t.ID] = t.Slug
			return DryRunTenant{ID: t.ID.String(), Slug: t.Slug, Name: t.Name, Hits: r.Tenants[t.ID]}
		}),
		Days: each(r.Days, func(d dryrun.Day) DryRunDay {
			return DryRunDay{Day: d.Day.Format(time.DateOnly), Events: d.Events, Hits: d.Hits, Covered: d.Covered}
		}),
		Top: each(r.Top, func(t dryrun.Top) FieldTopValues {
			return FieldTopValues{Field: t.Field, Values: each(t.Values, hitCount)}
		}),
		Examples: each(r.Examples, func(x dryrun.Example) DryRunExample {
			slug := slugs[x.Finding.Tenant]
			out := DryRunExample{
				Tenant: slug, EventID: x.Finding.EventID, Time: x.Finding.Time.UTC(), Parts: each(x.Finding.Parts, a.foundPart),
				Matches: each(x.Finding.Matches, func(m detect.Match) AlertMatch { return AlertMatch(m) }),
			}
			if x.Event != nil {
				out.Event = eventBody(*x.Event, slug)
			}
			return out
		}),
	}
	if !job.FinishedAt.IsZero() {
		end := job.FinishedAt.UTC()
		out.FinishedAt = &end
	}
	return answer(out), nil
}

var _ DryRuns = (*dryrun.Jobs)(nil)
