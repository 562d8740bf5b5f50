package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
)

// slowShare is the part of all matching from which a rule is called slow.
const slowShare = 0.05

// EngineHealth tells whether a rule that should run does, and what it costs.
type EngineHealth struct {
	Expected bool    `json:"expected" doc:"It is enabled or in the shadow, here or at some customer."`
	Running  bool    `json:"running" doc:"The engine has it."`
	Reason   string  `json:"reason" doc:"Why the engine does not, where it should."`
	Measured int64   `json:"measured" doc:"Events of which matching was measured since the rules in force were loaded: one of 1,024."`
	Asked    int64   `json:"asked" doc:"Of these, how many the rule was asked about."`
	MeanNS   int64   `json:"mean_ns" doc:"Mean time of asking it, in nanoseconds; 0 where it was not asked."`
	Share    float64 `json:"share" doc:"Its part of the time that matching took, 0 to 1."`
	Slow     bool    `json:"slow" doc:"That part is at least 0.05."`
}

// EngineRule is what the engine says of one rule.
type EngineRule struct {
	Running       bool
	Reason        string // why it does not, where it was given the rule
	Events, Asked int64  // measured; of these, asked about the rule
	MeanNS        int64
	Share         float64
}

// Engine tells of the rules it was given.
type Engine interface {
	Rule(id string) EngineRule
	// Shares is the part of all matching that each measured rule takes, 0 to 1.
	Shares() map[string]float64
}

func (a *API) declareRuleHealth() {
	register(a, operation{
		id: "getRuleHealth", method: http.MethodGet, path: "/api/v1/rules/{id}/health", tag: "rule",
		summary: "Whether a rule that should run does, and what it costs",
	}, provider(identity.ReadRules), a.getRuleHealth)
}

func (a *API) getRuleHealth(ctx context.Context, in *RulePath) (*reply[EngineHealth], error) {
	d, err := a.deps.Rules.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	e := a.deps.Engine.Rule(in.ID)
	out := EngineHealth{
		Expected: expected(d.Rule), Running: e.Running, Measured: e.Events, Asked: e.Asked, MeanNS: e.MeanNS, Share: e.Share, Slow: e.Share >= slowShare,
	}
	if out.Expected && !out.Running {
		out.Reason = e.Reason
	}
	return answer(out), nil
}

// expected reports whether the engine should have the rule. A filter is none: it stands in the rules that it narrows.
func expected(r content.Rule) bool {
	return r.Origin != content.OfDevice && r.Kind != content.KindFilter && (r.State.Runs() || r.RunsSomewhere)
}
