package local

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

const deletePoll = 50 * time.Millisecond

// DeleteTenant removes all events of a tenant; see [archive.Keeper]. The engine rewrites the parts that
// hold them, one task at a time; the tasks survive a restart.
func (a *Archive) DeleteTenant(ctx context.Context, id tenant.ID) error {
	leave, err := a.enter()
	if err != nil {
		return err
	}
	defer leave()
	p, ok := a.opts.Directory.Place(id)
	if !tenant.ScopeFrom(ctx).IsAll() || !ok || p.Account == 0 {
		return fmt.Errorf("delete events of tenant %s: %w", id, fault.ErrNotFound)
	}
	account := engineTenant(p.Account)
	for {
		a.books.deleting.Store(true)
		if err := a.deleteOnce(ctx, account); err != nil {
			return fmt.Errorf("delete events of tenant %s: %w", id, err)
		}
		a.books.deleting.Store(true)
		n, err := a.count(ctx, account)
		if err != nil {
			return fmt.Errorf("delete events of tenant %s: %w", id, err)
		}
		if n == 0 {
			return nil
		}
	}
}

func (a *Archive) deleteOnce(ctx context.Context, account logstorage.TenantID) error {
	everything, err := logstorage.ParseFilter("*")
	if err != nil {
		return err
	}
	// The engine deletes what is older than the task, whose start is given in nanoseconds; events may
	// lie in the future.
	start := a.opts.Now().Add((futureDays + 2) * day).UnixNano()
	for _, k := range a.storages() {
		task := ulid.Make().String()
		if err := k.storage.DeleteRunTask(ctx, task, start, []logstorage.TenantID{account}, everything); err != nil {
			return err
		}
		if err := k.await(ctx, task); err != nil {
			return err
		}
	}
	return nil
}

// await returns when the delete task is done.
func (k *class) await(ctx context.Context, task string) error {
	tick := time.NewTicker(deletePoll)
	defer tick.Stop()
	for {
		tasks, err := k.storage.DeleteActiveTasks(ctx)
		if err != nil {
			return err
		}
		active := false
		for _, t := range tasks {
			active = active || t.TaskID == task
		}
		if !active {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// count returns how many rows an account has, whatever their time.
func (a *Archive) count(ctx context.Context, account logstorage.TenantID) (uint64, error) {
	for _, k := range a.storages() {
		k.storage.DebugFlush()
	}
	r := &reading{a: a, tenants: []logstorage.TenantID{account}, now: a.opts.Now()}
	var n uint64
	err := r.run(ctx, query.All().Engine()+" | stats count() as n", 0, math.MaxInt64/2, func(_ uint, db *logstorage.DataBlock) {
		if c := db.GetColumnByName("n"); c != nil {
			v, _ := strconv.ParseUint(c.Values[0], 10, 64)
			n += v
		}
	})
	return n, err
}
