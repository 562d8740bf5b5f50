package archive

import (
	"context"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Allowed checks the tenants of a read against the scope carried by ctx and returns them sorted,
// each once.
func Allowed(ctx context.Context, ids []tenant.ID) ([]tenant.ID, error) {
	if len(ids) == 0 {
		return nil, fault.NewInvalid("tenants", "search.tenants.empty", "must name at least one tenant")
	}
	scope := tenant.ScopeFrom(ctx)
	for _, id := range ids {
		if !scope.Allows(id) {
			return nil, fmt.Errorf("tenant %s: %w", id, fault.ErrNotFound)
		}
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
