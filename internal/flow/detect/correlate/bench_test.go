package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
	"github.com/isoc-project/isoc/internal/tenant"
)

// manyCorrelations are n correlations of every sliding and closing kind over ten rules of single events.
func manyCorrelations(n int) string {
	var b strings.Builder
	b.WriteString(base(10))
	for i := range n {
		a, c := fmt.Sprintf("r%d", i%10), fmt.Sprintf("r%d", (i*7+3)%10)
		body := ""
		switch i % 5 {
		case 0:
			body = "type: event_count, rules: [" + a + "], group-by: user, timespan: 5m, condition: {gte: 20}"
		case 1:
			body = "type: value_count, rules: [" + a + "], group-by: host, timespan: 10m, condition: {field: user, gte: 15}"
		case 2:
			body = "type: temporal_ordered, rules: [" + a + ", " + c + "], group-by: [user, host], timespan: 10m"
		case 3:
			body = "type: temporal, rules: [" + a + ", " + c + "], group-by: host, timespan: 5m"
		case 4:
			body = "type: value_sum, rules: [" + a + "], group-by: user, timespan: 1h, condition: {field: n, gt: 5000}"
		}
		if a == c && strings.HasPrefix(body, "type: temporal") {
			body = "type: event_count, rules: [" + a + "], group-by: host, timespan: 5m, condition: {gte: 50}"
		}
		fmt.Fprintf(&b, "title: c%d\nname: c%d\nid: id-c%d\ncorrelation: {%s}\n---\n", i, i, i, body)
	}
	return b.String()
}

// BenchmarkCorrelate works a million events in, of which all or one in ten fire a rule that a tenth of the correlations are made of. Working
// out the groups is done by workers in parallel; what is left is in order and reported beside. Processor time of one thread.
func BenchmarkCorrelate(b *testing.B) {
	for _, rules := range []int{20, 200} {
		for _, share := range []int{1, 10} {
			if rules == 200 && share == 1 {
				continue // no customer's traffic is nothing but hits of rules that are all correlated
			}
			b.Run(fmt.Sprintf("rules=%d/firing=1in%d", rules, share), func(b *testing.B) {
				program, _ := compile(b, manyCorrelations(rules), correlate.Options{})
				r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // benchmarks repeat
				now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
				const events, size = 1_000_000, 500
				pool := make([]event.Event, 20_000)
				for i := range pool {
					ev := &pool[i]
					ev.Tenant = tenant.ID(fmt.Sprintf("t%d", r.IntN(20)))
					for k := range 20 {
						ev.Add(fmt.Sprintf("field.%d", k), "value")
					}
					ev.Add("user", fmt.Sprintf("user%d", r.IntN(3000)))
					ev.Add("host", fmt.Sprintf("host%d", r.IntN(500)))
					ev.Add("n", fmt.Sprint(r.IntN(1000)))
				}
				runtime.LockOSThread() // processor time is of this thread
				defer runtime.UnlockOSThread()
				b.ResetTimer()
				for range b.N {
					e := correlate.NewEngine(correlate.EngineOptions{EventID: eventID})
					e.Use(program, nil)
					firings := 0
					var feeding time.Duration
					begin := cputime.Thread()
					for seq := range events / size {
						at := now.Add(time.Duration(seq) * 100 * time.Millisecond)
						batch := correlate.Batch{Sequence: uint64(seq + 1), Received: at}
						start := cputime.Thread()
						for i := range size {
							if i%share != 0 {
								continue
							}
							ev := &pool[(seq*size+i)%len(pool)]
							ev.Time = at
							item := correlate.Begin(ev, at, i)
							program.Add(&item, fmt.Sprintf("id-r%d", i%10), ev, nil, nil)
							batch.Items = append(batch.Items, item)
						}
						feeding += cputime.Thread() - start
						e.Apply(batch, func(detect.Finding) { firings++ })
					}
					took := cputime.Thread() - begin
					b.ReportMetric(events/took.Seconds(), "events/CPU-s")
					b.ReportMetric(events/(took-feeding).Seconds(), "ordered-events/s")
					b.ReportMetric(float64(firings), "firings")
					s := e.Stats()
					var before, after runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&before)
					start := time.Now()
					snapshot := e.Snapshot(correlate.Position{Epoch: 1, Sequence: 1})
					b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "snapshot-ms")
					b.ReportMetric(float64(len(snapshot))/float64(s.Entries), "snapshot-B/entry")
					runtime.KeepAlive(e)
					e = nil
					runtime.GC()
					runtime.ReadMemStats(&after)
					b.ReportMetric(float64(before.HeapAlloc-after.HeapAlloc)/float64(s.Bytes), "heap/estimate")
					b.ReportMetric(float64(s.Entries), "entries")
					b.ReportMetric(float64(s.Groups), "groups")
				}
			})
		}
	}
}
