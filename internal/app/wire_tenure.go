package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// filtering is which documents are filters, which rules they change, and a name for their texts.
type filtering struct {
	filter, filtered map[string]bool // by id
	name             string
}

// filteringOf compares the rules with what filters made of them.
func filteringOf(texts []content.Source, docs sigma.Documents, after []*sigma.Rule) filtering {
	f := filtering{filter: map[string]bool{}, filtered: map[string]bool{}}
	for _, d := range docs.Filters {
		f.filter[d.ID] = true
	}
	sum := sha256.New()
	for _, s := range texts {
		if f.filter[s.Rule] {
			_, _ = sum.Write(s.YAML)
		}
	}
	f.name = hex.EncodeToString(sum.Sum(nil)[:4])
	for i, r := range after {
		if r != docs.Rules[i] {
			f.filtered[r.ID] = true
		}
	}
	return f
}

// textName names a rule's text.
func textName(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// of is what a rule's text is remembered by, with the filters that change it.
func (f filtering) of(rule string, text []byte) string {
	name := textName(text)
	if f.filtered[rule] {
		name += "." + f.name
	}
	return name
}

// rulingOf is how the texts stand, for whom: what is to be remembered of them.
func (r *ruleSet) rulingOf(texts []content.Source, set *sigma.Set, program *correlate.Program) *tenure.Ruling {
	ruling := &tenure.Ruling{Rules: map[string]tenure.Standing{}, Tenants: map[tenant.ID]map[string]tenure.State{}}
	refusals := r.refusals.Load()
	runs := make(map[string]bool, set.Len())
	set.Rules(func(rule *sigma.Rule) { runs[rule.ID] = true })
	for _, s := range texts {
		if r.filters.filter[s.Rule] {
			continue
		}
		st := tenure.Standing{State: stateOf(s.State), Text: r.filters.of(s.Rule, s.YAML)}
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
