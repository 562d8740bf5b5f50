package local

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

// FieldNames lists the fields of matching events; see [archive.Reader].
func (a *Archive) FieldNames(ctx context.Context, s archive.Selection) ([]archive.Hits, error) {
	var out []archive.Hits
	_, err := a.read(ctx, s, func(ctx context.Context, r *reading) error {
		names := map[string]uint64{}
		for _, k := range r.classes() {
			q, err := query.Compile(base(s.Query), r.now)
			if err != nil {
				return err
			}
			q.AddTimeFilter(r.from, r.to)
			found, err := k.storage.GetFieldNames(logstorage.NewQueryContext(ctx, &r.stats, r.tenants, q, false, hidden()))
			if err != nil {
				return fmt.Errorf("field names: %w", err)
			}
			for _, f := range found {
				names[f.Value] += f.Hits
			}
		}
		out = nameHits(names)
		return ctx.Err()
	})
	return out, err
}

func nameHits(names map[string]uint64) []archive.Hits {
	out := make([]archive.Hits, 0, len(names))
	for name, n := range names {
		switch name {
		case "_stream", "_stream_id", query.Stream, "_msg":
			continue
		case engineTime:
			name = event.Timestamp
		}
		out = append(out, archive.Hits{Value: name, Count: n})
	}
	sortHits(out)
	return out
}

func sortHits(hits []archive.Hits) {
	slices.SortFunc(hits, func(a, b archive.Hits) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
}

// FieldValues lists the most frequent values of a field; see [archive.Reader].
func (a *Archive) FieldValues(ctx context.Context, s archive.Selection, field string, limit int) ([]archive.Hits, error) {
	switch {
	case field == "" || len(field) > 1024 || strings.HasPrefix(field, "_stream") || field == query.Stream:
		return nil, fault.NewInvalid("field", "search.field", "is not the name of a field")
	case limit < 1 || limit > archive.MaxLimit:
		return nil, fault.NewInvalid("limit", "search.limit", fmt.Sprintf("must be between 1 and %d", archive.MaxLimit))
	}
	column := field
	if field == event.Timestamp {
		column = engineTime
	}
	name := strconv.Quote(column)
	var out []archive.Hits
	_, err := a.read(ctx, s, func(ctx context.Context, r *reading) error {
		text := fmt.Sprintf("%s | filter %s:* | top %d by (%s) hits as isoc_hits", base(s.Query), name, limit, name)
		var mu sync.Mutex
		return r.run(ctx, text, r.from, r.to, func(_ uint, db *logstorage.DataBlock) {
			mu.Lock()
			defer mu.Unlock()
			out = appendHits(out, db, column)
		})
	})
	sortHits(out)
	return out, err
}

func appendHits(out []archive.Hits, db *logstorage.DataBlock, column string) []archive.Hits {
	values, hits := db.GetColumnByName(column), db.GetColumnByName("isoc_hits")
	if values == nil || hits == nil {
		return out
	}
	for i := range values.Values {
		n, err := strconv.ParseUint(hits.Values[i], 10, 64)
		if err == nil && values.Values[i] != "" {
			out = append(out, archive.Hits{Value: strings.Clone(values.Values[i]), Count: n})
		}
	}
	return out
}
