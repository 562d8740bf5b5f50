package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// RuleStanding is the state of a rule, where it may go from there, and who has it otherwise.
type RuleStanding struct {
	State     string         `json:"state" enum:"draft,testing,shadow,enabled,deprecated,off"`
	Reason    string         `json:"reason"`
	By        string         `json:"by" doc:"Empty where the rule is as it came."`
	At        *time.Time     `json:"at" nullable:"true"`
	Moves     []RuleMove     `json:"moves" nullable:"false" doc:"Empty for callers who may not move it."`
	Overrides []RuleOverride `json:"overrides" nullable:"false" doc:"Of the customers the caller may see."`
	UsedBy    []RuleUse      `json:"used_by" nullable:"false" doc:"Correlations that run and are made of it, directly or through others; told to the provider's staff alone."`
	Parts     []RulePart     `json:"parts" nullable:"false" doc:"Of a correlation: what it is made of; told to the provider's staff alone."`
}

// RuleUse is a correlation that is made of a rule.
type RuleUse struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	State   string `json:"state" enum:"draft,testing,shadow,enabled,deprecated,off"`
}

// RulePart is a rule that a correlation names, as it stands.
type RulePart struct {
	Name    string `json:"name" doc:"As the correlation has it."`
	ID      string `json:"id" doc:"Empty where nothing goes by the name, or several rules do."`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	State   string `json:"state" enum:"draft,testing,shadow,enabled,deprecated,off" doc:"off: there is none."`
	Counts  bool   `json:"counts" doc:"Its firings count in the correlation: it is enabled, or like the correlation in the shadow. Of a correlation that does not run: as if it were enabled."`
	Many    bool   `json:"many" doc:"Several rules go by the name."`
}

// RuleMove is a state that the rule may go to, or why it may not.
type RuleMove struct {
	To      string         `json:"to"`
	Allowed bool           `json:"allowed"`
	Reasons []ProblemField `json:"reasons" nullable:"false"`
}

// RuleOverride is a customer that has the rule otherwise.
type RuleOverride struct {
	Tenant string    `json:"tenant"`
	Slug   string    `json:"slug"`
	Name   string    `json:"name"`
	State  string    `json:"state" enum:"enabled,shadow,off"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// RuleStateChange moves a rule.
type RuleStateChange struct {
	State  string `json:"state" enum:"draft,testing,shadow,enabled,deprecated"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
	// Confirm says that the caller knows which correlations lose a part.
	Confirm bool `json:"confirm,omitempty" doc:"Without it a rule is not taken from correlations in force that count it: 409, code unconfirmed, naming them."`
}

// RuleStatesChange moves many rules.
type RuleStatesChange struct {
	RuleStateChange
	IDs []string `json:"ids" minItems:"1" maxItems:"500" nullable:"false"`
}

// RuleStatesOutcome tells what became of each rule.
type RuleStatesOutcome struct {
	Results []RuleChanged `json:"results" nullable:"false" doc:"In the order of the request."`
}

// RuleChanged is a rule that was to change. Neither changed nor refused means that it was so already.
type RuleChanged struct {
	ID      string `json:"id"`
	Changed bool   `json:"changed"`
	Code    string `json:"code" doc:"Code of the problem; empty where there is none."`
	Detail  string `json:"detail"`
}

// RuleOverrideChange makes one customer have a rule otherwise.
type RuleOverrideChange struct {
	State  string `json:"state" enum:"enabled,shadow,off,inherit" doc:"inherit: again as the platform has it."`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
	// Confirm says that the caller knows which correlations lose a part.
	Confirm bool `json:"confirm,omitempty" doc:"As in setRuleState."`
}

// RuleStateKeeper moves rules through their lives. It audits every change by itself.
type RuleStateKeeper interface {
	State(ctx context.Context, id string, of func(tenant.ID) bool) (content.RuleState, error)
	SetState(ctx context.Context, id string, to content.State, reason string, confirmed bool) error
	SetStates(ctx context.Context, ids []string, to content.State, reason string, confirmed bool) ([]content.Changed, error)
	SetOverride(ctx context.Context, of tenant.ID, id string, to content.State, reason string, confirmed bool) error
}

// RulePath is the input of operations whose path names a rule.
type RulePath struct {
	ID string `path:"id" maxLength:"128"`
}

func (a *API) declareRuleStates() {
	register(a, operation{
		id: "getRuleState", method: http.MethodGet, path: "/api/v1/rules/{id}/state", tag: "rule",
		summary: "The state of a rule, where it may go, and which customers have it otherwise",
	}, named(identity.ReadRules), a.getRuleState)
	register(a, operation{
		id: "setRuleState", method: http.MethodPut, path: "/api/v1/rules/{id}/state", tag: "rule",
		summary: "Move a rule: what is to run must pass its samples",
	}, provider(identity.ManageRules), a.setRuleState)
	register(a, operation{
		id: "setRuleStates", method: http.MethodPost, path: "/api/v1/rules/states", tag: "rule",
		summary: "Move many rules, each by itself",
	}, provider(identity.ManageRules), a.setRuleStates)
	register(a, operation{
		id: "setTenantRuleState", method: http.MethodPut, path: "/api/v1/tenants/{tenant}/rules/{id}/state", tag: "rule",
		summary: "Make one customer have a rule otherwise than the platform",
	}, inPath(identity.ManageRules), a.setTenantRuleState)
}

func (a *API) getRuleState(ctx context.Context, in *struct {
	RulePath
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id of the customer to tell of; absent means all the caller may see."`
}) (*reply[RuleStanding], error) {
	return a.ruleStanding(ctx, in.ID, in.Tenant)
}

func (a *API) ruleStanding(ctx context.Context, id, of string) (*reply[RuleStanding], error) {
	seen, err := a.tenants(ctx, identity.ReadRules, listOf(of))
	if err != nil {
		return nil, err
	}
	at := make(map[tenant.ID]int, len(seen))
	for i, t := range seen {
		at[t.ID] = i
	}
	st, err := a.deps.RuleStates.State(ctx, id, func(t tenant.ID) bool { _, ok := at[t]; return ok })
	if err != nil {
		return nil, err
	}
	body := RuleStanding{State: string(st.State), Reason: st.Reason, By: st.By, Moves: []RuleMove{}, UsedBy: []RuleUse{}, Parts: []RulePart{}}
	if !st.At.IsZero() {
		when := st.At.UTC()
		body.At = &when
	}
	p, _ := identity.From(ctx)
	if p.IsProvider() && p.CanSomewhere(identity.ManageRules) {
		body.Moves = each(st.Moves, func(m content.Move) RuleMove {
			return RuleMove{To: string(m.To), Allowed: len(m.Reasons) == 0, Reasons: a.reasons(ctx, m.Reasons)}
		})
	}
	if p.IsProvider() {
		body.UsedBy = each(st.UsedBy, func(r content.Rule) RuleUse {
			return RuleUse{ID: r.ID, Title: r.Title, TitleZH: r.TitleZH, State: string(r.State)}
		})
		body.Parts = each(st.Parts, func(r content.Reference) RulePart {
			return RulePart{Name: r.Name, ID: r.ID, Title: r.Title, TitleZH: r.TitleZH, State: string(r.State), Counts: r.Counts, Many: r.Many}
		})
	} else {
		body.By, body.Reason = "", "" // the provider's own
	}
	body.Overrides = each(st.Overrides, func(o content.Override) RuleOverride {
		t := seen[at[o.Tenant]]
		return RuleOverride{Tenant: t.ID.String(), Slug: t.Slug, Name: t.Name, State: string(o.State), Reason: o.Reason, By: o.By, At: o.At.UTC()}
	})
	return answer(body), nil
}

// reasons words why something is refused.
func (a *API) reasons(ctx context.Context, all fault.InvalidAll) []ProblemField {
	lang := metaFrom(ctx).lang
	return each(all, func(f *fault.Invalid) ProblemField {
		return ProblemField{Location: f.Field, Message: a.catalogue.Reason(lang, f.Code, f.Reason), Code: f.Code}
	})
}

func (a *API) setRuleState(ctx context.Context, in *struct {
	RulePath
	Body RuleStateChange
}) (*reply[RuleStanding], error) {
	if err := a.deps.RuleStates.SetState(ctx, in.ID, content.State(in.Body.State), in.Body.Reason, in.Body.Confirm); err != nil {
		return nil, err
	}
	return a.ruleStanding(ctx, in.ID, "")
}

func (a *API) setRuleStates(ctx context.Context, in *struct{ Body RuleStatesChange }) (*reply[RuleStatesOutcome], error) {
	rows, err := a.deps.RuleStates.SetStates(ctx, in.Body.IDs, content.State(in.Body.State), in.Body.Reason, in.Body.Confirm)
	if err != nil {
		return nil, err
	}
	rt := a.routeOf("setRuleStates")
	return answer(RuleStatesOutcome{Results: each(rows, func(c content.Changed) RuleChanged {
		row := RuleChanged{ID: c.Rule, Changed: c.Changed}
		if c.Err != nil {
			problem := a.problem(ctx, rt, c.Err)
			row.Code, row.Detail = problem.Code, problem.Detail
			if len(problem.Errors) > 0 {
				row.Detail = problem.Errors[0].Message
			}
		}
		return row
	})}), nil
}

func (a *API) setTenantRuleState(ctx context.Context, in *struct {
	Tenant string `path:"tenant" maxLength:"64"`
	RulePath
	Body RuleOverrideChange
}) (*reply[RuleStanding], error) {
	if err := a.deps.RuleStates.SetOverride(ctx, tenantIn(ctx).ID, in.ID, content.State(in.Body.State), in.Body.Reason, in.Body.Confirm); err != nil {
		return nil, err
	}
	return a.ruleStanding(ctx, in.ID, "")
}
