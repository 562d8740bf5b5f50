package dryrun_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate/batch"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/tenant"
)

const parts = `title: Fails
id: 8f8f4e2a-0000-4000-8000-000000000001
name: fails
status: test
logsource: {product: linux}
detection: {s: {message|startswith: Failed}, condition: s}
---
title: Gets in
id: 8f8f4e2a-0000-4000-8000-000000000002
name: enters
status: test
logsource: {product: linux}
detection: {s: {message|startswith: Accepted}, condition: s}
---
title: Guessed
id: 8f8f4e2a-0000-4000-8000-000000000003
name: guessed
status: test
correlation: {type: event_count, rules: [fails], group-by: [source.ip], timespan: 4m, condition: {gte: 3}}
---
title: Gives up
id: 8f8f4e2a-0000-4000-8000-000000000004
name: few
status: test
correlation: {type: event_count, rules: [fails], group-by: [source.ip], timespan: 3m, condition: {lt: 3}}
`

const id = "8f8f4e2a-0000-4000-8000-000000000009"

// compounds are correlations of each kind.
var compounds = map[string]string{
	"counts":   "{type: event_count, rules: [fails], group-by: [source.ip], timespan: 10m, condition: {gte: 4}}",
	"values":   "{type: value_count, rules: [fails, enters], group-by: [source.ip], timespan: 20m, condition: {field: user.name, gte: 3}}",
	"closes":   "{type: event_count, rules: [fails], group-by: [source.ip, user.name], timespan: 15m, condition: {lt: 3}}",
	"together": "{type: temporal, rules: [fails, enters], group-by: [source.ip], timespan: 5m}",
	"alone":    "{type: temporal, rules: [fails, enters], group-by: [source.ip], timespan: 5m, condition: fails and not enters}",
	"ordered":  "{type: temporal_ordered, rules: [fails, fails, enters], group-by: [source.ip], timespan: 8m}",
	"quiet":    "{type: temporal, rules: [few, enters], group-by: [source.ip], timespan: 60m}",
	"chain":    "{type: temporal_ordered, rules: [guessed, enters], group-by: [source.ip], timespan: 30m}",
}

// firing is what a run and the definition must agree on.
func firing(at time.Time, event string, group []string, counts map[string]int) string {
	return fmt.Sprintf("%s %s %s %v", at.UTC().Format(time.TimeOnly), event, strings.Join(group, "|"), counts)
}

// TestADryRunOfACorrelationIsWhatTheDefinitionSays holds runs over the archive to the oracle of correlations.
func TestADryRunOfACorrelationIsWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	docs, bad := sigma.ParseDocuments("parts.yml", []byte(parts))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	p.set, _ = sigma.Compile(docs.Rules, sigma.Options{})
	r := rand.New(rand.NewPCG(7, 7))
	var kinds, raws []string
	for range 600 { // a minute apart
		what := "Failed"
		switch r.IntN(5) {
		case 0:
			what = "Accepted"
		case 1:
			what = "Postponed"
		}
		raws = append(raws, fmt.Sprintf("<38>Mar  2 08:15:30 web01 sshd[4121]: %s password for %s from 198.51.100.%d port 50122 ssh2",
			what, []string{"ann", "bob", "root", "eve"}[r.IntN(4)], r.IntN(3)))
		kinds = append(kinds, "linux")
	}
	p.judge(t, p.one, kinds, raws)
	scope := dryrun.Scope{Tenants: []tenant.ID{p.one}, From: p.now.Add(-24 * time.Hour), To: p.now}
	var events []batch.Event
	var names []string // of events by sequence
	byID := map[string]string{}
	for _, rule := range docs.Rules {
		byID[rule.ID] = rule.Name
	}
	for _, c := range docs.Correlations {
		byID[c.ID] = c.Name
	}
	err := dryrun.NewPlayer(p.archive, p.parser).Play(everyone(t), p.set, scope, func(piece dryrun.Piece) error {
		for i, ev := range piece.Events {
			e := batch.Event{Tenant: "one", Time: ev.Time, Received: ev.Time, Sequence: uint64(len(names)), Fields: map[string]string{}}
			for _, f := range ev.Fields {
				e.Fields[f.Name] = f.Value
			}
			for j, f := range piece.Findings {
				if piece.At[j] == i {
					e.Fired = append(e.Fired, byID[f.Rule.ID])
				}
			}
			events, names = append(events, e), append(names, ev.ID)
		}
		return nil
	})
	if err != nil || len(events) != 600 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for name, body := range compounds {
		t.Run(name, func(t *testing.T) {
			text := "title: Made\nid: " + id + "\nstatus: test\ncorrelation: " + body + "\n"
			subject, bad := sigma.ParseDocuments("made.yml", []byte(text))
			if len(bad) > 0 {
				t.Fatal(bad)
			}
			var want []string
			for _, f := range batch.Judge(append(slices.Clone(docs.Correlations), subject.Correlations...), events, batch.Options{
				Lateness: correlate.Lateness, MaxAhead: correlate.MaxAhead, IdleGrace: time.Hour, IdleClose: 2 * time.Minute, Sweep: 10 * time.Second, MaxEntries: 10_000,
			}, true) {
				if f.Rule != id {
					continue
				}
				var seq int
				if _, err := fmt.Sscanf(f.Event, "%d.", &seq); err != nil {
					t.Fatal(err)
				}
				want = append(want, firing(f.Time, names[seq], strings.Split(strings.TrimSuffix(f.Group, "|"), "|"), f.Parts))
			}
			j := jobs(t, p, dryrun.Deps{})
			var got []string
			compound, err := j.Compound(text, []dryrun.Text{{File: "parts.yml", Source: []byte(parts)}})
			if err != nil {
				t.Fatal(err)
			}
			raise := func(_ context.Context, hits []detect.Finding, _ time.Time) (int, error) {
				for _, f := range hits {
					var group []string
					for _, m := range f.Matches {
						if m.Selection == correlate.GroupBy {
							group = append(group, m.Value)
						}
					}
					counts := map[string]int{}
					var tell func(under string, parts []detect.Part)
					tell = func(under string, parts []detect.Part) {
						for _, part := range parts {
							counts[under+byID[part.Rule]] = part.Count
							tell(under+byID[part.Rule]+"/", part.Parts)
						}
					}
					tell("", f.Parts)
					got = append(got, firing(f.Time, f.EventID, group, counts))
				}
				return 0, nil
			}
			job, err := j.Begin(everyone(t), dryrun.Task{Owner: "ann", Compound: compound, Scope: scope, Raise: raise})
			if err != nil {
				t.Fatal(err)
			}
			x := end(t, j, job.ID)
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 || x.State != dryrun.Done || int(x.Report.Hits) != len(want) {
				t.Errorf("%d firings, %s, %d hits: -definition +run\n%s", len(want), x.State, x.Report.Hits, diff)
			}
		})
	}
}

// outcome is what a run of a correlation must say, however much of the archive it read.
type outcome struct {
	Firings                []string
	Hits, Alerts, Excepted int64
	Events                 int64
	Days                   []dryrun.Day
	Top                    []dryrun.Top
	Examples               []string
}

// TestACorrelationFindsTheSameInWhatItsCluesSelect compares runs that read everything with runs that read what the rules of a
// correlation may fire on, over bursts with hours between them in which only others' events come.
func TestACorrelationFindsTheSameInWhatItsCluesSelect(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	p.set, _ = sigma.Compile(nil, sigma.Options{})
	r := rand.New(rand.NewPCG(5, 8))
	var kinds, raws []string
	for len(raws) < 4000 {
		for range 4 + r.IntN(25) {
			what := []string{"Failed", "Failed", "Failed", "Accepted", "Postponed"}[r.IntN(5)]
			raws = append(raws, fmt.Sprintf("<38>Mar  2 08:15:30 web%02d sshd[4121]: %s password for %s from 198.51.100.%d port 50122 ssh2",
				r.IntN(3), what, []string{"ann", "bob", "root", "eve"}[r.IntN(4)], r.IntN(2)))
		}
		for range r.IntN(400) {
			raws = append(raws, "<38>Mar  2 08:15:30 web01 CRON[7]: (root) CMD (/usr/local/bin/backup.sh)")
		}
	}
	for range raws {
		kinds = append(kinds, "linux")
	}
	p.judge(t, p.one, kinds, raws)
	scope := dryrun.Scope{Tenants: []tenant.ID{p.one}, From: p.now.Add(-96 * time.Hour), To: p.now}
	spared := func(rule string, ev *event.Event) bool {
		return ev.Value(event.HostName) == "web02" && rule != "8f8f4e2a-0000-4000-8000-000000000002"
	}
	whole := dryrun.NewJobs(dryrun.Deps{Player: dryrun.NewPlayer(p.archive, p.parser), Logger: slog.New(slog.DiscardHandler), Spared: spared,
		Group: dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: 30 * time.Minute}})
	t.Cleanup(whole.Close)
	run := func(j *dryrun.Jobs, text string) (o outcome, matched int64) {
		compound, err := j.Compound(text, []dryrun.Text{{File: "parts.yml", Source: []byte(parts)}})
		if err != nil {
			t.Fatal(err)
		}
		raise := func(_ context.Context, hits []detect.Finding, _ time.Time) (int, error) {
			for _, f := range hits {
				o.Firings = append(o.Firings, fmt.Sprintf("%s %s %v %v", f.Time.UTC().Format(time.RFC3339), f.EventID, f.Matches, f.Parts))
			}
			return 0, nil
		}
		job, err := j.Begin(everyone(t), dryrun.Task{Owner: "ann", Compound: compound, Scope: scope, Raise: raise})
		if err != nil {
			t.Fatal(err)
		}
		x := end(t, j, job.ID)
		if x.State != dryrun.Done || x.Report.Early != "" {
			t.Fatalf("%s %s %s", x.State, x.Reason, x.Report.Early)
		}
		for _, e := range x.Report.Examples {
			o.Examples = append(o.Examples, e.Finding.EventID)
		}
		o.Hits, o.Alerts, o.Excepted, o.Events, o.Days, o.Top = x.Report.Hits, x.Report.Alerts, x.Report.Excepted, x.Report.Events, x.Report.Days, x.Report.Top
		return o, x.Report.Matched
	}
	narrow := jobs(t, p, dryrun.Deps{Spared: spared})
	for name, body := range compounds {
		t.Run(name, func(t *testing.T) {
			text := "title: Made\nid: " + id + "\nstatus: test\ncorrelation: " + body + "\n"
			want, all := run(whole, text)
			got, some := run(narrow, text)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-everything +narrowed\n%s", diff)
			}
			if want.Hits == 0 || want.Excepted == 0 || some*2 > all {
				t.Errorf("%d hits, %d excepted; %d of %d events were read", want.Hits, want.Excepted, some, all)
			}
		})
	}
	// Of one rule of which nothing is known beforehand, everything is read.
	blank := "title: Made\nid: " + id + "\nstatus: test\ncorrelation: {type: event_count, rules: [fails, silent], timespan: 5m, condition: {gte: 2}}\n---\n" +
		"title: Silent\nid: 8f8f4e2a-0000-4000-8000-000000000005\nname: silent\nstatus: test\nlogsource: {product: linux}\ndetection: {s: {user.name: null}, condition: s}\n"
	want, all := run(whole, blank)
	got, some := run(narrow, blank)
	if diff := cmp.Diff(want, got); diff != "" || some != all || want.Hits == 0 {
		t.Errorf("%d hits, %d of %d events were read: -everything +narrowed\n%s", want.Hits, some, all, diff)
	}
}
