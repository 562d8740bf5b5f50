package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// messages puts events of customer one into the archive, one a message; extra adds fields to the i-th.
func (w *world) messages(t *testing.T, of customer, seq uint64, texts []string, extra func(i int, ev *event.Event)) {
	t.Helper()
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	events := make([]event.Event, 0, len(texts))
	for i, text := range texts {
		ev := event.Event{Tenant: tenant.ID(of.id), Time: w.now.Add(-time.Duration(i+1) * time.Second), ID: eventID(seq, i)}
		ev.Add(event.Message, text)
		ev.Add(event.Original, text)
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, fmt.Sprint(seq))
		if extra != nil {
			extra(i, &ev)
		}
		events = append(events, ev)
	}
	must(t, w.archive.Append(ctx, events))
	must(t, w.archive.Flush(ctx))
}

func (w *world) patterns(t *testing.T, of customer, body map[string]any) api.PatternsResult {
	t.Helper()
	return into[api.PatternsResult](t, w.viewerOf(of).send(t, http.MethodPost, "/api/v1/search/patterns", body), http.StatusOK)
}

func TestPatternsCountWhatDiffersInNumbersAlone(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.messages(t, w.one, 20, []string{
		"port 11 of 10.0.0.1 closed", "port 22 of 10.0.0.2 closed", "port 33 of 10.9.9.9 closed", "at 10:00:01 up", "at 11:30:09 up", "alone",
	}, nil)
	got := w.patterns(t, w.one, map[string]any{"query": "!failed | fields user.name", "from": "now-1h"})
	want := map[string]uint64{"port <N> of <IP4> closed": 3, "at <TIME> up": 2, "alone": 1}
	have := map[string]uint64{}
	for _, p := range got.Patterns {
		have[p.Pattern] = p.Hits
		if p.Sample == "" || p.First.After(p.Last) || p.Last.After(w.now) || p.First.Before(w.now.Add(-time.Hour)) {
			t.Errorf("%+v", p)
		}
	}
	if diff := cmp.Diff(want, have); diff != "" || got.More || got.Total != 6 || got.Patterns[0].Hits != 3 || got.Stats.RowsScanned == 0 {
		t.Errorf("%+v (-want +got):\n%s", got, diff)
	}
	if few := w.patterns(t, w.one, map[string]any{"from": "now-1h", "limit": 2}); len(few.Patterns) != 2 || !few.More || few.Total != 7 {
		t.Errorf("%+v", few)
	}
}

// A count stands beside a filter: asked, the filter must find as many.
func TestFilterOfAPatternFindsAsManyAsItCounted(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	words := []string{"12", "10.1.2.3", "10:20:30", "2026-01-02", "2026-01-02T03:04:05Z", "4f2a91bc", "<", ">", "<x>", "user", "失败", `\`, `"`, "a=1", "v2", ":", "/", "-", "550e8400-e29b-41d4-a716-446655440000", "(7)", "|"}
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "from=<root@a1>: 12 bytes", "from=<root@a1>: 99 bytes", "a < 5", "a < 6", "pipe | 5 \\ \"6\""}
	for range 400 {
		var parts []string
		for range 1 + random.IntN(4) {
			parts = append(parts, words[random.IntN(len(words))])
		}
		texts = append(texts, strings.Join(parts, []string{" ", ""}[random.IntN(2)]))
	}
	w.messages(t, w.one, 30, texts, nil)
	got := w.patterns(t, w.one, map[string]any{"from": "now-2h", "limit": 200})
	offered := 0
	for _, p := range got.Patterns {
		if p.Filter == "" {
			continue
		}
		offered++
		found := into[api.SearchResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": p.Filter, "from": "now-2h", "limit": 1000}), http.StatusOK)
		if uint64(len(found.Events)) != p.Hits {
			t.Errorf("%q: %d, but %s finds %d", p.Pattern, p.Hits, p.Filter, len(found.Events))
		}
	}
	if offered < len(got.Patterns)*2/3 {
		t.Errorf("only %d of %d patterns can be opened", offered, len(got.Patterns))
	}
}

func TestPatternsAndNumbersStayWithTheirCustomer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for _, path := range []string{"patterns", "numbers"} {
		body := func(of customer) map[string]any {
			return map[string]any{"tenants": []string{of.slug}, "field": "source.port"}
		}
		if path == "patterns" {
			body = func(of customer) map[string]any { return map[string]any{"tenants": []string{of.slug}} }
		}
		wrong(t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/"+path, body(w.two)), http.StatusNotFound, "not_found")
	}
	for _, p := range w.patterns(t, w.one, map[string]any{}).Patterns {
		if strings.Contains(p.Pattern+p.Sample, w.two.secret) {
			t.Errorf("a pattern of another customer: %+v", p)
		}
	}
}

func TestNumbersSayHowTheyAreSpread(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	values := []string{"1", "10", "10", "1000", "-5", "2.5", "none", "1e9", ""}
	w.messages(t, w.one, 40, make([]string, len(values)), func(i int, ev *event.Event) {
		ev.Add("http.bytes", values[i])
	})
	got := into[api.NumbersResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/numbers", map[string]any{"field": "http.bytes"}), http.StatusOK)
	if got.Count != 6 || got.Min != -5 || got.Max != 1000 || got.Mean < 169 || got.Mean > 170 || got.Median < 2.5 || got.Median > 10 {
		t.Errorf("%+v", got)
	}
	var hits uint64
	for i, b := range got.Buckets {
		hits += b.Hits
		if b.From >= b.To || i > 0 && b.From < got.Buckets[i-1].To {
			t.Errorf("bucket %d of %+v", i, got.Buckets)
		}
	}
	if hits != 5 { // of the numbers from nought up
		t.Errorf("%d in %+v", hits, got.Buckets)
	}
	none := into[api.NumbersResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/numbers", map[string]any{"field": `odd "name"`}), http.StatusOK)
	if none.Count != 0 || len(none.Buckets) != 0 {
		t.Errorf("%+v", none)
	}
}
