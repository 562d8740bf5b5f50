package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/prometheus/client_golang/prometheus"
)

// stations is a whole path in memory, so that a crash can be staged: what is not durable is forgotten.
type stations struct {
	mu        sync.Mutex
	batches   []queue.Batch // batch i has sequence i+1
	committed uint64
	next      uint64

	archived  []string // ids, in order of arrival
	durable   int      // how many of them survive a crash
	durableTo uint64
	advanced  uint64
	applied   []string // "tenant/sequence:findings"
	appliedTo map[tenant.ID]uint64
	refuse    int // appends still to be refused
	gone      map[tenant.ID]bool
	leaving   tenant.ID // is deleted while its alerts are being applied
	parsed    map[string]int
}

func (s *stations) Epoch() uint32     { return 7 }
func (s *stations) Committed() uint64 { s.mu.Lock(); defer s.mu.Unlock(); return s.committed }

func (s *stations) Next(ctx context.Context) (queue.Batch, error) {
	s.mu.Lock()
	if int(s.next) < len(s.batches) {
		defer s.mu.Unlock()
		s.next++
		return s.batches[s.next-1], nil
	}
	s.mu.Unlock()
	<-ctx.Done()
	return queue.Batch{}, ctx.Err()
}

func (s *stations) Commit(_ context.Context, seq uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed = seq
	return nil
}

func (s *stations) Append(_ context.Context, events []event.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse > 0 {
		s.refuse--
		return errors.New("archive is full")
	}
	for _, ev := range events {
		if s.gone[ev.Tenant] {
			return errors.New("no place for tenant")
		}
		s.archived = append(s.archived, ev.ID)
	}
	return nil
}

func (s *stations) Advance(seq uint64) { s.mu.Lock(); defer s.mu.Unlock(); s.advanced = seq }
func (s *stations) Durable() uint64    { s.mu.Lock(); defer s.mu.Unlock(); return s.durableTo }

// flush makes everything archived so far durable.
func (s *stations) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.durable, s.durableTo = len(s.archived), s.advanced
}

func (s *stations) Seen(_ context.Context, epoch uint32, after uint64) (map[string]struct{}, error) {
	seen := make(map[string]struct{})
	for _, id := range s.archived {
		if strings.HasPrefix(id, EventID(epoch, 0, 0)[:8]) && sequenceOf(id) > after {
			seen[id] = struct{}{}
		}
	}
	return seen, nil
}

func (s *stations) Apply(_ context.Context, id tenant.ID, seq uint64, findings []detect.Finding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leaving == id {
		s.gone[id] = true
		return errors.New("no row for tenant")
	}
	if seq <= s.appliedTo[id] {
		return nil
	}
	s.appliedTo[id] = seq
	s.applied = append(s.applied, fmt.Sprintf("%s/%d:%d", id, seq, len(findings)))
	return nil
}

func (s *stations) Parsed(source string, records, _ int, _ []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parsed[source] += records
}

func (s *stations) Parse(rec *record.Record, ev *event.Event) {
	*ev = event.Event{Tenant: rec.Tenant, Time: rec.Received}
	ev.Add(event.Message, string(rec.Raw))
}

func (s *stations) Enrich(*event.Event) {}

// Match fires on every record that says "evil".
func (s *stations) Use(Edition) {}

func (s *stations) Match(ev *event.Event, _ *correlate.Item, found func(detect.Finding)) {
	if strings.Contains(ev.Value(event.Message), "evil") {
		found(detect.Finding{Tenant: ev.Tenant, EventID: ev.ID})
	}
}

func (s *stations) pipeline() *Pipeline {
	return New(Deps{Source: s, Parser: s, Enricher: s, NewJudge: func() Judge { return s }, Keeper: s, Alerter: s, Observer: s,
		Known: func(id tenant.ID) bool { s.mu.Lock(); defer s.mu.Unlock(); return !s.gone[id] }, Workers: 3, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
}

func (s *stations) add(id tenant.ID, texts ...string) {
	b := queue.Batch{Seq: uint64(len(s.batches) + 1)}
	for _, text := range texts {
		b.Records = append(b.Records, record.Record{Tenant: id, Source: "src-" + id.String(), Received: time.Now(), Raw: []byte(text)})
	}
	s.batches = append(s.batches, b)
}

func newStations() *stations {
	return &stations{appliedTo: make(map[tenant.ID]uint64), gone: make(map[tenant.ID]bool), parsed: make(map[string]int)}
}

const (
	alpha = tenant.ID("01JDALPHA00000000000000000")
	beta  = tenant.ID("01JDBETA000000000000000000")
)

// runUntilIdle runs a pipeline until nothing moves any more and ends it in order.
func runUntilIdle(t *testing.T, s *stations, then func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.pipeline().Run(ctx) }()
	synctest.Wait()
	time.Sleep(time.Minute) // logical time: retries and commits come to rest
	if then != nil {
		then()
		time.Sleep(time.Minute)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func wantIDs(batches ...int) []string {
	var ids []string
	for seq, n := range batches {
		for i := range n {
			ids = append(ids, EventID(7, uint64(seq+1), i))
		}
	}
	return ids
}

func TestDeliversInOrderAndCommitsOnlyWhatIsDurable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStations()
		s.add(alpha, "a", "evil b")
		s.add(beta, "c")
		s.add(alpha, "evil d", "evil e", "f")
		runUntilIdle(t, s, func() {
			if s.Committed() != 0 {
				t.Errorf("committed %d before anything was durable", s.Committed())
			}
			s.flush()
		})
		if d := cmp.Diff(wantIDs(2, 1, 3), s.archived); d != "" {
			t.Errorf("archive (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{string(alpha) + "/1:1", string(alpha) + "/3:2"}, s.applied); d != "" {
			t.Errorf("alerts (-want +got):\n%s", d)
		}
		if s.committed != 3 {
			t.Errorf("committed %d, want 3", s.committed)
		}
		if d := cmp.Diff(map[string]int{"src-" + string(alpha): 5, "src-" + string(beta): 1}, s.parsed); d != "" {
			t.Errorf("source health (-want +got):\n%s", d)
		}
	})
}

func TestReplayAfterCrashDoublesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStations()
		s.add(alpha, "a", "evil b")
		s.add(alpha, "c", "d")
		s.add(alpha, "evil e")
		runUntilIdle(t, s, nil)
		// The crash: of five events three had reached the disk, half of the second batch among them; the cursor had not moved.
		s.archived = s.archived[:3]
		s.next = s.committed
		s.add(alpha, "after the crash")
		runUntilIdle(t, s, s.flush)
		if d := cmp.Diff(wantIDs(2, 2, 1, 1), s.archived); d != "" {
			t.Errorf("archive (-want +got):\n%s", d)
		}
		if len(s.applied) != 2 {
			t.Errorf("findings applied anew: %v", s.applied)
		}
		if s.committed != 4 {
			t.Errorf("committed %d, want 4", s.committed)
		}
	})
}

func TestRefusingArchiveHoldsThePathAndLosesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStations()
		s.refuse = 4
		s.add(alpha, "a")
		s.add(beta, "b")
		runUntilIdle(t, s, s.flush)
		if d := cmp.Diff(wantIDs(1, 1), s.archived); d != "" {
			t.Errorf("archive (-want +got):\n%s", d)
		}
	})
}

func TestDeletedTenantDoesNotHoldThePath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStations()
		s.gone[beta] = true
		s.add(beta, "evil x")
		s.add(alpha, "a")
		runUntilIdle(t, s, s.flush)
		if d := cmp.Diff([]string{EventID(7, 2, 0)}, s.archived); d != "" {
			t.Errorf("archive (-want +got):\n%s", d)
		}
		if len(s.applied) != 0 {
			t.Errorf("alerts for a deleted tenant: %v", s.applied)
		}
		if s.committed != 2 {
			t.Errorf("committed %d, want 2", s.committed)
		}
	})
}

func TestTenantDeletedWhileItsAlertsAreAppliedDoesNotHoldThePath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStations()
		s.leaving = beta
		s.add(beta, "evil x")
		s.add(alpha, "evil a")
		runUntilIdle(t, s, s.flush)
		if d := cmp.Diff([]string{string(alpha) + "/2:1"}, s.applied); d != "" {
			t.Errorf("alerts (-want +got):\n%s", d)
		}
		if s.committed != 2 {
			t.Errorf("committed %d, want 2", s.committed)
		}
	})
}

func TestEventIDSortsAndReadsBack(t *testing.T) {
	t.Parallel()
	if got := EventID(0x65f1c2d3, 0xabcdef, 499); got != "65f1c2d3000000abcdef01f3" {
		t.Errorf("got %s", got)
	}
	if got := sequenceOf(EventID(1, 1<<40+5, 3)); got != 1<<40+5 {
		t.Errorf("read back %d", got)
	}
	for _, alien := range []string{"", "x", "65f1c2d3000000ABCDEF01f3"} {
		if sequenceOf(alien) != 0 {
			t.Errorf("%q has a sequence", alien)
		}
	}
}
