package coverage

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Fed returns what tells whether any source of the customers sent events of a log source within [Others].
func (s *Service) Fed(ctx context.Context, of []tenant.ID) (func(logsource.Source) bool, error) {
	var all []sort
	for _, id := range of {
		sent, err := s.read(ctx, id, "", "*", s.now().Add(-Others))
		if err != nil {
			return nil, fmt.Errorf("records of sources: %w", err)
		}
		all = append(all, sent.sorts...)
	}
	known := map[logsource.Source]bool{}
	return func(want logsource.Source) bool {
		found, ok := known[want]
		if !ok {
			found = fed(all, want)
			known[want] = found
		}
		return found
	}, nil
}
