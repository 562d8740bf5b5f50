package content

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
)

// prove runs the samples beside the rules of a draft and notes how many fail. A correlation is tried with the parts that the draft brings
// and, where it brings none, with those in force. What cannot be tried for want of its parts fails as a whole.
func (s *Service) prove(ctx context.Context, d *draft) error {
	if s.deps.Sampler == nil {
		return nil
	}
	var x *references
	texts := make(map[string]*StoredRule)
	for i := range d.rules {
		r := &d.rules[i]
		if r.Samples == "" || r.Kind == KindFilter {
			continue
		}
		samples, err := s.deps.Sampler.ReadSamples([]byte(r.Samples))
		if err != nil {
			return err // it was read before
		}
		k := knownRule{Rule: r.Rule, source: r.Source}
		k.PackName = d.name
		if r.Kind == KindCorrelation && x == nil {
			if x, err = s.besides(ctx, d, texts); err != nil {
				return err
			}
		}
		with, err := s.follow(ctx, k, x, texts)
		if err != nil {
			return err
		}
		out, err := s.deps.Sampler.Try(ctx, Text{File: k.file(), Source: []byte(r.Source)}, with, samples)
		switch {
		case errors.Is(err, fault.ErrInvalid):
			r.Failing = len(samples)
		case err != nil:
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
		for _, o := range out {
			if o.Fault != "" {
				r.Failing++
			}
		}
	}
	return nil
}

// besides is what names would mean if the draft was in force in place of its pack. The texts of what it brings are put into texts by id.
func (s *Service) besides(ctx context.Context, d *draft, texts map[string]*StoredRule) (*references, error) {
	now, err := s.references(ctx)
	if err != nil {
		return nil, err
	}
	var nodes []*node
	for i := range d.rules {
		r := &d.rules[i]
		texts[r.ID] = r
		nodes = append(nodes, nodeOf(Source{Rule: r.ID, File: d.name + "/" + r.Path, YAML: []byte(r.Source)}))
	}
	for _, n := range now.ids {
		if _, brought := texts[n.id]; !brought && packName(n.file) != d.name {
			nodes = append(nodes, n)
		}
	}
	return newReferences(nodes), nil
}

// failing counts the rules whose samples fail.
func (v *verdict) failing() (n int) {
	for i := range v.rules {
		if v.rules[i].Failing > 0 {
			n++
		}
	}
	return n
}

// demote takes what fails its samples in a version that comes into force for the first time back to [Testing], where somebody had it run.
func (s *Service) demote(ctx context.Context, p Pack) error {
	rules, err := s.deps.Repository.PackRules(ctx, p.ID)
	if err != nil {
		return err
	}
	now, err := s.look(ctx)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(fmt.Sprintf("samples fail in %s %s", p.Name, p.Release))
	for _, r := range rules {
		if head, edited := now.heads[r.ID]; r.Failing == 0 || edited && head.Number > 0 {
			continue // the text that is written here goes on counting
		}
		if st, decided := now.Platform[r.ID]; decided && st.State.Runs() {
			if err := s.deps.Repository.PutState(ctx, r.ID, s.standing(ctx, Testing, why)); err != nil {
				return err
			}
			if err := s.note(ctx, "rule.state", r.ID, map[string]State{"state": st.State}, map[string]State{"state": Testing}, why); err != nil {
				return err
			}
		}
		for _, o := range now.others[r.ID] {
			if !o.State.Runs() {
				continue
			}
			if err := s.deps.Repository.PutOverride(ctx, Override{Tenant: o.Tenant, Rule: r.ID, Standing: s.standing(ctx, Inherit, why)}); err != nil {
				return err
			}
			if err := s.noteAt(ctx, o.Tenant, "rule.override", r.ID, map[string]State{"state": o.State}, map[string]State{"state": Inherit}, why); err != nil {
				return err
			}
		}
	}
	return nil
}
