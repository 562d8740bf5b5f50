package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
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
		Repository: shelf, Door: w.store, Auditor: w.trail, Actor: identity.Actor, Collector: w.collector, Again: time.Nanosecond, Book: learned.NewBook(shelf, w.collector, log), Logger: log,
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

// ask makes a call as the provider's admin and reads the answer.
func ask[T any](t *testing.T, w *world, method, path string, body any, status int) T {
	t.Helper()
	rec := w.do(t, method, path, call{body: body}, credentials{bearer: w.adminBearer})
	if rec.Code != status {
		t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	var out T
	if status < 400 {
		must(t, json.Unmarshal(rec.Body.Bytes(), &out))
	}
	return out
}

func TestLearning(t *testing.T) {
	t.Parallel()
	onEachStore(t, learning)
}

// learning rejects a proposal, has another shape proposed by the turns of work, approves, retires and restores it.
func learning(t *testing.T, w *world) {
	all := tenant.WithScope(t.Context(), tenant.All())
	of, source := tenant.ID(w.one.id), w.one.source
	work := func() api.ParserProposals {
		t.Helper()
		must(t, w.learned.Work(all))
		return ask[api.ParserProposals](t, w, "GET", "/api/v1/parser-proposals?state=open&tenant="+w.one.slug, nil, 200)
	}
	ask[api.ParserProposal](t, w, "POST", "/api/v1/parser-proposals/"+w.one.proposal+"/reject", map[string]any{"version": 1, "note": "not ours"}, 200)
	if got := work(); got.Total != 0 {
		t.Fatalf("what was rejected is proposed again: %+v", got)
	}
	w.send(of, source, func(i int) string {
		return fmt.Sprintf("zgate2: op:%d|who:192.0.2.%d|end:%s|lane:%d", i, i%250+1, []string{"in", "out"}[i%2], i%4)
	}, 250)
	got := work()
	if got.Total != 1 || got.Items[0].Reason != "new" || got.Items[0].Source.ID != source {
		t.Fatalf("proposed: %+v", got)
	}
	if again := work(); again.Total != 1 || again.Items[0].Version != got.Items[0].Version {
		t.Errorf("proposed again while it is open: %+v", again)
	}
	src := ask[api.Source](t, w, "GET", "/api/v1/tenants/"+w.one.slug+"/sources/"+source, nil, 200)
	if src.Proposal != got.Items[0].ID {
		t.Errorf("the source names proposal %q", src.Proposal)
	}
	path := "/api/v1/parser-proposals/" + src.Proposal
	ask[api.OwnPackVersion](t, w, "POST", path+"/approve", map[string]any{"version": 7}, 409)
	ask[api.OwnPackVersion](t, w, "POST", path+"/approve", map[string]any{"version": 1, "device": map[string]any{"vendor": "Z", "product": "Gate", "kind": "toaster"}}, 422)
	made := ask[api.OwnPackVersion](t, w, "POST", path+"/approve", map[string]any{"version": got.Items[0].Version, "device": map[string]any{"vendor": "Z", "product": "Gate", "kind": "iot"}}, 200)
	if made.Pack != "own-gate" || made.State != "active" {
		t.Fatalf("approved as %+v", made)
	}
	ownPackIsTried(t, w, source, "own-gate")
	if list := ask[api.ParserCatalogue](t, w, "GET", "/api/v1/parsers?tenant="+w.one.slug, nil, 200); list.Totals.Own != 1 || list.Own[0].Source.ID != source {
		t.Errorf("in the catalogue: %+v", list.Own)
	}
	if list := ask[api.ParserCatalogue](t, w, "GET", "/api/v1/parsers?tenant="+w.two.slug, nil, 200); list.Totals.Own != 0 {
		t.Errorf("another customer's catalogue: %+v", list.Own)
	}
	own := "/api/v1/sources/" + source + "/own-pack"
	if p := ask[api.OwnPack](t, w, "POST", own+"/retire", map[string]any{"note": "enough"}, 200); p.Active != nil || len(p.Versions) != 1 || p.Versions[0].State != "retired" {
		t.Errorf("retired: %+v", p)
	}
	ownPackIsTried(t, w, source, "")
	ask[api.OwnPack](t, w, "POST", own+"/retire", map[string]any{}, 404)
	ask[api.OwnPack](t, w, "POST", own+"/restore", map[string]any{"pack_version": 9}, 404)
	if p := ask[api.OwnPack](t, w, "POST", own+"/restore", map[string]any{"pack_version": 1}, 200); p.Active == nil || p.Active.Version != 1 || p.Text == "" {
		t.Errorf("restored: %+v", p)
	}
	ownPackIsTried(t, w, source, "own-gate")
	trail := w.do(t, "GET", "/api/v1/audit", call{query: "limit=200&tenant=" + w.one.slug}, credentials{bearer: w.adminBearer}).Body.String()
	for _, action := range []string{"parser.learn", "parser.reject", "parser.propose", "parser.approve", "parser.retire", "parser.restore"} {
		if !strings.Contains(trail, action) {
			t.Errorf("%s is not in the audit trail", action)
		}
	}
}

// ownPackIsTried tries a line with a source's own parser, which reads it or is not there, and without.
func ownPackIsTried(t *testing.T, w *world, source, want string) {
	t.Helper()
	line := "zgate2: op:9000|who:192.0.2.9|end:in|lane:2"
	for of, parser := range map[string]string{source: want, "": "", w.two.source: ""} {
		r := ask[api.ParseResult](t, w, "POST", "/api/v1/parse", map[string]any{"raw": line, "source": of}, 200)
		got := fmt.Sprint(r.Fields["isoc.parser"])
		if parser != "" && got != parser || parser == "" && strings.HasPrefix(got, "own-") {
			t.Errorf("source %q: read by %q, want %q", of, got, parser)
		}
	}
}
