package app

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// shard is the only shard of one box; see docs/adr/0001.
const shard = 0

// alerter hands the findings of the flow to the alerts of the response wing, and those in the shadow to where they are counted.
type alerter struct {
	alerts  *alert.Service
	shadows *shadow.Service
	devices *imported.Register
	stream  alert.Stream // whose sequences the batches have
}

// Apply implements flow.Alerter.
func (a alerter) Apply(ctx context.Context, id tenant.ID, sequence uint64, findings []detect.Finding) error {
	ctx = tenant.WithScope(ctx, tenant.Only(id))
	if err := a.devices.Note(ctx, id, findings); err != nil {
		return err
	}
	signals := make([]alert.Signal, 0, len(findings))
	var hits []shadow.Hit
	for _, f := range findings {
		s := signalOf(f)
		if f.Shadow {
			hits = append(hits, shadow.Hit{Tenant: s.Tenant, Rule: s.Rule.ID, EventID: s.EventID, Time: s.Time, Source: s.Source, Matches: s.Matches, Entities: s.Entities})
		} else {
			signals = append(signals, s)
		}
	}
	if err := a.shadows.Apply(ctx, id, a.stream, sequence, hits); err != nil {
		return fmt.Errorf("count in the shadow: %w", err)
	}
	return a.alerts.Apply(ctx, id, a.stream, sequence, signals)
}

func signalOf(f detect.Finding) alert.Signal {
	s := alert.Signal{
		Tenant: f.Tenant, Source: f.Source, Model: f.Model, Time: f.Time, EventID: f.EventID, Entities: f.Entities,
		Rule: alert.Rule{ID: f.Rule.ID, Title: f.Rule.Title, Level: string(f.Rule.Level), Tags: f.Rule.Tags, Digest: f.Rule.Digest},
	}
	for _, m := range f.Matches {
		s.Matches = append(s.Matches, alert.Match(m))
	}
	s.Parts = partsOf(f.Parts)
	return s
}

func partsOf(found []detect.Part) (parts []alert.Part) {
	for _, p := range found {
		part := alert.Part{Rule: p.Rule, Title: p.Title, Count: p.Count, First: p.First, Last: p.Last, Parts: partsOf(p.Parts)}
		for _, e := range p.Events {
			part.Events = append(part.Events, alert.PartEvent(e))
		}
		parts = append(parts, part)
	}
	return parts
}

func newOverview(s *store.Store, a *audit.Service) *overview.Service {
	return overview.NewService(overview.Deps{Door: s, Marks: s.Overviews(), Figures: s.Overviews(), Audit: a})
}
