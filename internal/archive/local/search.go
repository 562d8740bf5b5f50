package local

import (
	"context"
	"fmt"
	"math"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
)

// Search returns a page of events or the rows of a counting query; see [archive.Reader].
func (a *Archive) Search(ctx context.Context, s archive.Search) (archive.Result, error) {
	q := s.Query
	if q == nil {
		q = query.All()
	}
	limit, err := limitOf(s.Limit, q)
	if err != nil {
		return archive.Result{}, err
	}
	var result archive.Result
	if !q.Pages() {
		if s.Cursor != "" {
			return archive.Result{}, fault.NewInvalid("cursor", "search.cursor.rows", "is not available for a query that counts or reorders")
		}
		result.Cost, err = a.read(ctx, s.Selection(), func(ctx context.Context, r *reading) error {
			return r.rows(ctx, q, limit, &result)
		})
		return result, err
	}
	p := pager{limit: limit, query: q, oldest: s.Oldest, left: int(min(q.Limit(), math.MaxUint32))}
	if s.Cursor != "" {
		c, err := archive.ParseCursor(s.Cursor)
		if err != nil {
			return archive.Result{}, err
		}
		p.after, p.left = &key{at: c.Time.UnixNano(), id: c.ID}, int(c.Left)
	}
	if p.left > 0 {
		p.limit = min(p.limit, p.left)
	}
	result.Cost, err = a.read(ctx, s.Selection(), func(ctx context.Context, r *reading) error {
		p.reading = r
		return p.page(ctx, &result)
	})
	return result, err
}

func limitOf(limit int, q *query.Query) (int, error) {
	most, standard := archive.MaxLimit, archive.DefaultLimit
	if !q.Pages() {
		most, standard = archive.MaxRows, archive.MaxRows
	}
	switch {
	case limit == 0:
		return standard, nil
	case limit < 0 || limit > most:
		return 0, fault.NewInvalid("limit", "search.limit", fmt.Sprintf("must be between 1 and %d", most))
	}
	return limit, nil
}

// rows runs a query that does not page, as it stands.
func (r *reading) rows(ctx context.Context, q *query.Query, limit int, result *archive.Result) error {
	if len(r.classes()) > 1 && q.CountsRows() {
		return fault.NewInvalid("query", "search.query.classes",
			"counts bare rows behind a pipe, which works for tenants of one retention only; count a field instead, as in count(event.id)")
	}
	c := collector{max: limit}
	text := fmt.Sprintf("%s | limit %d", q.Engine(), limit+1)
	if err := r.run(ctx, text, r.from, r.to, c.add); err != nil {
		return err
	}
	result.Events, result.Truncated = c.events, c.more
	return nil
}
