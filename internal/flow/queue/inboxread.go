package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	maxListedGroups = 1000
	maxSampleBytes  = 512
)

// InboxGroups lists the groups, the one heard from last first, at most 1000.
func (q *Queue) InboxGroups(ctx context.Context) ([]record.Group, error) {
	byName := map[string]*record.Group{}
	err := q.scanInbox(ctx, "*", true, func(m jetstream.Msg, meta *jetstream.MsgMetadata) (bool, error) {
		name := strings.TrimPrefix(m.Subject(), inboxPrefix)
		g := byName[name]
		if g == nil {
			g = &record.Group{Name: name, Input: m.Headers().Get(headerInput), Sender: m.Headers().Get(headerSender), First: meta.Timestamp.UTC()}
			byName[name] = g
		}
		size, _ := strconv.ParseInt(m.Headers().Get("Nats-Msg-Size"), 10, 64)
		g.Records, g.Bytes, g.Last = g.Records+recordsOf(m), g.Bytes+size, meta.Timestamp.UTC()
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]record.Group, 0, len(byName))
	for _, g := range byName {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b record.Group) int { return b.Last.Compare(a.Last) })
	list = list[:min(len(list), maxListedGroups)]
	for i := range list {
		list[i].Sample = q.sample(ctx, list[i].Name)
	}
	return list, nil
}

func (q *Queue) sample(ctx context.Context, group string) []byte {
	msg, err := q.inbox.GetLastMsgForSubject(ctx, inboxPrefix+group)
	if err != nil {
		return nil
	}
	recs, err := record.Decode(msg.Data)
	if err != nil || len(recs) == 0 {
		return nil
	}
	raw := recs[len(recs)-1].Raw
	return slices.Clone(raw[:min(len(raw), maxSampleBytes)])
}

// InboxRecords returns the oldest records of a group, at most limit. An unknown group is [fault.ErrNotFound].
func (q *Queue) InboxRecords(ctx context.Context, group string, limit int) ([]record.Record, error) {
	var found []record.Record
	err := q.scanInbox(ctx, group, false, func(m jetstream.Msg, _ *jetstream.MsgMetadata) (bool, error) {
		recs, err := record.Decode(m.Data())
		if err != nil {
			return false, fmt.Errorf("read inbox: %w", err)
		}
		found = append(found, recs[:min(len(recs), limit-len(found))]...)
		return len(found) < limit, nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("inbox group %q: %w", group, fault.ErrNotFound)
	}
	return found, err
}

// scanInbox calls fn for what the group holds now, oldest first, until fn returns false.
func (q *Queue) scanInbox(ctx context.Context, group string, headersOnly bool, fn func(jetstream.Msg, *jetstream.MsgMetadata) (bool, error)) error {
	if group == "" || (group != "*" && strings.ContainsAny(group, ".*> \t\r\n")) {
		return fmt.Errorf("inbox group %q: %w", group, fault.ErrNotFound)
	}
	info, err := q.inbox.Info(ctx, jetstream.WithSubjectFilter(inboxPrefix+group))
	if err != nil {
		return unavailable("read inbox", err)
	}
	if len(info.State.Subjects) == 0 {
		return nil
	}
	cons, err := q.inbox.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{inboxPrefix + group}, DeliverPolicy: jetstream.DeliverAllPolicy, HeadersOnly: headersOnly,
	})
	if err != nil {
		return unavailable("read inbox", err)
	}
	prefetch := prefetchBatches
	if headersOnly {
		prefetch = 512
	}
	iter, err := cons.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return unavailable("read inbox", err)
	}
	defer iter.Stop()
	return drain(ctx, iter, info.State.LastSeq, fn)
}

// drain ends at the last sequence, or where the server has nothing more to give.
func drain(ctx context.Context, iter jetstream.MessagesContext, last uint64, fn func(jetstream.Msg, *jetstream.MsgMetadata) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		m, err := iter.Next(jetstream.NextContext(ctx))
		if err != nil {
			return unavailable("read inbox", err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("read inbox: %w", err)
		}
		if meta.Sequence.Stream > last {
			return nil
		}
		more, err := fn(m, meta)
		if err != nil || !more || meta.NumPending == 0 || meta.Sequence.Stream == last {
			return err
		}
	}
}

func recordsOf(m jetstream.Msg) int {
	n, _ := strconv.Atoi(m.Headers().Get(headerRecords))
	return n
}
