package local

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/fault"
)

// Durable returns the sequence up to which everything is on disk; see [archive.Writer].
func (a *Archive) Durable() uint64 { return a.durable.Load() }

// Flush makes everything appended so far searchable and durable.
func (a *Archive) Flush(ctx context.Context) error {
	leave, err := a.enter()
	if err != nil {
		return err
	}
	defer leave()
	return a.checkpoint(ctx)
}

// keepDurable makes a checkpoint every FlushInterval while something is not durable.
func (a *Archive) keepDurable(ctx context.Context) {
	defer close(a.done)
	tick := time.NewTicker(a.opts.FlushInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if a.appended.Load() == a.durable.Load() {
			continue
		}
		if err := a.checkpoint(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("not durable yet; trying again", "error", err)
		}
	}
}

// checkpoint holds back Append, lets the engine write what it holds in memory, and moves the durable
// sequence only when it reports that no row is left there. See DESIGN.md for why nothing less is proof.
func (a *Archive) checkpoint(ctx context.Context) error {
	a.gate.Lock()
	defer a.gate.Unlock()
	seq := a.appended.Load()
	for _, k := range a.classes.list() {
		k.storage.DebugFlush() // pending rows become parts
		if err := k.persist(ctx); err != nil {
			return err
		}
	}
	a.books.close(a.classes.list(), a.log)
	a.durable.Store(max(a.durable.Load(), seq))
	return nil
}

// persist returns when the engine holds no row of the class in memory alone. Nothing may be added meanwhile.
func (k *class) persist(ctx context.Context) error {
	pause := time.Millisecond
	for try := 0; ; try++ {
		var s logstorage.StorageStats
		k.storage.UpdateStats(&s)
		if s.InmemoryRowsCount == 0 {
			clear(k.touched)
			return nil
		}
		if try > 0 { // what is left is being merged; the merge ends on its own
			select {
			case <-ctx.Done():
				return fmt.Errorf("checkpoint of class %d: %w", k.days, ctx.Err())
			case <-time.After(pause):
			}
			pause = min(2*pause, 100*time.Millisecond)
		}
		if pause >= 100*time.Millisecond && try > 100 {
			return fmt.Errorf("checkpoint of class %d: %d rows stay in memory: %w", k.days, s.InmemoryRowsCount, fault.ErrUnavailable)
		}
		if err := k.write(); err != nil {
			return err
		}
	}
}

// write makes the engine write the in-memory parts of the partitions that took rows lately. A
// snapshot is the engine's only call that does so; the snapshot itself is not wanted.
func (k *class) write() error {
	for name := range k.touched {
		path, err := k.storage.PartitionSnapshotCreate(name)
		if err != nil {
			continue // the partition fell out of retention
		}
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove snapshot: %w", err)
		}
	}
	return nil
}

// books compares what was appended with what the engine counts, to notice rows it dropped without a word.
type books struct {
	appended atomic.Uint64 // since the last balance
	deleting atomic.Bool   // rows were deleted since the last balance
	missing  atomic.Uint64

	rows       uint64
	partitions map[string]struct{}
}

func (b *books) start(classes []*class) { b.rows, b.partitions = balance(classes) }

// close balances the books at a checkpoint: no Append runs and no row is pending.
func (b *books) close(classes []*class, log interface{ Error(string, ...any) }) {
	rows, partitions := balance(classes)
	added := b.appended.Swap(0)
	shrunk := b.deleting.Swap(false)
	for name := range b.partitions {
		if _, ok := partitions[name]; !ok {
			shrunk = true // retention took a partition
		}
	}
	if want := b.rows + added; !shrunk && rows < want {
		b.missing.Add(want - rows)
		log.Error("the engine lost rows", "appended", added, "missing", want-rows)
	}
	b.rows, b.partitions = rows, partitions
}

func balance(classes []*class) (uint64, map[string]struct{}) {
	var rows uint64
	partitions := map[string]struct{}{}
	for _, k := range classes {
		var s logstorage.StorageStats
		k.storage.UpdateStats(&s)
		rows += s.RowsCount()
		for _, name := range k.storage.PartitionList() {
			partitions[className(k.days)+"/"+name] = struct{}{}
		}
	}
	return rows, partitions
}
