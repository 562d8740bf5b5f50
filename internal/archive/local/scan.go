package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

const (
	scanEvents    = 10_000           // events of one window, at most
	scanCrowd     = 200_000          // events of one window that cannot be narrowed, at most
	scanFirst     = time.Minute      // width of the first window
	scanWidest    = 24 * time.Hour   // width of a window where there is little
	scanNarrowest = time.Millisecond // a window that is not narrowed further
	scanFew       = scanEvents / 4   // a window with fewer is followed by a wider one
	scanGrowth    = 4                // how much wider, and how much narrower a window with too many becomes
)

// Scan reads all events of a selection; see [archive.Scanner].
func (a *Archive) Scan(ctx context.Context, s archive.Selection, fn func(until time.Time, events []event.Event) error) error {
	q := s.Query
	if q == nil {
		q = query.All()
	}
	if len(q.Pipes()) > 0 {
		return fault.NewInvalid("query", "archive.scan.pipes", "pipes are not available here")
	}
	if s.From.IsZero() || s.To.IsZero() {
		return fault.NewInvalid("from", "archive.scan.times", "a scan needs both times")
	}
	from, err := a.scanStart(ctx, s)
	if err != nil {
		return err
	}
	width := scanFirst
	for from.Before(s.To) {
		until := from.Add(width)
		if until.After(s.To) {
			until = s.To
		}
		limit := scanEvents
		if width <= scanNarrowest {
			limit = scanCrowd
		}
		c := collector{max: limit}
		if err := a.scanWindow(ctx, archive.Selection{Tenants: s.Tenants, Query: q, From: from, To: until}, &c); err != nil {
			return err
		}
		if c.more && width > scanNarrowest {
			width = max(width/scanGrowth, scanNarrowest)
			continue
		}
		if c.more {
			return fmt.Errorf("more than %d events in %s from %s: %w", scanCrowd, width, from.UTC().Format(time.RFC3339Nano), fault.ErrUnavailable)
		}
		newestFirst(c.events)
		slices.Reverse(c.events)
		if err := fn(until, c.events); err != nil {
			return err
		}
		if len(c.events) < scanFew {
			width = min(width*scanGrowth, scanWidest)
		}
		from = until
	}
	return nil
}

// scanWindow gathers the events of one window, and stops early where there are too many.
func (a *Archive) scanWindow(ctx context.Context, s archive.Selection, c *collector) error {
	_, err := a.read(ctx, s, func(ctx context.Context, r *reading) error {
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		err := r.run(ctx, s.Query.Base(), r.from, r.to, func(worker uint, db *logstorage.DataBlock) {
			if c.add(worker, db); c.full() {
				stop(errTooMany)
			}
		})
		if errors.Is(context.Cause(ctx), errTooMany) {
			return nil
		}
		return err
	})
	return err
}

// scanStart is the start of the selection, or of what the archive holds where that is later.
func (a *Archive) scanStart(ctx context.Context, s archive.Selection) (time.Time, error) {
	start := s.From
	_, err := a.read(ctx, s, func(_ context.Context, r *reading) error {
		oldest := r.to + 1
		for _, k := range r.classes() {
			first, _ := k.span()
			oldest = min(oldest, first)
		}
		if t := time.Unix(0, oldest).UTC(); t.After(start) {
			start = t
		}
		return nil
	})
	return start, err
}
