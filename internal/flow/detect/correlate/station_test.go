package correlate_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate/batch"
	"github.com/isoc-project/isoc/internal/tenant"
)

const threeOfR0 = "title: c\nname: c\nid: id-c\ncorrelation: {type: event_count, rules: [r0], group-by: user, timespan: 10m, condition: {gte: 3}}\n"

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// one is a batch of one event of a user that fires r0, a second after the one before.
func one(p *correlate.Program, seq uint64, id tenant.ID, user string) correlate.Batch {
	at := morning.Add(time.Duration(seq) * time.Second)
	ev := &event.Event{Tenant: id, Time: at, Fields: []event.Field{{Name: "user", Value: user}}}
	item := correlate.Begin(ev, at, 0)
	p.Add(&item, "id-r0", ev, nil, nil)
	return correlate.Batch{Sequence: seq, Received: at, Items: []correlate.Item{item}}
}

func openStation(t *testing.T, dir string, epoch uint32, committed uint64, p *correlate.Program) *correlate.Station {
	t.Helper()
	s, err := correlate.OpenStation(correlate.StationOptions{Dir: dir, Epoch: epoch, Committed: committed, Logger: slog.New(slog.DiscardHandler),
		Engine: correlate.EngineOptions{EventID: eventID}})
	if err != nil {
		t.Fatal(err)
	}
	s.Use(p, nil)
	return s
}

func everybody(tenant.ID) bool { return true }

// TestStationGoesOnWhereItsSnapshotEnds: batches come again after a stop, from the cursor on, and fire as if there had been none.
func TestStationGoesOnWhereItsSnapshotEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, _ := compile(t, base(1)+threeOfR0, correlate.Options{})
	s := openStation(t, dir, 7, 0, p)
	var found []string
	keep := func(f detect.Finding) { found = append(found, f.EventID) }
	s.Apply(one(p, 1, "a", "bob"), keep)
	s.Apply(one(p, 2, "a", "bob"), keep)
	s.Delivered(everybody)
	s.Close(true)
	if s.Durable() != 2 || len(found) > 0 {
		t.Fatalf("durable to %d, found %v", s.Durable(), found)
	}
	s.Apply(one(p, 3, "a", "bob"), keep)
	s.Close(false) // the process dies: what 3 led to is not delivered
	if s.Durable() != 2 || len(found) != 1 {
		t.Fatalf("durable to %d, found %v", s.Durable(), found)
	}
	s = openStation(t, dir, 7, 1, p) // the cursor was behind
	found = nil
	for seq := range uint64(5) {
		s.Apply(one(p, seq+1, "a", "bob"), keep)
	}
	if !cmp.Equal(found, []string{"3.0"}) || s.Lost() != "" || s.Fault() != "" {
		t.Errorf("found %v, lost %q, fault %q", found, s.Lost(), s.Fault())
	}
	s.Close(true)
}

func TestSnapshotsThatCannotBeTrustedAreSetAside(t *testing.T) {
	t.Parallel()
	p, _ := compile(t, base(1)+threeOfR0, correlate.Options{})
	for name, c := range map[string]struct {
		epoch     uint32
		committed uint64
		spoil     func([]byte) []byte
		lost      bool
	}{
		"whole":            {7, 2, func(b []byte) []byte { return b }, false},
		"torn":             {7, 2, func(b []byte) []byte { return b[:len(b)-1] }, true},
		"changed":          {7, 2, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }, true},
		"empty":            {7, 2, func([]byte) []byte { return nil }, true},
		"of another queue": {8, 2, func(b []byte) []byte { return b }, true},
		"behind the queue": {7, 3, func(b []byte) []byte { return b }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := openStation(t, dir, 7, 0, p)
			s.Apply(one(p, 1, "a", "bob"), nil)
			s.Apply(one(p, 2, "a", "bob"), nil)
			s.Close(true)
			path := filepath.Join(dir, "state")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.spoil(data), 0o600); err != nil {
				t.Fatal(err)
			}
			fired := 0
			s = openStation(t, dir, c.epoch, c.committed, p)
			s.Apply(one(p, c.committed+1, "a", "bob"), func(detect.Finding) { fired++ })
			if (s.Lost() != "") != c.lost || (fired == 0) != c.lost {
				t.Errorf("lost %q, fired %d", s.Lost(), fired)
			}
			if _, err := os.Stat(path + ".refused"); (err == nil) != c.lost {
				t.Errorf("set aside: %v", err)
			}
			s.Close(true)
		})
	}
}

func TestStateOfDeletedCustomersGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, _ := compile(t, base(1)+threeOfR0, correlate.Options{})
	s := openStation(t, dir, 7, 0, p)
	s.Apply(one(p, 1, "gone", "secret-user"), nil)
	s.Apply(one(p, 2, "here", "bob"), nil)
	s.Delivered(func(id tenant.ID) bool { return id != "gone" })
	s.Close(true)
	data, err := os.ReadFile(filepath.Join(dir, "state"))
	if err != nil || slices.Contains([]bool{contains(data, "bob"), !contains(data, "secret-user")}, false) {
		t.Errorf("%v, holds bob %t, holds secret-user %t", err, contains(data, "bob"), contains(data, "secret-user"))
	}
}

func contains(data []byte, text string) bool {
	for i := range data {
		if len(data)-i >= len(text) && string(data[i:i+len(text)]) == text {
			return true
		}
	}
	return false
}

// TestWhoFloodsPushesOutHisOwn: one customer brings ever new groups; another, far below an equal share, loses nothing.
func TestWhoFloodsPushesOutHisOwn(t *testing.T) {
	t.Parallel()
	p, _ := compile(t, base(1)+threeOfR0, correlate.Options{})
	e := correlate.NewEngine(correlate.EngineOptions{EventID: eventID, MaxBytes: 200 << 10})
	e.Use(p, nil)
	seq := uint64(0)
	var fired []tenant.ID
	put := func(id tenant.ID, user string) {
		seq++
		b := one(p, 1, id, user)
		b.Sequence = seq
		e.Apply(b, func(f detect.Finding) { fired = append(fired, f.Tenant) })
	}
	for i := range 100 {
		put("quiet", fmt.Sprintf("user%d", i))
		put("quiet", fmt.Sprintf("user%d", i))
	}
	for i := range 20_000 {
		put("loud", fmt.Sprintf("user%d", i))
	}
	s := e.Stats()
	if s.Bytes > s.MaxBytes || s.Evicted == 0 || len(s.Cells) != 1 || s.Cells[0].Tenant != "loud" || s.Cells[0].Evicted != s.Evicted {
		t.Errorf("state %+v", s)
	}
	for i := range 100 {
		put("quiet", fmt.Sprintf("user%d", i))
	}
	if len(fired) != 100 {
		t.Errorf("%d of 100 groups of the quiet customer fired", len(fired))
	}
}

// TestRulesThatChangeBeginAnew and others keep their state.
func TestRulesThatChangeBeginAnew(t *testing.T) {
	t.Parallel()
	other := "---\ntitle: d\nname: d\nid: id-d\ncorrelation: {type: event_count, rules: [r0], group-by: user, timespan: %s, condition: {gte: 3}}\n"
	before, _ := compile(t, base(1)+threeOfR0+fmt.Sprintf(other, "5m"), correlate.Options{})
	after, _ := compile(t, base(1)+fmt.Sprintf(other, "6m")[4:]+"---\n"+threeOfR0, correlate.Options{})
	e := correlate.NewEngine(correlate.EngineOptions{EventID: eventID})
	e.Use(before, nil)
	var fired []string
	keep := func(f detect.Finding) { fired = append(fired, f.Rule.ID) }
	e.Apply(one(before, 1, "a", "bob"), keep)
	e.Apply(one(before, 2, "a", "bob"), keep)
	e.Use(after, nil)
	e.Apply(one(after, 3, "a", "bob"), keep)
	if !cmp.Equal(fired, []string{"id-c"}) {
		t.Errorf("fired %v", fired)
	}
}

func TestOrderOfArrivalChangesNothingThatIsPromised(t *testing.T) {
	t.Parallel()
	text := base(4) + "title: n\nname: n\nid: id-n\ncorrelation: {type: event_count, rules: [r0], group-by: user, timespan: 60s, condition: {gte: 4}}\n---\n" +
		"title: o\nname: o\nid: id-o\ncorrelation: {type: temporal, rules: [r0, r1], group-by: user, timespan: 60s, condition: r0 and not r1}\n---\n" +
		"title: l\nname: l\nid: id-l\ncorrelation: {type: event_count, rules: [r2], group-by: user, timespan: 60s, condition: {lte: 2}}\n"
	program, docs := compile(t, text, correlate.Options{})
	_ = docs
	groups := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // tests repeat
		var stream []batch.Event
		for i := range 120 {
			at := morning.Add(time.Duration(i*7) * time.Second)
			stream = append(stream, batch.Event{Tenant: "a", Time: at, Received: at, Sequence: uint64(i + 1), Fields: map[string]string{"user": pick(r, "x", "y", "z")}, Fired: []string{pick(r, "r0", "r1", "r2")}})
		}
		outcome := func(events []batch.Event) (fires map[string]bool, closed []string) {
			w := newWorld(t, program)
			w.run(events, func() bool { return false })
			fires = map[string]bool{}
			for _, f := range w.found {
				if f.Rule == "id-n" {
					fires[f.Group] = true
				} else {
					closed = append(closed, fmt.Sprint(f.Rule, f.Group, f.Time, f.Parts))
				}
			}
			slices.Sort(closed)
			groups += len(closed) + len(fires)
			return fires, closed
		}
		// Displaced by less than half of the lateness each, no event comes more than the lateness behind another.
		type placed struct {
			batch.Event
			at time.Time
		}
		var moved []placed
		for _, ev := range stream {
			moved = append(moved, placed{ev, ev.Time.Add(time.Duration(r.Int64N(int64(correlate.Lateness))))})
		}
		slices.SortStableFunc(moved, func(a, b placed) int { return a.at.Compare(b.at) })
		permuted := make([]batch.Event, len(moved))
		for i, m := range moved {
			permuted[i] = m.Event
			permuted[i].Received, permuted[i].Sequence = m.at, uint64(i+1)
		}
		fires, closed := outcome(stream)
		otherFires, otherClosed := outcome(permuted)
		if diff := cmp.Diff(fires, otherFires); diff != "" {
			t.Fatalf("seed %d: whether a group fires depends on the order of arrival: %s", seed, diff)
		}
		if diff := cmp.Diff(closed, otherClosed); diff != "" {
			t.Fatalf("seed %d: what closes depends on the order of arrival: %s", seed, diff)
		}
	}
	t.Logf("%d outcomes compared", groups)
}

func FuzzSnapshotsNeverPanic(f *testing.F) {
	p, _ := compile(f, base(1)+threeOfR0, correlate.Options{})
	e := correlate.NewEngine(correlate.EngineOptions{EventID: eventID})
	e.Use(p, nil)
	e.Apply(one(p, 1, "a", "bob"), nil)
	f.Add(e.Snapshot(correlate.Position{Epoch: 1, Sequence: 1}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range [][]byte{data, correlate.Seal(data)} {
			e := correlate.NewEngine(correlate.EngineOptions{EventID: eventID})
			e.Use(p, nil)
			if _, err := e.Restore(d); err != nil {
				if !errors.Is(err, correlate.ErrSnapshot) || e.Stats().Groups != 0 {
					t.Fatal(err)
				}
				continue
			}
			e.Apply(one(p, 5, "a", "bob"), nil)
			e.Flush(func(detect.Finding) {})
		}
	})
}
