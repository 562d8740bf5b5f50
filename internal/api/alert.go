package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Alert is the firings of one rule on the same entities of one customer within a window.
type Alert struct {
	ID       string    `json:"id"`
	Tenant   string    `json:"tenant" doc:"Id of the customer."`
	Rule     AlertRule `json:"rule"`
	State    string    `json:"state" enum:"new,acknowledged,investigating,closed"`
	Verdict  string    `json:"verdict" doc:"Empty until closed."`
	Reason   string    `json:"reason"`
	Assignee string    `json:"assignee" doc:"Username; empty where nobody holds it."`
	// AssigneeName is looked up when the alert is read.
	AssigneeName string          `json:"assignee_name" doc:"What the assignee is called."`
	Risk         int             `json:"risk" minimum:"0" maximum:"100" doc:"How urgent: the sum of risk_parts, worked out when the alert was raised and as it went on."`
	RiskParts    []AlertRiskPart `json:"risk_parts" nullable:"false"`
	Source       AlertSource     `json:"source" doc:"Log source of the first firing."`
	Count        int64           `json:"count" doc:"Firings."`
	FirstAt      time.Time       `json:"first_at" doc:"Event time of the earliest firing."`
	LastAt       time.Time       `json:"last_at" doc:"Event time of the latest firing."`
	Entities     []AlertEntity   `json:"entities" nullable:"false"`
	Models       []string        `json:"models" nullable:"false"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`
	UpdatedBy    string          `json:"updated_by"`
	Version      int64           `json:"version"`
	BackfilledBy string          `json:"backfilled_by" doc:"Who had the archive searched for its firings, all of them, after the rule had missed them; empty for an alert raised as events came."`
}

// AlertRule is the rule that fired, as it stood then.
type AlertRule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// TitleZH is looked up when the alert is read: alerts keep the title as the rule stated it when it fired.
	TitleZH string   `json:"title_zh" doc:"Chinese title of the rule in force; empty where it has none."`
	Level   string   `json:"level" enum:"informational,low,medium,high,critical"`
	Tags    []string `json:"tags" nullable:"false" doc:"Sigma tags, such as attack.t1110.001."`
}

// AlertRiskPart is one reason for an alert's risk.
type AlertRiskPart struct {
	Code   string `json:"code" example:"level.high" doc:"level.…, firings, rules (others open on the same host, address or user) or stages (ATT&CK tactics there)."`
	Points int    `json:"points"`
	N      int    `json:"n" doc:"The number the code speaks of; 0 where it speaks of none."`
}

// AlertSource is a log source.
type AlertSource struct {
	ID   string `json:"id" doc:"Empty where it is not known."`
	Name string `json:"name" doc:"Empty where it is gone."`
}

// AlertEntity is one thing an alert is about.
type AlertEntity struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// AlertDetail is an alert with why it fired and what was done.
type AlertDetail struct {
	Alert
	RuleSource  string            `json:"rule_source" doc:"The rule's YAML as loaded now; empty where it is gone."`
	Evidence    []AlertEvidence   `json:"evidence" nullable:"false"`
	Transitions []AlertTransition `json:"transitions" nullable:"false" doc:"Oldest first."`
	Moves       []string          `json:"moves" nullable:"false" doc:"States it may go to from here."`
}

// AlertEvidence is one firing that is kept in full.
type AlertEvidence struct {
	EventID string       `json:"event_id"`
	Time    time.Time    `json:"time"`
	Matches []AlertMatch `json:"matches" nullable:"false"`
	Parts   []AlertPart  `json:"parts" nullable:"false" doc:"Of a correlation: what each of its rules had in the firing."`
	Event   Event        `json:"event" nullable:"true" doc:"The event; null where it is no longer or not yet in the archive."`
}

// AlertMatch is one value that made the rule true.
type AlertMatch struct {
	Selection string `json:"selection"`
	Field     string `json:"field" doc:"Empty for a keyword found anywhere."`
	Value     string `json:"value"`
	Pattern   string `json:"pattern"`
}

// AlertTransition is one change of state.
type AlertTransition struct {
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	// ActorName is looked up when the alert is read.
	ActorName string `json:"actor_name" doc:"What the actor is called; empty where they have no name or are gone."`
	From      string `json:"from"`
	To        string `json:"to"`
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason"`
}

// AlertMove asks for a change of state.
type AlertMove struct {
	To      string `json:"to" enum:"new,acknowledged,investigating,closed"`
	Verdict string `json:"verdict,omitempty" enum:",true_positive_impact,true_positive_no_impact,benign_positive,false_positive,duplicate,undetermined" doc:"Demanded for closed."`
	Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Demanded for closed."`
	Version int64  `json:"version" minimum:"1" doc:"The version the caller saw."`
}

func (a *API) declareAlerts() {
	register(a, operation{
		id: "listAlerts", method: http.MethodGet, path: "/api/v1/alerts", tag: "alert",
		summary: "Alerts, newest or riskiest first",
	}, named(identity.ReadAlerts), a.listAlerts)
	register(a, operation{
		id: "getAlert", method: http.MethodGet, path: "/api/v1/alerts/{id}", tag: "alert",
		summary: "One alert: why it fired and what was done",
	}, ofObject(identity.ReadAlerts, "id", a.alertOwner), a.getAlert)
	register(a, operation{
		id: "moveAlert", method: http.MethodPost, path: "/api/v1/alerts/{id}/transitions", tag: "alert",
		summary: "Change an alert's state",
	}, ofObject(identity.JudgeAlerts, "id", a.alertOwner), a.moveAlert)
}

// AlertPath is the input of operations whose path names an alert.
type AlertPath struct {
	ID string `path:"id" maxLength:"64"`
}

// Alerts is the life of alerts. It answers within the context's scope alone: an alert of any other customer
// is fault.ErrNotFound, and a move on an old version is a *fault.Conflict.
type Alerts interface {
	List(ctx context.Context, q alert.Query) (alert.Page, error)
	Get(ctx context.Context, id string) (alert.Detail, error)
	Transition(ctx context.Context, id string, m alert.Move) (alert.Alert, error)
	AlertDesk
}

func (a *API) alertOwner(ctx context.Context, id string) (tenant.ID, error) {
	d, err := a.deps.Alerts.Get(ctx, id)
	return d.Tenant, err
}

// owners lists the customers that a page of alerts shows, each once.
func owners(alerts []alert.Alert) []tenant.ID {
	var found []tenant.ID
	for _, al := range alerts {
		if !slices.Contains(found, al.Tenant) {
			found = append(found, al.Tenant)
		}
	}
	return found
}

func (a *API) getAlert(ctx context.Context, in *AlertPath) (*reply[AlertDetail], error) {
	d, err := a.deps.Alerts.Get(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("get alert: %w", err)
	}
	events, err := a.evidenceEvents(ctx, d)
	if err != nil {
		return nil, err
	}
	source, err := a.ruleSource(ctx, d.Rule.ID)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{d.Tenant}, "alert.read", "alert/"+d.ID); err != nil {
		return nil, err
	}
	body, err := a.alertBody(ctx, d.Alert)
	if err != nil {
		return nil, err
	}
	names, err := a.actorNames(ctx, d.Transitions)
	if err != nil {
		return nil, err
	}
	return answer(AlertDetail{
		Alert:      body,
		RuleSource: source,
		Evidence: each(d.Evidence, func(e alert.Evidence) AlertEvidence {
			return AlertEvidence{EventID: e.EventID, Time: e.Time.UTC(), Matches: each(e.Matches, matchBody), Parts: each(e.Parts, a.partBody), Event: events[e.EventID]}
		}),
		Transitions: each(d.Transitions, func(t alert.Transition) AlertTransition { return transitionBody(t, names) }),
		Moves:       each(d.Moves(), func(s alert.State) string { return string(s) }),
	}), nil
}

func (a *API) moveAlert(ctx context.Context, in *struct {
	AlertPath
	Body AlertMove
}) (*reply[Alert], error) {
	p, _ := identity.From(ctx)
	moved, err := a.deps.Alerts.Transition(ctx, in.ID, alert.Move{
		To: alert.State(in.Body.To), Verdict: alert.Verdict(in.Body.Verdict), Reason: in.Body.Reason,
		Actor: p.Username, Version: in.Body.Version,
	})
	if err != nil {
		return nil, a.withVersion(ctx, in.ID, err)
	}
	body, err := a.alertBody(ctx, moved)
	if err != nil {
		return nil, err
	}
	return answer(body), nil
}

// withVersion adds the version that stands now to a conflict, so that a client need not load the alert to retry.
func (a *API) withVersion(ctx context.Context, id string, err error) error {
	var c *fault.Conflict
	if !errors.As(err, &c) || c.Version != 0 {
		return fmt.Errorf("move alert: %w", err)
	}
	d, loadErr := a.deps.Alerts.Get(ctx, id)
	if loadErr != nil {
		return fmt.Errorf("load alert after conflict: %w", loadErr)
	}
	return &fault.Conflict{By: c.By, At: c.At, Version: d.Version}
}

func matchBody(m alert.Match) AlertMatch {
	return AlertMatch{Selection: m.Selection, Field: m.Field, Value: m.Value, Pattern: m.Pattern}
}

// actorNames maps usernames to what the people are called who changed an alert.
func (a *API) actorNames(ctx context.Context, of []alert.Transition) (map[string]string, error) {
	if len(of) == 0 {
		return nil, nil
	}
	return a.userNames(ctx)
}

func transitionBody(t alert.Transition, names map[string]string) AlertTransition {
	return AlertTransition{
		At: t.At.UTC(), Actor: t.Actor, ActorName: names[t.Actor], From: string(t.From), To: string(t.To), Verdict: string(t.Verdict), Reason: t.Reason,
	}
}
