package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// AlertExplanation says why one firing of an alert came about: the rule asked of the event, every part of it, and how
// the event was read from the record. Stretches of text count UTF-16 units, as JavaScript does.
type AlertExplanation struct {
	EventID string        `json:"event_id"`
	Time    time.Time     `json:"time" doc:"Event time of the firing."`
	Kept    bool          `json:"kept" doc:"The archive holds the event. Without it neither tree nor reading can be told."`
	Rule    ExplainedRule `json:"rule"`
	Tree    *RuleTree     `json:"tree,omitempty" doc:"Absent where event or rule is gone."`
	Reading *EventReading `json:"reading,omitempty" doc:"Absent where the event is gone."`
	// Correlation stands in the place of the tree where the rule is one.
	Correlation *ExplainedCorrelation `json:"correlation,omitempty" doc:"Absent for rules of single events, and where the rule is gone. What had part in the firing stands with the alert's evidence."`
}

// ExplainedRule says whether the rule that is explained is the one that fired.
type ExplainedRule struct {
	State string   `json:"state" enum:"same,changed,gone,unreadable,device" doc:"device: a device said so by itself, and there is no condition; same: its text is the one that fired; changed: it is another. Without a digest by signs alone."`
	Signs []string `json:"signs" nullable:"false" doc:"What tells that the rule is another now: title, level, pattern (a value that matched is no longer in it), silent (it would not fire on the event)."`
	// Running is false for a rule that is in the rule base, but not in force.
	Running bool            `json:"running"`
	Filters []RuleFilterRef `json:"filters" nullable:"false" doc:"Filters that the rule must allow too; their parts stand in the tree under names that begin with filter and their title."`
	Digest  string          `json:"digest" doc:"Of the text that fired; empty on alerts from before it was kept. Where it is known, state same and changed are exact."`
	Pack    string          `json:"pack" doc:"Name of the pack it came in."`
}

// RuleFilterRef names a filter that narrows a rule.
type RuleFilterRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func filterRefs(r *sigma.Rule) []RuleFilterRef {
	return each(r.Filters, func(f sigma.Applied) RuleFilterRef { return RuleFilterRef{ID: f.ID, Title: f.Title} })
}

// explained is what an explanation is made of.
type explained struct {
	firing alert.Evidence
	event  *event.Event // as archived; nil where it is gone
	whole  *event.Event // as detection saw it, as far as can be told
	read   reading
}

func (a *API) declareExplanations() {
	register(a, operation{
		id: "explainAlert", method: http.MethodGet, path: "/api/v1/alerts/{id}/explain", tag: "alert",
		summary: "Why an alert fired: its rule's condition, part by part, on one event",
	}, ofObject(identity.ReadAlerts, "id", a.alertOwner), a.explainAlert)
}

func (a *API) explainAlert(ctx context.Context, in *struct {
	AlertPath
	Event string `query:"event" maxLength:"64" doc:"Id of an event the alert keeps; absent: the first firing that the archive still has."`
}) (*reply[AlertExplanation], error) {
	d, err := a.deps.Alerts.Get(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("get alert: %w", err)
	}
	if err := a.auditRead(ctx, []tenant.ID{d.Tenant}, "alert.read", "alert/"+d.ID); err != nil {
		return nil, err
	}
	x, err := a.firing(ctx, d, in.Event)
	if err != nil {
		return nil, err
	}
	out := AlertExplanation{EventID: x.firing.EventID, Time: x.firing.Time.UTC(), Kept: x.event != nil}
	if x.event != nil {
		if x.read, err = a.reread(ctx, d.Tenant, x.event); err != nil {
			return nil, err
		}
		x.whole = x.read.complete(x.event)
		out.Reading = x.read.body()
	}
	if err := a.explainRule(ctx, d, x, &out); err != nil {
		return nil, err
	}
	return answer(out), nil
}

// firing picks the firing to explain and finds its event.
func (a *API) firing(ctx context.Context, d alert.Detail, id string) (*explained, error) {
	candidates := d.Evidence
	if id != "" {
		i := slices.IndexFunc(d.Evidence, func(e alert.Evidence) bool { return e.EventID == id })
		if i < 0 {
			return nil, fault.ErrNotFound
		}
		candidates = d.Evidence[i : i+1]
	}
	if len(candidates) == 0 {
		return nil, fault.ErrNotFound
	}
	found, err := a.kept(ctx, d.Tenant, candidates)
	if err != nil {
		return nil, err
	}
	for _, e := range candidates {
		for i := range found {
			if found[i].ID == e.EventID {
				return &explained{firing: e, event: archive.Restored(&found[i])}, nil
			}
		}
	}
	return &explained{firing: candidates[0]}, nil
}

// explainRule asks the rule as it is now of the event as it was.
func (a *API) explainRule(ctx context.Context, d alert.Detail, x *explained, out *AlertExplanation) error {
	out.Rule = ExplainedRule{State: "gone", Signs: []string{}, Filters: []RuleFilterRef{}, Digest: d.Rule.Digest}
	if m := x.firing.Matches; len(m) > 0 && m[0].Selection == imported.Selection {
		out.Rule.State = "device"
		return nil
	}
	detail, err := a.deps.Rules.Rule(ctx, d.Rule.ID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("rule of alert: %w", err)
	}
	out.Rule.Running, out.Rule.Pack = detail.State.Runs(), detail.PackName
	if explainCorrelation(detail, d, out) {
		return nil
	}
	rule, explainer := a.readRule(detail)
	if explainer == nil {
		out.Rule.State = "unreadable"
		return nil
	}
	out.Rule.Filters = filterRefs(rule)
	if x.event != nil {
		tree := explainer.Explain(x.whole)
		out.Tree = treeBody(tree, x.read.rawOf, rule.Filters)
		if !tree.Root.Holds {
			out.Rule.Signs = append(out.Rule.Signs, "silent")
		}
	}
	out.Rule.Signs = append(out.Rule.Signs, signs(d, x.firing, rule)...)
	out.Rule.compare(detail.Source)
	return nil
}

// compare tells whether the rule is as it was: by its text where the alert names that, else by signs.
func (r *ExplainedRule) compare(source string) {
	r.State = "same"
	if r.Digest != "" && r.Digest != sigma.Digest([]byte(source)) || r.Digest == "" && len(r.Signs) > 0 {
		r.State = "changed"
	}
}

// readRule reads the rule, with the filters that narrow it where this is the text in force.
func (a *API) readRule(d content.Detail) (*sigma.Rule, *sigma.Explainer) {
	rules, _ := sigma.ParseRules(d.Path, []byte(d.Source))
	if len(rules) == 0 {
		return nil, nil
	}
	rule := rules[0]
	if i := slices.IndexFunc(rules, func(r *sigma.Rule) bool { return r.ID == d.ID }); i > 0 {
		rule = rules[i]
	}
	digest := sigma.Digest([]byte(d.Source))
	a.deps.InForce.Set().Rules(func(r *sigma.Rule) {
		if r.ID == rule.ID && len(r.Filters) > 0 && r.Digest == digest {
			rule = r
		}
	})
	x, err := sigma.NewExplainer(rule, sigma.Options{})
	if err != nil {
		return nil, nil // it was accepted once; only a changed engine can refuse it
	}
	return rule, x
}

// signs are what in the rule differs from what the alert kept of it. Alerts of long ago name no text, so no sign is no proof.
func signs(d alert.Detail, firing alert.Evidence, rule *sigma.Rule) []string {
	var found []string
	if rule.Title != d.Rule.Title {
		found = append(found, "title")
	}
	if string(rule.Level) != d.Rule.Level {
		found = append(found, "level")
	}
	if slices.ContainsFunc(firing.Matches, func(m alert.Match) bool { return !hasPattern(rule, m) }) {
		found = append(found, "pattern")
	}
	return found
}

// hasPattern reports whether a value that matched is still in the rule. Findings may have cut it.
func hasPattern(rule *sigma.Rule, m alert.Match) bool {
	const whole = 1000 // bytes; a longer one may have been cut
	for _, s := range rule.Detection.Searches {
		if s.Name != m.Selection {
			continue
		}
		for _, g := range s.Groups {
			for _, item := range g {
				for _, v := range item.Values {
					if v.Text == m.Pattern || len(m.Pattern) > whole && strings.HasPrefix(v.Text, m.Pattern) {
						return true
					}
				}
			}
		}
	}
	return false
}
