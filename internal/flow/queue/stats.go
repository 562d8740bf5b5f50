package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Stats is the state of the queue for health pages.
type Stats struct {
	Pending    uint64 // batches stored and not committed
	Bytes      int64  // on disk, committed batches not yet dropped included
	MaxBytes   int64
	FreeBytes  int64 // of the disk; 0 with an external NATS
	LastSeq    uint64
	Committed  uint64
	Lag        time.Duration // age of the oldest batch not committed
	InboxBytes int64
	// InboxDiscarded counts batches the full inbox pushed out unseen, since the inbox was made.
	InboxDiscarded uint64
	Refusing       error // why Publish refuses now, nil when it does not
}

// Stats asks the server; it is meant for every few seconds, not for every record.
func (q *Queue) Stats(ctx context.Context) (Stats, error) {
	info, err := q.raw.Info(ctx)
	if err != nil {
		return Stats{}, fmt.Errorf("queue stats: %w", err)
	}
	inbox, err := q.inbox.Info(ctx)
	if err != nil {
		return Stats{}, fmt.Errorf("inbox stats: %w", err)
	}
	s := Stats{
		Bytes:      int64(info.State.Bytes),
		MaxBytes:   q.opts.MaxBytes,
		FreeBytes:  q.space.free.Load(),
		LastSeq:    max(info.State.LastSeq, q.LastSeq()),
		Committed:  q.Committed(),
		InboxBytes: int64(inbox.State.Bytes),
		Refusing:   q.ready(),
	}
	if gone := inbox.State.LastSeq - min(inbox.State.LastSeq, inbox.State.Msgs); gone > q.groups.removed.Load() {
		s.InboxDiscarded = gone - q.groups.removed.Load()
	}
	if s.LastSeq > s.Committed {
		s.Pending = s.LastSeq - s.Committed
		s.Lag = q.lag(ctx, s.Committed+1)
	}
	return s, nil
}

func (q *Queue) lag(ctx context.Context, seq uint64) time.Duration {
	msg, err := q.raw.GetMsg(ctx, seq)
	if err != nil {
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			q.log.Debug("read oldest batch", "error", err)
		}
		return 0
	}
	return max(0, time.Since(msg.Time))
}
