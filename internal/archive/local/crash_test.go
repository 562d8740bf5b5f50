package local_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/archivetest"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	crashDir    = "ISOC_TEST_CRASH_DIR" // set in the child alone
	crashRounds = 8
	crashBatch  = 30
)

var crashTenants = []tenant.ID{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW", "01ARZ3NDEKTSV4RRFFQ69G5FAX"}

func crashArchive(t *testing.T, dir string) *local.Archive {
	t.Helper()
	places := archivetest.NewPlaces()
	for i, id := range crashTenants {
		places.Set(id, archive.Placement{Account: uint32(i + 1), RetentionDays: 30 * (i%2 + 1)})
	}
	a, err := local.Open(local.Options{Dir: dir, Directory: places, FlushInterval: 150 * time.Millisecond, MemoryBytes: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func crashEvents(seq uint64) []event.Event {
	out := make([]event.Event, crashBatch)
	for i := range out {
		n := int(seq)*crashBatch + i
		ev := event.Event{
			Tenant: crashTenants[n%len(crashTenants)], ID: archivetest.ID(seq, i),
			Time: time.Now().Add(-time.Duration(n%4) * 30 * time.Hour),
		}
		ev.Add(event.Message, fmt.Sprintf("event %d of batch %d", i, seq))
		ev.Add(event.Original, strings.Repeat("raw ", 50))
		ev.Add(event.Dataset, fmt.Sprintf("data.set%d", n%5))
		ev.Add(event.Sequence, fmt.Sprint(seq))
		out[i] = ev
	}
	return out
}

// TestCrashChild appends until it is killed. It replays as the pipeline does: it starts behind the last
// sequence its parent saw durable and skips what the archive has seen.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		t.Skip("runs as the child of TestKeepsDurableEventsWhenKilled")
	}
	var committed uint64
	if _, err := fmt.Sscan(os.Getenv("ISOC_TEST_CRASH_FROM"), &committed); err != nil {
		t.Fatal(err)
	}
	a := crashArchive(t, dir)
	seen, err := a.Seen(archivetest.Everyone(), archivetest.Epoch, committed)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("seen %d\n", len(seen))
	for seq := committed + 1; ; seq++ {
		var fresh []event.Event
		for _, ev := range crashEvents(seq) {
			if _, ok := seen[ev.ID]; !ok {
				fresh = append(fresh, ev)
			}
		}
		if err := a.Append(archivetest.Everyone(), fresh); err != nil {
			t.Fatal(err)
		}
		a.Advance(seq)
		fmt.Printf("durable %d\n", a.Durable())
	}
}

func TestKeepsDurableEventsWhenKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	dir := t.TempDir()
	var durable uint64
	replayed := 0
	for round := range crashRounds {
		after := time.Duration(200+rand.IntN(1500)) * time.Millisecond
		d, seen := runAndKill(t, dir, durable, after)
		if d < durable {
			d = durable // killed before it said anything
		}
		durable, replayed = d, replayed+seen
		a := crashArchive(t, dir)
		verify(t, a, durable, round)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if durable == 0 {
		t.Fatal("no child lived long enough to have durable events")
	}
	t.Logf("%d kills, %d events durable, %d events skipped at replay", crashRounds, durable*crashBatch, replayed)
}

// runAndKill runs a child for a while, kills it and returns the last durable sequence it reported.
func runAndKill(t *testing.T, dir string, from uint64, after time.Duration) (durable uint64, seen int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	cmd.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("ISOC_TEST_CRASH_FROM=%d", from))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		switch {
		case strings.HasPrefix(lines.Text(), "seen "):
			_, _ = fmt.Sscanf(lines.Text(), "seen %d", &seen)
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		case strings.HasPrefix(lines.Text(), "durable "):
			_, _ = fmt.Sscanf(lines.Text(), "durable %d", &durable)
		case strings.Contains(lines.Text(), "FAIL"):
			t.Fatalf("child failed: %s", lines.Text())
		}
	}
	if timer == nil {
		t.Fatal("child never started")
	}
	timer.Stop()
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended by itself: %v", err)
	}
	return durable, seen
}

// verify finds every event up to the durable sequence, and no event twice.
func verify(t *testing.T, a *local.Archive, durable uint64, round int) {
	t.Helper()
	found, err := a.Seen(archivetest.Everyone(), archivetest.Epoch, 0)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= durable; seq++ {
		for i := range crashBatch {
			if _, ok := found[archivetest.ID(seq, i)]; !ok {
				t.Fatalf("round %d: event %d of durable batch %d (of %d) is lost", round, i, seq, durable)
			}
		}
	}
	count, err := query.Parse("* | count() as rows")
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Search(archivetest.Everyone(), archive.Search{Tenants: crashTenants, Query: count})
	if err != nil {
		t.Fatal(err)
	}
	if rows := r.Events[0].Value("rows"); rows != fmt.Sprint(len(found)) {
		t.Fatalf("round %d: %s rows hold %d different events", round, rows, len(found))
	}
}
