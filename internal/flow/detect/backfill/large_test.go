package backfill_test

import (
	"flag"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/archivetest"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/tenant"
)

var archived = flag.Int("archived", 0, "how many events of 30 days BenchmarkLargeArchive fills an archive with; 0 leaves it out")

const (
	archivedDays = 30
	batchEvents  = 500
)

// month is an archive of 30 days, and a rule that missed the sixteenth of them.
type month struct {
	*desk
	service *backfill.Service
	archive *local.Archive
	jobs    *dryrun.Jobs
	id      tenant.ID
	from    time.Time
}

func fillMonth(b *testing.B, events int) *month {
	b.Helper()
	m := &month{id: tenant.NewID(), from: time.Now().UTC().Add(-archivedDays * 24 * time.Hour).Truncate(time.Second)}
	places := archivetest.NewPlaces()
	places.Set(m.id, archive.Placement{Account: 1, RetentionDays: 90})
	a, err := local.Open(local.Options{Dir: b.TempDir(), Directory: places, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	m.archive = a
	load := archivetest.NewLoad(3, m.from, archivedDays*24*time.Hour/time.Duration(events), m.id)
	for n := 0; n < events; n += 50_000 {
		if _, err := archivetest.Limit(archivetest.Everyone(), a, load.Batches(min(50_000, events-n), batchEvents)); err != nil {
			b.Fatal(err)
		}
	}
	at := func(day int) tenure.Edition {
		return tenure.Edition{Number: int64(day), Epoch: archivetest.Epoch, Sequence: uint64(1 + events/batchEvents*day/archivedDays), At: m.from.AddDate(0, 0, day)}
	}
	on := tenure.Standing{State: tenure.On, Text: "a"}
	m.desk = &desk{
		history: tenure.History{Editions: []tenure.Edition{at(1), at(15), at(16)}, Rule: map[int64]tenure.Standing{1: on, 15: {State: tenure.Off, Text: "a"}, 16: on}},
		raised:  map[string]bool{}, now: time.Now(),
	}
	m.jobs = dryrun.NewJobs(dryrun.Deps{Player: dryrun.NewPlayer(a, parse.New(parse.Options{})), Census: a, Logger: slog.New(slog.DiscardHandler),
		Group: dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: time.Hour}})
	b.Cleanup(m.jobs.Close)
	deps := m.deps()
	deps.Jobs, deps.EventID, deps.Kept = m.jobs, archivetestID, func(tenant.ID) time.Duration { return archivedDays * 24 * time.Hour }
	m.service = backfill.NewService(deps)
	return m
}

func archivetestID(epoch uint32, seq uint64, index int) string {
	return fmt.Sprintf("%08x%012x%04x", epoch, seq, index)
}

// ended waits for a job of the owner.
func (m *month) ended(b *testing.B, owner, id string) dryrun.Report {
	b.Helper()
	for {
		x, err := m.jobs.Get(owner, id)
		if err != nil {
			b.Fatal(err)
		}
		if !x.FinishedAt.IsZero() {
			if x.State != dryrun.Done || x.Report.Early != "" {
				b.Fatalf("%s %s %s", x.State, x.Reason, x.Report.Early)
			}
			return x.Report
		}
		time.Sleep(time.Millisecond)
	}
}

// BenchmarkLargeArchive tries a rule on an archive of 30 days (-archived says how large), and finds what it missed on one of them.
func BenchmarkLargeArchive(b *testing.B) {
	if *archived == 0 {
		b.Skip("-archived=0")
	}
	m := fillMonth(b, *archived)
	ctx := archivetest.Everyone()
	any, err := sigma.ParseRule([]byte("title: R\nid: r\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n"))
	if err != nil {
		b.Fatal(err)
	}
	m.inForce = backfill.InForce{Rule: any, Text: "a"}
	b.Run("events of a day by their ids", func(b *testing.B) {
		task, err := m.service.Task(ctx, m.id, "r")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			s := task.Scope
			h, err := m.archive.Histogram(ctx, archive.HistogramQuery{Tenants: s.Tenants, Query: s.Query, From: s.From, To: s.To, Buckets: archive.MaxBuckets})
			if err != nil || h.Total == 0 {
				b.Fatal(h.Total, err)
			}
			b.ReportMetric(float64(h.Total), "events")
			b.ReportMetric(float64(h.Cost.RowsScanned), "rows")
			b.ReportMetric(float64(h.Cost.BytesScanned), "bytes")
		}
	})
	for name, detection := range map[string]string{
		"with clues": "s: {user.name: user123, event.outcome: failure}, condition: s",
		"without":    "s: {user.name: null}, f: {network.bytes|lt: 1450}, condition: s and not f",
	} {
		rule, err := sigma.ParseRule(fmt.Appendf(nil, "title: R\nid: r\nstatus: test\nlogsource: {product: linux}\ndetection: {%s}\n", detection))
		if err != nil {
			b.Fatal(err)
		}
		m.inForce = backfill.InForce{Rule: rule, Text: "a"}
		run := func(what string, of func() dryrun.Report) {
			b.Run(what+" "+name, func(b *testing.B) {
				var r dryrun.Report
				for b.Loop() {
					r = of()
				}
				b.ReportMetric(float64(r.Events), "events")
				b.ReportMetric(float64(r.Matched), "read")
				b.ReportMetric(float64(r.Hits), "hits")
			})
		}
		run("dry run of 30 days", func() dryrun.Report {
			job, err := m.jobs.Begin(ctx, dryrun.Task{Owner: "ann", Rule: rule, Scope: dryrun.Scope{Tenants: []tenant.ID{m.id}, From: m.from, To: m.now}})
			if err != nil {
				b.Fatal(err)
			}
			return m.ended(b, "ann", job.ID)
		})
		v, err := m.service.View(ctx, m.id, "r")
		if err != nil || len(v.Gaps) == 0 {
			b.Fatalf("%d gaps, %v", len(v.Gaps), err)
		}
		gap := v.Gaps[len(v.Gaps)-1].ID()
		var impact dryrun.Report
		run("impact of a day", func() dryrun.Report {
			job, err := m.service.Preview(ctx, "ann", m.id, "r", gap)
			if err != nil {
				b.Fatal(err)
			}
			impact = m.ended(b, "ann", job.ID)
			return impact
		})
		run("back-fill of a day", func() dryrun.Report {
			m.runs = nil
			x, err := m.service.Start(ctx, m.id, "r", gap)
			if err != nil {
				b.Fatal(err)
			}
			r := m.ended(b, "backfill/"+m.id.String(), x.ID)
			if r.Hits != impact.Hits || r.Events != impact.Events {
				b.Errorf("%d hits of %d events, the impact was %d of %d", r.Hits, r.Events, impact.Hits, impact.Events)
			}
			return r
		})
	}
}
