package alert

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Door opens a transaction on one tenant's tables; the context it passes on carries it.
type Door interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
}

// Ledger keeps how far a tenant's signals have been applied, so that a replay counts nothing twice.
type Ledger interface {
	// Advance moves the mark of a stream to the sequence and reports true, or false where it stands there or beyond already.
	// It runs inside the transaction of the context, and of two transactions at once the later sees what the earlier did.
	Advance(ctx context.Context, id tenant.ID, stream Stream, sequence uint64) (bool, error)
	// Claim notes that a run of [Service.Backfill] raises a rule's firing on an event, and reports false where one did before. It runs
	// inside the transaction of the context.
	Claim(ctx context.Context, id tenant.ID, rule, eventID, run string) (bool, error)
}

// Stream names one run of sequences: a shard of one incarnation of the queue. A queue that began anew counts from 1 again, so
// sequences of different streams say nothing of each other.
type Stream struct {
	Epoch uint32 // of the queue
	Shard int
}

// Shelf keeps alerts. All methods but those that locate, list and count run inside the transaction of the context.
// Missing alerts are fault.ErrNotFound, and so are those of tenants outside the context's scope.
type Shelf interface {
	// Open returns the tenant's newest alert of that fingerprint that is not closed.
	Open(ctx context.Context, id tenant.ID, fingerprint string) (Alert, error)
	Insert(ctx context.Context, a Alert) error
	// Save writes a whole alert if the stored version is a.Version-1, else fault.ErrConflict.
	Save(ctx context.Context, a Alert) error
	// AddEntities makes the alert found by these values.
	AddEntities(ctx context.Context, id tenant.ID, alert string, entities []event.Field) error
	// Neighbours returns the open alerts among the latest MaxNeighbours of the tenant that list the folded entity, the latest first.
	// Of each it reads what risk asks for: the rule but its title, state, count, risk, last firing, version, and hosts, source
	// addresses and users, folded.
	Neighbours(ctx context.Context, id tenant.ID, entity event.Field) ([]Alert, error)
	// SetRisk writes an alert's risk and nothing else; the version stays.
	SetRisk(ctx context.Context, a Alert) error
	// AddEvidence keeps firings that the alert has counted: beyond MaxEvidence the oldest but the very first go.
	AddEvidence(ctx context.Context, a Alert, ev []Evidence) error
	AddTransition(ctx context.Context, id tenant.ID, alert string, t Transition) error
	// Hold keeps other transactions from changing the alert until this one ends, so that what Get reads next stands until Save.
	Hold(ctx context.Context, id tenant.ID, alert string) error
	Get(ctx context.Context, id tenant.ID, alert string) (Detail, error)
	// Alert is Get without evidence and history.
	Alert(ctx context.Context, id tenant.ID, alert string) (Alert, error)
	// Locate finds the tenant of an alert among those the context's scope allows.
	Locate(ctx context.Context, alert string) (tenant.ID, error)
	// LocateAll finds the tenants of alerts; those that the scope does not allow are left out.
	LocateAll(ctx context.Context, alerts []string) (map[string]tenant.ID, error)
	List(ctx context.Context, q Query) (Page, error)
	Desk
}

// Desk answers what a person asks of many alerts at once, within the context's scope.
type Desk interface {
	// Groups returns the groups of the window, labelled.
	Groups(ctx context.Context, q Query, by Key) (Groups, error)
	// Stats counts; width chooses the slices of time for the span that the alerts are in.
	Stats(ctx context.Context, q Query, width func(from, to time.Time) time.Duration) (Stats, error)
	Related(ctx context.Context, of Alert, entities []event.Field, limit int) (Related, error)
	Precedents(ctx context.Context, of Alert) (Precedents, error)
	Records(ctx context.Context, q RecordQuery) (map[string]RuleRecord, error)
	AttackRecords(ctx context.Context, q RecordQuery) ([]AttackRecord, error)
	Firings(ctx context.Context, q FiringQuery) (Firings, error)
}

// Auditor writes one entry to the tenant's chain, inside the transaction of the context.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Detail is an alert with what is kept of its firings and its history, oldest first.
type Detail struct {
	Alert
	Evidence    []Evidence
	Transitions []Transition
}

// Service owns the life of alerts.
type Service struct {
	door     Door
	ledger   Ledger
	shelf    Shelf
	audit    Auditor
	observer Observer
	now      func() time.Time
}

// Deps are what a [Service] works with; Now may be nil for the wall clock.
type Deps struct {
	Door     Door
	Ledger   Ledger
	Shelf    Shelf
	Audit    Auditor
	Observer Observer // nil where nobody looks
	Now      func() time.Time
}

// NewService returns a service over the given stores.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{door: d.Door, ledger: d.Ledger, shelf: d.Shelf, audit: d.Audit, observer: d.Observer, now: d.Now}
}

// Apply counts the signals that one queue batch raised for one tenant, all or none. A sequence at or below the
// last one applied of the stream changes nothing, so a batch replayed after a crash doubles no alert.
func (s *Service) Apply(ctx context.Context, id tenant.ID, stream Stream, sequence uint64, signals []Signal) error {
	if len(signals) == 0 {
		return nil
	}
	return s.telling(ctx, id, func(ctx context.Context, tell func(Change)) error {
		fresh, err := s.ledger.Advance(ctx, id, stream, sequence)
		if err != nil {
			return fmt.Errorf("advance applied sequence: %w", err)
		}
		if !fresh {
			return nil
		}
		near := newStreet(s.shelf)
		for _, g := range group(id, signals) {
			if err := s.applyGroup(ctx, id, g, near, tell); err != nil {
				return fmt.Errorf("apply rule %s: %w", g.signals[0].Rule.ID, err)
			}
		}
		return nil
	})
}

// Search is who had the archive searched for what rules missed.
type Search struct {
	Run string // id
	By  string // username
}

// Backfill raises what was found in the archive afterwards, all or nothing, and returns how many firings are new: a rule's firing on an
// event is raised once, whoever searches however often. They stand on alerts of their own, never with what was raised as events came:
// an alert that somebody judged must not grow by what lay before it.
func (s *Service) Backfill(ctx context.Context, id tenant.ID, by Search, signals []Signal) (int, error) {
	var fresh []Signal
	err := s.telling(ctx, id, func(ctx context.Context, tell func(Change)) error {
		fresh = nil
		for _, sig := range signals {
			if sig.Tenant != id {
				continue
			}
			first, err := s.ledger.Claim(ctx, id, sig.Rule.ID, sig.EventID, by.Run)
			if err != nil {
				return fmt.Errorf("claim a firing: %w", err)
			}
			if first {
				fresh = append(fresh, sig)
			}
		}
		near := newStreet(s.shelf)
		for _, g := range group(id, fresh) {
			g.fingerprint, g.by = "backfill:"+g.fingerprint, by.By
			if err := s.applyGroup(ctx, id, g, near, tell); err != nil {
				return fmt.Errorf("back-fill rule %s: %w", g.signals[0].Rule.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(fresh), nil
}

type signalGroup struct {
	fingerprint string
	by          string // of a back-fill, who asked for it
	signals     []Signal
}

// group splits signals by fingerprint, in order of first appearance; signals of other tenants are dropped
// rather than counted on a stranger's alert.
func group(id tenant.ID, signals []Signal) []*signalGroup {
	var groups []*signalGroup
	index := make(map[string]*signalGroup)
	for _, sig := range signals {
		if sig.Tenant != id {
			continue
		}
		fp := Fingerprint(sig)
		g, ok := index[fp]
		if !ok {
			g = &signalGroup{fingerprint: fp}
			index[fp] = g
			groups = append(groups, g)
		}
		g.signals = append(g.signals, sig)
	}
	return groups
}

func (s *Service) applyGroup(ctx context.Context, id tenant.ID, g *signalGroup, near *street, tell func(Change)) error {
	now := s.now().UTC()
	rest := g.signals
	a, err := s.shelf.Open(ctx, id, g.fingerprint)
	switch {
	case errors.Is(err, fault.ErrNotFound):
	case err != nil:
		return err
	default:
		if rest, err = s.extend(ctx, a, rest, now, near, tell); err != nil {
			return err
		}
	}
	for len(rest) > 0 {
		fresh := raise(rest[0], g.fingerprint, now)
		fresh.BackfilledBy = g.by
		joined, later := take(&fresh, rest[1:], now)
		if err := s.settle(ctx, &fresh, near, tell); err != nil {
			return err
		}
		if err := s.shelf.Insert(ctx, fresh); err != nil {
			return err
		}
		if err := s.shelf.AddEntities(ctx, id, fresh.ID, fresh.Entities); err != nil {
			return err
		}
		if err := s.shelf.AddEvidence(ctx, fresh, append([]Evidence{evidence(rest[0])}, joined...)); err != nil {
			return err
		}
		near.put(fresh)
		tell(changeOf(fresh, Raised))
		rest = later
	}
	return nil
}

// extend counts on an open alert the signals near it and returns the others.
func (s *Service) extend(ctx context.Context, a Alert, signals []Signal, now time.Time, near *street, tell func(Change)) ([]Signal, error) {
	before, known := a.Count, len(a.Entities)
	joined, later := take(&a, signals, now)
	if len(joined) == 0 {
		return later, nil
	}
	a.Version++
	if bits.Len64(uint64(before)) != bits.Len64(uint64(a.Count)) {
		if err := s.reassess(ctx, &a, near); err != nil {
			return nil, err
		}
	}
	if err := s.shelf.Save(ctx, a); err != nil {
		return nil, err
	}
	if fresh := a.Entities[known:]; len(fresh) > 0 {
		if err := s.shelf.AddEntities(ctx, a.Tenant, a.ID, fresh); err != nil {
			return nil, err
		}
	}
	near.put(a)
	tell(changeOf(a, Fired))
	return later, s.shelf.AddEvidence(ctx, a, joined)
}

func take(a *Alert, signals []Signal, now time.Time) (joined []Evidence, later []Signal) {
	for _, sig := range signals {
		if !a.near(sig.Time) {
			later = append(later, sig)
			continue
		}
		a.count(sig, now)
		joined = append(joined, evidence(sig))
	}
	return joined, later
}

func evidence(s Signal) Evidence {
	return Evidence{EventID: s.EventID, Time: s.Time, Matches: s.Matches, Parts: s.Parts}
}

// List returns one page of the alerts the context's scope allows.
func (s *Service) List(ctx context.Context, q Query) (Page, error) {
	if err := q.complete(); err != nil {
		return Page{}, err
	}
	return s.shelf.List(ctx, q)
}

// Get returns one alert with its evidence and history.
func (s *Service) Get(ctx context.Context, id string) (Detail, error) {
	t, err := s.shelf.Locate(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	var d Detail
	err = s.door.InTenant(ctx, t, func(ctx context.Context) error {
		d, err = s.shelf.Get(ctx, t, id)
		return err
	})
	return d, err
}
