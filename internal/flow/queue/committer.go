package queue

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/isoc-project/isoc/internal/flow/record"
)

// maxWaitingBytes bounds what callers have handed in and is not stored yet. Beyond it callers wait.
const maxWaitingBytes = 64 << 20

// committer merges what concurrent callers hand in into batches, and stores one batch at a time: a batch is one fsync, so whoever
// arrives during an fsync shares the next. An idle committer stores at once; nobody ever waits for company.
type committer struct {
	send func(batch []byte, records int, marks []record.Mark) error
	room *semaphore.Weighted

	mu      sync.Mutex
	waiting []*entry // in order of arrival
	closed  bool
	wake    chan struct{} // capacity 1; closed never
}

// entry is one caller's run of records.
type entry struct {
	run     []byte
	records int
	marks   []record.Mark // at most one
	weight  int64
	done    chan error // capacity 1
	taken   bool       // on its way: too late to withdraw
}

func newCommitter(send func([]byte, int, []record.Mark) error) *committer {
	return &committer{send: send, room: semaphore.NewWeighted(maxWaitingBytes), wake: make(chan struct{}, 1)}
}

// put hands in a run of at most one batch, with a mark if there is one, and returns when it is stored.
func (c *committer) put(ctx context.Context, run []byte, records int, marks ...record.Mark) error {
	e := &entry{run: run, records: records, marks: marks, weight: int64(min(len(run), maxWaitingBytes)), done: make(chan error, 1)}
	if err := c.room.Acquire(ctx, e.weight); err != nil {
		return context.Cause(ctx)
	}
	if !c.enqueue(e) {
		c.room.Release(e.weight)
		return unavailable("queue is closed", nil)
	}
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
	}
	if c.withdraw(e) {
		c.room.Release(e.weight)
		return context.Cause(ctx)
	}
	select { // stored meanwhile: say so rather than make the sender repeat it
	case err := <-e.done:
		return err
	default:
		return context.Cause(ctx)
	}
}

// run stores batches until close, and then what is still waiting.
func (c *committer) run() {
	buf := make([]byte, 0, record.MaxBatchBytes)
	for range c.wake {
		for {
			batch := c.take()
			if len(batch) == 0 {
				break
			}
			buf = c.store(batch, buf)
		}
		if c.finished() {
			return
		}
	}
}

func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.signal()
}

func (c *committer) enqueue(e *entry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.waiting = append(c.waiting, e)
	c.signal()
	return true
}

// withdraw takes the entry out again unless it is on its way.
func (c *committer) withdraw(e *entry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.taken {
		return false
	}
	for i, w := range c.waiting {
		if w == e {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// take returns the entries of the next batch: as many of the first as fit, at least one.
func (c *committer) take() []*entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, records, bytes := 0, 0, record.HeaderBytes
	for _, e := range c.waiting {
		size := len(e.run) + record.MarkBytes(e.marks...)
		if n > 0 && (records+e.records > record.MaxBatchRecords || bytes+size > record.MaxBatchBytes) {
			break
		}
		e.taken = true
		n, records, bytes = n+1, records+e.records, bytes+size
	}
	batch := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return batch
}

func (c *committer) store(batch []*entry, buf []byte) []byte {
	buf = record.AppendHeader(buf[:0])
	records := 0
	var marks []record.Mark
	for _, e := range batch {
		buf = append(buf, e.run...)
		records += e.records
		marks = append(marks, e.marks...)
	}
	err := c.send(buf, records, marks)
	for _, e := range batch {
		e.done <- err
		c.room.Release(e.weight)
	}
	return buf
}

func (c *committer) finished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed && len(c.waiting) == 0
}

func (c *committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
