package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/coverage"
	"github.com/isoc-project/isoc/internal/flow/detect/lint"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// Bounds of trials.
const (
	maxTrialBytes   = 8 << 20
	maxTrialTrees   = 64 // of one answer
	maxTrialRules   = 8  // of one text whose feeds are told
	maxFeedTenants  = 20 // customers whose sources are looked at
	maxSampleValues = 400
)

// RuleTrialRequest is the text of a rule and what to try it on.
type RuleTrialRequest struct {
	RuleText
	Samples []RuleSample `json:"samples" minItems:"1" maxItems:"64" nullable:"false"`
}

// RuleSample is what a rule is tried on, with what should come of it.
type RuleSample struct {
	Name  string           `json:"name,omitempty" maxLength:"200"`
	Fires bool             `json:"fires" doc:"What is expected."`
	Kind  string           `json:"kind,omitempty" maxLength:"64" default:"auto" doc:"What the sender is said to be, as in a source."`
	Form  string           `json:"form,omitempty" enum:"record,event" default:"record" doc:"record: as a sender delivers it, for the parser. event: JSON of an event that was understood elsewhere."`
	Why   string           `json:"why,omitempty" maxLength:"500" doc:"What keeps a near miss from firing."`
	Lines []RuleSampleLine `json:"lines" minItems:"1" maxItems:"256" nullable:"false" doc:"One record; several are a sequence. Together at most 64 KiB."`
}

// RuleSampleLine is one record of a sample.
type RuleSampleLine struct {
	Raw     string `json:"raw" minLength:"1" maxLength:"65536"`
	AfterMS int64  `json:"after_ms,omitempty" minimum:"0" maximum:"2678400000" doc:"How long after the first line it happens."`
}

// RuleTrial is what came of samples.
type RuleTrial struct {
	Passed bool          `json:"passed" doc:"All came out as expected."`
	Items  []TriedSample `json:"items" nullable:"false" doc:"In the order of the request."`
}

// TriedSample is what came of one sample.
type TriedSample struct {
	Fired bool        `json:"fired"`
	Fault string      `json:"fault" enum:",silent,fires,unread" doc:"Empty where it came out as expected. silent: it should fire and does not; fires: the other way; unread: no parser understands the near miss, so it proves nothing."`
	Lines []TriedLine `json:"lines" nullable:"false"`
}

// TriedLine is one record as detection saw it.
type TriedLine struct {
	Parser     string       `json:"parser" doc:"Empty where none understood it."`
	Error      string       `json:"error,omitempty" doc:"Why JSON of an event could not be read."`
	Time       time.Time    `json:"time"`
	Product    string       `json:"product" doc:"Of which log sources the event is."`
	Categories []string     `json:"categories" nullable:"false"`
	Services   []string     `json:"services" nullable:"false"`
	Fields     []ParseField `json:"fields" nullable:"false"`
	Rules      []TriedRule  `json:"rules" nullable:"false" doc:"A correlation is among them on the line that completes it."`
}

// TriedRule is one rule asked of one record.
type TriedRule struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Routed bool   `json:"routed" doc:"The event is of the rule's log source; any other it never sees."`
	Fired  bool   `json:"fired"`
	// Tree is absent beyond the first 64 of an answer.
	Tree *RuleTree `json:"tree,omitempty" doc:"Every part of the condition asked of the event."`
}

// RuleFeedsRequest is the text of a rule and whose sources to look at.
type RuleFeedsRequest struct {
	RuleText
	Tenant string `json:"tenant,omitempty" maxLength:"64" doc:"Slug or id; absent means the first 20 the caller may see."`
}

// RuleFeeds is which sources can feed the rules of a text.
type RuleFeeds struct {
	From    time.Time  `json:"from" doc:"Records from here on were looked at: a day."`
	Tenants int        `json:"tenants" doc:"Customers whose sources were looked at."`
	Of      int        `json:"of" doc:"Customers the caller may see."`
	Rules   []FedRules `json:"rules" nullable:"false" doc:"The rules of the text and those that its correlations and filters name; at most 8."`
}

// FedRules is one rule with the sources that can feed it.
type FedRules struct {
	ID        string       `json:"id"`
	Title     string       `json:"title"`
	LogSource LogSource    `json:"logsource"`
	Partial   bool         `json:"partial" doc:"Records are of too many sorts to look at each: there may be more sources."`
	Sources   []FeedSource `json:"sources" nullable:"false" doc:"Those that sent events of the log source, most first."`
}

// FeedSource is a source that sent events a rule looks at.
type FeedSource struct {
	Tenant   string            `json:"tenant" doc:"Slug of the customer."`
	Source   string            `json:"source"`
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Records  uint64            `json:"records" doc:"Of the log source, within a day."`
	Datasets []CoverageDataset `json:"datasets" nullable:"false"`
	Looked   bool              `json:"looked" doc:"The fields of these records were looked at; they are for the 20 sources that sent most."`
	Unmapped []UnmappedField   `json:"unmapped" nullable:"false" doc:"Fields that the rule asks for, and none of the records has."`
}

// UnmappedField is a field of a rule that no event carries.
type UnmappedField struct {
	Name  string   `json:"name" doc:"As the rule writes it."`
	Means []string `json:"means" nullable:"false" doc:"The event fields it would be, the best first."`
}

// taken reads a text that must be usable.
func (a *API) taken(source string) (sigma.Documents, error) {
	r := lint.Check([]byte(source), nil)
	for _, i := range r.Issues {
		if i.Severity == lint.Error {
			reason := i.Reason
			if i.Path != "" {
				reason = i.Path + ": " + reason
			}
			return sigma.Documents{}, &fault.Invalid{Field: "source", Code: "rule.refused", Reason: fmt.Sprintf("line %d: %s", i.Line, reason)}
		}
	}
	return r.Taken(), nil
}

func (a *API) testRule(ctx context.Context, in *struct{ Body RuleTrialRequest }) (*reply[RuleTrial], error) {
	docs, err := a.taken(in.Body.Source)
	if err != nil {
		return nil, err
	}
	samples := each(in.Body.Samples, sampleOf)
	if err := sample.Check(samples); err != nil {
		return nil, err
	}
	made := docs.Correlations
	with, err := a.deps.RuleTexts.Companions(ctx, in.Body.Source)
	if err != nil {
		return nil, err
	}
	for _, t := range with { // what cannot be read is missed below
		more, _ := sigma.ParseDocuments(t.File, t.Source)
		docs.Add(more)
	}
	rules, err := a.underTrial(docs)
	if err != nil {
		return nil, err
	}
	set, bad := sigma.Compile(rules, sigma.Options{})
	program, more := correlate.Compile(docs.Correlations, rules, correlate.Options{})
	if bad = append(bad, more...); len(bad) > 0 {
		return nil, fault.NewInvalid("source", "rule.refused", bad[0].Error())
	}
	t := trial{rules: rules, run: sample.NewRunner(set, rules, a.opts.Now)}
	if len(made) > 0 {
		t.correlate(program, made)
	}
	out := RuleTrial{Passed: true, Items: make([]TriedSample, 0, len(samples))}
	for _, s := range samples {
		r, err := t.run.Run(ctx, s)
		if err != nil {
			return nil, err
		}
		out.Passed = out.Passed && r.Fault == sample.None
		out.Items = append(out.Items, t.body(&r))
	}
	return answer(out), nil
}

func sampleOf(s RuleSample) sample.Sample {
	return sample.Sample{
		Name: s.Name, Fires: s.Fires, Kind: s.Kind, Form: sample.Form(s.Form), Why: s.Why,
		Lines: each(s.Lines, func(l RuleSampleLine) sample.Line {
			return sample.Line{Raw: l.Raw, After: time.Duration(l.AfterMS) * time.Millisecond}
		}),
	}
}

// underTrial are the rules of a text, as its filters leave them, and the rules in force that its filters name.
func (a *API) underTrial(docs sigma.Documents) ([]*sigma.Rule, error) {
	rules := docs.Rules
	for _, f := range docs.Filters {
		rules = append(rules, a.rulesNamed(f.Rules, rules)...)
	}
	rules, bad := sigma.ApplyFilters(rules, docs.Filters, sigma.Options{})
	if len(bad) > 0 {
		return nil, fault.NewInvalid("source", "rule.refused", bad[0].Error())
	}
	if len(rules) == 0 {
		return nil, fault.NewInvalid("source", "rule.trial.none", "holds no rule to try")
	}
	return rules, nil
}

// rulesNamed are the rules in force that go by one of the references and are not among those known already.
func (a *API) rulesNamed(refs []string, known []*sigma.Rule) []*sigma.Rule {
	asked := map[string]bool{}
	for _, ref := range refs {
		asked[ref] = ref != ""
	}
	for _, r := range known {
		delete(asked, r.ID)
		delete(asked, r.Name)
	}
	var out []*sigma.Rule
	a.deps.InForce.Set().Rules(func(r *sigma.Rule) {
		if asked[r.ID] || r.Name != "" && asked[r.Name] {
			out = append(out, r)
		}
	})
	return out
}

// trial makes the bodies of what samples came to.
type trial struct {
	rules        []*sigma.Rule
	correlations []*sigma.Correlation // that raise alerts
	run          *sample.Runner
	trees        int
}

// correlate tries those of the correlations that are not only parts of others.
func (t *trial) correlate(program *correlate.Program, docs []*sigma.Correlation) {
	var ids []string
	for _, c := range docs {
		if !program.Silent(c.ID) {
			t.correlations, ids = append(t.correlations, c), append(ids, c.ID)
		}
	}
	t.run.Correlate(program, ids)
}

func (t *trial) body(r *sample.Result) TriedSample {
	out := TriedSample{Fired: r.Fired, Fault: string(r.Fault), Lines: make([]TriedLine, 0, len(r.Lines))}
	for i := range r.Lines {
		out.Lines = append(out.Lines, t.line(&r.Lines[i]))
	}
	return out
}

func (t *trial) line(l *sample.Reading) TriedLine {
	out := TriedLine{
		Parser: l.Parser(), Error: l.Error, Time: l.Event.Time.UTC(), Product: l.Source.Product, Categories: whole(l.Source.Categories), Services: whole(l.Source.Services),
		Fields: []ParseField{}, Rules: make([]TriedRule, 0, len(t.rules)),
	}
	for _, f := range l.Event.Fields {
		if !bookkeeping(f.Name) && len(out.Fields) < maxSampleValues {
			out.Fields = append(out.Fields, ParseField{Name: f.Name, Value: f.Value[:runeStart(f.Value, min(len(f.Value), maxTreeValue))]})
		}
	}
	original := l.Event.Value(event.Original)
	places := reading{original: original, ruler: newRuler(original)}
	places.locate(l.Event)
	for _, r := range t.rules {
		tried := TriedRule{ID: r.ID, Title: r.Title, Routed: l.Source.Accepts(r.LogSource)}
		for _, id := range l.Fired {
			tried.Fired = tried.Fired || id == r.ID
		}
		if t.trees++; t.trees <= maxTrialTrees {
			if x, err := sigma.NewExplainer(r, sigma.Options{}); err == nil {
				tried.Tree = treeBody(x.Explain(l.Event), places.rawOf, nil)
			}
		}
		out.Rules = append(out.Rules, tried)
	}
	for _, c := range t.correlations {
		if slices.Contains(l.Fired, c.ID) {
			out.Rules = append(out.Rules, TriedRule{ID: c.ID, Title: c.Title, Routed: true, Fired: true})
		}
	}
	return out
}

func (a *API) ruleFeeds(ctx context.Context, in *struct{ Body RuleFeedsRequest }) (*reply[RuleFeeds], error) {
	docs, err := a.taken(in.Body.Source)
	if err != nil {
		return nil, err
	}
	of, err := a.tenants(ctx, identity.SearchEvents, listOf(in.Body.Tenant))
	if err != nil {
		return nil, err
	}
	rules := docs.Rules
	for _, c := range docs.Correlations {
		rules = append(rules, a.rulesNamed(c.Rules, rules)...)
	}
	for _, f := range docs.Filters {
		rules = append(rules, a.rulesNamed(f.Rules, rules)...)
	}
	rules = rules[:min(len(rules), maxTrialRules)]
	looked := of[:min(len(of), maxFeedTenants)]
	out := RuleFeeds{From: a.opts.Now().Add(-coverage.Others).UTC(), Tenants: len(looked), Of: len(of), Rules: []FedRules{}}
	for _, r := range rules {
		fed := FedRules{ID: r.ID, Title: r.Title, LogSource: LogSource(r.LogSource), Sources: []FeedSource{}}
		for _, t := range looked {
			if err := a.feedsOf(ctx, &t, r, &fed); err != nil {
				return nil, err
			}
		}
		out.Rules = append(out.Rules, fed)
	}
	if err := a.auditRead(ctx, ids(looked), "event.fields", "rule"); err != nil {
		return nil, err
	}
	return answer(out), nil
}

func (a *API) feedsOf(ctx context.Context, t *tenancy.Tenant, r *sigma.Rule, fed *FedRules) error {
	feeds, partial, err := a.deps.Coverage.Feeds(ctx, t.ID, r)
	if err != nil {
		return err
	}
	names := map[string]collect.Overview{}
	if len(feeds) > 0 {
		all, err := a.deps.Sources.List(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			names[s.ID] = s
		}
	}
	fed.Partial = fed.Partial || partial
	for _, f := range feeds {
		s := names[f.Source]
		fed.Sources = append(fed.Sources, FeedSource{
			Tenant: t.Slug, Source: f.Source, Name: s.Name, Kind: s.Kind, Records: f.Records, Looked: f.Looked,
			Datasets: each(f.Datasets, func(d coverage.Dataset) CoverageDataset { return CoverageDataset(d) }),
			Unmapped: each(f.Unmapped, func(u coverage.Field) UnmappedField { return UnmappedField{u.Name, whole(u.Means)} }),
		})
	}
	return nil
}
