package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

// chronicler writes down from which batch on the rules of an edition are in force.
type chronicler struct {
	recorder *tenure.Recorder
	epoch    uint32 // of the queue
}

var _ flow.Chronicler = chronicler{}

// InForce implements [flow.Chronicler].
func (c chronicler) InForce(ctx context.Context, e flow.Edition, sequence uint64, received time.Time) error {
	ctx = tenant.WithScope(ctx, tenant.All())
	return c.recorder.InForce(ctx, e.(*rulesInForce).ruling, c.epoch, sequence, received)
}

// wording is what the texts in force are remembered by.
type wording struct {
	filter map[string]bool   // which of them are filters
	names  map[string]string // of rules, by id
}

// wordingOf names the rules of the texts, after filters changed some of them. A rule that the engine could not read has no name.
func wordingOf(texts []content.Source, docs sigma.Documents, filtered []*sigma.Rule) wording {
	w := wording{filter: map[string]bool{}, names: make(map[string]string, len(texts))}
	for _, d := range docs.Filters {
		w.filter[d.ID] = true
	}
	filters := sha256.New()
	for _, s := range texts {
		if w.filter[s.Rule] {
			_, _ = filters.Write(s.YAML)
		}
		w.names[s.Rule] = short(s.YAML) // of a correlation
	}
	for i, r := range docs.Rules {
		w.names[r.ID] = matchName(r)
		if filtered[i] != r {
			w.names[r.ID] += "." + hex.EncodeToString(filters.Sum(nil)[:4])
		}
	}
	return w
}

// matchName names what decides whether a rule fires: texts that differ in what is said about the rule have the same name.
func matchName(r *sigma.Rule) string {
	text, err := json.Marshal([]any{r.LogSource, r.Detection})
	if err != nil {
		panic("app: a rule is no JSON: " + err.Error())
	}
	return short(text)
}

func short(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// rulingOf is how the texts stand, for whom: what is to be remembered of them.
func (r *ruleSet) rulingOf(texts []content.Source, set *sigma.Set, program *correlate.Program) *tenure.Ruling {
	ruling := &tenure.Ruling{Rules: map[string]tenure.Standing{}, Tenants: map[tenant.ID]map[string]tenure.State{}}
	refusals := r.refusals.Load()
	runs := make(map[string]bool, set.Len())
	set.Rules(func(rule *sigma.Rule) { runs[rule.ID] = true })
	for _, s := range texts {
		if r.wording.filter[s.Rule] {
			continue
		}
		st := tenure.Standing{State: stateOf(s.State), Text: r.wording.names[s.Rule]}
		if !runs[s.Rule] && !program.Has(s.Rule) {
			st.State = tenure.Refused
			if refusals != nil {
				st.Reason = (*refusals)[s.Rule]
			}
		}
		ruling.Rules[s.Rule] = st
		for _, o := range s.Overrides {
			if ruling.Tenants[o.Tenant] == nil {
				ruling.Tenants[o.Tenant] = map[string]tenure.State{}
			}
			ruling.Tenants[o.Tenant][s.Rule] = stateOf(o.State)
		}
	}
	return ruling
}

func stateOf(s content.State) tenure.State {
	switch dispositionOf(s) {
	case policy.Raise:
		return tenure.On
	case policy.Shadow:
		return tenure.Shadow
	}
	return tenure.Off
}
