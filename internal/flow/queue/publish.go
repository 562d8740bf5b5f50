package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	ackTimeout   = 10 * time.Second
	sendAttempts = 3
	// errCodeStoreFailed is the server's answer when a stream with DiscardNew is full, or its store broken.
	errCodeStoreFailed = 10077
)

// Publish returns nil when every record is on disk. A call of at most [record.MaxBatchRecords] records and
// [record.MaxBatchBytes] is stored whole or not at all; a larger one is stored in order, in parts, and an error may leave its
// first parts stored.
//
// A full queue, a full disk or a queue that is closing returns [fault.ErrUnavailable]; a record beyond its bounds,
// [record.ErrTooLarge]. When ctx ends first, records not yet on their way are withdrawn, and the others may or may not be stored.
// The records are not referenced after Publish has returned.
func (q *Queue) Publish(ctx context.Context, recs []record.Record) error {
	if len(recs) == 0 {
		return nil
	}
	if err := q.ready(); err != nil {
		return err
	}
	start := time.Now()
	for part := range record.Batches(recs) {
		run, err := record.AppendRun(nil, part)
		if err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		if err := q.group.put(ctx, run, len(part)); err != nil {
			return err
		}
	}
	q.metrics.published.Add(float64(len(recs)))
	q.metrics.wait.Observe(time.Since(start).Seconds())
	return nil
}

// Ready returns nil when the queue takes records, else [fault.ErrUnavailable] with the reason: for health pages.
func (q *Queue) Ready() error {
	if err := q.ready(); err != nil {
		return err
	}
	if !q.nc.IsConnected() {
		return unavailable("the queue's server is not connected", nil)
	}
	return nil
}

func (q *Queue) ready() error {
	if q.closed.Load() {
		return unavailable("queue is closed", nil)
	}
	if err := q.space.check(); err != nil {
		q.metrics.refused.WithLabelValues("disk").Inc()
		return err
	}
	return nil
}

// send stores one batch under an id of its own, so that sending it again after a lost answer cannot double it.
func (q *Queue) send(batch []byte, records int, marks []record.Mark) error {
	if len(marks) == 0 {
		return q.sendAs(nuid.Next(), batch, records)
	}
	q.marks.mu.Lock() // a snapshot must not miss a message that is committed already
	defer q.marks.mu.Unlock()
	if err := q.sendAs(nuid.Next(), batch, records, marks...); err != nil {
		return err
	}
	q.marks.apply(marks)
	q.marks.seq = q.lastly.Load()
	return nil
}

func (q *Queue) sendAs(id string, batch []byte, records int, marks ...record.Mark) error {
	var err error
	for range sendAttempts {
		if err = q.sendOnce(id, batch, marks); err == nil {
			q.metrics.batches.Inc()
			q.metrics.batchRecords.Observe(float64(records))
			q.metrics.bytes.Add(float64(len(batch)))
			return nil
		}
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			break
		}
	}
	if full(err) {
		q.metrics.refused.WithLabelValues("full").Inc()
		q.cursor.wake()
		return unavailable("queue is full", err)
	}
	q.metrics.refused.WithLabelValues("error").Inc()
	return unavailable("store batch", err)
}

func (q *Queue) sendOnce(id string, batch []byte, marks []record.Mark) error {
	ctx, cancel := context.WithTimeout(context.Background(), ackTimeout)
	defer cancel()
	msg := &nats.Msg{Subject: rawSubject, Data: batch, Header: nats.Header{}}
	for _, m := range marks {
		msg.Header.Add(headerMark, m.Key+" "+m.Value)
	}
	ack, err := q.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id))
	if err != nil {
		return err
	}
	raise(&q.lastly, ack.Sequence)
	return nil
}

func full(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == errCodeStoreFailed
}
