package correlate

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/tenant"
)

// How often the state is written: at least saveEvery apart, and so that encoding it, for which the batches wait, and writing
// it, for which they do not, take a small part of the time.
const (
	saveEvery    = 2 * time.Second
	encodeShare  = 50 // of the time between two, one part in so many is spent encoding
	writeShare   = 10
	maxSnapshot  = 4 << 30
	snapshotFile = "state"
)

// StationOptions are where a [Station] stands.
type StationOptions struct {
	Dir       string // holds the snapshot; made where it is missing
	Epoch     uint32 // of the queue
	Committed uint64 // of the queue's cursor: batches up to it do not come again
	Engine    EngineOptions
	Logger    *slog.Logger
}

// Station is an engine on the path of the batches, with its state kept on disk. The queue's cursor must not pass [Station.Durable]:
// then what is not in the snapshot comes again, in the same order, and the same state and findings come of it. Apply, Delivered and
// Close are for one goroutine; the others may be called by any.
type Station struct {
	opts     StationOptions
	log      *slog.Logger
	engine   *Engine
	applied  uint64 // sequence the engine has
	restored uint64 // of these, what it had from the snapshot
	pending  []byte // read at the start, taken over under the first program
	dirty    bool
	encode   time.Duration
	wrote    time.Duration
	next     time.Time
	writing  sync.WaitGroup
	busy     atomic.Bool

	durable atomic.Uint64
	stats   atomic.Pointer[Stats]
	fault   atomic.Pointer[string]
	lost    atomic.Pointer[string]
}

// Stats is what the health page and the metrics tell of the state.
type Stats struct {
	Groups, Entries, Bytes, MaxBytes int64
	Late                             uint64 // events that came after their windows had gone
	Evicted                          uint64 // groups pushed out for want of room
	SnapshotBytes                    int64
	SnapshotAge                      time.Time // when the state was last on disk
	// Cells are the rules at customers that lost something, those that lost most first, at most [maxCells].
	Cells []CellStats
}

// CellStats is what one rule lost at one customer.
type CellStats struct {
	Tenant        tenant.ID
	Rule          string
	Late, Evicted uint64
}

const maxCells = 200

// OpenStation reads the snapshot. One that is torn, or of another queue, or behind the queue's cursor is refused: that is logged and told
// by [Station.Lost], and the state begins anew with the batches that come.
func OpenStation(o StationOptions) (*Station, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of correlation state: %w", err)
	}
	s := &Station{opts: o, log: o.Logger.With("component", "correlate"), engine: NewEngine(o.Engine), applied: o.Committed, restored: o.Committed}
	s.durable.Store(o.Committed)
	s.stats.Store(&Stats{MaxBytes: s.engine.opts.MaxBytes})
	data, err := readBounded(s.path())
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = s.adopt(data)
	}
	if err != nil {
		reason := err.Error()
		s.lost.Store(&reason)
		s.log.Error("state of correlations is lost and begins anew; windows that were open when the process stopped may be missed", "error", err)
		if err := os.Rename(s.path(), s.path()+".refused"); err != nil {
			return nil, fmt.Errorf("set the refused state of correlations aside: %w", err)
		}
	}
	return s, nil
}

func (s *Station) path() string { return filepath.Join(s.opts.Dir, snapshotFile) }

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxSnapshot+1))
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if len(data) > maxSnapshot {
		return nil, fmt.Errorf("%w: it is larger than %d GiB", ErrSnapshot, maxSnapshot>>30)
	}
	return data, nil
}

// adopt checks a snapshot and keeps it until the first program is known.
func (s *Station) adopt(data []byte) error {
	at, err := Inspect(data)
	switch {
	case err != nil:
		return err
	case at.Epoch != s.opts.Epoch:
		return fmt.Errorf("%w: it belongs to another queue (%d, not %d)", ErrSnapshot, at.Epoch, s.opts.Epoch)
	case at.Sequence < s.opts.Committed:
		return fmt.Errorf("%w: it ends at batch %d, but the queue begins after %d", ErrSnapshot, at.Sequence, s.opts.Committed)
	}
	s.pending, s.applied, s.restored = data, at.Sequence, at.Sequence
	s.durable.Store(at.Sequence)
	return nil
}

// Use puts a program in force for the batches that follow, and for whom its rules count, as [Engine.Use] does.
func (s *Station) Use(p *Program, standing *policy.Snapshot) {
	if p == nil || p == s.engine.program && standing == s.engine.policy {
		return
	}
	s.engine.Use(p, standing)
	if s.pending == nil {
		return
	}
	if _, err := s.engine.Restore(s.pending); err != nil { // checked when it was read
		reason := err.Error()
		s.lost.Store(&reason)
		s.log.Error("state of correlations is lost and begins anew", "error", err)
	}
	s.pending = nil
}

// Apply works in a batch, unless the state has it already.
func (s *Station) Apply(b Batch, found func(detect.Finding)) {
	if b.Sequence <= s.applied {
		return
	}
	s.engine.Apply(b, found)
	s.applied, s.dirty = b.Sequence, true
}

// Delivered tells that the findings of all batches applied are safe, so that the state may be. It writes it where it is time to; known
// says which customers there still are.
func (s *Station) Delivered(known func(tenant.ID) bool) {
	if s.busy.Load() || time.Now().Before(s.next) {
		return
	}
	if s.engine.Forget(known) {
		s.dirty = true
	}
	s.publish()
	if s.dirty {
		s.save()
	}
}

// save encodes the state and has it written.
func (s *Station) save() {
	begin := time.Now()
	at := Position{Epoch: s.opts.Epoch, Sequence: s.applied}
	data := s.engine.body(at)
	s.encode = time.Since(begin)
	s.next = begin.Add(max(saveEvery, encodeShare*s.encode, writeShare*s.wrote))
	s.dirty = false
	s.busy.Store(true)
	s.writing.Go(func() {
		defer s.busy.Store(false)
		begin := time.Now()
		err := writeFile(s.path(), seal(data))
		s.wrote = time.Since(begin) // read after busy is false
		if err != nil {
			reason := err.Error()
			s.fault.Store(&reason)
			s.log.Error("state of correlations cannot be written; the queue keeps its batches", "error", err)
			return
		}
		s.fault.Store(nil)
		s.durable.Store(at.Sequence)
		now := *s.stats.Load()
		now.SnapshotBytes, now.SnapshotAge = int64(len(data)), time.Now()
		s.stats.Store(&now)
	})
}

// Close writes the state a last time, if what it led to is delivered, and ends.
func (s *Station) Close(delivered bool) {
	s.writing.Wait()
	if delivered && s.dirty {
		s.save()
		s.writing.Wait()
	}
}

// Durable is the sequence up to which no batch is needed again.
func (s *Station) Durable() uint64 { return s.durable.Load() }

// Stats tells of the state as it was a moment ago.
func (s *Station) Stats() Stats { return *s.stats.Load() }

// Fault says why the state could not be written the last time; empty where it was.
func (s *Station) Fault() string { return textOf(s.fault.Load()) }

// Lost says why the state of before this start was refused; empty where it was not.
func (s *Station) Lost() string { return textOf(s.lost.Load()) }

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (s *Station) publish() {
	now := s.engine.Stats()
	before := s.stats.Load()
	now.SnapshotBytes, now.SnapshotAge = before.SnapshotBytes, before.SnapshotAge
	s.stats.Store(&now)
}

// writeFile replaces a file so that after a crash it is wholly the old or wholly the new one.
func writeFile(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", tmp, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
