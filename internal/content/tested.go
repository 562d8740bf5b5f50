package content

import (
	"context"
	"fmt"
	"time"
)

// testedFor is how long what samples came to is believed: to run them all takes a moment.
const testedFor = time.Minute

// Tested returns the rules that run and pass all of their samples, one of which makes them fire. The answer may be a minute old.
func (s *Service) Tested(ctx context.Context) (map[string]bool, error) {
	s.tested.Lock()
	defer s.tested.Unlock()
	if now := s.deps.Now(); s.tested.rules != nil && now.Sub(s.tested.at) < testedFor {
		return s.tested.rules, nil
	}
	c, err := s.catalogue(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("tested rules: %w", err)
	}
	sampled, err := s.deps.Repository.Sampled(ctx)
	if err != nil {
		return nil, fmt.Errorf("tested rules: %w", err)
	}
	passed := make(map[string]bool)
	for _, r := range c.rules {
		if !sampled[r.ID] || r.State != Enabled && r.State != Shadow {
			continue
		}
		out, err := s.RunSamples(ctx, r.ID)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("tested rules: %w", ctx.Err())
		}
		if err == nil && passes(out) { // one that cannot be tried is not tested
			passed[r.ID] = true
		}
	}
	s.tested.rules, s.tested.at = passed, s.deps.Now()
	return passed, nil
}

func passes(out []Outcome) bool {
	fires := false
	for _, o := range out {
		if o.Fault != "" {
			return false
		}
		fires = fires || o.Fires
	}
	return fires
}
