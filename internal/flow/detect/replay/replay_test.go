package replay_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/detect/replay"
)

const whoami = `title: Whoami
id: 11111111-1111-4111-8111-111111111111
level: high
logsource: {product: windows, category: process_creation}
detection:
  sel:
    Image|endswith: '\whoami.exe'
  condition: sel
`

const whoamiAnywhere = `title: Whoami <anywhere>
id: 22222222-2222-4222-8222-222222222222
logsource: {product: linux}
detection:
  sel:
    - whoami.exe
  condition: sel
`

const broken = `title: Broken
id: 33333333-3333-4333-8333-333333333333
logsource: {product: linux}
detection:
  sel: {F|what: x}
  condition: sel
`

// The same process in every shape the command takes.
const shapes = `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"},"EventData":{"Image":"C:\\Windows\\System32\\whoami.exe"}}}
{"test":"x","Event":{"System":{"EventID":"4688","Channel":"Security"},"EventData":{"NewProcessName":"C:\\WINDOWS\\whoami.EXE"}}}

{"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1","event_data":{"Image":"C:\\whoami.exe"}}}
not json
{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\whoami.exe"}
{"event.category":"process","event.type":"start","host.os.type":"windows","process.executable":"C:\\whoami.exe"}
{"event":{"category":["process"],"type":["start"]},"host":{"os":{"type":"windows"}},"process":{"executable":"C:\\whoami.exe"}}
{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":5,"Image":"C:\\whoami.exe"}
`

func folder(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range map[string]string{
		"a/whoami.yml": whoami, "b/c/any.YAML": whoamiAnywhere, "b/broken.yml": broken,
		"b/whoami.samples.yml": "positive: []\nnegative: []\n", "b/notes.txt": "not a rule",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// lines are the event numbers of the hits of a rule.
func lines(tb testing.TB, out string, rule string) (list []int) {
	tb.Helper()
	for line := range strings.Lines(out) {
		var h struct {
			Event              int
			Rule, Title, Level string
		}
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			tb.Fatalf("%q: %v", line, err)
		}
		if h.Rule == rule {
			list = append(list, h.Event)
		}
	}
	return list
}

func TestHitsAreNumberedByLineInEveryShape(t *testing.T) {
	t.Parallel()
	var out, stats, explain bytes.Buffer
	result, err := replay.Run(context.Background(), replay.Options{
		RuleDirs: []string{folder(t)}, Events: strings.NewReader(shapes), Out: &out, Stats: &stats, Explain: &explain,
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1, 3, 5, 6, 7}, lines(t, out.String(), "11111111-1111-4111-8111-111111111111")); diff != "" {
		t.Error(diff)
	}
	if first, _, _ := strings.Cut(out.String(), "\n"); first != `{"event":0,"rule":"11111111-1111-4111-8111-111111111111","title":"Whoami","level":"high"}` {
		t.Errorf("first hit is %s", first)
	}
	if result.Events != 7 || result.EventsMalformed != 1 || result.RulesLoaded != 2 || result.RulesRefused != 1 || result.Hits != 6 {
		t.Errorf("counted %+v", result)
	}
	var told map[string]float64
	if err := json.Unmarshal(stats.Bytes(), &told); err != nil || strings.Count(stats.String(), "\n") != 1 {
		t.Fatalf("statistics %q: %v", stats.String(), err)
	}
	for _, key := range []string{"events", "rules_loaded", "rules_refused", "hits", "cpu_seconds", "events_per_cpu_second", "heap_bytes", "decode_cpu_seconds"} {
		if _, ok := told[key]; !ok {
			t.Errorf("statistics have no %s", key)
		}
	}
	if !strings.Contains(explain.String(), `rule 33333333-3333-4333-8333-333333333333: detection.sel.F|what: unknown modifier "what"`) ||
		!strings.Contains(explain.String(), "whoami.samples.yml: is no Sigma rule") {
		t.Errorf("explained %s", explain.String())
	}
}

func TestAllRulesIgnoresLogSources(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{folder(t)}, Events: strings.NewReader(shapes), Out: &out, AllRules: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1, 3, 5, 6, 7, 8}, lines(t, out.String(), "22222222-2222-4222-8222-222222222222")); diff != "" {
		t.Error(diff)
	}
}

func TestCorrelationsAreReportedAtTheEventThatCompletesThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rules := `title: Three of them
id: 44444444-4444-4444-8444-444444444444
correlation: {type: event_count, rules: [whoami], group-by: [Computer], timespan: 10m, condition: {gte: 3}}
---
title: Never again
id: 55555555-5555-4555-8555-555555555555
correlation: {type: temporal, rules: [whoami, hostname], group-by: [Computer], timespan: 10m, condition: whoami and not hostname}
---
title: Whoami
name: whoami
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\whoami.exe'}, condition: s}
---
title: Hostname
name: hostname
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\hostname.exe'}, condition: s}
---
title: No service accounts
logsource: {product: windows, category: process_creation}
filter: {rules: [whoami], s: {User: svc}, condition: not s}
`
	if err := os.WriteFile(filepath.Join(dir, "r.yml"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	var events strings.Builder
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for i, e := range []string{"A whoami u", "B whoami u", "A whoami svc", "A whoami u", "B hostname u", "A whoami u", "A whoami u"} {
		var computer, image, user string
		if _, err := fmt.Sscan(e, &computer, &image, &user); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&events, `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"@timestamp":%q,"Computer":%q,"User":%q,"Image":"C:\\%s.exe"}`+"\n",
			at.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), computer, user, image)
	}
	var out bytes.Buffer
	result, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{dir}, Events: strings.NewReader(events.String()), Out: &out})
	if err != nil || result.RulesLoaded != 4 || result.RulesRefused != 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	if got := lines(t, out.String(), "44444444-4444-4444-8444-444444444444"); !cmp.Equal(got, []int{5}) {
		t.Errorf("three of them at %v", got)
	}
	if got := lines(t, out.String(), "55555555-5555-4555-8555-555555555555"); !cmp.Equal(got, []int{6}) {
		t.Errorf("never again at %v", got)
	}
	if n := strings.Count(out.String(), "\n"); n != 2 || result.Hits != 2 {
		t.Errorf("%d hits: parts are none\n%s", n, out.String())
	}
}

func TestCompressedEventsAreRead(t *testing.T) {
	t.Parallel()
	var packed, out bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, shapes); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{folder(t)}, Events: &packed, Out: &out}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 6 {
		t.Errorf("%d hits", n)
	}
}

func TestALineTooLongIsSkipped(t *testing.T) {
	t.Parallel()
	events := `{"x":"` + strings.Repeat("y", 9<<20) + "\"}\n" + strings.Split(shapes, "\n")[0]
	var out bytes.Buffer
	result, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{folder(t)}, Events: strings.NewReader(events), Out: &out})
	if err != nil || result.EventsMalformed != 1 || len(lines(t, out.String(), "11111111-1111-4111-8111-111111111111")) != 1 {
		t.Errorf("%+v, %v, %s", result, err, out.String())
	}
}

func TestHitsDoNotWaitForTheEndOfEvents(t *testing.T) {
	t.Parallel()
	in, feed := io.Pipe()
	tell, out := io.Pipe()
	done := make(chan error, 1)
	dir := folder(t)
	go func() {
		_, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{dir}, Events: in, Out: out})
		out.Close()
		done <- err
	}()
	if _, err := io.WriteString(feed, strings.Split(shapes, "\n")[0]+"\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := tell.Read(make([]byte, 1024)); err != nil { // blocks for ever if the hit waits
		t.Fatal(err)
	}
	feed.Close()
	if _, err := io.Copy(io.Discard, tell); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestErrorsAreReturned(t *testing.T) {
	t.Parallel()
	if _, err := replay.Run(context.Background(), replay.Options{RuleDirs: []string{filepath.Join(t.TempDir(), "none")}, Out: io.Discard}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := replay.Run(ctx, replay.Options{RuleDirs: []string{folder(t)}, Events: strings.NewReader(shapes), Out: io.Discard}); !errors.Is(err, context.Canceled) {
		t.Errorf("a run called off: %v", err)
	}
}
