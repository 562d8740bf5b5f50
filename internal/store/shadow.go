package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Shadows keeps what rules on trial would have raised.
type Shadows struct{ s *Store }

// Shadows returns the shelf of firings in the shadow.
func (s *Store) Shadows() Shadows { return Shadows{s} }

var (
	_ shadow.Ledger = Shadows{}
	_ shadow.Shelf  = Shadows{}
	_ shadow.Door   = (*Store)(nil)
)

// Advance implements [shadow.Ledger].
func (h Shadows) Advance(ctx context.Context, id tenant.ID, stream alert.Stream, sequence uint64) (bool, error) {
	n, err := h.s.from(ctx).AdvanceShadowProgress(ctx, sqlgen.AdvanceShadowProgressParams{
		TenantID: id.String(), Epoch: int64(stream.Epoch), Shard: int64(stream.Shard), Sequence: int64(sequence)})
	return n == 1, translate(err)
}

// Count implements [shadow.Ledger].
func (h Shadows) Count(ctx context.Context, id tenant.ID, rule string, day, hits, oldest int64) error {
	q := h.s.from(ctx)
	if err := q.CountShadow(ctx, sqlgen.CountShadowParams{TenantID: id.String(), RuleID: rule, Day: day, Hits: hits}); err != nil {
		return translate(err)
	}
	return translate(q.ForgetShadowDays(ctx, sqlgen.ForgetShadowDaysParams{TenantID: id.String(), RuleID: rule, Oldest: oldest}))
}

// Keep implements [shadow.Ledger].
func (h Shadows) Keep(ctx context.Context, id tenant.ID, rule string, hits []shadow.Hit) error {
	q := h.s.from(ctx)
	for _, hit := range hits {
		matches, err := json.Marshal(hit.Matches)
		if err != nil {
			return fmt.Errorf("encode matches: %w", err)
		}
		err = q.PutShadowHit(ctx, sqlgen.PutShadowHitParams{
			TenantID: id.String(), RuleID: rule, EventID: hit.EventID, At: micros(hit.Time), SourceID: hit.Source,
			Matches: string(matches), Entities: jsonText(hit.Entities)})
		if err != nil {
			return translate(err)
		}
	}
	return translate(q.TrimShadowHits(ctx, sqlgen.TrimShadowHitsParams{TenantID: id.String(), RuleID: rule, Keep: shadow.MaxKept}))
}

// Days implements [shadow.Shelf].
func (h Shadows) Days(ctx context.Context, of []tenant.ID, rule string) (days []shadow.Day, err error) {
	err = h.s.inScope(ctx, "rules in the shadow", of, func(ctx context.Context) error {
		t := h.s.from(ctx)
		w := t.rows().and("rule_id = ?", rule)
		return t.each(ctx, "SELECT day, CAST(SUM(hits) AS BIGINT) FROM shadow_days"+w.String()+" GROUP BY day ORDER BY day", w.args, func(scan func(...any) error) error {
			var d shadow.Day
			err := scan(&d.Number, &d.Hits)
			days = append(days, d)
			return err
		})
	})
	return days, err
}

// Latest implements [shadow.Shelf].
func (h Shadows) Latest(ctx context.Context, of []tenant.ID, rule string, limit int) (hits []shadow.Hit, err error) {
	err = h.s.inScope(ctx, "rules in the shadow", of, func(ctx context.Context) error {
		t := h.s.from(ctx)
		w := t.rows().and("rule_id = ?", rule)
		text := "SELECT tenant_id, event_id, at, source_id, matches, entities FROM shadow_hits"
		text += w.String() + " ORDER BY event_id DESC LIMIT "
		text += w.bind(limit)
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			hit := shadow.Hit{Rule: rule}
			var when int64
			var matches, entities string
			if err := scan(&hit.Tenant, &hit.EventID, &when, &hit.Source, &matches, &entities); err != nil {
				return err
			}
			hit.Time = at(when)
			if err := json.Unmarshal([]byte(matches), &hit.Matches); err != nil {
				return fmt.Errorf("decode matches: %w", err)
			}
			if err := json.Unmarshal([]byte(entities), &hit.Entities); err != nil {
				return fmt.Errorf("decode entities: %w", err)
			}
			hits = append(hits, hit)
			return nil
		})
	})
	return hits, err
}

// Lasts implements [shadow.Shelf].
func (h Shadows) Lasts(ctx context.Context, of []tenant.ID) (map[string]time.Time, error) {
	found := make(map[string]time.Time)
	err := h.s.inScope(ctx, "rules in the shadow", of, func(ctx context.Context) error {
		t := h.s.from(ctx)
		w := t.rows()
		return t.each(ctx, "SELECT rule_id, MAX(at) FROM shadow_hits"+w.String()+" GROUP BY rule_id", w.args, func(scan func(...any) error) error {
			var rule string
			var last int64
			err := scan(&rule, &last)
			found[rule] = at(last)
			return err
		})
	})
	return found, err
}

// Since implements [shadow.Shelf].
func (h Shadows) Since(ctx context.Context, of []tenant.ID, day int64) (map[string]int64, error) {
	found := make(map[string]int64)
	err := h.s.inScope(ctx, "rules in the shadow", of, func(ctx context.Context) error {
		t := h.s.from(ctx)
		w := t.rows().and("day >= ?", day)
		return t.each(ctx, "SELECT rule_id, CAST(SUM(hits) AS BIGINT) FROM shadow_days"+w.String()+" GROUP BY rule_id", w.args, func(scan func(...any) error) error {
			var rule string
			var n int64
			err := scan(&rule, &n)
			found[rule] = n
			return err
		})
	})
	return found, err
}
