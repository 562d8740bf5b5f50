package local

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
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
	columns := []string{"count() as hits"}
	var err error
	if h.Split != "" {
		if out.Series, columns, err = a.split(ctx, s, h.Split, columns); err != nil {
			return archive.Histogram{}, err
		}
	}
	counts := make([]map[int64]uint64, len(columns))
	out.Cost, err = a.read(ctx, s, func(ctx context.Context, r *reading) error {
		text := fmt.Sprintf("%s | stats by (%s:%ds) %s", base(h.Query), engineTime, int64(width/time.Second), strings.Join(columns, ", "))
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
		out.Buckets = append(out.Buckets, archive.Bucket{At: time.Unix(0, at).UTC(), Count: counts[0][at]})
		out.Total += counts[0][at]
		for i := range out.Series {
			n := counts[i+1][at]
			out.Series[i].Counts = append(out.Series[i].Counts, n)
			out.Series[i].Total += n
		}
	}
	return out, nil
}

// split finds the values to split by and appends the columns that count them.
func (a *Archive) split(ctx context.Context, s archive.Selection, field string, columns []string) ([]archive.Series, []string, error) {
	if field == event.Timestamp {
		return nil, nil, fault.NewInvalid("split", "search.field", "is not the name of a field")
	}
	values, err := a.FieldValues(ctx, s, field, archive.SplitValues)
	if err != nil {
		return nil, nil, err
	}
	series := make([]archive.Series, len(values))
	for i, v := range values {
		series[i].Value = v.Value
		columns = append(columns, fmt.Sprintf("count() if (%s:=%s) as hits%d", strconv.Quote(field), strconv.Quote(v.Value), i))
	}
	return series, columns, nil
}

// addCounts adds a block to the counts: the first column is the whole, the others those of the values.
func addCounts(counts []map[int64]uint64, db *logstorage.DataBlock) {
	times, ok := db.GetTimestamps(nil)
	if !ok {
		return
	}
	for c := range counts {
		name := "hits"
		if c > 0 {
			name += strconv.Itoa(c - 1)
		}
		hits := db.GetColumnByName(name)
		if hits == nil {
			continue
		}
		if counts[c] == nil {
			counts[c] = make(map[int64]uint64, len(times))
		}
		for i, at := range times {
			if n, err := strconv.ParseUint(hits.Values[i], 10, 64); err == nil {
				counts[c][at] += n
			}
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
