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
	byID[docs.Correlations[0].ID] = "guessed"
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
			j := dryrun.NewJobs(dryrun.Deps{
				Player: dryrun.NewPlayer(p.archive, p.parser), Logger: slog.New(slog.DiscardHandler),
				Group: dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: 30 * time.Minute},
			})
			t.Cleanup(j.Close)
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
					for _, part := range f.Parts {
						counts[byID[part.Rule]] = part.Count
					}
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
