package app

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// TestRulesOnTrialCountInCorrelationsOnTrialAlone goes through a worker and the correlator, batch after batch, as rules move.
func TestRulesOnTrialCountInCorrelationsOnTrialAlone(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	docs, refused := sigma.ParseDocuments("p/f.yml", []byte(`title: Base
name: base
id: base
logsource: {product: linux}
detection: {s: {message|contains: evil}, condition: s}
---
title: Twice
id: twice
correlation: {type: event_count, rules: [base], timespan: 10m, condition: {gte: 2}}
`))
	set, more := sigma.Compile(docs.Rules, sigma.Options{})
	program, most := correlate.Compile(docs.Correlations, docs.Rules, correlate.Options{})
	if n := len(refused) + len(more) + len(most); n > 0 {
		t.Fatalf("%v %v %v", refused, more, most)
	}
	station, err := correlate.OpenStation(correlate.StationOptions{
		Dir: t.TempDir(), Logger: quiet, Engine: correlate.EngineOptions{EventID: func(seq uint64, _ int) string { return fmt.Sprint(seq) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { station.Close(true) })
	c, j := correlator{station}, &judge{except: except.NewBook(nil, quiet, nil)}
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	const on, trial, off = policy.Raise, policy.Shadow, policy.Drop
	for i, step := range []struct {
		base, twice policy.Disposition
		raises      string
	}{
		{trial, on, ""}, {trial, on, ""}, {trial, on, ""}, // counts nowhere
		{trial, trial, ""}, {trial, trial, "shadow"}, {trial, trial, ""}, // in the shadow, at most once in ten minutes
		{on, on, ""},      // the second, but those before were on trial
		{on, on, "alert"}, // the second that counts
		{on, off, ""},
	} {
		seq := uint64(i + 1)
		at := now.Add(time.Duration(i) * time.Minute)
		edition := flow.Edition(&rulesInForce{set: set, program: program, policy: policy.New(policy.Rules{"base": step.base, "twice": step.twice}, nil)})
		ev := &event.Event{Tenant: "acme", Time: at}
		for name, value := range map[string]string{"message": "evil", "event.dataset": "linux.auth", "host.os.type": "linux"} {
			ev.Add(name, value)
		}
		got := ""
		found := func(f detect.Finding) {
			if got += "alert"; f.Shadow {
				got = "shadow"
			}
		}
		item := correlate.Begin(ev, at, 0)
		j.Use(edition)
		j.Match(ev, &item, found)
		b := correlate.Batch{Sequence: seq, Received: at}
		if !item.Empty() {
			b.Items = append(b.Items, item)
		}
		c.Apply(edition, b, found)
		if got != step.raises {
			t.Errorf("batch %d: raises %q, want %q", seq, got, step.raises)
		}
	}
}
