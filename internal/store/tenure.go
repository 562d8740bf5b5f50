package store

import (
	"context"
	"errors"

	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Tenures keeps since when rules are in force.
type Tenures struct{ s *Store }

// Tenures returns the shelf of when rules were in force.
func (s *Store) Tenures() Tenures { return Tenures{s} }

var _ tenure.Repository = Tenures{}

// Last implements [tenure.Repository].
func (r Tenures) Last(ctx context.Context) (last tenure.Edition, now tenure.Ruling, err error) {
	now = tenure.Ruling{Rules: map[string]tenure.Standing{}, Tenants: map[tenant.ID]map[string]tenure.State{}}
	err = r.s.AllTenants(ctx, "rules in force", func(ctx context.Context) error {
		q := r.s.from(ctx)
		e, err := q.LastRuleEdition(ctx)
		if err != nil {
			return translate(err)
		}
		last = editionOf(e)
		rules, err := q.LatestRuleTenures(ctx)
		if err != nil {
			return translate(err)
		}
		for _, t := range rules {
			now.Rules[t.RuleID] = tenure.Standing{State: tenure.State(t.State), Text: t.Text, Reason: t.Reason}
		}
		own, err := q.LatestTenantRuleTenures(ctx)
		for _, t := range own {
			id := tenant.ID(t.TenantID)
			if now.Tenants[id] == nil {
				now.Tenants[id] = map[string]tenure.State{}
			}
			now.Tenants[id][t.RuleID] = tenure.State(t.State)
		}
		return translate(err)
	})
	return last, now, err
}

func editionOf(e sqlgen.RuleEdition) tenure.Edition {
	return tenure.Edition{Number: e.Edition, Epoch: uint32(e.Epoch), Sequence: uint64(e.Sequence), At: at(e.At)}
}

// Ahead implements [tenure.Repository].
func (r Tenures) Ahead(ctx context.Context, epoch uint32, sequence uint64) (map[tenant.ID]uint64, error) {
	found := make(map[tenant.ID]uint64)
	err := r.s.AllTenants(ctx, "how far alerts are", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AlertProgressFrom(ctx, sqlgen.AlertProgressFromParams{Epoch: int64(epoch), Sequence: int64(sequence)})
		for _, p := range rows {
			found[tenant.ID(p.TenantID)] = uint64(p.Sequence)
		}
		return translate(err)
	})
	return found, err
}

// Add implements [tenure.Repository].
func (r Tenures) Add(ctx context.Context, c tenure.Change) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		err := q.InsertRuleEdition(ctx, sqlgen.InsertRuleEditionParams{Edition: c.Number, Epoch: int64(c.Epoch), Sequence: int64(c.Sequence), At: micros(c.At)})
		if err != nil {
			return translate(err)
		}
		for rule, st := range c.Rules {
			err := q.InsertRuleTenure(ctx, sqlgen.InsertRuleTenureParams{RuleID: rule, Edition: c.Number, State: string(st.State), Text: st.Text, Reason: st.Reason})
			if err != nil {
				return translate(err)
			}
		}
		for id, rules := range c.Tenants {
			err := r.s.InTenant(ctx, id, func(ctx context.Context) error {
				q := r.s.from(ctx)
				for rule, st := range rules {
					err := q.InsertTenantRuleTenure(ctx, sqlgen.InsertTenantRuleTenureParams{TenantID: id.String(), RuleID: rule, Edition: c.Number, State: string(st)})
					if err != nil {
						return translate(err)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		for id, sequence := range c.Starts {
			err := r.s.InTenant(ctx, id, func(ctx context.Context) error {
				return translate(r.s.from(ctx).InsertTenantEditionStart(ctx, sqlgen.InsertTenantEditionStartParams{TenantID: id.String(), Edition: c.Number, Sequence: int64(sequence)}))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// History implements [tenure.Repository].
func (r Tenures) History(ctx context.Context, id tenant.ID, rule string) (tenure.History, error) {
	h := tenure.History{Starts: map[int64]uint64{}, Rule: map[int64]tenure.Standing{}, Own: map[int64]tenure.State{}}
	err := r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		q := r.s.from(ctx)
		editions, err := q.RuleEditions(ctx)
		for _, e := range editions {
			h.Editions = append(h.Editions, editionOf(e))
		}
		rules, err2 := q.RuleTenures(ctx, rule)
		for _, t := range rules {
			h.Rule[t.Edition] = tenure.Standing{State: tenure.State(t.State), Text: t.Text, Reason: t.Reason}
		}
		own, err3 := q.TenantRuleTenures(ctx, id.String(), rule)
		for _, t := range own {
			h.Own[t.Edition] = tenure.State(t.State)
		}
		starts, err4 := q.TenantEditionStarts(ctx, id.String())
		for _, t := range starts {
			h.Starts[t.Edition] = uint64(t.Sequence)
		}
		return translate(errors.Join(err, err2, err3, err4))
	})
	return h, err
}
