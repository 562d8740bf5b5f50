package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Titles knows what rules are called in Chinese.
type Titles interface {
	// TitleZH is empty where the rule has no Chinese title.
	TitleZH(rule string) string
	// Titled returns the rules whose Chinese title contains the text.
	Titled(text string) []string
}

// SourceNames knows every log source from memory.
type SourceNames interface {
	ByID(id string) (*collect.Source, bool)
}

// alertBody is [API.alertBodies] for one alert.
func (a *API) alertBody(ctx context.Context, al alert.Alert) (Alert, error) {
	bodies, err := a.alertBodies(ctx, []alert.Alert{al})
	if err != nil {
		return Alert{}, err
	}
	return bodies[0], nil
}

// alertBodies puts alerts on the wire, with the names that people know their rules, sources and assignees by.
func (a *API) alertBodies(ctx context.Context, alerts []alert.Alert) ([]Alert, error) {
	names, err := a.assigneeNames(ctx, alerts)
	if err != nil {
		return nil, err
	}
	return each(alerts, func(al alert.Alert) Alert {
		return Alert{
			ID: al.ID, Tenant: string(al.Tenant),
			Rule:  AlertRule{ID: al.Rule.ID, Title: al.Rule.Title, TitleZH: a.deps.Titles.TitleZH(al.Rule.ID), Level: al.Rule.Level, Tags: whole(al.Rule.Tags)},
			State: string(al.State), Verdict: string(al.Verdict), Reason: al.Reason, Assignee: al.Assignee, AssigneeName: names[al.Assignee],
			Risk: al.Risk, RiskParts: each(al.RiskParts, func(p alert.RiskPart) AlertRiskPart { return AlertRiskPart(p) }),
			Source: AlertSource{ID: al.Source, Name: a.sourceName(al.Tenant, al.Source)},
			Count:  al.Count, FirstAt: al.FirstAt.UTC(), LastAt: al.LastAt.UTC(),
			Entities:  each(al.Entities, func(f event.Field) AlertEntity { return AlertEntity{Field: f.Name, Value: f.Value} }),
			Models:    whole(al.Models),
			CreatedAt: al.CreatedAt.UTC(), UpdatedAt: al.UpdatedAt.UTC(), UpdatedBy: al.UpdatedBy, Version: al.Version, BackfilledBy: al.BackfilledBy,
		}
	}), nil
}

// assigneeNames maps the usernames among the alerts' assignees to what the people are called.
func (a *API) assigneeNames(ctx context.Context, alerts []alert.Alert) (map[string]string, error) {
	if !slices.ContainsFunc(alerts, func(al alert.Alert) bool { return al.Assignee != "" }) {
		return nil, nil
	}
	return a.userNames(ctx)
}

func (a *API) userNames(ctx context.Context) (map[string]string, error) {
	users, err := a.deps.Users.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("name assignees: %w", err)
	}
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.Username] = u.Name
	}
	return names, nil
}

// sourceName is what the customer's source is called; empty where it is gone, or another customer's.
func (a *API) sourceName(of tenant.ID, source string) string {
	if s, ok := a.deps.Names.ByID(source); ok && s.Tenant == of {
		return s.Name
	}
	return ""
}
