package dryrun_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// places gives every tenant a place.
type places map[tenant.ID]uint32

// Place implements archive.Directory.
func (p places) Place(id tenant.ID) (archive.Placement, bool) {
	n, ok := p[id]
	return archive.Placement{Account: n, RetentionDays: 90}, ok
}

// past is an archive that a pipeline has filled, and what its detection found then.
type past struct {
	archive  *local.Archive
	parser   *parse.Parser
	one, two tenant.ID
	now      time.Time
	seq      uint64
	set      *sigma.Set
	texts    map[string]string // rules by id
	found    map[string]int    // firings of customer one by rule and event
}

func everyone(t *testing.T) context.Context {
	t.Helper()
	return tenant.WithScope(t.Context(), tenant.All())
}

func newPast(t *testing.T) *past {
	t.Helper()
	p := &past{one: tenant.NewID(), two: tenant.NewID(), now: time.Now().UTC().Truncate(time.Second), texts: map[string]string{}, found: map[string]int{}}
	var err error
	p.archive, err = local.Open(local.Options{Dir: t.TempDir(), Directory: places{p.one: 1, p.two: 2}, MinFreeBytes: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.archive.Close() })
	p.parser = parse.New(parse.Options{Sources: func(kind string) (parse.Settings, bool) { return parse.Settings{Kind: kind, Encoding: "utf-8"}, true }})
	return p
}

// judge does with records, whose sources are called as their kinds, what the pipeline does, at times a while apart.
func (p *past) judge(t *testing.T, id tenant.ID, kinds, raws []string) {
	t.Helper()
	matcher := p.set.Matcher()
	for i, raw := range raws {
		p.seq++
		var ev event.Event
		p.parser.Parse(&record.Record{Tenant: id, Source: kinds[i], Received: p.now.Add(-time.Duration(len(raws)-i) * time.Minute), Raw: []byte(raw)}, &ev)
		ev.ID = flow.EventID(1, p.seq, 0)
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, fmt.Sprint(p.seq))
		enrich.New().Enrich(&ev)
		ev.Time = p.now.Add(-time.Duration(len(raws)-i) * time.Minute) // samples are of any year
		matcher.Match(&ev, func(f detect.Finding) {
			if f.Tenant == p.one {
				p.found[f.Rule.ID+" "+f.EventID]++
			}
		})
		if err := p.archive.Append(everyone(t), []event.Event{ev}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.archive.Flush(everyone(t)); err != nil {
		t.Fatal(err)
	}
}

// odd are rules that tell empty from absent, and several values from one.
const odd = `title: Empty
id: 6f8f4e2a-0000-4000-8000-000000000001
status: test
logsource: {category: dns}
detection: {s: {user.domain: ''}, condition: s}
---
title: Not empty, or absent
id: 6f8f4e2a-0000-4000-8000-000000000002
status: test
logsource: {category: dns}
detection: {s: {user.name: root}, f: {user.domain: ''}, condition: s and not f}
---
title: One of several
id: 6f8f4e2a-0000-4000-8000-000000000003
status: test
logsource: {category: dns}
detection: {s: {tags|endswith: two}, condition: s}
---
title: Exists
id: 6f8f4e2a-0000-4000-8000-000000000004
status: test
logsource: {category: dns}
detection: {s: {user.domain|exists: true}, condition: s}
---
title: Told apart by what a list escapes
id: 6f8f4e2a-0000-4000-8000-000000000005
status: test
logsource: {category: dns}
detection: {s: {tags|contains: 'y "cheese" <b\c'}, condition: s}
---
title: A number among several
id: 6f8f4e2a-0000-4000-8000-000000000006
status: test
logsource: {category: dns}
detection: {s: {number: 4688}, condition: s}
---
title: The sign of kelvin is a k
id: 6f8f4e2a-0000-4000-8000-000000000007
status: test
logsource: {category: dns}
detection: {s: {user.name: KELVIN}, condition: s}
---
title: What a list spells with escapes alone
id: 6f8f4e2a-0000-4000-8000-000000000008
status: test
logsource: {category: dns}
detection: {s: {tags|re: '(cheese|nothing)" <b.c'}, condition: s}
`

// shipped fills the past with the samples of all rules that ship, and records that odd rules tell apart.
func shipped(t *testing.T, filters ...*sigma.Filter) *past {
	t.Helper()
	p := newPast(t)
	rules, bad := sigma.ParseRules("odd.yml", []byte(odd))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	for _, r := range rules {
		p.texts[r.ID] = odd
	}
	var kinds, raws []string
	err := fs.WalkDir(content.Rules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := content.Rules.ReadFile(name)
		if err != nil {
			return err
		}
		if !strings.HasSuffix(name, ".samples.yml") {
			more, _ := sigma.ParseRules(name, data)
			for _, r := range more {
				p.texts[r.ID] = string(data)
			}
			rules = append(rules, more...)
			return nil
		}
		samples, err := sample.ReadFile(data)
		for _, s := range samples {
			if s.Form == sample.Event {
				continue
			}
			for _, line := range s.Lines {
				kinds, raws = append(kinds, s.Kind), append(raws, line.Raw)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{
		`{"user":{"name":"root","domain":""},"tags":["one","two"],"message":"a"}`, `{"user":{"name":"root"},"tags":["two"],"message":"b"}`,
		`{"user":{"name":"root","domain":"x"},"tags":["two","one"],"message":"c"}`,
		`{"tags":["say \"cheese\" <b\\c","x"],"number":["4688","1"],"user":{"name":"\u212aelvin"},"message":"d"}`, `{"tags":"Say \"Cheese\" <B\\C","number":4688,"message":"e"}`,
	} {
		kinds, raws = append(kinds, "linux"), append(raws, strings.Replace(raw, "{", `{"dns":{"question":{"name":"a.example"}},`, 1))
	}
	if rules, bad = sigma.ApplyFilters(rules, filters, sigma.Options{}); len(bad) > 0 {
		t.Fatal(bad)
	}
	if p.set, bad = sigma.Compile(rules, sigma.Options{}); len(bad) > 0 {
		t.Fatal(bad)
	}
	p.judge(t, p.one, kinds, raws)
	p.judge(t, p.two, kinds[:5], raws[:5])
	fired := map[string]bool{}
	for k := range p.found {
		fired[strings.Fields(k)[0]] = true
	}
	for id, text := range p.texts {
		if len(filters) == 0 && text == odd && !fired[id] {
			t.Errorf("the odd rule %s fired on nothing", id)
		}
	}
	return p
}

func TestWhatThePipelineJudgedIsJudgedTheSameFromTheArchive(t *testing.T) {
	t.Parallel()
	p := shipped(t)
	if len(p.found) < 100 {
		t.Fatalf("only %d firings to compare with", len(p.found))
	}
	again := map[string]int{}
	player := dryrun.NewPlayer(p.archive, p.parser)
	scope := dryrun.Scope{Tenants: []tenant.ID{p.one}, From: p.now.Add(-20 * 24 * time.Hour), To: p.now}
	events := 0
	err := player.Play(everyone(t), p.set, scope, func(piece dryrun.Piece) error {
		events += len(piece.Events)
		for i, f := range piece.Findings {
			again[f.Rule.ID+" "+f.EventID]++
			if piece.Events[piece.At[i]].ID != f.EventID {
				t.Errorf("finding %d is about %s, its event is %s", i, f.EventID, piece.Events[piece.At[i]].ID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for k, n := range p.found {
		if again[k] != n {
			t.Errorf("%s fired %d times in the pipeline, %d on the archive", k, n, again[k])
		}
	}
	for k, n := range again {
		if p.found[k] == 0 {
			t.Errorf("%s fired %d times on the archive, never in the pipeline", k, n)
		}
	}
	t.Logf("%d events, %d firings", events, len(again))
}

// TestNarrowingLosesNothing asks the archive for each rule that shipped by its clues alone: what the pipeline found has to be there.
func TestNarrowingLosesNothing(t *testing.T) {
	t.Parallel()
	p := shipped(t)
	player := dryrun.NewPlayer(p.archive, p.parser)
	scope := dryrun.Scope{Tenants: []tenant.ID{p.one}, From: p.now.Add(-20 * 24 * time.Hour), To: p.now}
	narrow, events, whole, blank := 0, 0, 0, 0
	err := player.Play(everyone(t), p.set, scope, func(piece dryrun.Piece) error {
		whole += len(piece.Events)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, text := range p.texts {
		rules, _ := sigma.ParseRules(id, []byte(text))
		for _, r := range rules {
			if r.ID != id {
				continue
			}
			if scope.Query = dryrun.Narrow(nil, []*sigma.Rule{r}, sigma.Options{}); scope.Query == nil {
				blank++
				continue
			}
			narrow++
			set, bad := sigma.Compile([]*sigma.Rule{r}, sigma.Options{})
			if len(bad) > 0 {
				t.Fatal(bad)
			}
			again := map[string]int{}
			if err := player.Play(everyone(t), set, scope, func(piece dryrun.Piece) error {
				events += len(piece.Events)
				for _, f := range piece.Findings {
					again[f.Rule.ID+" "+f.EventID]++
				}
				return nil
			}); err != nil {
				t.Fatalf("%s: %v", scope.Query, err)
			}
			for k, n := range p.found {
				if strings.HasPrefix(k, id+" ") && again[k] != n {
					t.Errorf("%s fired %d times in the pipeline, %d on what %s selects", k, n, again[k], scope.Query)
				}
			}
		}
	}
	t.Logf("%d rules narrowed to %.1f of %d events on average, %d not", narrow, float64(events)/float64(narrow), whole, blank)
	if narrow < 10*blank {
		t.Errorf("%d rules were narrowed, %d not", narrow, blank)
	}
	if events*10 > narrow*whole {
		t.Errorf("narrowed to %d of %d events", events/narrow, whole)
	}
}

// jobs runs on the past, with the dependencies that are given beside it.
func jobs(t *testing.T, p *past, d dryrun.Deps) *dryrun.Jobs {
	t.Helper()
	d.Player, d.Census, d.Logger = dryrun.NewPlayer(p.archive, p.parser), p.archive, slog.New(slog.DiscardHandler)
	d.Group = dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: 30 * time.Minute}
	j := dryrun.NewJobs(d)
	t.Cleanup(j.Close)
	return j
}

// end waits until a job has ended.
func end(t *testing.T, j *dryrun.Jobs, id string) dryrun.Job {
	t.Helper()
	for {
		x, err := j.Get("ann", id)
		if err != nil {
			t.Fatal(err)
		}
		if !x.FinishedAt.IsZero() {
			return x
		}
		if t.Context().Err() != nil {
			t.Fatal("the job never ends")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAJobTellsWhatARuleWouldHaveFound(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	rules, _ := sigma.ParseRules("r.yml", []byte(probe))
	p.set, _ = sigma.Compile(rules, sigma.Options{})
	var kinds, raws []string
	for i := range 120 { // a minute apart; every tenth fires: grouped by half an hour of silence that is one alert
		name := "ann"
		if i%10 == 0 {
			name = "root"
		}
		kinds, raws = append(kinds, "linux"), append(raws, fmt.Sprintf("<38>Mar  2 08:15:30 web%02d sshd[4121]: Failed password for %s from 198.51.100.23 port 50122 ssh2", i%2, name))
	}
	p.judge(t, p.one, kinds, raws)
	p.judge(t, p.two, kinds[:1], raws[:1])
	j := jobs(t, p, dryrun.Deps{Spared: func(_ string, ev *event.Event) bool { return ev.Tenant == p.two }})
	started, err := j.Start(everyone(t), "ann", probe, nil, []tenant.ID{p.one, p.two}, 3)
	if err != nil {
		t.Fatal(err)
	}
	x := end(t, j, started.ID)
	r := x.Report
	if x.State != dryrun.Done || r.Events != 121 || r.Matched != 13 || r.Hits != 12 || r.Excepted != 1 || r.Alerts != 1 || r.Progress != 1 || r.Early != "" {
		t.Fatalf("%s %+v", x.State, r)
	}
	if int(r.Hits) != len(p.found) {
		t.Errorf("%d hits, the pipeline found %d", r.Hits, len(p.found))
	}
	var events, hits int64
	for _, d := range r.Days {
		events, hits = events+d.Events, hits+d.Hits
		if d.Covered != (d.Events > 0) {
			t.Errorf("day %+v", d)
		}
	}
	if events != 121 || hits != 12 || len(r.Days) != 4 {
		t.Errorf("%d days with %d events and %d hits", len(r.Days), events, hits)
	}
	if len(r.Examples) != 10 || r.Examples[0].Finding.Time.Before(r.Examples[9].Finding.Time) || len(r.Top) == 0 || r.Top[0].Field != event.HostName || r.Top[0].Values[0].Count != 12 {
		t.Errorf("examples %d, top %+v", len(r.Examples), r.Top)
	}
	if !maps.Equal(r.Tenants, map[tenant.ID]int64{p.one: 12}) {
		t.Errorf("by customer %v", r.Tenants)
	}
	if _, err := j.Get("bob", x.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	if err := j.Forget("ann", x.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Get("ann", x.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
}

const probe = `title: Root fails
id: 7f8f4e2a-0000-4000-8000-000000000001
status: test
level: low
logsource: {product: linux}
detection: {s: {user.name: root}, condition: s}
`

func TestJobsAreRefusedCancelledAndBounded(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	j := jobs(t, p, dryrun.Deps{})
	for name, text := range map[string]string{
		"made of nobody": "title: Made\nid: x\ncorrelation: {type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 2}}\n",
		"no YAML":        "{", "no rule": "a: b", "no condition": strings.Replace(probe, "condition: s", "condition: x", 1), "two": probe + "---\n" + strings.Replace(probe, "0001", "0002", 1),
	} {
		if _, err := j.Start(everyone(t), "ann", text, nil, []tenant.ID{p.one}, 3); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, days := range []int{0, 31} {
		if _, err := j.Start(everyone(t), "ann", probe, nil, []tenant.ID{p.one}, days); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if _, err := j.Start(tenant.WithScope(t.Context(), tenant.Only(p.two)), "ann", probe, nil, []tenant.ID{p.one}, 1); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another's customer: %v", err)
	}
	// An archive that never answers keeps jobs waiting; they end when they are told to.
	stuck := dryrun.NewJobs(dryrun.Deps{Player: dryrun.NewPlayer(never{}, p.parser), Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(stuck.Close)
	var ids []string
	var err error
	for range 20 {
		var x dryrun.Job
		if x, err = stuck.Start(everyone(t), "ann", probe, nil, []tenant.ID{p.one}, 1); err != nil {
			break
		}
		ids = append(ids, x.ID)
	}
	if !errors.Is(err, fault.ErrUnavailable) || len(ids) < 8 || len(ids) > 10 {
		t.Errorf("%d jobs were taken, then %v", len(ids), err)
	}
	for _, id := range slices.Backward(ids) {
		if err := stuck.Forget("ann", id); err != nil {
			t.Error(err)
		}
	}
}

// never is an archive whose reads end with their context alone.
type never struct{}

// Scan implements archive.Scanner.
func (never) Scan(ctx context.Context, _ archive.Selection, _ func(time.Time, []event.Event) error) error {
	<-ctx.Done()
	return ctx.Err()
}
