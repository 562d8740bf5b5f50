package local

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

// Histogram counts events over time; see [archive.Reader].
func (a *Archive) Histogram(ctx context.Context, h archive.HistogramQuery) (archive.Histogram, error) {
	if h.From.IsZero() || h.To.IsZero() || !h.From.Before(h.To) {
		return archive.Histogram{}, fault.NewInvalid("to", "search.times", "must be after from")
	}
	if h.Buckets < 1 || h.Buckets > archive.MaxBuckets {
		return archive.Histogram{}, fault.NewInvalid("buckets", "search.buckets", fmt.Sprintf("must be between 1 and %d", archive.MaxBuckets))
	}
	from, to := clampNano(h.From), clampNano(h.To)
	width := bucketWidth(time.Duration(to-from), h.Buckets)
	out := archive.Histogram{Width: width}
	s := archive.Selection{Tenants: h.Tenants, Query: h.Query, From: h.From, To: h.To}
	counts := map[int64]uint64{}
	var err error
	out.Cost, err = a.read(ctx, s, func(ctx context.Context, r *reading) error {
		text := fmt.Sprintf("%s | stats by (%s:%ds) count() as hits", base(h.Query), engineTime, int64(width/time.Second))
		var mu sync.Mutex
		return r.run(ctx, text, r.from, r.to, func(_ uint, db *logstorage.DataBlock) {
			mu.Lock()
			defer mu.Unlock()
			addCounts(counts, db)
		})
	})
	if err != nil {
		return archive.Histogram{}, err
	}
	for at := from - from%int64(width); at < to; at += int64(width) {
		out.Buckets = append(out.Buckets, archive.Bucket{At: time.Unix(0, at).UTC(), Count: counts[at]})
		out.Total += counts[at]
	}
	return out, nil
}

func addCounts(counts map[int64]uint64, db *logstorage.DataBlock) {
	times, ok := db.GetTimestamps(nil)
	hits := db.GetColumnByName("hits")
	if !ok || hits == nil {
		return
	}
	for i, at := range times {
		if n, err := strconv.ParseUint(hits.Values[i], 10, 64); err == nil {
			counts[at] += n
		}
	}
}

// bucketWidth returns the smallest customary width that needs no more than n buckets.
func bucketWidth(span time.Duration, n int) time.Duration {
	const minute, hour = time.Minute, time.Hour
	for _, w := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
		hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 5 * day, 10 * day, 30 * day,
	} {
		if span <= w*time.Duration(n) {
			return w
		}
	}
	return (span/time.Duration(n)/day + 1) * day
}

// base returns the engine's text of the part of a query that selects events.
func base(q *query.Query) string {
	if q == nil {
		return query.All().Base()
	}
	return q.Base()
}
