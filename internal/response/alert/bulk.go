package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// MaxBulk is how many alerts one [Bulk] may name.
const MaxBulk = 500

// bulkTries is how often one tenant's part is tried where other writers keep locking it out.
const bulkTries = 3

// Item names one alert and its version as the caller saw it.
type Item struct {
	ID      string
	Version int64
}

// Bulk is one move of many alerts, of any customers.
type Bulk struct {
	Items []Item
	Move  Move // its Version is each item's
	// May says whether the caller may judge a customer's alerts; a nil error allows. It is asked for customers in the scope only.
	May func(tenant.ID) error
}

// Outcome tells what became of each alert of a [Bulk].
type Outcome struct {
	Changed []Alert
	Failed  []Failure
}

// Failure is one alert that was left as it is.
type Failure struct {
	ID  string
	Err error
}

// Bulk moves each alert that it can and leaves the others, with the reason. The alerts of one customer change in one transaction.
// What is wrong with the move itself is an error, and nothing changes.
func (s *Service) Bulk(ctx context.Context, b Bulk) (Outcome, error) {
	if len(b.Items) == 0 || len(b.Items) > MaxBulk {
		return Outcome{}, &fault.Invalid{Field: "items", Code: "alert.bulk.many", Reason: fmt.Sprintf("must name 1 to %d alerts", MaxBulk)}
	}
	if err := b.Move.check(); err != nil {
		return Outcome{}, err
	}
	parts, out, err := s.divide(ctx, b)
	if err != nil {
		return Outcome{}, err
	}
	for _, p := range parts {
		part, err := s.bulkOne(ctx, p, b.Move)
		if ctx.Err() != nil {
			return Outcome{}, ctx.Err()
		}
		if err != nil {
			part = Outcome{}
			for _, it := range p.items {
				part.Failed = append(part.Failed, Failure{it.ID, err})
			}
		}
		out.Changed = append(out.Changed, part.Changed...)
		out.Failed = append(out.Failed, part.Failed...)
	}
	return out, nil
}

// bulkPart is what a bulk asks of one customer's alerts.
type bulkPart struct {
	tenant tenant.ID
	items  []Item
}

// divide finds whose each alert is. Items of nobody, of strangers and of customers where the caller may not judge have failed.
func (s *Service) divide(ctx context.Context, b Bulk) ([]bulkPart, Outcome, error) {
	var out Outcome
	of := make(map[tenant.ID][]Item)
	refused := make(map[tenant.ID]error)
	seen := make(map[string]bool)
	names := make([]string, len(b.Items))
	for i, it := range b.Items {
		names[i] = it.ID
	}
	owners, err := s.shelf.LocateAll(ctx, names)
	if err != nil {
		return nil, out, err
	}
	for _, it := range b.Items {
		if seen[it.ID] {
			continue
		}
		seen[it.ID] = true
		t, ok := owners[it.ID]
		if !ok {
			out.Failed = append(out.Failed, Failure{it.ID, fault.ErrNotFound})
			continue
		}
		if _, asked := refused[t]; !asked {
			refused[t] = b.May(t)
		}
		if err := refused[t]; err != nil {
			out.Failed = append(out.Failed, Failure{it.ID, err})
			continue
		}
		of[t] = append(of[t], it)
	}
	var parts []bulkPart
	for t, items := range of {
		slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.ID, b.ID) }) // the same order for all, so that two wait and not lock each other
		parts = append(parts, bulkPart{t, items})
	}
	slices.SortFunc(parts, func(a, b bulkPart) int { return cmp.Compare(a.tenant, b.tenant) })
	return parts, out, nil
}

func (s *Service) bulkOne(ctx context.Context, p bulkPart, m Move) (out Outcome, err error) {
	for range bulkTries {
		err = s.telling(ctx, p.tenant, func(ctx context.Context, tell func(Change)) error {
			out = Outcome{}
			for _, it := range p.items {
				m.Version = it.Version
				moved, err := s.moveOne(ctx, p.tenant, it.ID, m, tell)
				switch {
				case err == nil:
					out.Changed = append(out.Changed, moved)
				case refusal(err):
					out.Failed = append(out.Failed, Failure{it.ID, err})
				default:
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, fault.ErrConflict) {
			break
		}
	}
	return out, err
}

// refusal reports whether err is about one alert and leaves the transaction fit for the next.
func refusal(err error) bool {
	var c *fault.Conflict
	return errors.As(err, &c) || errors.Is(err, fault.ErrInvalid) || errors.Is(err, fault.ErrNotFound)
}
