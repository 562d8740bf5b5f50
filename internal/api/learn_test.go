package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// teach gives the world the service that learns from sources, as the program wires it.
func (w *world) teach(log *slog.Logger) {
	w.collector = learned.NewCollector(parse.Structural, nil)
	shelf := w.store.Learned()
	w.learned = learned.NewService(learned.Deps{
		Repository: shelf, Door: w.store, Auditor: w.trail, Actor: identity.Actor, Collector: w.collector, Book: learned.NewBook(shelf, w.collector, log), Logger: log,
		Source: func(id string) (tenant.ID, string, parse.Settings, bool) {
			src, ok := w.registry.ByID(id)
			if !ok {
				return "", "", parse.Settings{}, false
			}
			return src.Tenant, src.Name, parse.Settings{Kind: src.Kind, TimeZone: src.TimeZone}, true
		},
	})
	w.deps.Learning = w.learned
}

// send shows the collector lines of a source as the pipeline would.
func (w *world) send(of tenant.ID, source string, line func(i int) string, n int) {
	p := parse.New(parse.Options{Own: w.learned.Own})
	records, events := make([]record.Record, n), make([]event.Event, n)
	for i := range records {
		records[i] = record.Record{Tenant: of, Source: source, Received: w.now.Add(time.Duration(i) * time.Millisecond), Raw: []byte(line(i))}
		p.Parse(&records[i], &events[i])
	}
	w.collector.Tap(records, events)
}

// gateLine is what an invented device sends.
func gateLine(secret string) func(i int) string {
	return func(i int) string {
		return fmt.Sprintf("<134>%s zgate: zz=%d caller=192.0.2.%d peer=198.51.100.%d pport=%d verdict=%s note=%s",
			time.Date(2026, 5, 4, 3, 2, i%60, 0, time.UTC).Format("Jan _2 15:04:05"), i, i%250+1, i%200+1, 1024+i, []string{"permit", "deny"}[i%2], secret)
	}
}

// learn has a parser proposed for the customer's source.
func (w *world) learn(t *testing.T, ctx context.Context, c *customer) {
	t.Helper()
	of := tenant.ID(c.id)
	w.send(of, c.source, gateLine(c.secret), 300)
	h, err := w.learned.Learn(tenant.WithScope(ctx, tenant.All()), of, c.source)
	must(t, err)
	c.proposal = h.ID
}
