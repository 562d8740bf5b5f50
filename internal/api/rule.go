package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Rule is one detection rule. Texts in Chinese are empty where the rule has none.
type Rule struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"rule,correlation,filter" doc:"rule: of single events; correlation: of what rules find together; filter: a condition that rules must also meet."`
	Title     string    `json:"title"`
	TitleZH   string    `json:"title_zh"`
	Level     string    `json:"level"`
	Status    string    `json:"status"`
	Tags      []string  `json:"tags" nullable:"false"`
	LogSource LogSource `json:"logsource"`
	Pack      string    `json:"pack" doc:"Id of the pack it came in."`
	PackName  string    `json:"pack_name"`
	Path      string    `json:"path" doc:"File within the pack."`
	Author    string    `json:"author"`
	State     string    `json:"state" enum:"draft,testing,shadow,enabled,deprecated,off,refused" doc:"For every customer that does not have it otherwise. off: of no active version, or the rule of another pack counts under its id; refused: the engine could not take it at the import."`
	Origin    string    `json:"origin" enum:"pack,own,overlay,device" doc:"own: written here; overlay: a pack's rule, changed here; device: a customer's device's own, which has no text here."`
	Version   int64     `json:"version" doc:"Of the text written here; 0 for a pack's text."`
	Overrides int       `json:"overrides" doc:"Customers that have it otherwise; told to the provider's staff alone."`
	Reason    string    `json:"reason" doc:"Why it is refused; else empty."`
	Failing   int64     `json:"failing" doc:"Samples beside a pack's rule that failed at the import: it stays in testing until somebody decides."`
	Broken    bool      `json:"broken" doc:"It should run, and the engine does not have it; told to the provider's staff alone."`
	Cost      *float64  `json:"cost,omitempty" doc:"Its part of the time that matching takes, 0 to 1, by events measured since it was loaded; told to the provider's staff alone, absent where nothing was measured."`
	// Record is absent for callers who may not read alerts.
	Record *RuleRecord `json:"record,omitempty" doc:"What came of it within what the caller may see; absent for callers who may not read alerts."`
}

// RuleRecord is what came of a rule. Listing alerts with the rule and the same span or verdict gives the rows of each figure.
type RuleRecord struct {
	Day       int64      `json:"day" doc:"Alerts that last fired within 24 hours."`
	Week      int64      `json:"week" doc:"Alerts that last fired within 7 days."`
	Total     int64      `json:"total" doc:"Alerts that are kept."`
	True      int64      `json:"true" doc:"Closed as true, with impact or without."`
	Benign    int64      `json:"benign"`
	False     int64      `json:"false"`
	Undecided int64      `json:"undecided" doc:"Closed as duplicate or undetermined."`
	Shadow    int64      `json:"shadow" doc:"Firings in the shadow within 7 days, which raised nothing."`
	PerDay    float64    `json:"per_day" doc:"What it does or would do to a queue: alerts and firings in the shadow of 7 days, by day."`
	Precision *float64   `json:"precision" nullable:"true" doc:"Of its alerts judged true or false, the share that was true; null where none was."`
	Noisy     bool       `json:"noisy" doc:"At least 5 were judged, and at least half of those were false positives."`
	LastAt    *time.Time `json:"last_at" nullable:"true" doc:"When it last fired, in the shadow too."`
}

// RulePage is one page of rules.
type RulePage struct {
	Items    []Rule      `json:"items" nullable:"false"`
	Total    int64       `json:"total" doc:"Rows on all pages."`
	States   RuleStates  `json:"states" doc:"What the filters other than state let through."`
	Products []RuleCount `json:"products" nullable:"false" doc:"Whatever the filters, the most frequent first."`
	Packs    []RuleCount `json:"packs" nullable:"false" doc:"By id."`
}

// RuleStates counts rules by their state.
type RuleStates struct {
	Draft      int64 `json:"draft"`
	Testing    int64 `json:"testing"`
	Shadow     int64 `json:"shadow"`
	Enabled    int64 `json:"enabled"`
	Deprecated int64 `json:"deprecated"`
	Off        int64 `json:"off"`
	Refused    int64 `json:"refused" doc:"Told to the provider's staff alone."`
}

// RuleCount is how many rules have a value.
type RuleCount struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Count int64  `json:"count"`
}

// LogSource says which events a rule looks at.
type LogSource struct {
	Product  string `json:"product"`
	Category string `json:"category"`
	Service  string `json:"service"`
}

// RuleDetail is a rule with its text.
type RuleDetail struct {
	Rule
	Source           string          `json:"source" doc:"YAML as imported."`
	Tree             *RuleTree       `json:"tree,omitempty" doc:"Its condition, asked of an event without fields; absent where it cannot be read."`
	Filters          []RuleFilterRef `json:"filters" nullable:"false" doc:"Filters that it must allow too, as its condition shows."`
	Description      string          `json:"description"`
	DescriptionZH    string          `json:"description_zh"`
	Advice           string          `json:"advice" doc:"What to do when it fires."`
	AdviceZH         string          `json:"advice_zh"`
	License          string          `json:"license"`
	Date             string          `json:"date"`
	Modified         string          `json:"modified"`
	References       []string        `json:"references" nullable:"false"`
	FalsePositives   []string        `json:"falsepositives" nullable:"false"`
	FalsePositivesZH []string        `json:"falsepositives_zh" nullable:"false"`
}

// ruleFilter selects rules.
type ruleFilter struct {
	Tenant    string `query:"tenant" maxLength:"64" doc:"Slug or id of the customer whose alerts records count; absent means all the caller may see."`
	Text      string `query:"q" maxLength:"200" doc:"Part of the title, id, tags, path or author."`
	Level     string `query:"level" maxLength:"200" doc:"One or several levels, comma-separated."`
	Status    string `query:"status" maxLength:"64"`
	Product   string `query:"product" maxLength:"64" doc:"Product of the log source."`
	Tactic    string `query:"tactic" maxLength:"64" example:"credential_access"`
	Technique string `query:"technique" maxLength:"16" example:"T1110" doc:"Includes its sub-techniques."`
	Pack      string `query:"pack" maxLength:"64" doc:"Rules of this version of a pack; absent: one of each id."`
	State     string `query:"state" maxLength:"100" doc:"One or several states, comma-separated, or all. Absent: the rules that run, enabled or in the shadow, or with a pack all of it."`
	Origin    string `query:"origin" enum:"pack,own,overlay,device"`
	Fired     string `query:"fired" enum:"24h,7d,never" doc:"By when they last fired."`
	Noisy     bool   `query:"noisy" doc:"Only those whose record is noisy."`
	Slow      bool   `query:"slow" doc:"Only those that take 5 % of all matching or more; for the provider's staff."`
	Sort      string `query:"sort" enum:"title,level,day,week,last,falsity,noise,cost,precision" default:"title" doc:"All but title begin with the highest; cost is for the provider's staff; falsity: the share of false positives among what was judged."`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows of a page."`
	Offset    int    `query:"offset" minimum:"0" maximum:"1000000" doc:"Rows to skip."`
}

// Rules finds detection rules; a missing one is fault.ErrNotFound.
type Rules interface {
	Rules(ctx context.Context, q content.RuleQuery) (content.RulePage, error)
	Rule(ctx context.Context, id string) (content.Detail, error)
}

func (a *API) declareRules() {
	register(a, operation{
		id: "listRules", method: http.MethodGet, path: "/api/v1/rules", tag: "rule",
		summary: "Detection rules with what came of them",
	}, named(identity.ReadRules), a.listRules)
	register(a, operation{
		id: "getRule", method: http.MethodGet, path: "/api/v1/rules/{id}", tag: "rule",
		summary: "One rule with its text, its condition and what came of it",
	}, named(identity.ReadRules), a.getRule)
}

func (a *API) listRules(ctx context.Context, in *ruleFilter) (*reply[RulePage], error) {
	records, err := a.ruleRecords(ctx, in.Tenant, "")
	if err != nil {
		return nil, err
	}
	seen, err := a.tenants(ctx, identity.ReadRules, listOf(in.Tenant))
	if err != nil {
		return nil, err
	}
	p, _ := identity.From(ctx)
	costs := a.withCosts(ctx, records)
	q := content.RuleQuery{
		Text: in.Text, Levels: words(in.Level), Status: in.Status, Product: in.Product, Tactic: in.Tactic, Technique: in.Technique, Pack: in.Pack,
		Origin: content.Origin(in.Origin), Fired: content.Fired(in.Fired), Noisy: in.Noisy, Sort: content.Sort(in.Sort),
		Limit: in.Limit, Offset: in.Offset, Records: costs, Refusals: p.IsProvider(), Devices: ids(seen),
	}
	if in.Slow {
		q.Slow = slowShare
	}
	if in.State == "all" {
		q.Any = true
	} else {
		q.States = each(words(in.State), func(w string) content.State { return content.State(w) })
	}
	page, err := a.deps.Rules.Rules(ctx, q)
	if err != nil {
		return nil, err
	}
	count := func(c content.Count) RuleCount {
		return RuleCount{Value: c.Value, Label: c.Label, Count: int64(c.Count)}
	}
	body := func(r content.Rule) Rule {
		b := a.ruleBody(r, records, p.IsProvider())
		if share := costs[r.ID].Cost; share > 0 {
			b.Cost = &share
		}
		return b
	}
	return answer(RulePage{
		Items: each(page.Rules, body), Total: int64(page.Total),
		States:   statesBody(page.States),
		Products: each(page.Products, count), Packs: each(page.Packs, count),
	}), nil
}

func (a *API) getRule(ctx context.Context, in *struct {
	ID     string `path:"id" maxLength:"128"`
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id of the customer whose alerts the record counts; absent means all the caller may see."`
}) (*reply[RuleDetail], error) {
	return a.ruleDetail(ctx, in.ID, in.Tenant)
}

// ruleDetail is a rule with what came of it at the customer, or without one at all that the caller may see.
func (a *API) ruleDetail(ctx context.Context, id, of string) (*reply[RuleDetail], error) {
	records, err := a.ruleRecords(ctx, of, id)
	if err != nil {
		return nil, err
	}
	d, err := a.deps.Rules.Rule(ctx, id)
	if err != nil {
		return nil, err
	}
	p, _ := identity.From(ctx)
	body := RuleDetail{
		Rule: a.ruleBody(d.Rule, records, p.IsProvider()), Source: d.Source, Description: d.Description, DescriptionZH: d.DescriptionZH,
		Advice: d.Advice, AdviceZH: d.AdviceZH, License: d.License, Date: d.Date, Modified: d.Modified,
		References: whole(d.References), FalsePositives: whole(d.FalsePositives), FalsePositivesZH: whole(d.FalsePositivesZH),
	}
	body.Filters = []RuleFilterRef{}
	if r, x := a.readRule(d); x != nil {
		body.Filters = filterRefs(r)
		body.Tree = treeBody(x.Explain(&event.Event{}), nil, r.Filters)
	}
	return answer(body), nil
}

// ruleRecords counts what came of rules, or of one, within what the caller may see; nil where that is no alert at all.
func (a *API) ruleRecords(ctx context.Context, of, rule string) (map[string]content.Record, error) {
	if p, _ := identity.From(ctx); of == "" && !p.CanSomewhere(identity.ReadAlerts) {
		return nil, nil
	}
	q, nobody, err := a.alertQuery(ctx, AlertFilter{Tenant: of})
	if err != nil || nobody {
		return nil, err
	}
	now := a.opts.Now()
	found, err := a.deps.Alerts.Records(ctx, alert.RecordQuery{Tenants: q.Tenants, Rule: rule, Day: now.Add(-24 * time.Hour), Week: now.Add(-7 * 24 * time.Hour)})
	if err != nil {
		return nil, fmt.Errorf("records of rules: %w", err)
	}
	if err := a.auditFigures(ctx, q.Tenants); err != nil {
		return nil, err
	}
	shadows, lasts, err := a.shadowed(ctx, q.Tenants)
	if err != nil {
		return nil, err
	}
	records := make(map[string]content.Record, len(found))
	for id, r := range found {
		v := r.Verdicts
		records[id] = content.Record{
			Day: r.Day, Week: r.Week, Total: r.Total, LastAt: r.LastAt,
			True: v[alert.TruePositiveImpact] + v[alert.TruePositiveNoImpact], Benign: v[alert.BenignPositive], False: v[alert.FalsePositive],
			Undecided: v[alert.Duplicate] + v[alert.Undetermined],
		}
	}
	for id, n := range shadows {
		r := records[id]
		r.Shadow = n
		records[id] = r
	}
	for id, at := range lasts {
		if r := records[id]; at.After(r.LastAt) {
			r.LastAt = at
			records[id] = r
		}
	}
	return records, nil
}

// withCosts adds what rules cost, which the provider's staff alone is told.
func (a *API) withCosts(ctx context.Context, records map[string]content.Record) map[string]content.Record {
	if p, _ := identity.From(ctx); !p.IsProvider() {
		return records
	}
	out := maps.Clone(records)
	if out == nil {
		out = make(map[string]content.Record)
	}
	for id, share := range a.deps.Engine.Shares() {
		r := out[id]
		r.Cost = share
		out[id] = r
	}
	return out
}

// shadowed counts firings in the shadow of seven days at the customers, and tells when the last was; none named means all that the caller
// may see.
func (a *API) shadowed(ctx context.Context, of []tenant.ID) (weeks map[string]int64, lasts map[string]time.Time, err error) {
	if len(of) == 0 {
		all, err := a.tenants(ctx, identity.ReadAlerts, nil)
		if err != nil || len(all) == 0 {
			return nil, nil, err
		}
		of = ids(all)
	}
	if weeks, err = a.deps.Shadows.Weeks(ctx, of); err != nil {
		return nil, nil, err
	}
	lasts, err = a.deps.Shadows.Lasts(ctx, of)
	return weeks, lasts, err
}

// ruleSource is the text of a rule that an alert names, or "" where no version of it is left.
func (a *API) ruleSource(ctx context.Context, id string) (string, error) {
	d, err := a.deps.Rules.Rule(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("rule of alert: %w", err)
	}
	return d.Source, nil
}

func statesBody(n map[content.State]int) RuleStates {
	of := func(s content.State) int64 { return int64(n[s]) }
	return RuleStates{
		Draft: of(content.Draft), Testing: of(content.Testing), Shadow: of(content.Shadow), Enabled: of(content.Enabled),
		Deprecated: of(content.Deprecated), Off: of(content.Off), Refused: of(content.Refused),
	}
}

func (a *API) ruleBody(r content.Rule, records map[string]content.Record, provider bool) Rule {
	body := Rule{
		ID: r.ID, Kind: string(cmp.Or(r.Kind, content.KindRule)), Title: r.Title, TitleZH: r.TitleZH, Level: r.Level, Status: r.Status, Tags: whole(r.Tags),
		LogSource: LogSource{Product: r.Product, Category: r.Category, Service: r.Service},
		Pack:      r.Pack, PackName: r.PackName, Path: r.Path, Author: r.Author, State: string(r.State), Reason: r.Reason,
		Origin: string(r.Origin), Version: r.Version, Failing: int64(r.Failing),
	}
	if body.Origin == "" {
		body.Origin = string(content.OfPack)
	}
	if provider {
		body.Overrides = r.Overrides
		body.Broken = expected(r) && !a.deps.Engine.Rule(r.ID).Running
	}
	if records == nil || r.State == content.Refused || r.Kind == content.KindFilter {
		return body
	}
	c := records[r.ID]
	body.Record = &RuleRecord{
		Day: c.Day, Week: c.Week, Total: c.Total, True: c.True, Benign: c.Benign, False: c.False, Undecided: c.Undecided, Noisy: c.Noisy(),
		Shadow: c.Shadow, PerDay: float64(c.Noise()) / 7,
	}
	if n := c.True + c.False; n > 0 {
		share := float64(c.True) / float64(n)
		body.Record.Precision = &share
	}
	if !c.LastAt.IsZero() {
		last := c.LastAt.UTC()
		body.Record.LastAt = &last
	}
	return body
}

var _ Rules = (*content.Service)(nil)
