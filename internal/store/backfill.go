package store

import (
	"context"

	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Backfills keeps searches of the archive for what rules missed.
type Backfills struct{ s *Store }

// Backfills returns the shelf of such searches.
func (s *Store) Backfills() Backfills { return Backfills{s} }

var (
	_ backfill.Repository = Backfills{}
	_ backfill.Door       = (*Store)(nil)
)

// Add implements [backfill.Repository].
func (b Backfills) Add(ctx context.Context, r backfill.Run) error {
	return translate(b.s.from(ctx).InsertBackfillRun(ctx, sqlgen.InsertBackfillRunParams{
		TenantID: r.Tenant.String(), ID: r.ID, RuleID: r.Rule, Text: r.Text, Epoch: int64(r.Epoch), First: int64(r.First), Ends: int64(r.End),
		FromAt: micros(r.From), ToAt: micros(r.To), State: string(r.State), Early: r.Early, ByUser: r.By, At: micros(r.At),
		FinishedAt: micros(r.FinishedAt), UntilAt: micros(r.Until), Events: r.Events, Hits: r.Hits,
	}))
}

// Save implements [backfill.Repository].
func (b Backfills) Save(ctx context.Context, r backfill.Run) error {
	return b.s.InTenant(ctx, r.Tenant, func(ctx context.Context) error {
		return translate(b.s.from(ctx).SaveBackfillRun(ctx, sqlgen.SaveBackfillRunParams{
			TenantID: r.Tenant.String(), ID: r.ID, State: string(r.State), Early: r.Early, FinishedAt: micros(r.FinishedAt), UntilAt: micros(r.Until),
			Events: r.Events, Hits: r.Hits,
		}))
	})
}

// Runs implements [backfill.Repository].
func (b Backfills) Runs(ctx context.Context, id tenant.ID, rule string) (runs []backfill.Run, err error) {
	err = b.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		q := b.s.from(ctx)
		counts, err := q.BackfillRaised(ctx, id.String(), rule)
		if err != nil {
			return translate(err)
		}
		raised := make(map[string]int64, len(counts))
		for _, c := range counts {
			raised[c.RunID] = c.Raised
		}
		rows, err := q.BackfillRuns(ctx, id.String(), rule)
		for _, r := range rows {
			runs = append(runs, backfill.Run{
				Tenant: id, ID: r.ID, Rule: r.RuleID, Text: r.Text, Epoch: uint32(r.Epoch), First: uint64(r.First), End: uint64(r.Ends),
				From: at(r.FromAt), To: at(r.ToAt), State: backfill.State(r.State), Early: r.Early, By: r.ByUser, At: at(r.At),
				FinishedAt: at(r.FinishedAt), Until: at(r.UntilAt), Events: r.Events, Hits: r.Hits, Raised: raised[r.ID],
			})
		}
		return translate(err)
	})
	return runs, err
}
