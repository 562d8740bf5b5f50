package learned

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// feed shows the collector n lines of a source that came at a moment.
func feed(c *Collector, source, parser, line string, n int) {
	records, events := make([]record.Record, n), make([]event.Event, n)
	for i := range records {
		records[i] = record.Record{Tenant: "t", Source: source, Received: c.now()}
		events[i].Add(event.Original, fmt.Sprintf(line, i))
		events[i].Add(event.Message, fmt.Sprintf(line, i))
		events[i].Add(event.IsocParser, parser)
	}
	c.Tap(records, events)
}

func TestAShelfKeepsUnclaimedLinesAndThenSomeASecond(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	c := NewCollector(parse.Structural, func() time.Time { return now })
	feed(c, "a", "openssh", "known %d", 100)
	feed(c, "a", "kv", "k=%d", 300)
	k := c.Kept("a")
	if len(k.Lines) != 300 || len(k.Recent) != 0 || k.Share != 0.75 || k.Arrived != 300 || k.Came != 400 {
		t.Fatalf("%d lines, %d recent, share %v, %d of %d arrived", len(k.Lines), len(k.Recent), k.Share, k.Arrived, k.Came)
	}
	now = now.Add(time.Minute)
	feed(c, "a", "none", "first %d", 200)
	feed(c, "a", "none", "later %d", 5000)
	later := 0
	for _, l := range c.Kept("a").Lines {
		if strings.HasPrefix(l.Raw, "later") {
			later++
		}
	}
	if n := len(c.Kept("a").Lines); n != MaxLines || later == 0 || later > burst {
		t.Errorf("%d lines, %d of a flood", n, later)
	}
	for range 400 {
		now = now.Add(time.Second)
		feed(c, "a", "none", "much later %d", 50)
	}
	fresh := 0
	for _, l := range c.Kept("a").Lines {
		if strings.HasPrefix(l.Raw, "much") {
			fresh++
		}
	}
	if fresh < MaxLines*8/10 {
		t.Errorf("after minutes only %d of %d lines are new", fresh, MaxLines)
	}
	feed(c, "a", "none", strings.Repeat("x", MaxLine)+"%d", 10)
	for _, l := range c.Kept("a").Lines {
		if len(l.Raw) > MaxLine {
			t.Error("a longer line is kept")
		}
	}
}

func TestTheLatestLinesOfASourceWithAPackAreKept(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	c := NewCollector(parse.Structural, func() time.Time { return now })
	feed(c, "a", "kv", "old %d", 50)
	c.own(map[string]bool{"a": true, "b": true}, []string{"a", "b"})
	if k := c.Kept("a"); len(k.Lines)+len(k.Recent) != 0 || k.Came != 0 {
		t.Fatalf("what was read otherwise is kept: %+v", k)
	}
	for _, source := range []string{"a", "b"} { // b came after its pack
		feed(c, source, "own-a", "read %d", 150)
		feed(c, source, "kv", "strange %d", 60)
		k := c.Kept(source)
		if len(k.Lines) != 60 || len(k.Recent) != MaxRecent {
			t.Errorf("%s: %d lines, %d recent", source, len(k.Lines), len(k.Recent))
		}
	}
	for range 100 {
		now = now.Add(time.Second)
		feed(c, "a", "own-a", "newer %d", 10)
	}
	for _, l := range c.Kept("a").Recent {
		if !strings.HasPrefix(l.Raw, "newer") {
			t.Fatalf("%q is among the latest", l.Raw)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	c := NewCollector(parse.Structural, func() time.Time { return now })
	c.most = 100 << 10
	line := strings.Repeat("x", 990) + " %d"
	for i := range 20 {
		now = now.Add(time.Second)
		feed(c, fmt.Sprint("s", i), "none", line, 5)
		if n := c.bytes.Load(); n > c.most+(2<<10) {
			t.Fatalf("%d bytes are kept", n)
		}
	}
	c.shelves()
	if n := c.bytes.Load(); n > c.most || n < c.most/2 {
		t.Errorf("%d bytes after making room", n)
	}
	if c.find("s0") == nil && c.find("s19") == nil {
		t.Error("the source that sent last has gone")
	}
	var sum int64
	for _, s := range c.shelves() {
		for _, l := range s.lines {
			sum += int64(len(l.Raw))
		}
		for _, m := range s.messages {
			sum += int64(len(m.text))
		}
		sum -= s.bytes
	}
	if sum != 0 {
		t.Errorf("the account is wrong by %d bytes", sum)
	}
	for i := range MaxSources + 10 {
		feed(c, fmt.Sprint("m", i), "none", "%d", 1)
	}
	if n := len(c.sources); n > MaxSources {
		t.Errorf("%d sources", n)
	}
	now = now.Add(time.Hour)
	c.shelves()
	feed(c, "late", "none", "%d", 1)
	if c.find("late") == nil {
		t.Error("there is no room for a source that sends now")
	}
	c.drop("late")
	if c.find("late") != nil {
		t.Error("it is there still")
	}
}

// BenchmarkTap measures by how much the collector adds to what a worker of the pipeline does before detection: medians of batches of 500
// on shelves that are full.
func BenchmarkTap(b *testing.B) {
	for name, line := range map[string]func(i int) string{
		"unclaimed": func(i int) string {
			return fmt.Sprintf("<134>Jun 14 10:00:%02d gw acmed: type=flow srcaddr=192.0.2.%d srcport=%d dstaddr=198.51.100.%d dstport=443 verdict=deny bytes_in=%d", i%60, i%250+1, 1024+i, i%9+1, i)
		},
		"claimed": func(i int) string {
			return fmt.Sprintf("<38>Jun 14 10:00:%02d db1 sshd[%d]: Failed password for invalid user u%d from 198.51.100.4 port %d ssh2", i%60, i, i%9, 40000+i)
		},
	} {
		for kind, sources := range map[string]int{"one source": 1, "200 sources": 200} {
			b.Run(name+", "+kind, func(b *testing.B) { benchmarkTap(b, line, sources) })
		}
	}
}

func benchmarkTap(b *testing.B, line func(i int) string, sources int) {
	const batch = 500
	parser, enricher, c := parse.New(parse.Options{}), enrich.New(), NewCollector(parse.Structural, nil)
	records := make([]record.Record, batch)
	for i := range records {
		records[i] = record.Record{Tenant: tenant.ID("t"), Source: fmt.Sprint("s", i%sources), Received: time.Now(), Raw: []byte(line(i))}
	}
	var understood, tapped []time.Duration
	for b.Loop() {
		events := make([]event.Event, batch)
		start := time.Now()
		for i := range records {
			parser.Parse(&records[i], &events[i])
			enricher.Enrich(&events[i])
		}
		middle := time.Now()
		c.Tap(records, events)
		understood, tapped = append(understood, middle.Sub(start)), append(tapped, time.Since(middle))
	}
	median := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2])
	}
	b.ReportMetric(median(understood)/batch, "ns/event-parse")
	b.ReportMetric(median(tapped)/batch, "ns/event-tap")
	b.ReportMetric(100*median(tapped)/median(understood), "%-more")
}

// TestManyWorkersTapWhileItIsLearned has workers show batches while shelves are looked at, emptied and dropped; the account must come out.
func TestManyWorkersTapWhileItIsLearned(t *testing.T) {
	t.Parallel()
	c := NewCollector(parse.Structural, nil)
	c.most = 64 << 10
	var taps, turns sync.WaitGroup
	over := make(chan struct{})
	for w := range 4 {
		taps.Go(func() {
			for i := range 200 {
				feed(c, fmt.Sprint("s", (i+w)%7), []string{"kv", "own-x"}[i%2], strings.Repeat("y", 100)+" %d", 20)
			}
		})
	}
	turns.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-over:
				return
			default:
			}
			for _, s := range c.shelves() {
				c.look(s, true, i%2 == 0)
				c.tried(s.source)
			}
			c.own(map[string]bool{"s1": i%2 == 0}, []string{"s1"})
			c.drop("s2")
			c.Kept("s3")
		}
	})
	taps.Wait()
	close(over)
	turns.Wait()
	var sum int64
	for _, s := range c.shelves() {
		sum += s.bytes
	}
	if got := c.bytes.Load(); got != sum {
		t.Errorf("the account says %d bytes, the shelves hold %d", got, sum)
	}
}
