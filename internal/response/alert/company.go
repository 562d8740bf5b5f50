package alert

import (
	"context"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
)

// CompanyWindow is how far back other alerts on the same entities count towards an alert's risk.
const CompanyWindow = 24 * time.Hour

// Bounds of the work that one firing may cause.
const (
	maxShared   = 4 // entities of an alert whose other alerts are looked at
	maxSiblings = 8 // other alerts whose risk is worked out anew when a rule joins them
)

// settle gives an alert about to be raised its risk. Where it brings a rule that did not stand on its entities before, the others
// there are assessed anew too.
func (s *Service) settle(ctx context.Context, a *Alert, tell func(Change)) error {
	others, err := s.neighbours(ctx, *a)
	if err != nil {
		return err
	}
	a.assess(company(*a, others))
	if slices.ContainsFunc(others, func(o Alert) bool { return o.Rule.ID == a.Rule.ID }) {
		return nil
	}
	for _, o := range others[:min(len(others), maxSiblings)] {
		around, err := s.neighbours(ctx, o)
		if err != nil {
			return err
		}
		was := o.Risk
		if o.assess(company(o, append(around, *a))); o.Risk == was {
			continue
		}
		if err := s.shelf.SetRisk(ctx, o); err != nil {
			return err
		}
		tell(changeOf(o, Fired))
	}
	return nil
}

// reassess works out the risk of an alert that goes on firing. It is called each time the count doubles, so that the work a firing
// causes does not grow with the alert.
func (s *Service) reassess(ctx context.Context, a *Alert) error {
	others, err := s.neighbours(ctx, *a)
	if err != nil {
		return err
	}
	a.assess(company(*a, others))
	return nil
}

// neighbours returns the other open alerts on the alert's host, source address and users, each once, the latest first.
func (s *Service) neighbours(ctx context.Context, a Alert) ([]Alert, error) {
	since := s.now().Add(-CompanyWindow)
	if a.LastAt.Before(s.now()) {
		since = a.LastAt.Add(-CompanyWindow)
	}
	var found []Alert
	looked := 0
	for _, e := range a.Entities {
		if e.Name != event.HostName && e.Name != event.SourceIP && e.Name != event.UserName {
			continue
		}
		if looked++; looked > maxShared {
			break
		}
		some, err := s.shelf.Neighbours(ctx, a.Tenant, e, since)
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			if o.ID != a.ID && !slices.ContainsFunc(found, func(f Alert) bool { return f.ID == o.ID }) {
				found = append(found, o)
			}
		}
	}
	return found, nil
}

func company(a Alert, others []Alert) Company {
	var rules []string
	stages := Tactics(a.Rule.Tags)
	for _, o := range others {
		if o.Rule.ID == a.Rule.ID {
			continue
		}
		if !slices.Contains(rules, o.Rule.ID) {
			rules = append(rules, o.Rule.ID)
		}
		for _, t := range Tactics(o.Rule.Tags) {
			if !slices.Contains(stages, t) {
				stages = append(stages, t)
			}
		}
	}
	return Company{Rules: len(rules), Stages: len(stages)}
}
