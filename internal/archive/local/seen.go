package local

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/event"
)

// Seen returns the ids of stored events of an epoch above a sequence; see [archive.Writer]. The engine skips blocks
// by the least and greatest sequence in them, so that only the youngest blocks are read.
func (a *Archive) Seen(ctx context.Context, epoch uint32, afterSeq uint64) (map[string]struct{}, error) {
	leave, err := a.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	seen := map[string]struct{}{}
	r := &reading{a: a, tenants: a.accounts.all(), now: a.opts.Now()}
	if len(r.tenants) == 0 {
		return seen, nil
	}
	text := fmt.Sprintf(`%s:>%d %s:="%08x"* | fields %s`, event.Sequence, afterSeq, event.EventID, epoch, event.EventID)
	var mu sync.Mutex
	err = r.run(ctx, text, 0, math.MaxInt64/2, func(_ uint, db *logstorage.DataBlock) {
		ids := db.GetColumnByName(event.EventID)
		if ids == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids.Values {
			if _, ok := seen[id]; !ok {
				seen[strings.Clone(id)] = struct{}{}
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("events above sequence %d: %w", afterSeq, err)
	}
	return seen, nil
}
