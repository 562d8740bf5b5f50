package alert

import (
	"cmp"
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

// MaxNeighbours is how many of the latest alerts about one value are looked at.
const MaxNeighbours = 24

// settle gives an alert about to be raised its risk. Where it brings a rule that did not stand on its entities before, the others
// there are assessed anew too.
func (s *Service) settle(ctx context.Context, a *Alert, near *street, tell func(Change)) error {
	others, err := near.of(ctx, *a, s.now())
	if err != nil {
		return err
	}
	a.assess(company(*a, others))
	if slices.ContainsFunc(others, func(o *Alert) bool { return o.Rule.ID == a.Rule.ID }) {
		return nil
	}
	for _, o := range others[:min(len(others), maxSiblings)] {
		around, err := near.of(ctx, *o, s.now())
		if err != nil {
			return err
		}
		was := o.Risk
		if o.assess(company(*o, append(around, a))); o.Risk == was {
			continue
		}
		if err := s.shelf.SetRisk(ctx, *o); err != nil {
			return err
		}
		tell(changeOf(*o, Fired))
	}
	return nil
}

// reassess works out the risk of an alert that goes on firing. It is called each time the count doubles, so that the work a firing
// causes does not grow with the alert.
func (s *Service) reassess(ctx context.Context, a *Alert, near *street) error {
	others, err := near.of(ctx, *a, s.now())
	if err != nil {
		return err
	}
	a.assess(company(*a, others))
	return nil
}

// street is who stands where, as one transaction has seen and changed it: of each value it reads the alerts once.
type street struct {
	shelf Shelf
	known map[string]*Alert        // by id
	about map[event.Field][]*Alert // open alerts by folded value, the latest first
}

func newStreet(shelf Shelf) *street {
	return &street{shelf: shelf, known: make(map[string]*Alert), about: make(map[event.Field][]*Alert)}
}

// of returns the other open alerts on the alert's host, source address and users, each once. Of each value the latest come first.
func (st *street) of(ctx context.Context, a Alert, now time.Time) ([]*Alert, error) {
	since := now.Add(-CompanyWindow)
	if a.LastAt.Before(now) {
		since = a.LastAt.Add(-CompanyWindow)
	}
	var found []*Alert
	for _, e := range shared(a) {
		some, err := st.on(ctx, a, e)
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			if o.ID != a.ID && !o.LastAt.Before(since) && !slices.Contains(found, o) {
				found = append(found, o)
			}
		}
	}
	return found, nil
}

func (st *street) on(ctx context.Context, a Alert, e event.Field) ([]*Alert, error) {
	if all, ok := st.about[e]; ok {
		return all, nil
	}
	read, err := st.shelf.Neighbours(ctx, a.Tenant, e)
	if err != nil {
		return nil, err
	}
	all := make([]*Alert, len(read))
	for i := range read {
		o, ok := st.known[read[i].ID]
		if !ok {
			o = &read[i]
			st.known[o.ID] = o
		}
		all[i] = o
	}
	st.about[e] = all
	return all, nil
}

// put makes an alert that was just stored stand where it is about.
func (st *street) put(a Alert) {
	o, ok := st.known[a.ID]
	if !ok {
		o = new(Alert)
		st.known[a.ID] = o
	}
	*o = a
	for _, e := range shared(a) {
		all, ok := st.about[e]
		if !ok || slices.Contains(all, o) {
			continue // what was not read yet comes with it
		}
		i, _ := slices.BinarySearchFunc(all, o.ID, func(b *Alert, id string) int { return cmp.Compare(id, b.ID) })
		all = slices.Insert(all, i, o)
		st.about[e] = all[:min(len(all), MaxNeighbours)]
	}
}

// shared is the values that make others an alert's company, folded.
func shared(a Alert) []event.Field {
	var found []event.Field
	for _, e := range a.Entities {
		if e.Name != event.HostName && e.Name != event.SourceIP && e.Name != event.UserName {
			continue
		}
		if e.Value = Fold(e.Value); e.Value != "" && !slices.Contains(found, e) {
			found = append(found, e)
		}
		if len(found) == maxShared {
			break
		}
	}
	return found
}

func company(a Alert, others []*Alert) Company {
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
