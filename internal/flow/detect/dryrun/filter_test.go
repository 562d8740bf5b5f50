package dryrun_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/tenant"
)

// filtersInForce take hits away: by what is there, by what is not, of every rule and of some.
const filtersInForce = `title: Not our scanner
id: 5f8f4e2a-0000-4000-8000-000000000001
logsource: {product: linux}
filter: {rules: any, s: {message|contains: [admin, '198.51.100']}, condition: not s}
---
title: Hosts in use
id: 5f8f4e2a-0000-4000-8000-000000000002
logsource: {product: windows}
filter: {rules: any, s: {user.name|contains: a}, t: {event.original|contains: System32}, condition: s or not t}
---
title: Questions in full
id: 5f8f4e2a-0000-4000-8000-000000000003
logsource: {category: dns}
filter: {rules: any, s: {dns.question.name|contains: example}, condition: s}
`

// TestARunHitsWhatFiltersLeave tries each rule that ships with filters in force: the hits are those of a pipeline with these filters.
func TestARunHitsWhatFiltersLeave(t *testing.T) {
	t.Parallel()
	docs, bad := sigma.ParseDocuments("filters.yml", []byte(filtersInForce))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	p := shipped(t, docs.Filters...)
	live := map[string]int64{}
	for k, n := range p.found {
		live[strings.Fields(k)[0]] += int64(n)
	}
	with := dryrun.Deps{Filtered: func(rules []*sigma.Rule) []*sigma.Rule {
		rules, _ = sigma.ApplyFilters(rules, docs.Filters, sigma.Options{})
		return rules
	}}
	filtered, plain := jobs(t, p, with), jobs(t, p, dryrun.Deps{})
	count := func(j *dryrun.Jobs, text string) int64 {
		started, err := j.Start(everyone(t), "ann", text, nil, []tenant.ID{p.one}, 20)
		if err != nil {
			t.Fatal(err)
		}
		x := end(t, j, started.ID)
		if x.State != dryrun.Done {
			t.Fatalf("%s: %s", x.State, x.Reason)
		}
		if err := j.Forget("ann", x.ID); err != nil {
			t.Fatal(err)
		}
		return x.Report.Hits
	}
	tried, fewer, left := 0, 0, 0
	for id, text := range p.texts {
		if docs, _ := sigma.ParseDocuments(id, []byte(text)); docs.Len() != 1 {
			continue // the odd ones, and parts of correlations
		}
		tried++
		got := count(filtered, text)
		if got != live[id] {
			t.Errorf("%s: %d hits, the pipeline found %d", id, got, live[id])
		}
		if all := count(plain, text); got < all {
			fewer++
		} else if got > 0 {
			left++
		}
	}
	t.Logf("%d rules, %d of them hit less than without filters, %d as much", tried, fewer, left)
	if tried < 100 || fewer < 20 || left < 20 {
		t.Errorf("%d rules tried, %d lost hits, %d did not", tried, fewer, left)
	}
}

// TestFiltersOfTheRulesThatACorrelationIsMadeOf counts only what filters leave of them.
func TestFiltersOfTheRulesThatACorrelationIsMadeOf(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	p.set, _ = sigma.Compile(nil, sigma.Options{})
	const line = "<38>Mar  2 08:15:30 web01 sshd[4121]: Failed password for "
	p.judge(t, p.one, []string{"linux", "linux", "linux", "linux"}, []string{
		line + "ann from 198.51.100.1 port 1 ssh2", line + "ann from 198.51.100.1 port 1 ssh2", line + "root from 198.51.100.1 port 1 ssh2", line + "ann from 198.51.100.1 port 1 ssh2",
	})
	docs, bad := sigma.ParseDocuments("f.yml", []byte("title: Not root\nlogsource: {product: linux}\nfilter: {rules: [fails], s: {user.name: root}, condition: not s}\n"))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	text := "title: Made\nid: " + id + "\nstatus: test\ncorrelation: {type: event_count, rules: [fails], timespan: 10m, condition: {gte: 4}}\n"
	for hits, with := range map[int64]dryrun.Deps{
		1: {},
		0: {Filtered: func(rules []*sigma.Rule) []*sigma.Rule {
			rules, _ = sigma.ApplyFilters(rules, docs.Filters, sigma.Options{})
			return rules
		}},
	} {
		j := jobs(t, p, with)
		started, err := j.Start(everyone(t), "ann", text, []dryrun.Text{{File: "parts.yml", Source: []byte(parts)}}, []tenant.ID{p.one}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if x := end(t, j, started.ID); x.State != dryrun.Done || x.Report.Hits != hits {
			t.Errorf("%s %s, %d hits, want %d", x.State, x.Reason, x.Report.Hits, hits)
		}
	}
}
