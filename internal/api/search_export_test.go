package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// put stores one event of a customer.
func (w *world) put(t *testing.T, c customer, seq uint64, pairs ...string) {
	t.Helper()
	ctx := tenant.WithScope(t.Context(), tenant.All())
	e := event.Event{Tenant: tenant.ID(c.id), Time: w.now.Add(-2 * 60e9), ID: eventID(seq, 0)}
	for i := 0; i < len(pairs); i += 2 {
		e.Add(pairs[i], pairs[i+1])
	}
	must(t, w.archive.Append(ctx, []event.Event{e}))
	must(t, w.archive.Flush(ctx))
}

func TestExportedTextIsNoFormula(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	hostile := []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "plain, \"quoted\"\nline", "＝1"}
	for i, text := range hostile {
		w.put(t, w.one, uint64(20+i), "message", text, "event.original", text)
	}
	rec := w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/export", map[string]any{
		"query": "!" + w.one.secret, "from": "now-1h", "fields": []string{"@timestamp", "message", "=evil"}, "order": "oldest",
	})
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment; filename=\"isoc-events-") {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(rec.Body.Bytes(), []byte("\ufeff")))).ReadAll()
	must(t, err)
	if diff := cmp.Diff([]string{"@timestamp", "message", "'=evil"}, rows[0]); diff != "" {
		t.Fatal(diff)
	}
	var got []string
	for _, row := range rows[1:] {
		got = append(got, row[1])
	}
	want := []string{"'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(1)", "'\t=1", "'\r=1", "plain, \"quoted\"\nline", "'＝1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestExportHoldsEveryPageOnceAndIsOnRecord(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 2300)
	rec := w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/export", map[string]any{"query": "counted", "format": "jsonl"})
	seen := make(map[any]bool)
	for line := range strings.Lines(rec.Body.String()) {
		var ev api.Event
		must(t, json.Unmarshal([]byte(line), &ev))
		if seen[ev["event.id"]] || ev["isoc.tenant"] != w.one.slug {
			t.Fatalf("%v twice, or of somebody else", ev)
		}
		seen[ev["event.id"]] = true
	}
	if len(seen) != 2300 {
		t.Fatalf("%d events", len(seen))
	}
	trail := w.admin().send(t, http.MethodGet, "/api/v1/audit?tenant="+w.one.slug, nil).Body.String()
	for _, want := range []string{"event.export", "event.exported", `\"rows\":2300`} {
		if !strings.Contains(trail, want) {
			t.Errorf("the audit trail has no %s:\n%s", want, trail)
		}
	}
}

func TestExportOfACalculationHasItsColumns(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 3)
	body := w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/export", map[string]any{"query": "counted | stats by (user.name) count() hits"}).Body.String()
	if body != "\ufeffhits,user.name\n3,root\n" {
		t.Fatalf("%q", body)
	}
}

func TestWrongExportIsRefusedBeforeItBegins(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	wrong(t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/export", map[string]any{"query": "a | nosuch"}), http.StatusUnprocessableEntity, "query")
	wrong(t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/export", map[string]any{"tenants": []string{w.two.slug}}), http.StatusNotFound, "not_found")
}
