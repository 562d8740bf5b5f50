package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	trimInterval = 2 * time.Second
	trimTimeout  = 30 * time.Second
)

// cursor is the sequence up to which the archive holds everything. What is stored durably is never ahead of what was
// committed, and may be behind after a crash: then the tail is read again.
type cursor struct {
	mu        sync.Mutex // one writer at a time
	committed atomic.Uint64
	urgent    chan struct{} // capacity 1: the stream is full, trim now
}

// Commit says that everything up to and including seq is safe elsewhere. It returns when that is on disk; the
// messages are dropped a little later. A sequence at or below the committed one is no error and does nothing.
func (q *Queue) Commit(ctx context.Context, seq uint64) error {
	q.cursor.mu.Lock()
	defer q.cursor.mu.Unlock()
	if seq <= q.cursor.committed.Load() {
		return nil
	}
	if _, err := q.cursors.PutString(ctx, cursorKey, fmt.Sprintf("%d %d", q.epoch, seq)); err != nil {
		return unavailable("commit cursor", err)
	}
	q.cursor.committed.Store(seq)
	return nil
}

// Committed returns the committed sequence, 0 for none.
func (q *Queue) Committed() uint64 { return q.cursor.committed.Load() }

// LastSeq returns the highest sequence this process knows to be stored.
func (q *Queue) LastSeq() uint64 { return q.lastly.Load() }

func (q *Queue) loadCursor(ctx context.Context) error {
	q.cursor.urgent = make(chan struct{}, 1)
	seq, err := q.storedCursor(ctx)
	if err != nil {
		return err
	}
	if last := q.lastly.Load(); seq > last {
		// The stream lost its end, which a synced stream does not. Its sequences must not be given out twice.
		q.log.Error("queue ends before its cursor, continuing after the cursor", "cursor", seq, "last", last)
		if err := q.raw.Purge(ctx, jetstream.WithPurgeSequence(seq+1)); err != nil {
			return fmt.Errorf("move stream past its cursor: %w", err)
		}
		q.lastly.Store(seq)
	}
	q.cursor.committed.Store(seq)
	q.reader.last = seq
	return nil
}

// storedCursor returns 0 where none is stored, or where it belongs to another incarnation of the stream.
func (q *Queue) storedCursor(ctx context.Context) (uint64, error) {
	entry, err := q.cursors.Get(ctx, cursorKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	var epoch uint32
	var seq uint64
	if _, err := fmt.Sscanf(string(entry.Value()), "%d %d", &epoch, &seq); err != nil {
		return 0, fmt.Errorf("read cursor %q: %w", entry.Value(), err)
	}
	if epoch != q.epoch {
		q.log.Warn("cursor belongs to an earlier queue, reading from the start", "epoch", q.epoch, "cursor_epoch", epoch)
		return 0, nil
	}
	return seq, nil
}

// trim drops committed messages from time to time. The committed message itself stays, so that the stream is never empty
// and the next sequence can always be told from what is on disk.
func (q *Queue) trim(ctx context.Context) {
	tick := time.NewTicker(trimInterval)
	defer tick.Stop()
	var trimmed uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-q.cursor.urgent:
		}
		to := q.Committed()
		if err := q.saveMarks(ctx); err != nil { // before what they came with may go
			q.log.Warn("write how far inputs are, will try again", "error", err)
			continue
		}
		if to <= trimmed {
			continue
		}
		if err := q.trimTo(ctx, to); err != nil {
			q.log.Warn("drop committed batches, will try again", "to", to, "error", err)
			continue
		}
		trimmed = to
	}
}

func (q *Queue) trimTo(ctx context.Context, seq uint64) error {
	ctx, cancel := context.WithTimeout(ctx, trimTimeout)
	defer cancel()
	return q.raw.Purge(ctx, jetstream.WithPurgeSequence(seq))
}

func (c *cursor) wake() {
	select {
	case c.urgent <- struct{}{}:
	default:
	}
}

// raise sets a to v unless a is higher already.
func raise(a *atomic.Uint64, v uint64) {
	for {
		old := a.Load()
		if v <= old || a.CompareAndSwap(old, v) {
			return
		}
	}
}
