package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	// prefetchBatches bounds the reader's memory: that many batches of at most record.MaxBatchBytes.
	prefetchBatches = 16
	readerPause     = 200 * time.Millisecond
)

// Batch is one stored message. Its sequence and a record's index in it name the record for ever.
type Batch struct {
	Seq     uint64
	Stored  time.Time // when the queue stored it, UTC
	Records []record.Record
}

// reader walks the raw stream in order. Its iterator is rebuilt after any error, from the batch after the last one returned.
type reader struct {
	mu   sync.Mutex // guards iter, which close stops from another goroutine
	iter jetstream.MessagesContext
	last uint64 // sequence last returned
}

// Next blocks for the batch after the one it returned last, at first the one after the committed cursor. A batch that
// does not decode (written by a newer version, or damaged) comes back without records: it is counted and logged, and
// must be committed like any other. The error is ctx's cause, or [fault.ErrUnavailable] once the queue is closed.
func (q *Queue) Next(ctx context.Context) (Batch, error) {
	for {
		msg, err := q.nextMessage(ctx)
		if ctx.Err() != nil {
			return Batch{}, context.Cause(ctx)
		}
		if q.closed.Load() {
			return Batch{}, unavailable("queue is closed", nil)
		}
		if err == nil {
			var meta *jetstream.MsgMetadata
			if meta, err = msg.Metadata(); err == nil {
				if meta.Sequence.Stream <= q.reader.last {
					continue
				}
				return q.batch(msg.Data(), meta), nil
			}
		}
		q.log.Warn("read from queue, will try again", "error", err, "after", q.reader.last)
		q.reader.reset()
		select {
		case <-ctx.Done():
		case <-time.After(readerPause):
		}
	}
}

func (q *Queue) batch(data []byte, meta *jetstream.MsgMetadata) Batch {
	b := Batch{Seq: meta.Sequence.Stream, Stored: meta.Timestamp.UTC()}
	q.reader.last = b.Seq
	raise(&q.lastly, b.Seq)
	recs, err := record.Decode(data)
	if err != nil {
		q.metrics.undecodable.Inc()
		q.log.Error("batch does not decode", "sequence", b.Seq, "bytes", len(data), "error", err)
		return b
	}
	b.Records = recs
	return b
}

func (q *Queue) nextMessage(ctx context.Context) (jetstream.Msg, error) {
	iter, err := q.iterator(ctx)
	if err != nil {
		return nil, err
	}
	return iter.Next(jetstream.NextContext(ctx))
}

func (q *Queue) iterator(ctx context.Context) (jetstream.MessagesContext, error) {
	q.reader.mu.Lock()
	defer q.reader.mu.Unlock()
	if q.closed.Load() {
		return nil, errors.New("queue is closed")
	}
	if q.reader.iter != nil {
		return q.reader.iter, nil
	}
	cons, err := q.raw.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{rawSubject},
		DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:    q.reader.last + 1,
	})
	if err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	if q.reader.iter, err = cons.Messages(jetstream.PullMaxMessages(prefetchBatches)); err != nil {
		q.reader.iter = nil
		return nil, fmt.Errorf("start reader: %w", err)
	}
	return q.reader.iter, nil
}

func (r *reader) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.iter != nil {
		r.iter.Stop()
		r.iter = nil
	}
}

func (r *reader) close() { r.reset() }
