package sigma_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

const spawn = `
title: Shell of a web server
id: 0d0ee1b2-0000-4000-8000-000000000007
level: high
tags: [attack.t1505.003]
logsource: {product: windows, category: process_creation}
detection:
  parent:
    ParentImage|endswith: ['\w3wp.exe', '\httpd.exe']
  child:
    - Image|endswith: '\cmd.exe'
    - OriginalFileName: 'Cmd.Exe'
  words:
    - whoami*priv
  filter:
    CommandLine|contains: rotatelogs
  condition: parent and child and 1 of words and not filter
`

func spawned() *event.Event {
	ev := &event.Event{Tenant: "t1", ID: "e1", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for _, f := range []event.Field{
		{Name: "isoc.source.id", Value: "s1"}, {Name: "winlog.channel", Value: "Security"}, {Name: "winlog.event_id", Value: "4688"}, {Name: "event.sequence", Value: "17"},
		{Name: "winlog.event_data.NewProcessName", Value: `C:\Windows\System32\CMD.exe`},
		{Name: "winlog.event_data.ParentProcessName", Value: `C:\Windows\System32\inetsrv\w3wp.exe`},
		{Name: "winlog.event_data.CommandLine", Value: `cmd /c whoami /priv`},
		{Name: "process.executable", Value: `C:\Windows\System32\CMD.exe`}, {Name: "host.name", Value: "web1"}, {Name: "source.ip", Value: ""},
		{Name: "event.original", Value: strings.Repeat("中", 1000)},
	} {
		ev.Add(f.Name, f.Value)
	}
	return ev
}

func parsed(tb testing.TB, text string) *sigma.Rule {
	tb.Helper()
	r, err := sigma.ParseRule([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestFindingSaysWhyTheRuleFired(t *testing.T) {
	t.Parallel()
	set, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn)}, sigma.Options{})
	var got []detect.Finding
	set.Matcher().Match(spawned(), func(f detect.Finding) { got = append(got, f) })
	want := []detect.Finding{{
		Tenant: "t1", Source: "s1", Model: "signature", EventID: "e1", Sequence: 17, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Rule: detect.RuleInfo{ID: "0d0ee1b2-0000-4000-8000-000000000007", Title: "Shell of a web server", Level: detect.High, Tags: []string{"attack.t1505.003"}, Digest: sigma.Digest([]byte(spawn))},
		Matches: []detect.Match{
			{Selection: "parent", Field: "winlog.event_data.ParentProcessName", Value: `C:\Windows\System32\inetsrv\w3wp.exe`, Pattern: `\w3wp.exe`},
			{Selection: "child", Field: "winlog.event_data.NewProcessName", Value: `C:\Windows\System32\CMD.exe`, Pattern: `\cmd.exe`},
			{Selection: "words", Value: `cmd /c whoami /priv`, Pattern: `whoami*priv`},
		},
		Entities: []event.Field{{Name: "host.name", Value: "web1"}, {Name: "process.executable", Value: `C:\Windows\System32\CMD.exe`}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMatchedValuesAreCutAtACharacter(t *testing.T) {
	t.Parallel()
	r := rule(t, "k:\n  - 中中\ncondition: k\n")
	set, _ := sigma.Compile([]*sigma.Rule{r}, sigma.Options{})
	set.Matcher().MatchAll(spawned(), func(f detect.Finding) {
		if v := f.Matches[0].Value; len(v) > 1024 || len(v) < 1020 || strings.Trim(v, "中") != "" {
			t.Errorf("%d bytes ending in %q", len(v), v[len(v)-4:])
		}
	})
}

func TestRoutingLeavesOutRulesOfOtherSources(t *testing.T) {
	t.Parallel()
	other := strings.NewReplacer("process_creation", "file_event", "0007", "0008").Replace(spawn)
	set, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn), parsed(t, other)}, sigma.Options{})
	m := set.Matcher()
	count := func(match func(*event.Event, func(detect.Finding))) (n int) {
		match(spawned(), func(detect.Finding) { n++ })
		return n
	}
	if routed, all := count(m.Match), count(m.MatchAll); routed != 1 || all != 1 {
		t.Errorf("routed %d, all %d: file_event does not know the names of 4688", routed, all)
	}
	ev := spawned()
	ev.Add("winlog.event_data.Image", `c:\cmd.exe`)
	ev.Add("winlog.event_data.ParentImage", `c:\w3wp.exe`)
	n := 0
	m.MatchAll(ev, func(detect.Finding) { n++ })
	if routed := count(m.Match); routed != 1 || n != 2 {
		t.Errorf("routed %d, all %d", routed, n)
	}
}

func TestManyUnknownDatasetsDoNotGrowTheMatcher(t *testing.T) {
	t.Parallel()
	set, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn)}, sigma.Options{})
	m := set.Matcher()
	for i := range 10_000 {
		ev := fields(fmt.Sprintf("event.dataset=vendor%d.product", i))
		m.Match(ev, func(detect.Finding) { t.Error("fired") })
	}
	hits := 0
	m.Match(spawned(), func(detect.Finding) { hits++ })
	if hits != 1 {
		t.Errorf("%d hits after many datasets", hits)
	}
}

func TestWarmCompilesWhatTheOtherSetHasMet(t *testing.T) {
	t.Parallel()
	before, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn), rule(t, one("F: x"))}, sigma.Options{})
	m := before.Matcher()
	m.Prepare(spawned())
	m.Prepare(fields("event.dataset=vendor.product"))
	after, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn), rule(t, one("F: y"))}, sigma.Options{})
	if n := after.Programs(); n != 0 {
		t.Fatalf("%d programs before there was an event", n)
	}
	after.Warm(before)
	if n := after.Programs(); n != before.Programs() || n < 2 {
		t.Errorf("%d programs after warming, %d in the other set", n, before.Programs())
	}
	after.Matcher().Prepare(spawned())
	if n := after.Programs(); n != before.Programs() {
		t.Errorf("an event of a known log source compiled something: %d programs", n)
	}
}

func TestMatchingAllocatesNothingWithoutAHit(t *testing.T) {
	set, _ := sigma.Compile([]*sigma.Rule{parsed(t, spawn)}, sigma.Options{})
	m, ev := set.Matcher(), spawned()
	ev.Set("winlog.event_data.CommandLine", "whoami priv rotatelogs")
	match := func() { m.Match(ev, func(detect.Finding) { t.Error("fired") }) }
	match()
	if n := testing.AllocsPerRun(100, match); n > 0 {
		t.Errorf("%v allocations an event", n)
	}
}

func TestRulesListsTheSet(t *testing.T) {
	t.Parallel()
	a, b := parsed(t, spawn), rule(t, one("F: x"))
	set, _ := sigma.Compile([]*sigma.Rule{a, b}, sigma.Options{})
	var got []*sigma.Rule
	set.Rules(func(r *sigma.Rule) { got = append(got, r) })
	if len(got) != 2 || got[0] != a || got[1] != b {
		t.Errorf("got %v", got)
	}
	if refused := sigma.Check([]*sigma.Rule{a, rule(t, one("F|nope: x"))}, sigma.Options{}); len(refused) != 1 || !strings.Contains(refused[0].Error(), "nope") {
		t.Errorf("checked %v", refused)
	}
}
