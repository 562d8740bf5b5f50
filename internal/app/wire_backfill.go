package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// newBackfills searches the archive for what rules missed.
func newBackfills(a *App, log *slog.Logger) *backfill.Service {
	return backfill.NewService(backfill.Deps{
		Histories: a.store.Tenures(), Repository: a.store.Backfills(), Rules: pastRules{a.rules, a.content}, Jobs: a.dryRuns,
		Raiser: raiser{a.alerts, a.dir.Known}, Door: a.store, Auditor: a.audit, Actor: identity.Actor, EventID: flow.EventID, Settled: a.settled,
		Kept: func(id tenant.ID) time.Duration {
			t, _ := a.dir.Tenant(id)
			return time.Duration(t.RetentionDays) * 24 * time.Hour
		},
		Logger: log,
	})
}

// settled waits until everything that the queue delivered before the sequence can be found in the archive.
func (a *App) settled(ctx context.Context, epoch uint32, sequence uint64) error {
	if epoch == a.queue.Epoch() {
		tick := time.NewTicker(drainPoll)
		defer tick.Stop()
		for max(a.pipeline.Processed(), a.queue.Committed())+1 < sequence {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return a.archive.Flush(ctx)
}

// pastRules tells of rules as they are and as they were.
type pastRules struct {
	rules   *ruleSet
	content *content.Service
}

var _ backfill.Rules = pastRules{}

// InForce implements [backfill.Rules].
func (p pastRules) InForce(id string) backfill.InForce {
	now := p.rules.inForce.Load()
	out := backfill.InForce{Text: now.ruling.Rules[id].Text, Correlates: now.program.Has(id), Silent: now.program.Silent(id)}
	now.set.Rules(func(r *sigma.Rule) {
		if r.ID == id {
			out.Rule = r
		}
	})
	return out
}

// Earlier implements [backfill.Rules]. What filters once made of a text is not kept.
func (p pastRules) Earlier(ctx context.Context, id, text string) (*sigma.Rule, error) {
	var found *sigma.Rule
	_, err := p.content.Former(ctx, id, func(source string) bool {
		docs, bad := sigma.ParseDocuments("rule.yml", []byte(source))
		if len(bad) > 0 || len(docs.Rules) != 1 || matchName(docs.Rules[0]) != text {
			return false
		}
		found = docs.Rules[0]
		return true
	})
	return found, err
}

// raiser makes alerts of what was found afterwards.
type raiser struct {
	alerts *alert.Service
	known  func(tenant.ID) bool
}

var _ backfill.Raiser = raiser{}

// raiseTries bounds how often findings are offered again after somebody changed the alert they go on.
const raiseTries = 10

// Raise implements [backfill.Raiser].
func (r raiser) Raise(ctx context.Context, id tenant.ID, run, by string, findings []detect.Finding) (n int, err error) {
	signals := make([]alert.Signal, len(findings))
	for i, f := range findings {
		signals[i] = signalOf(f)
	}
	for range raiseTries {
		if !r.known(id) {
			return 0, fault.ErrNotFound
		}
		n, err = r.alerts.Backfill(ctx, id, alert.Search{Run: run, By: by}, signals)
		if !errors.Is(err, fault.ErrConflict) {
			return n, err
		}
	}
	return n, err
}
