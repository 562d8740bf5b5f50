package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/cgroup"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/contextutil"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

// hidden are the columns no query may see or use.
func hidden() []string { return []string{"_stream", "_stream_id", query.Stream} }

// reading is one read in progress: its tenants are checked, its time is bounded.
type reading struct {
	a       *Archive
	tenants []logstorage.TenantID
	from    int64 // nanoseconds, inclusive
	to      int64 // nanoseconds, inclusive
	now     time.Time
	// subqueries says that the query holds other queries.
	subqueries bool
	stats      logstorage.QueryStats
}

// read checks a selection, waits for a slot and calls fn within the time limit.
func (a *Archive) read(ctx context.Context, s archive.Selection, fn func(context.Context, *reading) error) (archive.Cost, error) {
	started := time.Now()
	leave, err := a.enter()
	if err != nil {
		return archive.Cost{}, err
	}
	defer leave()
	r, err := a.reading(ctx, s)
	if err != nil {
		return archive.Cost{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.opts.QueryTimeout)
	defer cancel()
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return archive.Cost{}, readError(ctx.Err())
	}
	if r.from <= r.to {
		err = fn(ctx, r)
	}
	cost := archive.Cost{
		RowsScanned: r.stats.RowsProcessed, BytesScanned: r.stats.GetBytesReadTotal(), Duration: time.Since(started),
	}
	if err != nil {
		return cost, readError(err)
	}
	return cost, nil
}

// readError tells the caller's limit from ours.
func readError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the search took too long; narrow its time or filter: %w", errors.Join(fault.ErrUnavailable, err))
	}
	return err
}

func (a *Archive) reading(ctx context.Context, s archive.Selection) (*reading, error) {
	ids, err := archive.Allowed(ctx, s.Tenants)
	if err != nil {
		return nil, err
	}
	r := &reading{a: a, now: a.opts.Now(), subqueries: s.Query != nil && s.Query.Subqueries()}
	for _, id := range ids {
		p, ok := a.opts.Directory.Place(id)
		if !ok || p.Account == 0 {
			return nil, fmt.Errorf("tenant %s: %w", id, fault.ErrNotFound)
		}
		r.tenants = append(r.tenants, engineTenant(p.Account))
	}
	r.from, r.to = 0, r.now.Add((futureDays+2)*day).UnixNano()
	if !s.From.IsZero() {
		r.from = max(r.from, clampNano(s.From))
	}
	if !s.To.IsZero() {
		r.to = min(r.to, clampNano(s.To)-1)
	}
	return r, nil
}

// clampNano returns t in nanoseconds, kept inside what they can express.
func clampNano(t time.Time) int64 {
	if t.Year() < 1970 {
		return 0
	}
	if t.Year() > 2200 {
		t = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UnixNano()
}

// run executes query text over all classes between from and to and hands blocks to write, which is
// called concurrently and must copy what it keeps.
func (r *reading) run(ctx context.Context, text string, from, to int64, write logstorage.WriteDataBlockFunc) error {
	q, err := r.compile(text, from, to)
	if err != nil {
		return err
	}
	classes := r.classes()
	if len(r.tenants) == 0 || len(classes) == 0 {
		return nil // never "everything"
	}
	qctx := logstorage.NewQueryContext(ctx, &r.stats, r.tenants, q, false, hidden())
	if len(classes) == 1 {
		err = classes[0].storage.RunQuery(qctx, write)
	} else {
		err = runAll(ctx, qctx, classes, write)
	}
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	return ctx.Err() // the engine ends quietly with partial results when it is stopped
}

// classes returns the engines that may hold events of the tenants: mostly one.
func (r *reading) classes() []*class {
	return slices.DeleteFunc(r.a.storages(), func(k *class) bool { return !r.a.accounts.holds(k.days, r.tenants) })
}

// compile parses query text and bounds it in time. Subqueries see all the time the caller asked for, not
// only the window being looked at.
func (r *reading) compile(text string, from, to int64) (*logstorage.Query, error) {
	if r.subqueries && (from != r.from || to != r.to) {
		text += fmt.Sprintf(" | filter %s:[%s, %s]", engineTime, exact(from), exact(to))
		from, to = r.from, r.to
	}
	q, err := query.Compile(text, r.now)
	if err != nil {
		return nil, err
	}
	q.AddTimeFilter(from, to)
	return q, nil
}

// exact writes a time with all nine digits, which the engine takes for the nanosecond meant.
func exact(at int64) string {
	return time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
}

// runAll runs one query over several engines the way a cluster does: the part that can run at each
// engine does, and the rest runs over what they return. The engines take turns, since they share the CPUs.
func runAll(ctx context.Context, qctx *logstorage.QueryContext, classes []*class, write logstorage.WriteDataBlockFunc) error {
	var each logstorage.RunNetQueryFunc = func(qctx *logstorage.QueryContext, write logstorage.WriteDataBlockFunc) error {
		return runAll(qctx.Context, qctx, classes, write)
	}
	runner, err := logstorage.NewNetQueryRunner(qctx, each, write)
	if err != nil {
		return err
	}
	return runner.Run(ctx, cgroup.AvailableCPUs(), func(stop <-chan struct{}, q *logstorage.Query, write logstorage.WriteDataBlockFunc) error {
		ctx, cancel := contextutil.NewStopChanContext(stop)
		defer cancel()
		for i, k := range classes {
			// The engine sets a count to what one worker hands in rather than adding it up, so that every
			// source needs a worker number of its own, used by one caller at a time.
			var mu sync.Mutex
			one := func(_ uint, db *logstorage.DataBlock) {
				mu.Lock()
				defer mu.Unlock()
				write(uint(i), db)
			}
			if err := k.storage.RunQuery(qctx.WithContextAndQuery(ctx, q), one); err != nil {
				return err
			}
		}
		return nil
	})
}
