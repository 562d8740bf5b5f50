package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/fault"
)

// Defaults of [Options].
const (
	DefaultFlushInterval = 5 * time.Second
	DefaultMemoryBytes   = 512 << 20
	DefaultMinFreeBytes  = 512 << 20
	DefaultQueryTimeout  = time.Minute
)

// futureDays is how far ahead of the clock an event's time may lie.
const futureDays = 2

// Options opens an archive.
type Options struct {
	Dir       string            // created where missing; one process at a time
	Directory archive.Directory // places of tenants
	// FlushInterval is how often what was appended is made durable; events of about this time are
	// replayed after a crash. 0 means [DefaultFlushInterval].
	FlushInterval time.Duration
	// MemoryBytes bounds the engine's caches and buffers. The first archive opened in a process decides.
	MemoryBytes int64
	// MinFreeBytes is the free disk below which Append refuses. Negative turns the check off.
	MinFreeBytes int64
	// QueryTimeout bounds each read; MaxQueries how many run at once (0 means the number of CPUs, at least 2).
	QueryTimeout time.Duration
	MaxQueries   int
	Logger       *slog.Logger
	Now          func() time.Time // nil means time.Now; tests set it
}

func (o *Options) fill() error {
	if o.Dir == "" || o.Directory == nil {
		return errors.New("archive needs a folder and a directory of tenants")
	}
	setDefault(&o.FlushInterval, DefaultFlushInterval)
	setDefault(&o.MemoryBytes, DefaultMemoryBytes)
	setDefault(&o.MinFreeBytes, DefaultMinFreeBytes)
	setDefault(&o.QueryTimeout, DefaultQueryTimeout)
	setDefault(&o.MaxQueries, max(2, runtime.GOMAXPROCS(0)))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return nil
}

func setDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// Archive is the embedded archive. See DESIGN.md for how it keeps its promises.
type Archive struct {
	opts Options
	log  *slog.Logger

	classes  classes
	accounts *ledger
	streams  streams

	gate      sync.RWMutex // held for reading by Append, for writing by a checkpoint
	appending sync.Mutex   // Append and Advance are taken one at a time
	lastSeq   uint64       // guarded by appending
	appended  atomic.Uint64
	durable   atomic.Uint64
	books     books

	retimed atomic.Uint64
	fitted  atomic.Uint64

	slots chan struct{} // queries running

	life   sync.RWMutex // held for reading by every call, for writing by Close
	closed bool
	stop   context.CancelFunc
	done   chan struct{}
}

// Open opens or creates the archive in a folder and starts making it durable in the background.
// The engine ends the process where it finds its files damaged or cannot read or write them.
func Open(o Options) (*Archive, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	log := o.Logger.With("component", "archive")
	if err := setUpEngine(o.MemoryBytes, log); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("create archive folder: %w", err)
	}
	accounts, err := openLedger(filepath.Join(o.Dir, "accounts"))
	if err != nil {
		return nil, err
	}
	a := &Archive{opts: o, log: log, accounts: accounts, slots: make(chan struct{}, o.MaxQueries), done: make(chan struct{})}
	a.streams.generation = uint64(o.Now().UnixMilli())
	if err := a.classes.open(a.opts); err != nil {
		a.classes.close()
		return nil, errors.Join(err, accounts.close())
	}
	a.books.start(a.classes.list())
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	go a.keepDurable(ctx)
	return a, nil
}

// Close makes everything durable and releases the folder. It waits for running reads.
func (a *Archive) Close() error {
	a.life.Lock()
	defer a.life.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	a.stop()
	<-a.done
	a.classes.close() // the engine flushes everything
	a.durable.Store(max(a.durable.Load(), a.appended.Load()))
	return a.accounts.close()
}

// enter keeps the archive open during a call; leave ends it.
func (a *Archive) enter() (leave func(), err error) {
	a.life.RLock()
	if a.closed {
		a.life.RUnlock()
		return nil, fmt.Errorf("archive is closed: %w", fault.ErrUnavailable)
	}
	return a.life.RUnlock, nil
}

// storages returns the engines of all classes, longest retention last.
func (a *Archive) storages() []*class { return a.classes.list() }

var (
	_ archive.Archive = (*Archive)(nil)
	_                 = logstorage.TenantID{}
)
