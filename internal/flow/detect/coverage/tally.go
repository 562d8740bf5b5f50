package coverage

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Tally is how many rules rest on a source: on it alone, on it for the most part, on it among others.
type Tally struct{ Sole, Main, Shared int }

// Tallies counts for all living sources of a customer the rules that they feed within [Others], from one look at the archive. Sources
// that feed none are not in the answer; what a silent one fed tells [Service.Of].
func (s *Service) Tallies(ctx context.Context, id tenant.ID, all []Source) (map[string]Tally, error) {
	living := map[string]bool{}
	for _, o := range all {
		living[o.ID] = o.Living
	}
	sent, err := s.read(ctx, id, "", "*", s.now().Add(-Others))
	if err != nil {
		return nil, fmt.Errorf("records of sources: %w", err)
	}
	known := map[logsource.Source]map[string]uint64{}
	out := map[string]Tally{}
	s.rules().Rules(func(rule *sigma.Rule) {
		by, ok := known[rule.LogSource]
		if !ok {
			by = feeders(sent.sorts, living, rule.LogSource)
			known[rule.LogSource] = by
		}
		var total uint64
		for _, n := range by {
			total += n
		}
		for source, n := range by {
			t := out[source]
			switch {
			case len(by) == 1:
				t.Sole++
			case n > total-n:
				t.Main++
			default:
				t.Shared++
			}
			out[source] = t
		}
	})
	return out, nil
}

// feeders are the living sources whose records a log source accepts, with how many these are.
func feeders(sorts []sort, living map[string]bool, want logsource.Source) map[string]uint64 {
	by := map[string]uint64{}
	for i := range sorts {
		if k := &sorts[i]; living[k.source] && k.profile.Accepts(want) {
			by[k.source] += k.records
		}
	}
	return by
}
