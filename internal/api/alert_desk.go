package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// AlertDesk answers what a person asks of many alerts at once, within the context's scope.
type AlertDesk interface {
	Bulk(ctx context.Context, b alert.Bulk) (alert.Outcome, error)
	Groups(ctx context.Context, q alert.Query, by alert.Key) (alert.Groups, error)
	Stats(ctx context.Context, q alert.Query, buckets int) (alert.Stats, error)
	Related(ctx context.Context, id string, limit int) (alert.Related, error)
	Precedents(ctx context.Context, id string) (alert.Precedents, error)
	Records(ctx context.Context, q alert.RecordQuery) (map[string]alert.RuleRecord, error)
	AttackRecords(ctx context.Context, q alert.RecordQuery) ([]alert.AttackRecord, error)
}

// AlertGroups are groups of alerts, the riskiest first.
type AlertGroups struct {
	Items       []AlertGroup `json:"items" nullable:"false"`
	TotalGroups int          `json:"total_groups" doc:"How many groups there are in all."`
	Total       int64        `json:"total" doc:"How many alerts they have together; one in several groups counts once."`
}

// AlertGroup is the alerts that have one key. Listing with the same filter and the key gives its rows.
type AlertGroup struct {
	Key        string    `json:"key" doc:"The value to filter by; empty for alerts without: none for assignee and source, field= for an entity."`
	Label      string    `json:"label" doc:"For people: the rule's title, the value as it was logged, the name of customer, source or person."`
	LabelZH    string    `json:"label_zh" doc:"The rule's Chinese title; empty where there is none."`
	Count      int64     `json:"count"`
	Open       int64     `json:"open" doc:"How many of them are not closed."`
	WorstLevel string    `json:"worst_level"`
	Risk       int       `json:"risk" doc:"The highest."`
	LastAt     time.Time `json:"last_at"`
}

// AlertStats are figures about the alerts of a filter, each of which the list gives with it.
type AlertStats struct {
	Total       int64            `json:"total"`
	ByLevel     map[string]int64 `json:"by_level"`
	ByState     map[string]int64 `json:"by_state"`
	OverTime    []AlertSlice     `json:"over_time" nullable:"false" doc:"By last_at, oldest first; slices without alerts are left out."`
	WidthS      float64          `json:"width_s" doc:"Width of a slice in seconds; 0 without alerts."`
	TopRules    []AlertTopRule   `json:"top_rules" nullable:"false"`
	TopEntities []AlertTopEntity `json:"top_entities" nullable:"false" doc:"Of host.name, source.ip and user.name."`
	TopSources  []AlertTopSource `json:"top_sources" nullable:"false"`
}

// AlertSlice counts the alerts that last fired in one slice of time.
type AlertSlice struct {
	At     time.Time        `json:"at" doc:"Start of the slice."`
	Levels map[string]int64 `json:"levels"`
}

// AlertTopRule is a rule and how many alerts it raised.
type AlertTopRule struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	Level   string `json:"level"`
	Count   int64  `json:"count"`
}

// AlertTopEntity is an entity and how many alerts are about it.
type AlertTopEntity struct {
	Field      string `json:"field"`
	Value      string `json:"value"`
	Count      int64  `json:"count"`
	WorstLevel string `json:"worst_level"`
}

// AlertTopSource is a log source and how many alerts came of it.
type AlertTopSource struct {
	Tenant string `json:"tenant"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Count  int64  `json:"count"`
}

// AlertRelated is what else is known of an alert's entities.
type AlertRelated struct {
	Entities []AlertEntityTotal `json:"entities" nullable:"false"`
	Items    []RelatedAlert     `json:"items" nullable:"false" doc:"Alerts of the same customer that share an entity, the latest first."`
}

// AlertEntityTotal is an entity and how many of the customer's alerts are about it, this one included.
type AlertEntityTotal struct {
	AlertEntity
	Total int64 `json:"total"`
}

// RelatedAlert is an alert with what it shares.
type RelatedAlert struct {
	Alert
	Shared []AlertEntity `json:"shared" nullable:"false"`
}

// AlertPrecedents is how alerts of the same rule were judged.
type AlertPrecedents struct {
	Here       []VerdictCount     `json:"here" nullable:"false"`
	HereRecent []VerdictGiven     `json:"here_recent" nullable:"false" doc:"Closed last first."`
	Elsewhere  []VerdictElsewhere `json:"elsewhere,omitempty" nullable:"false" doc:"Of all other customers together; for the provider's staff only."`
}

// VerdictCount is how often a verdict was given.
type VerdictCount struct {
	Verdict string `json:"verdict"`
	Count   int64  `json:"count"`
}

// VerdictElsewhere is how often a verdict was given, and by how many customers.
type VerdictElsewhere struct {
	Verdict string `json:"verdict"`
	Count   int64  `json:"count"`
	Tenants int64  `json:"tenants"`
}

// VerdictGiven is one judgement of the past.
type VerdictGiven struct {
	ID       string    `json:"id"`
	Verdict  string    `json:"verdict"`
	Reason   string    `json:"reason"`
	ClosedAt time.Time `json:"closed_at"`
	By       string    `json:"by"`
}

func (a *API) declareAlertDesk() {
	register(a, operation{
		id: "groupAlerts", method: http.MethodGet, path: "/api/v1/alerts/groups", tag: "alert",
		summary: "Alerts grouped, the riskiest groups first",
	}, named(identity.ReadAlerts), a.groupAlerts)
	register(a, operation{
		id: "alertStats", method: http.MethodGet, path: "/api/v1/alerts/stats", tag: "alert",
		summary: "Figures about alerts",
	}, named(identity.ReadAlerts), a.alertStats)
	register(a, operation{
		id: "listAssignees", method: http.MethodGet, path: "/api/v1/alerts/assignees", tag: "alert",
		summary: "Who may judge alerts, for those who may",
	}, named(identity.ReadAlerts), a.listAssignees)
	register(a, operation{
		id: "changeAlerts", method: http.MethodPost, path: "/api/v1/alerts/bulk", tag: "alert",
		summary: "Change many alerts at once, each by itself",
	}, named(identity.JudgeAlerts), a.changeAlerts)
	register(a, operation{
		id: "assignAlert", method: http.MethodPost, path: "/api/v1/alerts/{id}/assign", tag: "alert",
		summary: "Give an alert to somebody, or release it",
	}, ofObject(identity.JudgeAlerts, "id", a.alertOwner), a.assignAlert)
	register(a, operation{
		id: "relatedAlerts", method: http.MethodGet, path: "/api/v1/alerts/{id}/related", tag: "alert",
		summary: "Alerts that share an entity",
	}, ofObject(identity.ReadAlerts, "id", a.alertOwner), a.relatedAlerts)
	register(a, operation{
		id: "alertVerdicts", method: http.MethodGet, path: "/api/v1/alerts/{id}/verdicts", tag: "alert",
		summary: "How alerts of the same rule were judged",
	}, ofObject(identity.ReadAlerts, "id", a.alertOwner), a.alertVerdicts)
}

func (a *API) groupAlerts(ctx context.Context, in *struct {
	AlertFilter
	By     string `query:"by" required:"true" enum:"rule,host,source_ip,user,tenant,source,level,assignee"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"500" doc:"Groups of a page."`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000" doc:"Groups to skip."`
}) (*reply[AlertGroups], error) {
	q, nobody, err := a.alertQuery(ctx, in.AlertFilter)
	if err != nil || nobody {
		return answer(AlertGroups{Items: []AlertGroup{}}), err
	}
	by := alert.Key(in.By)
	q.Limit, q.Offset = in.Limit, in.Offset
	groups, err := a.deps.Alerts.Groups(ctx, q, by)
	if err != nil {
		return nil, fmt.Errorf("group alerts: %w", err)
	}
	if err := a.auditFigures(ctx, q.Tenants); err != nil {
		return nil, err
	}
	name, err := a.groupNames(ctx, by)
	if err != nil {
		return nil, err
	}
	return answer(AlertGroups{TotalGroups: groups.Total, Total: groups.Alerts, Items: each(groups.Items, func(g alert.Group) AlertGroup {
		body := AlertGroup{Key: g.Key, Label: g.Label, Count: g.Count, Open: g.Open, WorstLevel: g.WorstLevel, Risk: g.Risk, LastAt: g.LastAt.UTC()}
		if by == alert.ByRule {
			body.LabelZH = a.deps.Titles.TitleZH(g.Key)
		}
		if name != nil {
			body.Label = name(g.Key)
		}
		return body
	})}), nil
}

// groupNames says what keys that are ids or usernames are called; nil where the groups bring their labels.
func (a *API) groupNames(ctx context.Context, by alert.Key) (func(key string) string, error) {
	names := make(map[string]string)
	switch by {
	case alert.ByTenant:
		all, err := a.tenants(ctx, identity.ReadAlerts, nil)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			names[t.ID.String()] = t.Name
		}
	case alert.BySource:
		return func(key string) string {
			if s, ok := a.deps.Names.ByID(key); ok && tenant.ScopeFrom(ctx).Allows(s.Tenant) {
				return s.Name
			}
			return ""
		}, nil
	case alert.ByAssignee:
		var err error
		if names, err = a.userNames(ctx); err != nil {
			return nil, err
		}
	case alert.ByLevel:
		return func(key string) string { return key }, nil
	default:
		return nil, nil
	}
	return func(key string) string { return names[key] }, nil
}

// auditFigures keeps that the provider's staff looked at figures about these customers; none named means all.
func (a *API) auditFigures(ctx context.Context, of []tenant.ID) error {
	if len(of) == 0 {
		all, err := a.tenants(ctx, identity.ReadAlerts, nil)
		if err != nil {
			return err
		}
		of = ids(all)
	}
	return a.auditRead(ctx, of, "alert.list", "alert")
}

func (a *API) alertStats(ctx context.Context, in *struct {
	AlertFilter
	Buckets int `query:"buckets" minimum:"1" maximum:"500" default:"60" doc:"About how many; the width is rounded up to a usual one."`
}) (*reply[AlertStats], error) {
	q, nobody, err := a.alertQuery(ctx, in.AlertFilter)
	if err != nil {
		return nil, err
	}
	var s alert.Stats
	if !nobody {
		if s, err = a.deps.Alerts.Stats(ctx, q, in.Buckets); err != nil {
			return nil, fmt.Errorf("figures about alerts: %w", err)
		}
	}
	if err := a.auditFigures(ctx, q.Tenants); err != nil {
		return nil, err
	}
	body := AlertStats{
		Total: s.Total, ByLevel: counts(s.ByLevel), ByState: counts(s.ByState), WidthS: s.Width.Seconds(),
		OverTime: each(s.OverTime, func(l alert.Slice) AlertSlice { return AlertSlice{At: l.At.UTC(), Levels: counts(l.Levels)} }),
		TopRules: each(s.Rules, func(g alert.Group) AlertTopRule {
			return AlertTopRule{ID: g.Key, Title: g.Label, TitleZH: a.deps.Titles.TitleZH(g.Key), Level: g.WorstLevel, Count: g.Count}
		}),
		TopEntities: each(s.Entities, func(e alert.EntityCount) AlertTopEntity {
			return AlertTopEntity{Field: e.Entity.Name, Value: e.Entity.Value, Count: e.Count, WorstLevel: e.WorstLevel}
		}),
		TopSources: each(s.Sources, func(c alert.SourceCount) AlertTopSource {
			return AlertTopSource{Tenant: c.Tenant.String(), ID: c.Source, Name: a.sourceName(c.Tenant, c.Source), Count: c.Count}
		}),
	}
	return answer(body), nil
}

// counts is a map for the wire, never null.
func counts[K ~string](in map[K]int64) map[string]int64 {
	out := make(map[string]int64, len(in))
	for k, n := range in {
		out[string(k)] = n
	}
	return out
}

func (a *API) relatedAlerts(ctx context.Context, in *struct {
	AlertPath
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
}) (*reply[AlertRelated], error) {
	of, err := a.alertOwner(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r, err := a.deps.Alerts.Related(ctx, in.ID, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("related alerts: %w", err)
	}
	if err := a.auditRead(ctx, []tenant.ID{of}, "alert.list", "alert"); err != nil {
		return nil, err
	}
	bodies, err := a.alertBodies(ctx, r.Alerts)
	if err != nil {
		return nil, err
	}
	entities := each(r.Entities, func(e alert.EntityTotal) event.Field { return e.Entity })
	out := AlertRelated{
		Entities: each(r.Entities, func(e alert.EntityTotal) AlertEntityTotal { return AlertEntityTotal{entityBody(e.Entity), e.Total} }),
		Items:    []RelatedAlert{},
	}
	for i, body := range bodies {
		out.Items = append(out.Items, RelatedAlert{body, each(r.Alerts[i].Shared(entities), entityBody)})
	}
	return answer(out), nil
}

func entityBody(f event.Field) AlertEntity { return AlertEntity{Field: f.Name, Value: f.Value} }

func (a *API) alertVerdicts(ctx context.Context, in *AlertPath) (*reply[AlertPrecedents], error) {
	of, err := a.alertOwner(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := a.deps.Alerts.Precedents(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("past verdicts: %w", err)
	}
	if err := a.auditRead(ctx, []tenant.ID{of}, "alert.list", "alert"); err != nil {
		return nil, err
	}
	out := AlertPrecedents{
		Here: each(p.Here, func(v alert.VerdictCount) VerdictCount { return VerdictCount{string(v.Verdict), v.Count} }),
		HereRecent: each(p.Recent, func(al alert.Alert) VerdictGiven {
			return VerdictGiven{ID: al.ID, Verdict: string(al.Verdict), Reason: al.Reason, ClosedAt: al.UpdatedAt.UTC(), By: al.UpdatedBy}
		}),
	}
	if caller, _ := identity.From(ctx); caller.IsProvider() {
		out.Elsewhere = each(p.Elsewhere, func(v alert.VerdictCount) VerdictElsewhere {
			return VerdictElsewhere{string(v.Verdict), v.Count, v.Tenants}
		})
	}
	return answer(out), nil
}

// judges returns who may judge alerts of every one of the customers, by username; without customers, of all.
func (a *API) judges(ctx context.Context, of []tenant.ID) ([]identity.User, error) {
	users, err := a.deps.Users.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("who may judge: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(users), func(u identity.User) bool {
		p := u.Principal()
		if u.Disabled || !p.CanSomewhere(identity.JudgeAlerts) {
			return true
		}
		return slices.ContainsFunc(of, func(id tenant.ID) bool { return !p.Can(identity.JudgeAlerts, id) })
	}), nil
}

// mayHold refuses an assignee who may not judge the customer's alerts. Empty is nobody, who may.
func (a *API) mayHold(ctx context.Context, username string, of tenant.ID) error {
	if username == "" {
		return nil
	}
	judges, err := a.judges(ctx, []tenant.ID{of})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(judges, func(u identity.User) bool { return u.Username == username }) {
		return fault.NewInvalid("assignee", "alert.assignee", "may not judge alerts of this customer")
	}
	return nil
}
