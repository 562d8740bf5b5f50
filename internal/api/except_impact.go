package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// ImpactRequest asks what an exception would have kept back.
type ImpactRequest struct {
	Tenant string `json:"tenant" minLength:"1" maxLength:"64" doc:"Slug or id."`
	Rule   string `json:"rule,omitempty" maxLength:"256" doc:"Empty: every rule of the customer."`
	Query  string `json:"query" maxLength:"8192"`
	Days   int    `json:"days,omitempty" minimum:"1" maximum:"30" default:"7"`
}

// ExceptionImpact is what an exception would have kept back, had it stood these days. The filter is asked of the events behind the
// latest 1000 firings that alerts keep, exactly as detection would ask it.
type ExceptionImpact struct {
	From           time.Time        `json:"from"`
	To             time.Time        `json:"to"`
	Alerts         int64            `json:"alerts" doc:"Alerts that fired in this time."`
	Firings        int64            `json:"firings" doc:"Firings these alerts count."`
	Checked        int              `json:"checked" doc:"Firings whose events were looked at."`
	Missing        int              `json:"missing" doc:"Firings whose events the archive no longer has."`
	Suppressed     int              `json:"suppressed" doc:"Of the checked."`
	AlertsChecked  int              `json:"alerts_checked" doc:"Alerts with a checked firing."`
	AlertsSilenced int              `json:"alerts_silenced" doc:"Alerts of which every checked firing is suppressed."`
	Counted        bool             `json:"counted" doc:"False where counting events took too long; events and all_events say nothing then."`
	Events         uint64           `json:"events" doc:"Archived events of the customer that the filter selects."`
	AllEvents      uint64           `json:"all_events"`
	Everything     bool             `json:"everything" doc:"The filter tells no event from another."`
	RuleGone       bool             `json:"rule_gone" doc:"The rule is in no active pack."`
	Examples       []ImpactExample  `json:"examples" nullable:"false" doc:"Firings it would suppress, the latest first."`
	Spared         []ImpactExample  `json:"spared" nullable:"false" doc:"Firings it would not."`
	Top            []FieldTopValues `json:"top" nullable:"false" doc:"Most frequent values among the suppressed."`
}

// ImpactExample is a firing with its event.
type ImpactExample struct {
	Alert   string    `json:"alert"`
	Title   string    `json:"title"`
	EventID string    `json:"event_id"`
	Time    time.Time `json:"time"`
	Event   Event     `json:"event"`
}

// FieldTopValues are the most frequent values of a field.
type FieldTopValues struct {
	Field  string       `json:"field"`
	Values []ValueCount `json:"values" nullable:"false"`
}

// DraftedException is an exception as an alert suggests it.
type DraftedException struct {
	Tenant      string          `json:"tenant" doc:"Id of the customer."`
	Rule        string          `json:"rule"`
	RuleTitle   string          `json:"rule_title"`
	RuleTitleZH string          `json:"rule_title_zh"`
	Alert       string          `json:"alert"`
	Query       string          `json:"query" doc:"The chosen terms together; empty where the alert suggests none."`
	Terms       []ExceptionTerm `json:"terms" nullable:"false"`
	Events      int             `json:"events" doc:"Events of the alert that the terms were tried on; 0 where the archive has none of them."`
}

// ExceptionTerm is one condition that a draft offers.
type ExceptionTerm struct {
	Field  string   `json:"field"`
	Values []string `json:"values" nullable:"false"`
	Query  string   `json:"query"`
	Chosen bool     `json:"chosen"`
	Kind   string   `json:"kind" enum:"entity,match" doc:"What the alert is about, or a value that made the rule true."`
}

// Impacts counts what exceptions would keep back.
type Impacts interface {
	Assess(ctx context.Context, id tenant.ID, rule, filter string, days int) (except.Impact, error)
}

func (a *API) declareImpacts() {
	register(a, operation{
		id: "previewException", method: http.MethodPost, path: "/api/v1/exceptions/preview", tag: "exception",
		summary: "What an exception would have kept back in the last days", timeout: searchTimeout,
	}, named(identity.ReadAlerts), a.previewException)
	register(a, operation{
		id: "draftException", method: http.MethodGet, path: "/api/v1/alerts/{id}/exception-draft", tag: "exception",
		summary: "The exception that an alert suggests",
	}, ofObject(identity.TuneRules, "id", a.alertOwner), a.draftException)
}

func (a *API) previewException(ctx context.Context, in *struct{ Body ImpactRequest }) (*reply[ExceptionImpact], error) {
	b := in.Body
	of, err := a.tenants(ctx, identity.TuneRules, []string{b.Tenant})
	if err != nil {
		return nil, err
	}
	t := of[0]
	rule, err := a.ruleNames(ctx, b.Rule)
	if err != nil {
		return nil, err
	}
	object := "rule/" + b.Rule
	if b.Rule == "" {
		object = "rules"
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "exception.preview", object); err != nil {
		return nil, err
	}
	i, err := a.deps.Impacts.Assess(ctx, t.ID, b.Rule, b.Query, b.Days)
	if err != nil {
		return nil, err
	}
	examples := func(list []except.Example) []ImpactExample {
		return each(list, func(x except.Example) ImpactExample {
			return ImpactExample{Alert: x.Firing.Alert, Title: x.Firing.Title, EventID: x.Firing.EventID, Time: x.Firing.Time.UTC(), Event: eventBody(x.Event, t.Slug)}
		})
	}
	return answer(ExceptionImpact{
		From: i.From, To: i.To, Alerts: i.Alerts, Firings: i.Firings, Checked: i.Checked, Missing: i.Missing, Suppressed: i.Suppressed,
		AlertsChecked: i.AlertsChecked, AlertsSilenced: i.Silenced, Counted: i.Counted, Events: i.Events, AllEvents: i.AllEvents,
		Everything: i.Everything, RuleGone: b.Rule != "" && !rule.known, Examples: examples(i.Examples), Spared: examples(i.Spared),
		Top: each(i.Top, func(x except.Top) FieldTopValues {
			return FieldTopValues{Field: x.Field, Values: each(x.Values, hitCount)}
		}),
	}), nil
}

func (a *API) draftException(ctx context.Context, in *AlertPath) (*reply[DraftedException], error) {
	d, err := a.deps.Alerts.Get(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("get alert: %w", err)
	}
	if err := a.auditRead(ctx, []tenant.ID{d.Tenant}, "alert.read", "alert/"+d.ID); err != nil {
		return nil, err
	}
	kept, err := a.kept(ctx, d.Tenant, d.Evidence)
	if err != nil {
		return nil, err
	}
	events := make([]*event.Event, len(kept))
	for i := range kept {
		events[i] = &kept[i]
	}
	terms := except.Drafted(d.Entities, commonMatches(d.Evidence), events)
	return answer(DraftedException{
		Tenant: string(d.Tenant), Rule: d.Rule.ID, RuleTitle: d.Rule.Title, RuleTitleZH: a.deps.Titles.TitleZH(d.Rule.ID), Alert: d.ID,
		Query: except.Joined(terms), Events: len(events), Terms: each(terms, func(t except.Term) ExceptionTerm {
			return ExceptionTerm{Field: t.Field, Values: whole(t.Values), Query: t.Query, Chosen: t.Chosen, Kind: t.Kind}
		}),
	}), nil
}

// commonMatches are the values that made the rule true, each once.
func commonMatches(firings []alert.Evidence) []event.Field {
	var found []event.Field
	for _, e := range firings {
		for _, m := range e.Matches {
			if f := (event.Field{Name: m.Field, Value: m.Value}); !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	return found
}

var _ Impacts = (*except.Assessor)(nil)
