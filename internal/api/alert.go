package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Alert is the firings of one rule on the same entities of one customer within a window.
type Alert struct {
	ID        string        `json:"id"`
	Tenant    string        `json:"tenant" doc:"Id of the customer."`
	Rule      AlertRule     `json:"rule"`
	State     string        `json:"state" enum:"new,acknowledged,investigating,closed"`
	Verdict   string        `json:"verdict" doc:"Empty until closed."`
	Reason    string        `json:"reason"`
	Assignee  string        `json:"assignee"`
	Count     int64         `json:"count" doc:"Firings."`
	FirstAt   time.Time     `json:"first_at" doc:"Event time of the earliest firing."`
	LastAt    time.Time     `json:"last_at" doc:"Event time of the latest firing."`
	Entities  []AlertEntity `json:"entities" nullable:"false"`
	Models    []string      `json:"models" nullable:"false"`
	CreatedAt time.Time     `json:"created_at"`
	UpdatedAt time.Time     `json:"updated_at"`
	UpdatedBy string        `json:"updated_by"`
	Version   int64         `json:"version"`
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
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Verdict string    `json:"verdict"`
	Reason  string    `json:"reason"`
}

// AlertMove asks for a change of state.
type AlertMove struct {
	To      string `json:"to" enum:"new,acknowledged,investigating,closed"`
	Verdict string `json:"verdict,omitempty" enum:",true_positive_impact,true_positive_no_impact,benign_positive,false_positive,duplicate,undetermined" doc:"Demanded for closed."`
	Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Demanded for closed."`
	Version int64  `json:"version" minimum:"1" doc:"The version the caller saw."`
}

// alertFilter selects alerts.
type alertFilter struct {
	Paging
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
	State  string `query:"state" maxLength:"200" doc:"One or several states, comma-separated; open means all but closed."`
	Level  string `query:"level" maxLength:"200" doc:"One or several levels, comma-separated."`
	Rule   string `query:"rule" maxLength:"200" doc:"Id of the rule."`
	Text   string `query:"q" maxLength:"200" doc:"Part of the rule's title or of an entity."`
}

func (a *API) declareAlerts() {
	register(a, operation{
		id: "listAlerts", method: http.MethodGet, path: "/api/v1/alerts", tag: "alert",
		summary: "Alerts, newest first",
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

// Titles knows what rules are called in Chinese; empty where a rule has no Chinese title.
type Titles interface {
	TitleZH(rule string) string
}

// Alerts is the life of alerts. It answers within the context's scope alone: an alert of any other customer
// is fault.ErrNotFound, and a move on an old version is a *fault.Conflict.
type Alerts interface {
	List(ctx context.Context, q alert.Query) (alert.Page, error)
	Get(ctx context.Context, id string) (alert.Detail, error)
	Transition(ctx context.Context, id string, m alert.Move) (alert.Alert, error)
}

func (a *API) alertOwner(ctx context.Context, id string) (tenant.ID, error) {
	d, err := a.deps.Alerts.Get(ctx, id)
	return d.Tenant, err
}

func (a *API) listAlerts(ctx context.Context, in *alertFilter) (*reply[CountedPage[Alert]], error) {
	q := alert.Query{Rule: in.Rule, Text: in.Text, Limit: in.Limit, Cursor: in.Cursor}
	if _, err := ulid.ParseStrict(in.Cursor); in.Cursor != "" && err != nil {
		return nil, fault.NewInvalid("cursor", "search.cursor", "is not a cursor of this search")
	}
	var err error
	if q.States, err = alertStates(in.State); err != nil {
		return nil, err
	}
	if q.Levels, err = levels(in.Level); err != nil {
		return nil, err
	}
	if p, _ := identity.From(ctx); in.Tenant != "" || !p.IsProvider() {
		allowed, err := a.tenants(ctx, identity.ReadAlerts, listOf(in.Tenant))
		if err != nil {
			return nil, err
		}
		if len(allowed) == 0 {
			return answer(CountedPage[Alert]{Items: []Alert{}}), nil
		}
		q.Tenants = ids(allowed)
	}
	page, err := a.deps.Alerts.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	if err := a.auditRead(ctx, owners(page.Items), "alert.list", "alert"); err != nil {
		return nil, err
	}
	return answer(CountedPage[Alert]{Items: each(page.Items, a.alertBody), Cursor: page.Cursor, Total: page.Total}), nil
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
	return answer(AlertDetail{
		Alert:      a.alertBody(d.Alert),
		RuleSource: source,
		Evidence: each(d.Evidence, func(e alert.Evidence) AlertEvidence {
			return AlertEvidence{EventID: e.EventID, Time: e.Time.UTC(), Matches: each(e.Matches, matchBody), Event: events[e.EventID]}
		}),
		Transitions: each(d.Transitions, transitionBody),
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
	return answer(a.alertBody(moved)), nil
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

func (a *API) alertBody(al alert.Alert) Alert {
	return Alert{
		ID: al.ID, Tenant: string(al.Tenant),
		Rule:  AlertRule{ID: al.Rule.ID, Title: al.Rule.Title, TitleZH: a.deps.Titles.TitleZH(al.Rule.ID), Level: al.Rule.Level, Tags: whole(al.Rule.Tags)},
		State: string(al.State), Verdict: string(al.Verdict), Reason: al.Reason, Assignee: al.Assignee, Count: al.Count,
		FirstAt: al.FirstAt.UTC(), LastAt: al.LastAt.UTC(),
		Entities:  each(al.Entities, func(f event.Field) AlertEntity { return AlertEntity{Field: f.Name, Value: f.Value} }),
		Models:    whole(al.Models),
		CreatedAt: al.CreatedAt.UTC(), UpdatedAt: al.UpdatedAt.UTC(), UpdatedBy: al.UpdatedBy, Version: al.Version,
	}
}

func matchBody(m alert.Match) AlertMatch {
	return AlertMatch{Selection: m.Selection, Field: m.Field, Value: m.Value, Pattern: m.Pattern}
}

func transitionBody(t alert.Transition) AlertTransition {
	return AlertTransition{
		At: t.At.UTC(), Actor: t.Actor, From: string(t.From), To: string(t.To), Verdict: string(t.Verdict), Reason: t.Reason,
	}
}

// alertStates reads a comma-separated list of states; "open" stands for all but closed.
func alertStates(text string) ([]alert.State, error) {
	var states []alert.State
	for _, word := range words(text) {
		switch s := alert.State(word); s {
		case "open":
			states = append(states, alert.New, alert.Acknowledged, alert.Investigating)
		case alert.New, alert.Acknowledged, alert.Investigating, alert.Closed:
			states = append(states, s)
		default:
			return nil, fault.NewInvalid("state", "alert.state", "must be new, acknowledged, investigating, closed or open")
		}
	}
	return states, nil
}

// levels reads a comma-separated list of rule levels.
func levels(text string) ([]string, error) {
	found := words(text)
	for _, word := range found {
		if !slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, word) {
			return nil, fault.NewInvalid("level", "rule.level", "must be informational, low, medium, high or critical")
		}
	}
	return found, nil
}

// words splits a comma-separated parameter.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// listOf is a list of one, or none for the empty text.
func listOf(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
