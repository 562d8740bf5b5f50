package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Alert is an alert of a demonstration's customer, as far as the story needs it.
type Alert struct {
	ID, Rule, Title, Level string
	Tenant                 tenant.ID
	FirstAt, LastAt        time.Time
}

// Alerts finds the alerts of customers, oldest first.
type Alerts interface {
	Of(ctx context.Context, ids []tenant.ID) ([]Alert, error)
}

// Chapter is a step of the story with what came of it.
type Chapter struct {
	Step
	At     time.Time // when it happens
	Told   bool      // its records were sent
	Alerts []Alert   // that the step's rules raised, oldest first
}

// Progress is all there is to tell of a demonstration.
type Progress struct {
	State
	Now      string    // code of the latest step told; empty before the first
	Alerts   int       // of both customers, of whatever rule
	First    *Alert    // the first of an attack
	Chapters []Chapter // none where there is no demonstration
}

// Progress tells how far the demonstration is and what it raised.
func (s *Service) Progress(ctx context.Context) (Progress, error) {
	p := Progress{State: s.current()}
	if len(p.Tenants) == 0 || p.Phase == Removing {
		return p, nil
	}
	ids := make([]tenant.ID, 0, len(p.Tenants))
	for _, id := range p.Tenants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	found, err := s.d.Alerts.Of(ctx, ids)
	if err != nil {
		return Progress{}, fmt.Errorf("alerts of the demonstration: %w", err)
	}
	p.Alerts = len(found)
	for _, step := range Story() {
		c := Chapter{Step: step, At: p.From.Add(step.After), Alerts: []Alert{}}
		c.Told = step.After < time.Duration(p.Minute)*time.Minute
		for _, a := range found {
			if c.Told && c.saw(a, p.Tenants[step.Customer]) {
				c.Alerts = append(c.Alerts, a)
			}
		}
		if c.Told {
			p.Now = step.Code
		}
		if p.First == nil && len(c.Alerts) > 0 {
			p.First = &c.Alerts[0]
		}
		p.Chapters = append(p.Chapters, c)
	}
	return p, nil
}

// around is how long after its beginning a step goes on at most.
const around = 70 * time.Minute

// saw reports whether the alert came of the step.
func (c *Chapter) saw(a Alert, id tenant.ID) bool {
	return a.Tenant == id && slices.Contains(c.Rules, a.Rule) && !a.LastAt.Before(c.At) && a.FirstAt.Before(c.At.Add(around))
}
