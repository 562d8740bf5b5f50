package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/tenant"
)

// RuleShadow is what a rule would have raised while it ran in the shadow.
type RuleShadow struct {
	Total  int64       `json:"total" doc:"Firings within 90 days."`
	Week   int64       `json:"week" doc:"Firings within 7 days, today included."`
	Days   []ShadowDay `json:"days" nullable:"false" doc:"Oldest first, UTC; days without a firing are left out."`
	Latest []ShadowHit `json:"latest" nullable:"false" doc:"At most 50, the latest to arrive first."`
}

// ShadowDay counts the firings of one day.
type ShadowDay struct {
	Day  string `json:"day" format:"date"`
	Hits int64  `json:"hits"`
}

// ShadowHit is a firing that raised nothing.
type ShadowHit struct {
	Tenant   string        `json:"tenant"`
	EventID  string        `json:"event_id"`
	Time     time.Time     `json:"time" doc:"Of the event."`
	Source   string        `json:"source"`
	Matches  []AlertMatch  `json:"matches" nullable:"false"`
	Entities []AlertEntity `json:"entities" nullable:"false"`
}

// Shadows tells what rules on trial would have raised.
type Shadows interface {
	Record(ctx context.Context, of []tenant.ID, rule string) (shadow.Record, error)
	Weeks(ctx context.Context, of []tenant.ID) (map[string]int64, error)
	Lasts(ctx context.Context, of []tenant.ID) (map[string]time.Time, error)
}

func (a *API) declareShadows() {
	register(a, operation{
		id: "getRuleShadow", method: http.MethodGet, path: "/api/v1/rules/{id}/shadow", tag: "rule",
		summary: "What a rule would have raised while it ran in the shadow",
	}, named(identity.ReadRules), a.getRuleShadow)
}

func (a *API) getRuleShadow(ctx context.Context, in *struct {
	RulePath
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
}) (*reply[RuleShadow], error) {
	seen, err := a.tenants(ctx, identity.ReadAlerts, listOf(in.Tenant))
	if err != nil {
		return nil, err
	}
	if _, err := a.deps.Rules.Rule(ctx, in.ID); err != nil {
		return nil, err
	}
	out := RuleShadow{Days: []ShadowDay{}, Latest: []ShadowHit{}}
	if len(seen) == 0 {
		return answer(out), nil
	}
	r, err := a.deps.Shadows.Record(ctx, ids(seen), in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.auditFigures(ctx, ids(seen)); err != nil {
		return nil, err
	}
	out.Total, out.Week = r.Total, r.Week
	out.Days = each(r.Days, func(d shadow.Day) ShadowDay {
		return ShadowDay{Day: time.Unix(d.Number*24*60*60, 0).UTC().Format(time.DateOnly), Hits: d.Hits}
	})
	out.Latest = each(r.Latest, func(h shadow.Hit) ShadowHit {
		hit := ShadowHit{Tenant: h.Tenant.String(), EventID: h.EventID, Time: h.Time.UTC(), Source: h.Source, Entities: []AlertEntity{}}
		hit.Matches = each(h.Matches, func(m alert.Match) AlertMatch { return matchBody(m) })
		for _, e := range h.Entities {
			hit.Entities = append(hit.Entities, AlertEntity{Field: e.Name, Value: e.Value})
		}
		return hit
	})
	return answer(out), nil
}

var _ Shadows = (*shadow.Service)(nil)
