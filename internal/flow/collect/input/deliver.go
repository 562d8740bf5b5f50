package input

import (
	"context"
	"errors"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	firstPause = 50 * time.Millisecond
	maxPause   = 5 * time.Second
)

// errRefused says that the sender's records are not taken at all, now or later.
var errRefused = errors.New("records of a suspended tenant are refused")

// persist calls store until it succeeds, pausing as long as a quota says and ever longer while the queue is unavailable. It gives
// up when ctx ends, and at once for any other error, which trying again would not cure.
func persist(ctx context.Context, store func() error) error {
	pause := firstPause
	for {
		err := store()
		wait := pause
		var quota *fault.Quota
		switch {
		case errors.As(err, &quota):
			wait = min(max(quota.RetryAfter, time.Millisecond), maxPause)
		case errors.Is(err, fault.ErrUnavailable):
			pause = min(2*pause, maxPause)
		case errors.Is(err, fault.ErrForbidden), errors.Is(err, fault.ErrNotFound):
			return errRefused
		default:
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// byTenant calls fn with the records of each tenant, in order, at most one batch a call, so that what is stored before an
// error is known and one tenant's quota does not hold up another's records. Nearly always there is one tenant.
func byTenant(recs []record.Record, fn func([]record.Record) error) error {
	for len(recs) > 0 {
		n := min(len(recs), record.MaxBatchRecords)
		if err := eachTenant(recs[:n], fn); err != nil {
			return err
		}
		recs = recs[n:]
	}
	return nil
}

func eachTenant(recs []record.Record, fn func([]record.Record) error) error {
	if sameTenant(recs) {
		return fn(recs)
	}
	groups := map[tenant.ID][]record.Record{}
	var order []tenant.ID
	for i := range recs {
		id := recs[i].Tenant
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], recs[i])
	}
	var errs []error
	for _, id := range order {
		errs = append(errs, fn(groups[id]))
	}
	return errors.Join(errs...)
}

func sameTenant(recs []record.Record) bool {
	for i := range recs {
		if recs[i].Tenant != recs[0].Tenant {
			return false
		}
	}
	return true
}
