package content

import (
	"context"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/tenant"
)

// view is everything decided about rules, and which texts were written here, at one moment.
type view struct {
	Standings
	heads  map[string]Head
	others map[string][]Override // by rule
}

// look reads what was decided, for every customer: who asks learns of the others by count alone.
func (s *Service) look(ctx context.Context) (v view, err error) {
	if v.Platform, err = s.deps.Repository.States(ctx); err != nil {
		return v, fmt.Errorf("states of rules: %w", err)
	}
	if v.Overrides, err = s.deps.Repository.Overrides(tenant.WithScope(ctx, tenant.All())); err != nil {
		return v, fmt.Errorf("states of rules at customers: %w", err)
	}
	if v.heads, err = s.deps.Repository.Heads(ctx); err != nil {
		return v, fmt.Errorf("versions of rules: %w", err)
	}
	v.others = make(map[string][]Override)
	for _, o := range v.Overrides {
		v.others[o.Rule] = append(v.others[o.Rule], o)
	}
	return v, nil
}

// stand fills in what was decided about a rule and where its text comes from.
func (v *view) stand(r *Rule) {
	if r.Origin != OfDevice {
		r.Origin = OfPack
	}
	if r.Pack == OwnPack {
		head := v.heads[r.ID]
		r.Origin, r.Version = OfOwn, head.Number
		if head.Base != "" {
			r.Origin = OfOverlay
		}
	}
	if r.inForce() {
		r.State, r.Overrides = v.of(r.ID, r.Origin == OfOwn, r.Status, r.Failing > 0), len(v.others[r.ID])
		r.RunsSomewhere = slices.ContainsFunc(v.others[r.ID], func(o Override) bool { return o.State.Runs() })
	}
}

func (s *Service) stand(ctx context.Context, rules []Rule) error {
	v, err := s.look(ctx)
	if err != nil {
		return err
	}
	for i := range rules {
		v.stand(&rules[i])
	}
	return nil
}

// Decided returns everything that people decided about rules, of texts and of devices.
func (s *Service) Decided(ctx context.Context) (Standings, error) {
	v, err := s.look(ctx)
	return v.Standings, err
}

// Edition names everything that people decided about rules: while it stays, so does what [Service.ActiveSources] tells of packs that stay as they are.
func (s *Service) Edition(ctx context.Context) (string, error) {
	edition, err := s.deps.Repository.Edition(ctx)
	if err != nil {
		return "", fmt.Errorf("edition of rules: %w", err)
	}
	return edition, nil
}

// ActiveSources calls fn with every rule that the engine is to run for anybody, and for whom. Where several active packs hold the same
// id, what was written here goes before an imported rule and that before a built-in one, and among imported ones the pack
// imported last.
func (s *Service) ActiveSources(ctx context.Context, fn func(Source) error) error {
	v, err := s.look(ctx)
	if err != nil {
		return err
	}
	err = s.deps.Repository.ActiveSources(ctx, func(src Source) error {
		own := src.Pack == OwnPack && v.heads[src.Rule].Base == ""
		src.State, src.Overrides = v.of(src.Rule, own, src.Status, src.Failing), v.others[src.Rule]
		if !src.State.Runs() && !slices.ContainsFunc(src.Overrides, func(o Override) bool { return o.State.Runs() }) {
			return nil
		}
		return fn(src)
	})
	if err != nil {
		return fmt.Errorf("active rules: %w", err)
	}
	return nil
}
