package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Overview is what changed since the caller last looked, and how each customer's open alerts stand.
type Overview struct {
	Now       time.Time          `json:"now" doc:"Send it back as at when it has been seen."`
	Since     time.Time          `json:"since" doc:"What changed is counted from here, inclusive."`
	Marked    bool               `json:"marked" doc:"Since is what the caller marked as seen; else a day ago, or the furthest an overview looks back, seven days."`
	Raised    LevelCounts        `json:"raised" doc:"Alerts raised since."`
	Moved     int64              `json:"moved" doc:"Open alerts whose state somebody else changed since."`
	Closed    int64              `json:"closed" doc:"Closed alerts whose state somebody else changed since."`
	Changes   []OverviewChange   `json:"changes" nullable:"false" doc:"Changes of sources, rules, users and customers since, by chain and action, as far as the caller may read the chains."`
	Standings []OverviewStanding `json:"standings" nullable:"false" doc:"Each customer, by slug."`
}

// LevelCounts counts alerts by level.
type LevelCounts struct {
	Critical      int64 `json:"critical"`
	High          int64 `json:"high"`
	Medium        int64 `json:"medium"`
	Low           int64 `json:"low"`
	Informational int64 `json:"informational"`
}

// OverviewChange counts entries of one action in one audit chain.
type OverviewChange struct {
	Tenant string `json:"tenant" doc:"Id of the customer, or provider."`
	Action string `json:"action" example:"source.create"`
	Count  int64  `json:"count"`
}

// OverviewStanding is how one customer's open alerts stand.
type OverviewStanding struct {
	Tenant string      `json:"tenant" doc:"Id of the customer."`
	Open   LevelCounts `json:"open"`
	New    int64       `json:"new" doc:"Open ones that nobody has acknowledged."`
	Risk   int64       `json:"risk" doc:"The highest risk of an open alert; 0 where none is open."`
	Oldest string      `json:"oldest" doc:"Id of the oldest alert that nobody has acknowledged; empty where there is none."`
	At     *time.Time  `json:"oldest_at" nullable:"true" doc:"When it was raised."`
}

// OverviewSeen marks an overview as seen.
type OverviewSeen struct {
	Tenant string    `json:"tenant,omitempty" maxLength:"64" doc:"Slug or id; absent means the overview of all the caller may see."`
	At     time.Time `json:"at" doc:"The overview's now."`
}

// Overviews makes overviews. It answers within the context's scope alone.
type Overviews interface {
	Look(ctx context.Context, q overview.Query) (overview.Report, error)
	Seen(ctx context.Context, q overview.Query, at time.Time) error
	// Standings has one for each customer, in that order.
	Standings(ctx context.Context, tenants []tenant.ID) ([]overview.Standing, error)
}

func (a *API) declareOverview() {
	register(a, operation{
		id: "getOverview", method: http.MethodGet, path: "/api/v1/overview", tag: "overview",
		summary: "What changed since the caller last looked, and how customers stand",
	}, named(identity.ReadAlerts), a.getOverview)
	register(a, operation{
		id: "markOverviewSeen", method: http.MethodPost, path: "/api/v1/overview/seen", tag: "overview",
		summary: "Mark an overview as seen",
	}, named(identity.ReadAlerts), a.markOverviewSeen)
}

func (a *API) getOverview(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
}) (*reply[Overview], error) {
	q, err := a.overviewOf(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	r, err := a.deps.Overviews.Look(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, q.Tenants, "overview.read", "overview"); err != nil {
		return nil, err
	}
	return answer(Overview{
		Now: r.Now, Since: r.Since, Marked: r.Marked, Raised: levelCounts(r.Raised), Moved: r.Moved, Closed: r.Closed,
		Changes: each(r.Changes, func(c overview.Change) OverviewChange {
			return OverviewChange{Tenant: c.Chain.String(), Action: c.Action, Count: c.Count}
		}),
		Standings: each(r.Standings, standingBody),
	}), nil
}

func (a *API) markOverviewSeen(ctx context.Context, in *struct{ Body OverviewSeen }) (*empty, error) {
	q, err := a.overviewOf(ctx, in.Body.Tenant)
	if err != nil {
		return nil, err
	}
	return &empty{}, a.deps.Overviews.Seen(ctx, q, in.Body.At)
}

// overviewOf says whose overview a caller asks for: one customer's, the provider's, or of all customers of a customers' user.
func (a *API) overviewOf(ctx context.Context, ref string) (overview.Query, error) {
	p, _ := identity.From(ctx)
	found, err := a.tenants(ctx, identity.ReadAlerts, listOf(ref))
	if err != nil {
		return overview.Query{}, fmt.Errorf("overview: %w", err)
	}
	q := overview.Query{
		Tenants: ids(found), Wide: ref == "" && p.IsProvider(), UserID: p.UserID, Username: p.Username,
		Chains: true, Platform: p.IsProvider() && p.CanSomewhere(identity.ManageUsers),
	}
	for _, id := range q.Tenants {
		q.Chains = q.Chains && p.Can(identity.ReadAudit, id)
	}
	return q, nil
}

func levelCounts(by map[string]int64) LevelCounts {
	return LevelCounts{
		Critical: by["critical"], High: by["high"], Medium: by["medium"], Low: by["low"], Informational: by["informational"],
	}
}

func standingBody(s overview.Standing) OverviewStanding {
	body := OverviewStanding{Tenant: s.Tenant.String(), Open: levelCounts(s.Open), New: s.New, Risk: s.Risk, Oldest: s.Oldest}
	if !s.At.IsZero() {
		body.At = &s.At
	}
	return body
}

var _ Overviews = (*overview.Service)(nil)
