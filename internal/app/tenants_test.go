package app

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/tenant"
)

// BenchmarkTenantsOfOneSet judges the same events as those of one customer and of a thousand, who share one compiled set. "decided" is
// where half of the thousand have switched ten rules off.
func BenchmarkTenantsOfOneSet(b *testing.B) {
	texts := ruleTexts(b, filepath.Join("..", "..", "content", "rules"))
	if dir := filepath.Join("..", "..", "..", "shared", "data", "sigma"); exists(dir) {
		texts = append(texts, ruleTexts(b, dir)...)
	}
	customers := make([]tenant.ID, 1000)
	for i := range customers {
		customers[i] = tenant.ID(fmt.Sprintf("customer-%04d", i))
	}
	decided := append([]content.Source(nil), texts...)
	for i := range 10 {
		for _, id := range customers[:500] {
			decided[i].Overrides = append(decided[i].Overrides, content.Override{Tenant: id, Rule: decided[i].Rule, Standing: content.Standing{State: content.Off}})
		}
	}
	for _, c := range []struct {
		name  string
		texts []content.Source
		many  int
	}{{"1", texts, 1}, {"1000", texts, 1000}, {"1000,decided", decided, 1000}} {
		b.Run(c.name, func(b *testing.B) {
			rules := newRuleSet(except.NewBook(nil, slog.New(slog.DiscardHandler), time.Now), slog.New(slog.DiscardHandler))
			rules.source = &editions{texts: c.texts}
			if err := rules.reload(b.Context()); err != nil {
				b.Fatal(err)
			}
			events := reloadEvents()
			j := rules.judge()
			j.Use(rules.now())
			match := func(n int) {
				ev := &events[n%len(events)]
				ev.Tenant = customers[n%c.many]
				item := correlate.Begin(ev, ev.Time, 0)
				j.Match(ev, &item, func(detect.Finding) {})
			}
			for n := range events {
				match(n)
			}
			runtime.LockOSThread() // processor time is taken of this thread
			defer runtime.UnlockOSThread()
			n, start := 0, cputime.Thread()
			for b.Loop() {
				match(n)
				n++
			}
			b.ReportMetric(float64(n)/(cputime.Thread()-start).Seconds(), "events/cpu-s")
		})
	}
}
