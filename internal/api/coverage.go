package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/detect/coverage"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/tenant"
)

// mostBlind is how many silent sources a list of lost coverage tells of.
const mostBlind = 50

// SourceCoverage is which rules rest on a source.
type SourceCoverage struct {
	Basis    string            `json:"basis" enum:"records,kind,unknown" doc:"records: classified from what it sent. kind: nothing came yet, and sources of its kind feed these rules. unknown: nothing came, and its kind does not tell."`
	From     *time.Time        `json:"from,omitempty" doc:"Records from here on were looked at: seven days before the last one."`
	Records  uint64            `json:"records" doc:"How many these are."`
	Partial  bool              `json:"partial" doc:"They are of too many sorts to look at each: there may be more rules."`
	Datasets []CoverageDataset `json:"datasets" nullable:"false" doc:"What they are, most first."`
	Sole     int               `json:"sole" doc:"Rules that no other living source of the customer feeds: blind while this one is silent."`
	Main     int               `json:"main" doc:"Rules that others feed as well, but less than this one: they see little while it is silent. They count in shared too."`
	Shared   int               `json:"shared" doc:"Rules that others feed as well: they see less."`
	Rules    []CoveredRule     `json:"rules" nullable:"false" doc:"Those that rest on it alone first, then the gravest; at most limit."`
}

// CoverageDataset is one sort of record.
type CoverageDataset struct {
	Name    string `json:"name" example:"linux.auth"`
	Records uint64 `json:"records"`
}

// CoveredRule is a rule in force that looks at a source's records.
type CoveredRule struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	TitleZH   string    `json:"title_zh"`
	Level     string    `json:"level"`
	LogSource LogSource `json:"logsource"`
	Sole      bool      `json:"sole"`
	Main      bool      `json:"main" doc:"Others feed it as well, but less than this one."`
}

// LostCoverage is what the silence of one source costs, or would cost.
type LostCoverage struct {
	Tenant string     `json:"tenant" doc:"Id of the customer."`
	Source string     `json:"source"`
	Name   string     `json:"name"`
	State  string     `json:"state" enum:"silent,degraded,healthy"`
	Since  *time.Time `json:"since,omitempty" doc:"When its last record arrived."`
	Sole   int        `json:"sole" doc:"Rules that are blind."`
	Main   int        `json:"main" doc:"Rules that others feed as well, but less than this one."`
	Shared int        `json:"shared" doc:"Rules that see less, those under main among them."`
}

// LostCoveragePage is what silent sources cost.
type LostCoveragePage struct {
	Items []LostCoverage `json:"items" nullable:"false" doc:"Sources, those that cost most first; of silent ones the 50 by name that are looked at."`
	Total int            `json:"total" doc:"Sources in all."`
}

// Coverage tells which rules rest on a source. It answers within the context's scope alone.
type Coverage interface {
	Of(ctx context.Context, src coverage.Source, all []coverage.Source) (coverage.Report, error)
	Tallies(ctx context.Context, id tenant.ID, all []coverage.Source) (map[string]coverage.Tally, error)
	Fed(ctx context.Context, of []tenant.ID) (func(logsource.Source) bool, error)
	Feeds(ctx context.Context, id tenant.ID, rule *sigma.Rule) (feeds []coverage.Feed, partial bool, err error)
}

func (a *API) declareCoverage() {
	register(a, operation{
		id: "sourceCoverage", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources/{source}/coverage", tag: "source",
		summary: "Which detection rules rest on a source", timeout: searchTimeout,
	}, inPath(identity.ReadSources), a.sourceCoverage)
	register(a, operation{
		id: "lostCoverage", method: http.MethodGet, path: "/api/v1/coverage", tag: "source",
		summary: "How many detection rules silent sources leave blind, or every source would", timeout: searchTimeout,
	}, named(identity.ReadSources), a.lostCoverage)
}

func (a *API) sourceCoverage(ctx context.Context, in *struct {
	SourcePath
	Limit int `query:"limit" minimum:"1" maximum:"5000" default:"200"`
}) (*reply[SourceCoverage], error) {
	t := tenantIn(ctx)
	src, err := a.deps.Sources.Get(ctx, t.ID, in.Source)
	if err != nil {
		return nil, err
	}
	all, err := a.deps.Sources.List(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	r, err := a.deps.Coverage.Of(ctx, covering(src), each(all, covering))
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "source.read", "source/"+src.ID); err != nil {
		return nil, err
	}
	out := SourceCoverage{Basis: string(r.Basis), From: moment(r.From), Records: r.Count, Partial: r.Partial, Sole: r.Sole(), Main: r.Main()}
	out.Shared = len(r.Rules) - out.Sole
	out.Datasets = each(r.Datasets, func(d coverage.Dataset) CoverageDataset { return CoverageDataset(d) })
	out.Rules = each(r.Rules[:min(len(r.Rules), in.Limit)], func(x coverage.Rule) CoveredRule {
		return CoveredRule{
			ID: x.Meta.ID, Title: x.Meta.Title, TitleZH: a.deps.Titles.TitleZH(x.Meta.ID), Level: string(x.Meta.Level), LogSource: LogSource(x.Meta.LogSource), Sole: x.Sole, Main: x.Main,
		}
	})
	return answer(out), nil
}

func (a *API) lostCoverage(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
	Of     string `query:"of" enum:"silent,all" default:"silent" doc:"all: also what the silence of sources that send would cost."`
}) (*reply[LostCoveragePage], error) {
	of, err := a.tenants(ctx, identity.ReadSources, listOf(in.Tenant))
	if err != nil {
		return nil, err
	}
	page := LostCoveragePage{Items: []LostCoverage{}}
	for _, t := range of {
		all, err := a.deps.Sources.List(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		if err := a.lost(ctx, t.ID, all, in.Of == "all", &page); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(page.Items, func(x, y LostCoverage) int {
		return cmp.Or(y.Sole-x.Sole, y.Main-x.Main, y.Shared-x.Shared)
	})
	if err := a.auditRead(ctx, ids(of), "source.list", "source"); err != nil {
		return nil, err
	}
	return answer(page), nil
}

// lost adds what the silence of a customer's sources costs; with living also what that of the others would.
func (a *API) lost(ctx context.Context, id tenant.ID, all []collect.Overview, living bool, page *LostCoveragePage) error {
	sources := each(all, covering)
	var tallies map[string]coverage.Tally
	if living {
		var err error
		if tallies, err = a.deps.Coverage.Tallies(ctx, id, sources); err != nil {
			return err
		}
	}
	looked := 0
	for i := range all {
		state := all[i].Condition.State
		if state != collect.Silent && (!living || !sources[i].Living) {
			continue
		}
		page.Total++
		item := LostCoverage{Tenant: id.String(), Source: all[i].ID, Name: all[i].Name, State: string(state), Since: moment(all[i].Activity.LastSeen)}
		if state == collect.Silent {
			if looked++; looked > mostBlind {
				continue
			}
			r, err := a.deps.Coverage.Of(ctx, sources[i], sources)
			if err != nil {
				return err
			}
			item.Sole, item.Main = r.Sole(), r.Main()
			item.Shared = len(r.Rules) - item.Sole
		} else {
			t := tallies[all[i].ID]
			item.Sole, item.Main, item.Shared = t.Sole, t.Main, t.Main+t.Shared
		}
		page.Items = append(page.Items, item)
	}
	return nil
}

func covering(o collect.Overview) coverage.Source {
	state := o.Condition.State
	return coverage.Source{
		Tenant: o.Tenant, ID: o.ID, Kind: o.Kind, LastSeen: o.Activity.LastSeen, Living: state == collect.Healthy || state == collect.Degraded,
	}
}

var _ Coverage = (*coverage.Service)(nil)
