package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	// fileChunk is what is read of a file at once: each file being read holds that much memory, one with a long line a little more than a record.
	fileChunk    = 64 << 10
	fileLongLine = record.MaxRawBytes + fileChunk
)

// follower reads one file as it grows.
type follower struct {
	fs      *Files
	file    *os.File
	id      fileID
	pattern *FilePattern

	listed atomic.Bool  // a pattern names it
	behind atomic.Int64 // bytes not read yet

	mu    sync.Mutex // guards what others look at
	at    place
	next  place // what it is about to be, while what was read is being stored
	named string
	head  []byte // how the file began when it was read, at most headBytes; never changed, only replaced

	shape   lineShape
	shaped  bool
	scanned int64     // how far there is no line end, within a line longer than a record
	grown   time.Time // when it was last seen to be longer than before
	length  atomic.Int64
}

func (w *follower) place() place {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *follower) path() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.named
}

func (w *follower) name(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.named = path
}

func (w *follower) size() int64 { return w.length.Load() }

// reading is the place that is known of the file, which may not be stored yet, and how the file begins as far as that was read.
func (w *follower) reading() (place, []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next.head > w.at.head {
		return w.next, w.head
	}
	return w.at, w.head
}

func (w *follower) begins(head []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.head = head
}

func (w *follower) moved(p place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.next = p, place{}
}

func (w *follower) moving(p place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = p
}

// run reads until ctx ends or the file's name is gone and nothing more comes. It returns true where the file itself is gone.
func (w *follower) run(ctx context.Context) (gone bool) {
	pause := w.fs.o.Poll
	w.grown = time.Now()
	var buf []byte
	for ctx.Err() == nil {
		if buf == nil {
			buf = make([]byte, fileChunk)
		}
		progress, err := w.step(ctx, &buf)
		switch {
		case ctx.Err() != nil:
			return false
		case errors.Is(err, errGone):
			return true
		case errors.Is(err, errEnded):
			return false
		case err != nil:
			w.fs.log.Warn("read log file, will try again", "path", w.path(), "error", pathless(err))
			pause = maxPause
		case progress:
			pause = w.fs.o.Poll
			continue
		}
		buf = nil // one at rest holds no memory
		pauseFor(ctx, pause)
		pause = min(2*pause, w.fs.o.Rescan)
	}
	return false
}

var (
	errGone  = errors.New("the file is gone")
	errEnded = errors.New("the file is read to its end")
)

// step reads and stores one batch of what is new. It returns false where there was nothing whole.
func (w *follower) step(ctx context.Context, buf *[]byte) (progress bool, err error) {
	info, err := w.file.Stat()
	if err != nil {
		return false, err
	}
	now := w.place()
	if w.length.Swap(info.Size()) != info.Size() {
		w.grown = time.Now()
	}
	w.behind.Store(max(0, info.Size()-now.offset))
	end := w.end(info)
	if info.Size() == now.offset {
		switch {
		case end != endFinal:
			return false, nil
		case linked(info) == 0:
			return false, errGone
		}
		return false, errEnded
	}
	n, err := w.read(*buf, now.offset)
	if err != nil {
		return false, err
	}
	same, err := w.began(now) // asked after reading, so that what was read belongs to it
	if err != nil {
		return false, err
	}
	if !same || info.Size() < now.offset {
		return true, w.restart(ctx, now)
	}
	w.learn((*buf)[:n], now.offset)
	src, ok := w.pattern.Source()
	if !ok || src.Disabled {
		return false, nil // waits for its source; nothing is lost
	}
	if !w.shaped || now.offset == 0 {
		head := make([]byte, 4)
		got, _ := w.file.ReadAt(head, 0)
		w.shape, w.shaped = shapeOf(head[:got], src.Encoding, w.pattern.Join), true
	}
	whole := int64(n) == info.Size()-now.offset // what was read is all there is
	if !whole {
		end = endUnknown
	}
	batch := fileBatch{path: w.path(), host: w.fs.o.Host, base: now.offset, like: record.Record{
		Tenant: src.Tenant, Source: src.ID, Received: time.Now().UTC(), Input: inputFile,
	}}
	taken := int64(w.shape.cut((*buf)[:n], end, batch.add))
	if taken == 0 && n == len(*buf) {
		if len(*buf) < fileLongLine {
			*buf = make([]byte, fileLongLine)
			return true, nil
		}
		if taken = int64(w.shape.cut(*buf, max(end, endIdle), batch.add)); taken == 0 {
			if taken, err = w.longLine(*buf, now.offset, end, info.Size(), &batch); err != nil {
				return false, err
			}
		}
	}
	if taken == 0 {
		return false, nil
	}
	return true, w.store(ctx, batch.recs, now.offset+taken)
}

// began reports whether the file still begins as it did.
func (w *follower) began(now place) (bool, error) {
	head, err := headOf(w.file, now.head)
	if err != nil || len(head) < now.head || sum(head) != now.sum {
		return false, err
	}
	if len(w.head) < now.head {
		w.begins(head)
	}
	return true, nil
}

// learn keeps how the file begins, from what was read of it and not from the file, which may be another by then.
func (w *follower) learn(buf []byte, offset int64) {
	if offset < headBytes {
		known := append(w.head[:offset:offset], buf...)
		w.begins(bytes.Clone(known[:min(len(known), headBytes)]))
	}
}

// end tells how sure it is that nothing follows.
func (w *follower) end(info os.FileInfo) int {
	rest := time.Since(w.grown)
	linger := w.fs.o.Linger
	if linked(info) == 0 {
		linger = min(linger, maxPause)
	}
	switch {
	case !w.listed.Load() && rest >= linger:
		return endFinal
	case rest >= w.fs.o.JoinWait:
		return endIdle
	}
	return endUnknown
}

func (w *follower) read(buf []byte, offset int64) (int, error) {
	n, err := w.file.ReadAt(buf, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// longLine finds the end of a line that is longer than a record, of which only the beginning is kept.
func (w *follower) longLine(head []byte, offset int64, end int, size int64, batch *fileBatch) (taken int64, err error) {
	raw := append(bytes.Clone(w.shape.mark), head[:record.MaxRawBytes-len(w.shape.mark)]...)
	w.scanned = max(w.scanned, offset+int64(len(head)))
	chunk := make([]byte, fileChunk)
	for {
		n, err := w.read(chunk, w.scanned)
		if err != nil {
			return 0, err
		}
		_, after := w.shape.line(chunk[:n], 0, endUnknown)
		if after >= 0 {
			taken = w.scanned + int64(after) - offset
			break
		}
		w.scanned += int64(n - n%2)
		if n < len(chunk) {
			if end != endFinal {
				return 0, nil
			}
			taken = size - offset
			break
		}
	}
	w.scanned = 0
	w.fs.metrics.cut.Inc()
	batch.add(0, raw)
	batch.recs[len(batch.recs)-1].Fields = append(batch.recs[len(batch.recs)-1].Fields, truncated(true)...)
	return taken, nil
}

// store makes records durable together with the place after them. It waits as long as the queue, the quota or a suspension asks for.
func (w *follower) store(ctx context.Context, recs []record.Record, offset int64) error {
	now := w.place()
	next := w.placeAt(now, offset)
	if len(recs) == 0 { // blank lines
		w.moved(next)
		return nil
	}
	w.moving(next)
	for rest := recs; len(rest) > 0; {
		part := rest
		for first := range record.Batches(rest) {
			part = first
			break
		}
		to := next
		if rest = rest[len(part):]; len(rest) > 0 {
			to = w.placeAt(now, offsetOf(&rest[0]))
		}
		for {
			err := persist(ctx, func() error { return w.fs.o.Intake.AcceptMarked(ctx, part, to.mark(w.id)) })
			if err == nil {
				break
			}
			if !errors.Is(err, errRefused) {
				return err
			}
			pauseFor(ctx, maxPause) // a suspended customer's files are there when it is one no more
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		w.moved(to)
	}
	w.behind.Store(max(0, w.size()-offset))
	return nil
}

func (w *follower) placeAt(now place, offset int64) place {
	if now.head == headBytes {
		now.offset = offset
		return now
	}
	return now.beginning(w.head, offset)
}

// restart goes back to the start of a file that was cut off, or is another than it was. What had not been read of it may stand in a copy.
func (w *follower) restart(ctx context.Context, was place) error {
	if was.head > 0 {
		w.fs.metrics.rotated.Inc()
		w.findCopy(ctx, was)
	}
	fresh := place{owner: was.owner}
	if !w.fs.setMark(ctx, fresh.mark(w.id)) {
		return errors.New("cannot remember that the file was cut off")
	}
	w.moved(fresh)
	w.begins(nil)
	w.scanned = 0
	return nil
}

// findCopy looks for the youngest file that holds what this one held before it was cut off, and follows it from where that had been read to.
func (w *follower) findCopy(ctx context.Context, was place) {
	var best *os.File
	var path string
	var info os.FileInfo
	eachFile(filepath.Dir(w.path()), func(other string, at os.FileInfo) {
		if idOf(at) == w.id || at.Size() < was.offset || packed(other, nil) || !related(filepath.Base(w.path()), filepath.Base(other)) ||
			best != nil && !at.ModTime().After(info.ModTime()) {
			return
		}
		f, at, err := openFile(other)
		if err != nil {
			return
		}
		same, err := was.holds(f)
		if _, known := w.fs.placeOf(f, idOf(at)); err != nil || !same || known {
			_ = f.Close()
			return
		}
		if best != nil {
			_ = best.Close()
		}
		best, path, info = f, other, at
	})
	switch {
	case best == nil:
	case w.fs.setMark(ctx, was.mark(idOf(info))) && info.Size() > was.offset:
		w.fs.metrics.copyTail.Inc()
		w.fs.follow(ctx, best, idOf(info), path, w.pattern, was, false)
	default:
		_ = best.Close()
	}
}

// fileBatch gathers the records of one read.
type fileBatch struct {
	path, host string
	base       int64
	like       record.Record
	recs       []record.Record
}

func (b *fileBatch) add(start int, raw []byte) {
	r := b.like
	r.Raw = raw
	r.Fields = []event.Field{
		{Name: "log.file.path", Value: b.path},
		{Name: "log.offset", Value: strconv.FormatInt(b.base+int64(start), 10)},
		{Name: "host.name", Value: b.host},
	}
	b.recs = append(b.recs, r)
}

// offsetOf is where in its file a record begins.
func offsetOf(r *record.Record) int64 {
	n, _ := strconv.ParseInt(r.Fields[1].Value, 10, 64)
	return n
}
