package dryrun_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// filled is an archive of events of Linux hosts and firewalls, evenly spread.
type filled struct {
	archive *local.Archive
	parser  *parse.Parser
	id      tenant.ID
	scope   dryrun.Scope
}

// fill makes an archive; of every ten thousand events the rule in these benchmarks fires on one.
func fill(b *testing.B, events int) *filled {
	b.Helper()
	f := &filled{id: tenant.NewID()}
	var err error
	f.archive, err = local.Open(local.Options{Dir: b.TempDir(), Directory: places{f.id: 1}, MinFreeBytes: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.archive.Close() })
	f.parser = parse.New(parse.Options{Sources: func(kind string) (parse.Settings, bool) { return parse.Settings{Kind: kind, Encoding: "utf-8"}, true }})
	ctx := tenant.WithScope(b.Context(), tenant.All())
	start := time.Now().UTC().Add(-24 * time.Hour).Truncate(time.Second)
	f.scope = dryrun.Scope{Tenants: []tenant.ID{f.id}, From: start.Add(-time.Hour), To: start.Add(25 * time.Hour)}
	enricher := enrich.New()
	batch := make([]event.Event, 0, 1000)
	for i := range events {
		at := start.Add(time.Duration(i) * (24 * time.Hour / time.Duration(events)))
		stamp := at.Format(time.Stamp)
		raw := fmt.Sprintf("<86>%s web%02d sshd[%d]: Accepted publickey for deploy%d from 10.20.%d.%d port %d ssh2: ED25519 SHA256:abc", stamp, i%20, 2000+i%900, i%50, i%7, i%250, 40000+i%20000)
		switch {
		case i%10_000 == 0:
			raw = fmt.Sprintf("<86>%s web%02d useradd[%d]: new user: name=backdoor, UID=0, GID=0, home=/root, shell=/bin/bash", stamp, i%20, i%900)
		case i%3 == 0:
			raw = fmt.Sprintf("<78>%s web%02d CRON[%d]: (root) CMD (/usr/local/bin/backup.sh --host db%02d --lane %d)", stamp, i%20, i%900, i%7, i)
		case i%3 == 1:
			raw = fmt.Sprintf("<4>%s gw%d kernel: [%d.2] DROP IN=eth0 OUT= SRC=198.51.100.%d DST=203.0.113.%d LEN=40 TTL=240 PROTO=TCP SPT=%d DPT=%d WINDOW=1024 SYN", stamp, i%3, i, i%250, i%99, 1024+i%60000, i%1024)
		}
		var ev event.Event
		f.parser.Parse(&record.Record{Tenant: f.id, Source: "linux", Received: at, Raw: []byte(raw)}, &ev)
		seq := uint64(i + 1)
		ev.Time, ev.ID = at, flow.EventID(1, seq, 0)
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, fmt.Sprint(seq))
		enricher.Enrich(&ev)
		if batch = append(batch, ev); len(batch) == cap(batch) {
			if err := f.archive.Append(ctx, batch); err != nil {
				b.Fatal(err)
			}
			batch = make([]event.Event, 0, 1000)
		}
	}
	if err := f.archive.Flush(ctx); err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkPlay matches one rule on an archive of 400,000 events of a day: every event, and those with its clues.
func BenchmarkPlay(b *testing.B) {
	const events = 400_000
	f := fill(b, events)
	rules, bad := sigma.ParseRules("r.yml", []byte(secondRoot))
	if len(bad) > 0 {
		b.Fatal(bad)
	}
	set, _ := sigma.Compile(rules, sigma.Options{})
	player, scope := dryrun.NewPlayer(f.archive, f.parser), f.scope
	ctx := tenant.WithScope(b.Context(), tenant.All())
	for _, narrowed := range []bool{false, true} {
		scope.Query = nil
		if narrowed {
			scope.Query = dryrun.Narrow(nil, rules, sigma.Options{})
		}
		b.Run(fmt.Sprintf("narrowed=%v", narrowed), func(b *testing.B) {
			for b.Loop() {
				hits := 0
				if err := player.Play(ctx, set, scope, func(p dryrun.Piece) error {
					hits += len(p.Findings)
					return nil
				}); err != nil || hits != events/10_000 {
					b.Fatalf("%d hits, %v", hits, err)
				}
			}
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

const secondRoot = "title: Second root\nname: second\nstatus: test\nlogsource: {product: linux}\ndetection: {s: {message|contains|all: ['new user', 'UID=0']}, condition: s}\n"

// BenchmarkCorrelation tries a correlation of two rules on an archive of 400,000 events of a day, 200 of which show the rules' clues: every
// event is read, or those.
func BenchmarkCorrelation(b *testing.B) {
	const events = 400_000
	f := fill(b, events)
	text := "title: Roots\nstatus: test\ncorrelation: {type: event_count, rules: [second, lane], timespan: 2h, condition: {gte: 4}}\n"
	with := []dryrun.Text{{File: "a.yml", Source: []byte(secondRoot)}, {File: "b.yml", Source: []byte(
		"title: Lane\nname: lane\nstatus: test\nlogsource: {product: linux}\ndetection: {s: {message|endswith: '5555'}, condition: s}\n")}}
	ctx := tenant.WithScope(b.Context(), tenant.All())
	for _, narrowed := range []bool{false, true} {
		d := dryrun.Deps{Player: dryrun.NewPlayer(f.archive, f.parser), Logger: slog.New(slog.DiscardHandler),
			Group: dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: time.Hour}}
		if narrowed {
			d.Census = f.archive
		}
		j := dryrun.NewJobs(d)
		b.Run(fmt.Sprintf("narrowed=%v", narrowed), func(b *testing.B) {
			var matched int64
			for b.Loop() {
				c, err := j.Compound(text, with)
				if err != nil {
					b.Fatal(err)
				}
				ended := make(chan dryrun.Job, 1)
				task := dryrun.Task{Compound: c, Scope: f.scope, Ended: func(_ context.Context, x dryrun.Job) { ended <- x }}
				if _, err := j.Begin(ctx, task); err != nil {
					b.Fatal(err)
				}
				x := <-ended
				if x.State != dryrun.Done || x.Report.Hits != 10 || x.Report.Events != events {
					b.Fatalf("%s %s %d hits of %d events", x.State, x.Reason, x.Report.Hits, x.Report.Events)
				}
				matched = x.Report.Matched
			}
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(matched), "read")
		})
		j.Close()
	}
}
