package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Names inside NATS. Operators meet them on an external cluster, so they never change.
const (
	rawStream    = "ISOC_RAW"
	rawSubject   = "isoc.raw.0" // the last token is the shard
	inboxStream  = "ISOC_INBOX"
	inboxPrefix  = "isoc.inbox."
	cursorBucket = "isoc_cursor"
	cursorKey    = "raw.0"
	removedKey   = "inbox.removed"

	cursorMaxBytes = 16 << 20
	// dedupeWindow is how long a batch published again under the same id is recognised: publishes repeated after
	// a lost answer, and an assignment from the inbox resumed after a crash.
	dedupeWindow = 5 * time.Minute
)

func (q *Queue) openStreams(ctx context.Context) error {
	var err error
	q.raw, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:        rawStream,
		Description: "Records accepted and not yet in the archive",
		Subjects:    []string{"isoc.raw.*"},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    q.opts.MaxBytes,
		Replicas:    q.opts.Replicas,
		Duplicates:  dedupeWindow,
		AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("stream %s: %w", rawStream, err)
	}
	q.inbox, err = q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:              inboxStream,
		Description:       "Records that no source claims",
		Subjects:          []string{inboxPrefix + "*"},
		Storage:           jetstream.FileStorage,
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardOld,
		MaxBytes:          q.opts.InboxMaxBytes,
		MaxMsgs:           maxInboxBatches,
		MaxMsgsPerSubject: maxGroupBatches,
		Replicas:          q.opts.Replicas,
		AllowDirect:       true,
	})
	if err != nil {
		return fmt.Errorf("stream %s: %w", inboxStream, err)
	}
	q.cursors, err = q.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket:   cursorBucket,
		History:  1,
		Storage:  jetstream.FileStorage,
		MaxBytes: cursorMaxBytes,
		Replicas: q.opts.Replicas,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", cursorBucket, err)
	}
	info := q.raw.CachedInfo()
	q.epoch = uint32(info.Created.Unix())
	q.lastly.Store(info.State.LastSeq)
	return nil
}
