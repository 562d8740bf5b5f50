package sigma_test

import (
	"runtime"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// benchEvents are recorded events, one in a few, so that they fit in memory beside the rules.
func benchEvents(b *testing.B, keep func(*event.Event) bool) []event.Event {
	b.Helper()
	all := append(attackEvents(b, 2), mordorEvents(b, 30)...)
	kept := all[:0]
	for i := range all {
		if keep(&all[i]) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

func benchmark(b *testing.B, events []event.Event, match func(*sigma.Matcher, *event.Event)) {
	b.Helper()
	set, _ := sigma.Compile(sigmaHQRules(b), sigma.Options{})
	m := set.Matcher()
	for i := range events {
		match(m, &events[i])
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	n, start := 0, cputime.Thread()
	for b.Loop() {
		match(m, &events[n%len(events)])
		n++
	}
	b.ReportMetric(float64(n)/(cputime.Thread()-start).Seconds(), "events/cpu-s")
}

func every(*event.Event) bool { return true }

func isProcessCreation(ev *event.Event) bool {
	id := ev.Value("winlog.event_id")
	return id == "1" && ev.Value("winlog.channel") == "Microsoft-Windows-Sysmon/Operational" || id == "4688"
}

func BenchmarkMatchRouted(b *testing.B) {
	benchmark(b, benchEvents(b, every), func(m *sigma.Matcher, ev *event.Event) { m.Fired(ev, func(*sigma.Rule) {}) })
}

func BenchmarkMatchAllRules(b *testing.B) {
	benchmark(b, benchEvents(b, every), func(m *sigma.Matcher, ev *event.Event) { m.FiredAll(ev, func(*sigma.Rule) {}) })
}

func BenchmarkMatchProcessCreation(b *testing.B) {
	benchmark(b, benchEvents(b, isProcessCreation), func(m *sigma.Matcher, ev *event.Event) { m.Fired(ev, func(*sigma.Rule) {}) })
}

func BenchmarkCompile(b *testing.B) {
	rules := sigmaHQRules(b)
	b.ReportAllocs()
	for b.Loop() {
		set, _ := sigma.Compile(rules, sigma.Options{})
		set.Matcher().PrepareAll()
	}
}
