package input

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	maxKafkaHeaders = 32  // of a record, that become fields
	maxKafkaText    = 512 // bytes of a key, or of a header's value
)

// partition is one that is ours, and the worker that stores what comes of it, in order.
type partition struct {
	c      *consumer
	id     partitionID
	topic  KafkaTopic
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{} // capacity 1

	mu      sync.Mutex
	waiting []*kgo.Record
	bytes   int
	paused  bool

	high, stored atomic.Int64 // offsets: after the last there is, and after the last that is stored
}

// give hands records to the worker. It returns true where these are so many that no more should be fetched.
func (p *partition) give(recs []*kgo.Record, limit int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stored.Load() == 0 {
		p.stored.Store(recs[0].Offset)
	}
	p.waiting = append(p.waiting, recs...)
	for _, r := range recs {
		p.bytes += sizeOf(r)
	}
	p.signal()
	return p.bytes > limit && !p.paused
}

func (p *partition) pausedNow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = true
	p.signal() // the worker may have been done with all of it before
}

func (p *partition) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next takes the records of one batch, and lets the partition be fetched again where it was paused and little waits.
func (p *partition) next() []*kgo.Record {
	p.mu.Lock()
	n := min(len(p.waiting), record.MaxBatchRecords)
	recs := p.waiting[:n:n]
	p.waiting = p.waiting[n:]
	for _, r := range recs {
		p.bytes -= sizeOf(r)
	}
	resume := p.paused && len(p.waiting) == 0
	if resume {
		p.paused = false
	}
	p.mu.Unlock()
	if resume {
		p.c.client.ResumeFetchPartitions(map[string][]int32{p.id.topic: {p.id.number}})
	}
	return recs
}

// work stores what it is given until ctx ends.
func (p *partition) work(ctx context.Context) {
	defer close(p.done)
	key := p.c.key(p.id)
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		if key == "" { // before the first records, which come after the place to read from was asked for
			key = p.c.key(p.id)
		}
		for recs := p.next(); len(recs) > 0; recs = p.next() {
			if err := p.store(ctx, key, recs); err != nil {
				if ctx.Err() == nil {
					p.c.problem("partition "+p.id.String(), "data", err)
					p.c.k.log.Error("records are not stored; they are read again after a new start", "partition", p.id.String(), "error", err)
				}
				return
			}
		}
	}
}

// store makes records durable together with the place after them, and then tells the group. It waits as long as source, queue, quota or a
// suspension ask for.
func (p *partition) store(ctx context.Context, key string, all []*kgo.Record) error {
	recs := make([]record.Record, 0, len(all))
	for _, r := range all {
		if len(r.Value) == 0 {
			p.c.k.metrics.empty.Inc()
			continue
		}
		if len(r.Value) > record.MaxRawBytes {
			p.c.k.metrics.cut.Inc()
			r.Value = r.Value[:record.MaxRawBytes]
			recs = append(recs, p.record(r, true))
			continue
		}
		recs = append(recs, p.record(r, false))
	}
	next := all[len(all)-1].Offset + 1
	if len(recs) == 0 {
		return p.put(ctx, key, nil, next)
	}
	for rest := recs; len(rest) > 0; {
		part := rest
		for first := range record.Batches(rest) {
			part = first
			break
		}
		to := next
		if rest = rest[len(part):]; len(rest) > 0 {
			to = kafkaOffset(&rest[0])
		}
		if err := p.put(ctx, key, part, to); err != nil {
			return err
		}
	}
	p.c.client.MarkCommitOffsets(map[string]map[int32]kgo.EpochOffset{
		p.id.topic: {p.id.number: {Epoch: all[len(all)-1].LeaderEpoch, Offset: next}},
	})
	return nil
}

// put stores one batch.
func (p *partition) put(ctx context.Context, key string, recs []record.Record, next int64) error {
	marks := p.c.k.o.Marks.Marks(kafkaMarks)
	_, known := marks[key]
	mark := record.Mark{Key: key, Value: strconv.FormatInt(next, 10)}
	for {
		src, ok := p.topic.Source()
		if ok && !src.Disabled {
			for i := range recs {
				recs[i].Tenant, recs[i].Source = src.Tenant, src.ID
			}
			err := persist(ctx, func() error {
				if key == "" || !known && len(marks) >= maxKafkaMarks {
					return p.c.k.o.Intake.Accept(ctx, recs)
				}
				return p.c.k.o.Intake.AcceptMarked(ctx, recs, mark)
			})
			if err == nil {
				p.stored.Store(next)
				return nil
			}
			if !errors.Is(err, errRefused) {
				return err
			}
		}
		pauseFor(ctx, time.Second) // the source may be made, the customer taken up again
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// record is what a record of Kafka is here: its value, and beside it where it was and what came with it.
func (p *partition) record(r *kgo.Record, cut bool) record.Record {
	fields := make([]event.Field, 0, 5+len(r.Headers))
	fields = append(fields,
		event.Field{Name: "kafka.offset", Value: strconv.FormatInt(r.Offset, 10)},
		event.Field{Name: "kafka.topic", Value: r.Topic},
		event.Field{Name: "kafka.partition", Value: strconv.Itoa(int(r.Partition))},
	)
	if len(r.Key) > 0 {
		fields = append(fields, event.Field{Name: "kafka.key", Value: kafkaText(r.Key)})
	}
	for i, h := range r.Headers {
		if i == maxKafkaHeaders {
			break
		}
		if h.Key != "" && len(h.Value) > 0 {
			fields = append(fields, event.Field{Name: "kafka.headers." + kafkaText([]byte(h.Key)), Value: kafkaText(h.Value)})
		}
	}
	fields = append(fields, truncated(cut)...)
	at := r.Timestamp
	if at.UnixMilli() <= 0 {
		at = time.Time{}
	}
	return record.Record{Received: time.Now().UTC(), Input: inputKafka, Raw: r.Value, Time: at, Fields: fields}
}

func kafkaOffset(r *record.Record) int64 {
	n, _ := strconv.ParseInt(r.Fields[0].Value, 10, 64)
	return n
}

// kafkaText is bytes as text, in hexadecimal digits where they are none.
func kafkaText(b []byte) string {
	if len(b) > maxKafkaText {
		b = b[:maxKafkaText]
		for cut := 1; cut < utf8.UTFMax && !utf8.Valid(b); cut++ { // within a character
			b = b[:len(b)-1]
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return hex.EncodeToString(b[:min(len(b), maxKafkaText/2)])
}

func sizeOf(r *kgo.Record) int { return len(r.Value) + len(r.Key) + 200 }

// kafkaHooks hears from the client how brokers and group are.
type kafkaHooks struct{ c *consumer }

// OnBrokerConnect is called for every try.
func (h kafkaHooks) OnBrokerConnect(meta kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	of := "broker " + net.JoinHostPort(meta.Host, strconv.Itoa(int(meta.Port)))
	if err != nil {
		h.c.problem(of, "unreachable", err)
		return
	}
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	delete(h.c.problems, of)
}

// OnGroupManageError is called when the group throws us out, or does not let us in.
func (h kafkaHooks) OnGroupManageError(err error) {
	if !errors.Is(err, context.Canceled) {
		h.c.problem("group", "unreachable", fmt.Errorf("%s: %w", h.c.cluster.Group, err))
	}
}

var (
	_ kgo.HookBrokerConnect    = kafkaHooks{}
	_ kgo.HookGroupManageError = kafkaHooks{}
)
