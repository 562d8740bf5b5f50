package backfill

import (
	"context"

	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Task is what would be read to fill the latest gap.
func (s *Service) Task(ctx context.Context, id tenant.ID, rule string) (dryrun.Task, error) {
	v, err := s.View(ctx, id, rule)
	if err != nil || len(v.Gaps) == 0 {
		return dryrun.Task{}, err
	}
	t, _, err := s.task(ctx, id, rule, v.Gaps[len(v.Gaps)-1].ID())
	return t, err
}
