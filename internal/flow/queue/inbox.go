package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	maxGroups       = 10_000 // groups of the inbox; further senders share groupOther
	maxGroupBatches = 5_000
	maxInboxBatches = 200_000
	groupOther      = "other"
	groupReload     = time.Minute

	headerInput   = "Isoc-Input"
	headerSender  = "Isoc-Sender"
	headerRecords = "Isoc-Records"
)

// groups knows which groups the inbox has, so that a flood of forged senders cannot make more than [maxGroups].
type groups struct {
	mu      sync.Mutex
	known   map[string]struct{}
	loaded  time.Time
	removed atomic.Uint64 // batches assigned or deleted on purpose, since the inbox was made
	moving  sync.Mutex    // one assignment or deletion at a time
}

// PublishInbox returns nil when every record is on disk in the inbox. Unlike Publish it stores a batch per group, and
// a full inbox makes room by discarding its oldest records. A full disk or a closing queue returns [fault.ErrUnavailable].
func (q *Queue) PublishInbox(ctx context.Context, recs []record.Record) error {
	if err := q.ready(); err != nil {
		return err
	}
	byGroup := map[string][]record.Record{}
	for i := range recs {
		g := q.groups.admit(ctx, q, record.GroupOf(&recs[i]))
		byGroup[g] = append(byGroup[g], recs[i])
	}
	for group, of := range byGroup {
		for part := range record.Batches(of) {
			if err := q.storeInbox(ctx, group, part); err != nil {
				return err
			}
		}
		q.metrics.inbox.Add(float64(len(of)))
	}
	return nil
}

func (q *Queue) storeInbox(ctx context.Context, group string, recs []record.Record) error {
	data, err := record.Encode(recs)
	if err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, ackTimeout)
	defer cancel()
	msg := &nats.Msg{Subject: inboxPrefix + group, Data: data, Header: nats.Header{headerRecords: {strconv.Itoa(len(recs))}}}
	msg.Header.Set(headerInput, headerText(recs[0].Input))
	if group != groupOther {
		msg.Header.Set(headerSender, headerText(recs[0].Remote))
	}
	if _, err := q.js.PublishMsg(ctx, msg); err != nil {
		return unavailable("store in inbox", err)
	}
	return nil
}

func headerText(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
}

// admit returns the group itself, or groupOther when the inbox has as many groups as it may have.
func (g *groups) admit(ctx context.Context, q *Queue, group string) string {
	g.mu.Lock()
	_, known := g.known[group]
	room := len(g.known) < maxGroups
	stale := time.Since(g.loaded) > groupReload
	if !known && room {
		g.known[group] = struct{}{}
	}
	g.mu.Unlock()
	switch {
	case known || room:
		return group
	case stale && q.loadGroups(ctx) == nil: // groups whose records were discarded make room
		return g.admit(ctx, q, group)
	}
	return groupOther
}

func (q *Queue) loadGroups(ctx context.Context) error {
	info, err := q.inbox.Info(ctx, jetstream.WithSubjectFilter(inboxPrefix+">"))
	if err != nil {
		return fmt.Errorf("list inbox: %w", err)
	}
	known := make(map[string]struct{}, len(info.State.Subjects))
	for subject := range info.State.Subjects {
		known[strings.TrimPrefix(subject, inboxPrefix)] = struct{}{}
	}
	var removed uint64
	entry, err := q.cursors.Get(ctx, removedKey)
	switch {
	case err == nil:
		removed, _ = strconv.ParseUint(string(entry.Value()), 10, 64)
	case !errors.Is(err, jetstream.ErrKeyNotFound):
		return fmt.Errorf("read inbox counter: %w", err)
	}
	q.groups.mu.Lock()
	defer q.groups.mu.Unlock()
	q.groups.known, q.groups.loaded = known, time.Now()
	raise(&q.groups.removed, removed)
	return nil
}

// dropGroup purges what the group holds up to and including seq and remembers that it was on purpose.
func (q *Queue) dropGroup(ctx context.Context, group string, seq, batches uint64) error {
	err := q.inbox.Purge(ctx, jetstream.WithPurgeSubject(inboxPrefix+group), jetstream.WithPurgeSequence(seq+1))
	if err != nil {
		return unavailable("drop from inbox", err)
	}
	n := q.groups.removed.Add(batches)
	if _, err := q.cursors.PutString(ctx, removedKey, strconv.FormatUint(n, 10)); err != nil {
		return unavailable("count inbox", err)
	}
	return nil
}

// DeleteInbox drops every record of a group and returns how many those were. An unknown group is [fault.ErrNotFound].
func (q *Queue) DeleteInbox(ctx context.Context, group string) (int, error) {
	q.groups.moving.Lock()
	defer q.groups.moving.Unlock()
	records, last, batches := 0, uint64(0), uint64(0)
	err := q.scanInbox(ctx, group, true, func(m jetstream.Msg, meta *jetstream.MsgMetadata) (bool, error) {
		records, last, batches = records+recordsOf(m), meta.Sequence.Stream, batches+1
		return true, nil
	})
	if err != nil {
		return 0, err
	}
	if batches == 0 {
		return 0, fmt.Errorf("inbox group %q: %w", group, fault.ErrNotFound)
	}
	return records, q.dropGroup(ctx, group, last, batches)
}

// AssignInbox moves every record of a group, as rewrite leaves it, into the raw stream, oldest first, and returns how many.
// It may be repeated after an error or a crash: within five minutes no batch is moved twice. Records that
// arrive meanwhile stay. An unknown group is [fault.ErrNotFound].
func (q *Queue) AssignInbox(ctx context.Context, group string, rewrite func(*record.Record)) (int, error) {
	q.groups.moving.Lock()
	defer q.groups.moving.Unlock()
	created := q.inbox.CachedInfo().Created.Unix()
	moved, seen, pending, last := 0, 0, uint64(0), uint64(0)
	drop := func() error {
		if pending == 0 {
			return nil
		}
		defer func() { pending = 0 }()
		return q.dropGroup(ctx, group, last, pending)
	}
	err := q.scanInbox(ctx, group, false, func(m jetstream.Msg, meta *jetstream.MsgMetadata) (bool, error) {
		n, err := q.moveBatch(fmt.Sprintf("inbox-%d-%d", created, meta.Sequence.Stream), m.Data(), rewrite)
		if err != nil {
			return false, err
		}
		seen, moved, pending, last = seen+1, moved+n, pending+1, meta.Sequence.Stream
		if pending < 64 {
			return true, nil
		}
		return true, drop()
	})
	if err := errors.Join(err, drop()); err != nil {
		return moved, err
	}
	if seen == 0 {
		return 0, fmt.Errorf("inbox group %q: %w", group, fault.ErrNotFound)
	}
	return moved, nil
}

func (q *Queue) moveBatch(id string, data []byte, rewrite func(*record.Record)) (int, error) {
	recs, err := record.Decode(data)
	if err != nil {
		return 0, fmt.Errorf("move from inbox: %w", err)
	}
	for i := range recs {
		rewrite(&recs[i])
	}
	batch, err := record.Encode(recs)
	if err != nil {
		return 0, fmt.Errorf("move from inbox: %w", err)
	}
	if err := q.ready(); err != nil {
		return 0, err
	}
	return len(recs), q.sendAs(id, batch, len(recs))
}
