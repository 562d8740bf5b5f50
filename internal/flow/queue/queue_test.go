package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
)

func open(t testing.TB, o queue.Options) *queue.Queue {
	t.Helper()
	if o.Dir == "" && o.URL == "" {
		o.Dir = t.TempDir()
	}
	q, err := queue.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func records(prefix string, n int) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		recs[i] = record.Record{Tenant: "01J00000000000000000000000", Source: "s", Input: "syslog-tcp", Remote: "192.0.2.1",
			Received: time.Unix(1_700_000_000, int64(i)).UTC(), Raw: fmt.Appendf(nil, "%s-%d", prefix, i)}
	}
	return recs
}

// read returns the raw texts of the next n records, and the sequence of the last batch.
func read(t testing.TB, q *queue.Queue, n int) ([]string, uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var texts []string
	var seq uint64
	for len(texts) < n {
		b, err := q.Next(ctx)
		if err != nil {
			t.Fatalf("after %d of %d records: %v", len(texts), n, err)
		}
		if b.Seq <= seq {
			t.Fatalf("sequence %d after %d", b.Seq, seq)
		}
		seq = b.Seq
		for _, r := range b.Records {
			texts = append(texts, string(r.Raw))
		}
	}
	return texts, seq
}

func texts(recs []record.Record) []string {
	out := make([]string, len(recs))
	for i := range recs {
		out[i] = string(recs[i].Raw)
	}
	return out
}

func TestRecordsComeBackInOrderAndWhole(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	want := records("a", 1234)
	if err := q.Publish(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	b, err := q.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[:500], b.Records); diff != "" || b.Seq != 1 {
		t.Fatalf("batch %d: %s", b.Seq, diff)
	}
	got, seq := read(t, q, 734)
	if diff := cmp.Diff(texts(want[500:]), got); diff != "" || seq != 3 || q.LastSeq() != 3 {
		t.Fatalf("last sequence %d, %d: %s", seq, q.LastSeq(), diff)
	}
}

func TestReadingGoesOnAfterTheCommittedCursorAcrossRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := open(t, queue.Options{Dir: dir})
	epoch := q.Epoch()
	for i := range 5 {
		if err := q.Publish(t.Context(), records(fmt.Sprint(i), 1)); err != nil {
			t.Fatal(err)
		}
	}
	read(t, q, 4)
	if err := q.Commit(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := q.Commit(t.Context(), 1); err != nil || q.Committed() != 2 {
		t.Fatalf("a lower commit: %v, committed %d", err, q.Committed())
	}
	q.Rewind()
	if got, _ := read(t, q, 1); got[0] != "2-0" {
		t.Fatalf("after Rewind: %v", got)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := q.Publish(t.Context(), records("late", 1)); !errors.Is(err, fault.ErrUnavailable) {
		t.Fatalf("publish on a closed queue: %v", err)
	}

	q = open(t, queue.Options{Dir: dir})
	if q.Epoch() != epoch || q.Committed() != 2 || q.LastSeq() != 5 {
		t.Fatalf("epoch %d (was %d), committed %d, last %d", q.Epoch(), epoch, q.Committed(), q.LastSeq())
	}
	if got, _ := read(t, q, 3); !cmp.Equal(got, []string{"2-0", "3-0", "4-0"}) {
		t.Fatalf("after restart: %v", got)
	}
}

func TestSequencesGoOnAfterEverythingWasCommittedAndDropped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := open(t, queue.Options{Dir: dir})
	for range 3 {
		if err := q.Publish(t.Context(), records("x", 500)); err != nil {
			t.Fatal(err)
		}
	}
	before, err := q.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Commit(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "committed batches dropped", func() bool {
		s, err := q.Stats(t.Context())
		return err == nil && s.Bytes < before.Bytes/2 && s.Pending == 0 && s.Lag == 0
	})
	_ = q.Close()
	q = open(t, queue.Options{Dir: dir})
	if err := q.Publish(t.Context(), records("y", 1)); err != nil {
		t.Fatal(err)
	}
	if got, seq := read(t, q, 1); seq != 4 || got[0] != "y-0" {
		t.Fatalf("sequence %d %v, want 4", seq, got)
	}
}

func TestConcurrentPublishersShareBatchesAndKeepTheirOwnOrder(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	const callers, each = 32, 20
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				if err := q.Publish(t.Context(), records(fmt.Sprintf("%d:%d", c, i), 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, seq := read(t, q, callers*each)
	next := map[int]int{}
	for _, text := range got {
		var c, i int
		if _, err := fmt.Sscanf(text, "%d:%d-0", &c, &i); err != nil || next[c] != i {
			t.Fatalf("%q: caller %d is at %d (%v)", text, c, next[c], err)
		}
		next[c]++
	}
	if seq >= callers*each {
		t.Fatalf("%d batches for %d calls: nothing was merged", seq, callers*each)
	}
}

func TestACancelledCallerNeitherLosesNorDoublesOthers(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	var wg sync.WaitGroup
	acked := make([]bool, 200)
	for c := range acked {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if c%2 == 0 {
				go cancel()
			}
			err := q.Publish(ctx, records(fmt.Sprint(c), 1))
			acked[c] = err == nil
			if err != nil && (c%2 == 1 || !errors.Is(err, context.Canceled)) {
				t.Error(c, err)
			}
			cancel()
		})
	}
	wg.Wait()
	if err := q.Publish(t.Context(), records("end", 1)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for seen["end-0"] == 0 {
		got, _ := read(t, q, 1)
		for _, text := range got {
			seen[text]++
		}
	}
	for c, ok := range acked {
		n := seen[fmt.Sprintf("%d-0", c)]
		if n > 1 || (ok && n == 0) {
			t.Errorf("caller %d acknowledged %v: found %d times", c, ok, n)
		}
	}
}

func TestAFullQueueRefusesAndTakesAgainOnceCommitted(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{MaxBytes: 1 << 20})
	big := records("b", 10)
	for i := range big {
		big[i].Raw = make([]byte, 20<<10)
	}
	stored := 0
	var err error
	for err == nil && stored < 100 {
		if err = q.Publish(t.Context(), big); err == nil {
			stored++
		}
	}
	if !errors.Is(err, fault.ErrUnavailable) || stored == 0 {
		t.Fatalf("after %d batches: %v", stored, err)
	}
	_, seq := read(t, q, stored*10)
	if int(seq) != stored {
		t.Fatalf("%d batches stored, sequence %d", stored, seq)
	}
	if err := q.Commit(t.Context(), seq); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "queue takes records again", func() bool { return q.Publish(t.Context(), big) == nil })
}

func TestAFullDiskRefuses(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{MinFreeBytes: 1 << 60})
	for what, err := range map[string]error{
		"publish": q.Publish(t.Context(), records("x", 1)),
		"inbox":   q.PublishInbox(t.Context(), records("x", 1)),
		"ready":   q.Ready(),
	} {
		if !errors.Is(err, fault.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestARecordBeyondItsBoundsIsRefusedAlone(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	if err := q.Publish(t.Context(), []record.Record{{Raw: make([]byte, record.MaxRawBytes+1)}}); !errors.Is(err, record.ErrTooLarge) {
		t.Fatal(err)
	}
	largest := records("m", 9)
	for i := range largest {
		largest[i].Raw = make([]byte, record.MaxRawBytes)
	}
	if err := q.Publish(t.Context(), largest); err != nil {
		t.Fatal(err)
	}
	if got, _ := read(t, q, 9); len(got[8]) != record.MaxRawBytes {
		t.Fatal("largest record was cut")
	}
}

func TestTheSameCodeRunsOnAnExternalServer(t *testing.T) {
	t.Parallel()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	if !ns.ReadyForConnections(30 * time.Second) {
		t.Fatal("external server is not ready")
	}
	o := queue.Options{URL: ns.ClientURL(), MaxBytes: 64 << 20}
	q := open(t, o)
	want := records("e", 700)
	if err := q.Publish(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, q, 700)
	if diff := cmp.Diff(texts(want), got); diff != "" {
		t.Fatal(diff)
	}
	if err := q.Commit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	_ = q.Close()
	q = open(t, o)
	if got, _ := read(t, q, 200); got[0] != "e-500" {
		t.Fatalf("after reopen: %s", got[0])
	}
	s, err := q.Stats(t.Context())
	if err != nil || s.Pending != 1 || s.Committed != 1 || s.Lag <= 0 {
		t.Fatalf("%+v %v", s, err)
	}
	inbox := records("i", 3)
	if err := q.PublishInbox(t.Context(), inbox); err != nil {
		t.Fatal(err)
	}
	if groups, err := q.InboxGroups(t.Context()); err != nil || len(groups) != 1 || groups[0].Records != 3 {
		t.Fatalf("%+v %v", groups, err)
	}
	if err := q.Ready(); err != nil {
		t.Fatal(err)
	}
	ns.Shutdown()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := q.Ready(); errors.Is(err, fault.ErrUnavailable) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("ready although the server is gone")
		}
	}
}

func TestNextReturnsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := q.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := q.Publish(t.Context(), records("x", 1)); err != nil {
		t.Fatal(err)
	}
	if got, _ := read(t, q, 1); got[0] != "x-0" {
		t.Fatal(got)
	}
}

func TestNextReturnsWhenTheQueueIsClosed(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	done := make(chan error, 1)
	go func() {
		_, err := q.Next(context.Background())
		done <- err
	}()
	_ = q.Close()
	select {
	case err := <-done:
		if !errors.Is(err, fault.ErrUnavailable) {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Next still blocks")
	}
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
