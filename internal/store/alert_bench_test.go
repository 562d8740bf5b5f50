package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/isoc-project/isoc/test/rig"
)

// cpu reports the processor time of this process an operation, which other work on the machine does not stretch as it does the clock, and
// beside it that of the PostgreSQL server that the benchmark started.
func cpu(b *testing.B, fn func()) {
	b.Helper()
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	server := serverCPU()
	n := 0
	for b.Loop() {
		fn()
		n++
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(used)/1e6/float64(n), "cpu-ms/op")
	if used := serverCPU() - server; used > 0 {
		b.ReportMetric(float64(used)/1e6/float64(n), "server-cpu-ms/op")
	}
}

// serverCPU is the processor time of what this process started and of what that started, to a hundredth of a second; 0 where /proc is none.
func serverCPU() time.Duration {
	parents, used := make(map[int]int), make(map[int]time.Duration)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if len(f) < 15 {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parents[pid], _ = strconv.Atoi(f[1])
		for _, ticks := range f[11:15] { // its own and that of those it waited for
			n, _ := strconv.ParseInt(ticks, 10, 64)
			used[pid] += time.Duration(n) * 10 * time.Millisecond
		}
	}
	var sum time.Duration
	for pid, parent := range parents {
		if parent == os.Getpid() || parents[parent] == os.Getpid() {
			sum += used[pid]
		}
	}
	return sum
}

// benchAlerts is how many alerts a night shift has.
const benchAlerts = 100_000

type silent struct{}

// Record implements alert.Auditor.
func (silent) Record(context.Context, tenant.ID, string, string, any, any, string) error { return nil }

func benchTenants(b *testing.B, s *store.Store, n int) []tenant.ID {
	b.Helper()
	var ids []tenant.ID
	for i := range n {
		ids = append(ids, newTenant(b, bench{Store: s}, fmt.Sprintf("bench-%02d", i)))
	}
	return ids
}

func onEngines(b *testing.B, fn func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, benchStore(b)) })
	b.Run("postgres", func(b *testing.B) {
		dsn, _ := pgtest.Start(b).Database(b)
		s, err := store.Open(b.Context(), store.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		fn(b, s)
	})
}

// BenchmarkAlertDesk is what a screen asks for where 40 customers have 100,000 alerts.
func BenchmarkAlertDesk(b *testing.B) {
	onEngines(b, func(b *testing.B, s *store.Store) {
		ids := benchTenants(b, s, 40)
		seed := rig.AlertSeed{Tenants: ids, Assignees: []string{"li", "wang", "zhao"}, Count: benchAlerts, Days: 14, Now: time.Now()}
		start := time.Now()
		if err := seed.Write(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		b.Logf("seeded in %s", time.Since(start).Round(time.Millisecond))
		desk := alert.NewService(alert.Deps{Door: s, Ledger: s.Alerts(), Shelf: s.Alerts(), Audit: silent{}})
		ctx := tenant.WithScope(b.Context(), tenant.All())
		open := []alert.State{alert.New, alert.Acknowledged, alert.Investigating}
		list := func(name string, q alert.Query) {
			b.Run(name, func(b *testing.B) {
				cpu(b, func() {
					if p, err := desk.List(ctx, q); err != nil || p.Total == 0 {
						b.Fatalf("%d, %v", p.Total, err)
					}
				})
			})
		}
		list("first page/newest", alert.Query{Limit: 200})
		list("first page/open by risk", alert.Query{Limit: 200, States: open, Sort: alert.Riskest})
		list("first page/open by risk, one customer", alert.Query{Limit: 200, States: open, Sort: alert.Riskest, Tenants: ids[:1]})
		list("first page/one state by risk", alert.Query{Limit: 200, States: []alert.State{alert.Closed}, Sort: alert.Riskest})
		list("deep page/open by risk", alert.Query{Limit: 200, States: open, Sort: alert.Riskest, Offset: 40_000})
		list("deep page/newest", alert.Query{Limit: 200, Offset: 90_000})
		list("filter/level and span", alert.Query{Limit: 200, States: open, Levels: []string{"high", "critical"}, From: time.Now().Add(-48 * time.Hour)})
		list("filter/entity", alert.Query{Limit: 200, Entities: []event.Field{{Name: "host.name", Value: "web-07"}}})
		list("filter/text", alert.Query{Limit: 200, Text: "wang.wei"})
		for _, by := range []alert.Key{alert.ByRule, alert.ByHost, alert.ByAddress, alert.ByUser, alert.ByTenant, alert.BySource, alert.ByLevel, alert.ByAssignee} {
			b.Run("groups/"+string(by), func(b *testing.B) {
				cpu(b, func() {
					if g, err := desk.Groups(ctx, alert.Query{States: open}, by); err != nil || g.Total == 0 {
						b.Fatalf("%d, %v", g.Total, err)
					}
				})
			})
		}
		for name, q := range map[string]alert.RecordQuery{"all": {}, "one customer": {Tenants: ids[:1]}} {
			q.Day, q.Week = time.Now().Add(-24*time.Hour), time.Now().Add(-7*24*time.Hour)
			b.Run("records of rules/"+name, func(b *testing.B) {
				cpu(b, func() {
					if r, err := desk.Records(ctx, q); err != nil || len(r) == 0 {
						b.Fatalf("%d, %v", len(r), err)
					}
				})
			})
		}
		for name, q := range map[string]alert.Query{"all": {}, "a day": {From: time.Now().Add(-24 * time.Hour), To: time.Now()}} {
			b.Run("stats/"+name, func(b *testing.B) {
				cpu(b, func() {
					if f, err := desk.Stats(ctx, q, 60); err != nil || f.Total == 0 {
						b.Fatalf("%d, %v", f.Total, err)
					}
				})
			})
		}
	})
}

// BenchmarkApply is what one batch of 50 firings costs, durable: half of them on open alerts.
func BenchmarkApply(b *testing.B) {
	s := benchStore(b)
	id := newTenant(b, bench{Store: s}, "one")
	alerts := alert.NewService(alert.Deps{Door: s, Ledger: s.Alerts(), Shelf: s.Alerts(), Audit: silent{}})
	ctx := tenant.WithScope(b.Context(), tenant.All())
	seq := uint64(0)
	cpu(b, func() {
		seq++
		var batch []alert.Signal
		for i := range 50 {
			n := i
			if i%2 == 0 {
				n = int(seq)*50 + i // a host of its own
			}
			batch = append(batch, alert.Signal{
				Tenant: id, Model: "signature", Rule: alert.Rule{ID: fmt.Sprint("r", i%7), Title: "Rule", Level: "high", Tags: []string{"attack.execution"}}, Time: time.Now(),
				EventID: fmt.Sprintf("%d-%d", seq, i), Entities: []event.Field{{Name: event.HostName, Value: fmt.Sprint("h", n)}, {Name: event.UserName, Value: "root"}},
				Matches: []alert.Match{{Field: "message", Value: "x"}},
			})
		}
		if err := alerts.Apply(ctx, id, alert.Stream{Epoch: 1}, seq, batch); err != nil {
			b.Fatal(err)
		}
	})
}
