package parse

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
)

// shared returns a path below the shared data folder, or skips the test where it is absent.
func shared(tb testing.TB, elem ...string) string {
	tb.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "..", "shared", "data"}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		tb.Skipf("shared data folder %s absent", p)
	}
	return p
}

func TestJSONEventReadsEveryWindowsEvent(t *testing.T) {
	t.Parallel()
	f, err := os.Open(shared(t, "windows-events", "evtx-to-mitre-attack.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 4<<20)
	var dec JSONDecoder
	var ev event.Event
	n, bare := 0, 0
	for s.Scan() {
		if err := dec.Decode(s.Bytes(), &ev); err != nil {
			t.Fatalf("line %d: %v", n, err)
		}
		if !ev.Has("winlog.channel") || !ev.Has("winlog.event_id") || ev.Time.IsZero() {
			bare++
			t.Logf("line %d without channel, id or time: %.300s", n, s.Text())
		}
		n++
	}
	if err := s.Err(); err != nil || n < 10000 {
		t.Fatalf("read %d events: %v", n, err)
	}
	if bare > 1 { // one bookmark record has neither channel nor id
		t.Errorf("%d events without channel, id or time", bare)
	}
}
