package app

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// editions is a source of rules whose text differs from one reload to the next.
type editions struct {
	texts   []content.Source // in every edition
	current atomic.Int64
}

func (e *editions) Packs(context.Context) ([]content.Pack, error) { return nil, nil }

func (e *editions) Decided(context.Context) (content.Standings, error) {
	return content.Standings{}, nil
}

func (e *editions) Edition(context.Context) (string, error) {
	return fmt.Sprint(e.current.Load()), nil
}

const marker = `title: Marker
id: 00000000-0000-4000-8000-%012d
level: low
logsource: {product: windows, category: process_creation}
detection:
  sel: {Image|endswith: '\marker.exe'}
  condition: sel
`

// always is the marker of every edition.
const always = "00000000-0000-4000-8000-000001000000"

// ActiveSources gives a rule that is always there and one that stands only in this edition.
func (e *editions) ActiveSources(_ context.Context, fn func(content.Source) error) error {
	for _, s := range e.texts {
		if err := fn(s); err != nil {
			return err
		}
	}
	for _, n := range []int64{1_000_000, e.current.Load()} {
		s := content.Source{File: fmt.Sprint("marker", n), Rule: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), YAML: fmt.Appendf(nil, marker, n), State: content.Enabled}
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// ruleTexts are the documents of a folder.
func ruleTexts(tb testing.TB, dir string) []content.Source {
	tb.Helper()
	var texts []content.Source
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yml" || strings.HasSuffix(path, ".samples.yml") {
			return err
		}
		data, err := os.ReadFile(path)
		_, id, _ := strings.Cut(string(data), "\nid: ")
		id, _, _ = strings.Cut(id, "\n")
		texts = append(texts, content.Source{File: path, Rule: id, YAML: data, State: content.Enabled})
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return texts
}

// reloadReport is what was seen while rules were reloaded.
type reloadReport struct {
	given, judged, marked, editions int64
	longest, typical                time.Duration // of one event on the clock, the switch to another edition included
	work                            time.Duration // the most processor time that one event took
	compile                         time.Duration // the longest reload
}

// reloadUnderLoad reloads while workers judge, each event once. It fails where an event is not answered by exactly the edition its batch
// began with.
func reloadUnderLoad(tb testing.TB, texts []content.Source, workers, reloads int) reloadReport {
	tb.Helper()
	source := &editions{texts: texts}
	rules := newRuleSet(except.NewBook(nil, slog.New(slog.DiscardHandler), time.Now), slog.New(slog.DiscardHandler))
	rules.source = source
	reload := func(n int) time.Duration {
		source.current.Store(int64(n))
		start := time.Now()
		if err := rules.reload(context.Background()); err != nil {
			tb.Fatal(err)
		}
		return time.Since(start)
	}
	reload(1)
	first := rules.judge() // a start waits for what its first events need
	first.Use(rules.now())
	for _, ev := range reloadEvents() {
		first.Match(&ev, &correlate.Item{}, func(detect.Finding) {})
	}
	var report reloadReport
	var mu sync.Mutex
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range workers {
		wg.Go(func() {
			w := reloadWorker{tb: tb, rules: rules, judge: rules.judge().(*judge)}
			w.run(stop)
			mu.Lock()
			defer mu.Unlock()
			report.given += w.given
			report.judged += w.judged
			report.marked += w.marked
			report.editions = max(report.editions, int64(len(w.seen)))
			report.longest, report.work = max(report.longest, w.longest), max(report.work, w.work)
			report.typical = w.total / time.Duration(max(1, w.judged))
		})
	}
	for n := range reloads {
		report.compile = max(report.compile, reload(n+2))
	}
	close(stop)
	wg.Wait()
	return report
}

type reloadWorker struct {
	tb                    testing.TB
	rules                 *ruleSet
	judge                 *judge
	given, judged, marked int64
	longest, work, total  time.Duration
	seen                  map[*rulesInForce]string // the marker that stands only in this edition
}

func (w *reloadWorker) run(stop <-chan struct{}) {
	runtime.LockOSThread() // processor time is taken of this thread
	defer runtime.UnlockOSThread()
	w.seen = map[*rulesInForce]string{}
	batch := reloadEvents()
	for round := 0; ; round++ {
		select {
		case <-stop:
			return
		default:
		}
		edition := w.rules.now().(*rulesInForce)
		if w.seen[edition] == "" {
			edition.set.Rules(func(r *sigma.Rule) {
				if strings.HasPrefix(r.ID, "00000000-0000-4000-8000-") && r.ID != always {
					w.seen[edition] = r.ID
				}
			})
		}
		w.given += int64(len(batch))
		start, worked := time.Now(), cputime.Thread()
		w.judge.Use(edition)
		for i := range batch {
			var fired []string
			item := correlate.Begin(&batch[i], start, i)
			w.judge.Match(&batch[i], &item, func(f detect.Finding) {
				if strings.HasPrefix(f.Rule.ID, "00000000-0000-4000-8000-") {
					fired = append(fired, f.Rule.ID)
				}
			})
			took := time.Since(start)
			w.longest, w.work, w.total = max(w.longest, took), max(w.work, cputime.Thread()-worked), w.total+took
			w.judged++
			if strings.HasSuffix(batch[i].Value("winlog.event_data.Image"), "marker.exe") {
				w.marked++
				w.check(edition, fired)
			} else if len(fired) > 0 {
				w.tb.Errorf("an event without the mark fired %v", fired)
			}
			start, worked = time.Now(), cputime.Thread()
		}
	}
}

// check holds what fired to the rules of the edition.
func (w *reloadWorker) check(edition *rulesInForce, fired []string) {
	if len(fired) != 2 || fired[0] != always || fired[1] != w.seen[edition] {
		w.tb.Errorf("fired %v in the edition of %s", fired, w.seen[edition])
	}
}

// reloadEvents are a batch of many log sources.
func reloadEvents() []event.Event {
	var out []event.Event
	add := func(pairs ...string) {
		ev := event.Event{Time: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
		for i := 0; i < len(pairs); i += 2 {
			ev.Add(pairs[i], pairs[i+1])
		}
		out = append(out, ev)
	}
	for i := range 64 {
		image := `C:\Windows\System32\svchost.exe`
		if i%8 == 0 {
			image = `C:\Users\a\marker.exe`
		}
		add("winlog.channel", "Microsoft-Windows-Sysmon/Operational", "winlog.event_id", "1", "winlog.event_data.Image", image,
			"winlog.event_data.CommandLine", fmt.Sprintf(`svchost.exe -k netsvcs -p -s Schedule%d`, i))
		add("winlog.channel", "Security", "winlog.event_id", fmt.Sprint(4624+i%8), "winlog.event_data.TargetUserName", "administrator", "winlog.event_data.LogonType", "3")
		add("event.dataset", "web.access", "url.original", fmt.Sprintf("/index.php?id=%d", i), "user_agent.original", "Mozilla/5.0", "event.category", "web")
		add("event.dataset", "linux.auth", "process.name", "sshd", "message", fmt.Sprintf("Failed password for root from 203.0.113.%d port 4711 ssh2", i))
		add("event.dataset", "dns.query", "dns.question.name", fmt.Sprintf("host%d.example.com", i))
	}
	return out
}

// TestReloadUnderLoad: while rules change, no event is missed, and each is answered by exactly one edition.
func TestReloadUnderLoad(t *testing.T) {
	t.Parallel()
	r := reloadUnderLoad(t, ruleTexts(t, filepath.Join("..", "..", "content", "rules")), 2, 10)
	if r.given != r.judged || r.marked == 0 || r.editions < 2 {
		t.Errorf("%+v", r)
	}
	t.Logf("events in %d, judged %d, under %d editions; one event took %v on average, %v at most, of which the processor %v; a reload took %v at most",
		r.given, r.judged, r.editions, r.typical, r.longest, r.work, r.compile)
}

// BenchmarkReloadUnderLoad reloads all of SigmaHQ's rules, where they are at hand, beside our own.
func BenchmarkReloadUnderLoad(b *testing.B) {
	texts := ruleTexts(b, filepath.Join("..", "..", "content", "rules"))
	if dir := filepath.Join("..", "..", "..", "shared", "data", "sigma"); exists(dir) {
		texts = append(texts, ruleTexts(b, dir)...)
	}
	var last reloadReport
	for b.Loop() {
		last = reloadUnderLoad(b, texts, 2, 8)
	}
	b.ReportMetric(float64(last.judged), "events")
	b.ReportMetric(float64(last.given-last.judged), "missed")
	b.ReportMetric(float64(last.longest.Microseconds()), "longest-stall-µs")
	b.ReportMetric(float64(last.work.Microseconds()), "longest-work-µs")
	b.ReportMetric(float64(last.typical.Nanoseconds()), "typical-ns")
	b.ReportMetric(float64(last.compile.Milliseconds()), "reload-ms")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
