package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	// MaxMarks bounds the marks remembered, so that all fit one message of an external server.
	MaxMarks = 2000

	headerMark = "Isoc-Mark"
	marksKey   = "marks.0"
	markPause  = 10 * time.Second // that the server may keep the start waiting between two messages
)

// marks is how far inputs are that read from where nothing is pushed: files, and partitions of Kafka. A mark is stored in the very message that
// holds the records it stands for, so that neither is ever without the other. The snapshot in the bucket is only there so that messages
// may be dropped, and need not all be looked through at the start.
type marks struct {
	mu    sync.Mutex
	of    map[string]string
	seq   uint64 // of the last message that had one
	dirty bool   // since the snapshot
}

// snapshot is what the bucket holds.
type snapshot struct {
	Epoch uint32            `json:"epoch"`
	Seq   uint64            `json:"seq"`
	Marks map[string]string `json:"marks"`
}

// PublishMarked is [Queue.Publish] for at most one batch, which is stored together with the mark: after any end of the process either both are
// there or neither.
func (q *Queue) PublishMarked(ctx context.Context, recs []record.Record, m record.Mark) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if len(recs) == 0 {
		return q.SetMark(ctx, m)
	}
	if !q.marks.room(m.Key) {
		return fmt.Errorf("publish: more than %d marks", MaxMarks)
	}
	if err := q.ready(); err != nil {
		return err
	}
	start := time.Now()
	run, err := record.AppendRun(nil, recs)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if len(recs) > record.MaxBatchRecords || len(run)+record.HeaderBytes > record.MaxBatchBytes {
		return fmt.Errorf("publish: %d records of %d bytes are more than a batch", len(recs), len(run))
	}
	if err := q.group.put(ctx, run, len(recs), m); err != nil {
		return err
	}
	q.metrics.published.Add(float64(len(recs)))
	q.metrics.wait.Observe(time.Since(start).Seconds())
	return nil
}

// Marks returns the marks whose key begins with prefix, as they were last stored.
func (q *Queue) Marks(prefix string) map[string]string {
	q.marks.mu.Lock()
	defer q.marks.mu.Unlock()
	found := make(map[string]string)
	for k, v := range q.marks.of {
		if strings.HasPrefix(k, prefix) {
			found[k] = v
		}
	}
	return found
}

// SetMark stores a mark without records; it is on disk when SetMark returns nil.
func (q *Queue) SetMark(ctx context.Context, m record.Mark) error {
	if err := m.Check(); err != nil {
		return err
	}
	if !q.marks.room(m.Key) {
		return fmt.Errorf("more than %d marks", MaxMarks)
	}
	q.marks.set(m)
	return q.saveMarks(ctx)
}

// DropMarks forgets marks that nobody will ask for again. A crash may bring them back.
func (q *Queue) DropMarks(keys ...string) {
	q.marks.mu.Lock()
	defer q.marks.mu.Unlock()
	for _, k := range keys {
		if _, ok := q.marks.of[k]; ok {
			delete(q.marks.of, k)
			q.marks.dirty = true
		}
	}
}

func (m *marks) room(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.of[key]
	return known || len(m.of) < MaxMarks
}

func (m *marks) set(list ...record.Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.apply(list)
}

// apply expects mu to be held.
func (m *marks) apply(list []record.Mark) {
	for _, each := range list {
		m.of[each.Key] = each.Value
	}
	m.dirty = true
}

// saveMarks writes the snapshot if there is anything new. It waits for a message with marks that is on its way, so that what was committed
// before the call is in it.
func (q *Queue) saveMarks(ctx context.Context) error {
	q.marks.mu.Lock()
	defer q.marks.mu.Unlock()
	if !q.marks.dirty {
		return nil
	}
	text, err := json.Marshal(snapshot{Epoch: q.epoch, Seq: q.marks.seq, Marks: q.marks.of})
	if err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	if _, err := q.cursors.Put(ctx, marksKey, text); err != nil {
		return unavailable("write marks", err)
	}
	q.marks.dirty = false
	return nil
}

// loadMarks reads the snapshot, and the marks of messages after it.
func (q *Queue) loadMarks(ctx context.Context) error {
	q.marks.of = make(map[string]string)
	var last snapshot
	entry, err := q.cursors.Get(ctx, marksKey)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return fmt.Errorf("read marks: %w", err)
	default:
		if err := json.Unmarshal(entry.Value(), &last); err != nil {
			return fmt.Errorf("read marks: %w", err)
		}
	}
	maps.Copy(q.marks.of, last.Marks)
	if last.Epoch == q.epoch {
		q.marks.seq = last.Seq
	}
	return q.scanMarks(ctx)
}

// scanMarks goes through the headers of messages that are younger than the snapshot. That is little: the snapshot is written every few seconds.
func (q *Queue) scanMarks(ctx context.Context) error {
	info, err := q.raw.Info(ctx)
	if err != nil {
		return fmt.Errorf("read marks: %w", err)
	}
	from := max(q.marks.seq+1, info.State.FirstSeq)
	if info.State.Msgs == 0 || from > info.State.LastSeq {
		return nil
	}
	cons, err := q.raw.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{rawSubject}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from, HeadersOnly: true,
	})
	if err != nil {
		return fmt.Errorf("read marks: %w", err)
	}
	iter, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("read marks: %w", err)
	}
	defer iter.Stop()
	for seq := uint64(0); seq < info.State.LastSeq; {
		wait, cancel := context.WithTimeout(ctx, markPause)
		msg, err := iter.Next(jetstream.NextContext(wait))
		cancel()
		if err != nil {
			return fmt.Errorf("read marks after %d of %d: %w", seq, info.State.LastSeq, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("read marks: %w", err)
		}
		seq = meta.Sequence.Stream
		for _, text := range msg.Headers()[headerMark] {
			key, value, _ := strings.Cut(text, " ")
			q.marks.set(record.Mark{Key: key, Value: value})
			q.marks.seq = seq
		}
	}
	return nil
}
