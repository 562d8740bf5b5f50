package content

import (
	"context"
	"fmt"
)

// Texts returns every text of a rule that is still kept, in no order: those of packs, active or not, and those written here.
func (s *Service) Texts(ctx context.Context, rule string) ([]string, error) {
	texts, err := s.deps.Repository.Texts(ctx, rule)
	if err != nil {
		return nil, fmt.Errorf("texts of rule %s: %w", rule, err)
	}
	return texts, nil
}
