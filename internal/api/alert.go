package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
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
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Level string   `json:"level" enum:"informational,low,medium,high,critical"`
	Tags  []string `json:"tags" nullable:"false" doc:"Sigma tags, such as attack.t1110.001."`
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
	}, named(identity.ReadAlerts), pending[alertFilter, reply[CountedPage[Alert]]])
	register(a, operation{
		id: "getAlert", method: http.MethodGet, path: "/api/v1/alerts/{id}", tag: "alert",
		summary: "One alert: why it fired and what was done",
	}, ofObject(identity.ReadAlerts, "id", a.alertOwner), pending[AlertPath, reply[AlertDetail]])
	register(a, operation{
		id: "moveAlert", method: http.MethodPost, path: "/api/v1/alerts/{id}/transitions", tag: "alert",
		summary: "Change an alert's state",
	}, ofObject(identity.JudgeAlerts, "id", a.alertOwner), pending[struct {
		AlertPath
		Body AlertMove
	}, reply[Alert]])
}

// AlertPath is the input of operations whose path names an alert.
type AlertPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) alertOwner(ctx context.Context, id string) (tenant.ID, error) {
	return "", fault.ErrNotFound
}
