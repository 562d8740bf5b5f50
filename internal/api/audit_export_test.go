package api_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestAuditExportHoldsTheWholeChainAndItself(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	ctx := identity.WithPrincipal(tenant.WithScope(t.Context(), tenant.All()), identity.Principal{Username: "=cmd|' /C calc'!A0", UserID: "u", Provider: identity.ProviderAdmin})
	id := tenant.ID(w.one.id)
	for range 700 { // more than a page
		must(t, w.trail.Record(ctx, id, "source.update", "source/x", map[string]any{"name": "a"}, map[string]any{"name": "b"}, "-1+1"))
	}
	viewer := w.viewerOf(w.one)
	res := viewer.get(t, "/api/v1/audit/export?tenant="+w.one.slug)
	if res.Code != http.StatusOK || !strings.HasPrefix(res.Header().Get("Content-Type"), "text/csv") || !strings.Contains(res.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("export: %d %v", res.Code, res.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(res.Body.String(), "\ufeff"))).ReadAll()
	must(t, err)
	newest := w.chain(t, "limit=1&tenant="+w.one.slug)[0]
	if int64(len(rows)-1) != newest.Seq {
		t.Errorf("%d rows of a chain of %d", len(rows)-1, newest.Seq)
	}
	if rows[1][4] != "audit.export" {
		t.Errorf("the first row is %v, want the export itself", rows[1])
	}
	if rows[2][2] != "'=cmd|' /C calc'!A0" || rows[2][6] != "'-1+1" {
		t.Errorf("a spreadsheet takes %v for a formula", rows[2])
	}
	lines := strings.Split(strings.TrimSpace(viewer.get(t, "/api/v1/audit/export?format=jsonl&object=source/x&tenant="+w.one.slug).Body.String()), "\n")
	if len(lines) != 700 {
		t.Errorf("%d lines about one object, want 700", len(lines))
	}
	for _, line := range lines {
		var e api.AuditEntry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Object != "source/x" || e.Actor != "=cmd|' /C calc'!A0" {
			t.Fatalf("line %q: %v", line, err)
		}
	}
	wrong(t, viewer.get(t, "/api/v1/audit/export?tenant="+w.two.slug), http.StatusNotFound, "not_found")
	wrong(t, viewer.get(t, "/api/v1/audit/export?tenant=provider"), http.StatusNotFound, "not_found")
}
