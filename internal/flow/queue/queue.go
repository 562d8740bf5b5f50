package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/fault"
)

// Options says where the queue lives and how large it may grow. The zero value of a limit means its default.
type Options struct {
	Dir string // folder of the embedded store; ignored with URL
	// URL of an external NATS with JetStream; empty embeds one. Its max_payload must be at least 1 MiB and
	// its store must sync ("sync_interval: always") for the promise of Publish to hold there.
	URL      string
	Replicas int // copies the external cluster keeps, default 1
	// MaxBytes bounds the records waiting; beyond it Publish refuses. Default 8 GiB.
	MaxBytes int64
	// InboxMaxBytes bounds the inbox; beyond it the oldest are discarded and counted. Default 256 MiB.
	InboxMaxBytes int64
	// MinFreeBytes is what must stay free on the disk of Dir; below it Publish refuses. Default 512 MiB, negative for none.
	MinFreeBytes int64
	Logger       *slog.Logger
	Registerer   prometheus.Registerer // nil registers nothing
}

const (
	defaultMaxBytes      = 8 << 30
	defaultInboxMaxBytes = 256 << 20
	defaultMinFreeBytes  = 512 << 20
	maxPayloadBytes      = 8 << 20 // of the embedded server; a batch is at most record.MaxBatchBytes
	openTimeout          = 60 * time.Second
)

// Queue is a durable, ordered queue of record batches with one reader, and beside it the inbox of records nobody claims.
// Its methods are safe for concurrent use except [Queue.Next], which belongs to one goroutine.
type Queue struct {
	opts    Options
	log     *slog.Logger
	metrics *metrics
	ns      *server.Server // nil with an external NATS
	nc      *nats.Conn
	js      jetstream.JetStream
	raw     jetstream.Stream
	inbox   jetstream.Stream
	cursors jetstream.KeyValue
	epoch   uint32

	group  *committer
	space  *space
	lastly atomic.Uint64 // highest sequence known to be in the raw stream
	reader reader
	cursor cursor
	groups groups
	marks  marks

	stop       context.CancelFunc
	background sync.WaitGroup
	closeOnce  sync.Once
	closed     atomic.Bool
}

// Open starts the embedded server, or connects to the external one, and makes the streams where they are missing.
func Open(ctx context.Context, opts Options) (*Queue, error) {
	opts.setDefaults()
	q := &Queue{opts: opts, log: opts.Logger.With("component", "queue"), metrics: newMetrics(opts.Registerer)}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if err := q.open(ctx); err != nil {
		q.shutdown()
		return nil, fmt.Errorf("open queue: %w", err)
	}
	bg, stop := context.WithCancel(context.Background())
	q.stop = stop
	q.group = newCommitter(q.send)
	q.background.Go(q.group.run)
	q.background.Go(func() { q.space.watch(bg) })
	q.background.Go(func() { q.trim(bg) })
	return q, nil
}

// Close refuses further records, waits for those being published, and stops the embedded server.
func (q *Queue) Close() error {
	q.closeOnce.Do(func() {
		q.closed.Store(true)
		q.group.close()
		q.stop()
		q.reader.close()
		q.background.Wait()
		q.shutdown()
	})
	return nil
}

// Epoch identifies this incarnation of the stream: its creation in Unix seconds. Together with a sequence number it never
// names two different batches.
func (q *Queue) Epoch() uint32 { return q.epoch }

func (o *Options) setDefaults() {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.InboxMaxBytes <= 0 {
		o.InboxMaxBytes = defaultInboxMaxBytes
	}
	if o.MinFreeBytes == 0 {
		o.MinFreeBytes = defaultMinFreeBytes
	}
	if o.Replicas <= 0 {
		o.Replicas = 1
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

func (q *Queue) open(ctx context.Context) error {
	var err error
	if q.opts.URL == "" {
		if q.ns, err = startServer(ctx, q.opts, q.log); err != nil {
			return err
		}
	}
	if q.nc, err = connect(q.ns, q.opts.URL, q.log); err != nil {
		return err
	}
	if q.js, err = jetstream.New(q.nc); err != nil {
		return fmt.Errorf("jetstream: %w", err)
	}
	if err := q.openStreams(ctx); err != nil {
		return err
	}
	q.space = newSpace(q.opts, q.log, q.metrics)
	if err := q.loadCursor(ctx); err != nil {
		return err
	}
	if err := q.loadGroups(ctx); err != nil {
		return err
	}
	return q.loadMarks(ctx)
}

func (q *Queue) shutdown() {
	if q.nc != nil {
		q.nc.Close()
	}
	if q.ns != nil {
		q.ns.Shutdown()
		q.ns.WaitForShutdown()
	}
}

// unavailable marks an error as one the sender may retry later. Nothing was stored, or nobody knows that it was.
func unavailable(what string, err error) error {
	if err == nil || errors.Is(err, fault.ErrUnavailable) {
		return fmt.Errorf("%s: %w", what, fault.ErrUnavailable)
	}
	return fmt.Errorf("%s: %w: %w", what, fault.ErrUnavailable, err)
}
