package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

// chain lists a chain's newest entries, as the admin sees it.
func (w *world) chain(t *testing.T, query string) []api.AuditEntry {
	t.Helper()
	return into[api.Page[api.AuditEntry]](t, w.admin().get(t, "/api/v1/audit?"+query), http.StatusOK).Items
}

func TestWhatTheProviderReadsStandsInTheCustomersChain(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := w.analyst()
	into[api.SearchResult](t, me.send(t, http.MethodPost, "/api/v1/search", map[string]any{"tenants": []string{w.one.slug}, "query": "who reads this", "from": "now-1h"}), http.StatusOK)
	into[api.SearchResult](t, me.send(t, http.MethodPost, "/api/v1/search", map[string]any{"tenants": []string{w.one.slug}, "query": "who reads this", "from": "now-1h"}), http.StatusOK)
	into[api.AlertDetail](t, me.get(t, "/api/v1/alerts/"+w.one.alert), http.StatusOK)
	for range 3 {
		into[api.CountedPage[api.Alert]](t, me.get(t, "/api/v1/alerts"), http.StatusOK)
		into[api.List[api.Source]](t, me.get(t, "/api/v1/tenants/"+w.one.slug+"/sources"), http.StatusOK)
	}
	counts := make(map[string]int)
	for _, e := range w.chain(t, "actor=analyst&tenant="+w.one.slug) {
		counts[e.Action]++
		if !e.Provider || e.Remote != "192.0.2.1" || e.Session == "" {
			t.Errorf("entry = %+v", e)
		}
		if e.Action == "event.search" && !strings.Contains(e.After, "who reads this") {
			t.Errorf("a search without its text: %+v", e)
		}
	}
	want := map[string]int{"event.search": 2, "alert.read": 1, "alert.list": 1, "source.list": 1}
	for action, n := range want {
		if counts[action] != n {
			t.Errorf("%s: %d entries, want %d", action, counts[action], n)
		}
	}
	for _, e := range w.chain(t, "actor=analyst&tenant="+w.two.slug) {
		if e.Action != "alert.list" {
			t.Errorf("customer two's chain tells of %+v", e)
		}
	}
}

func TestCustomersReadTheirOwnChainAndLeaveNoTrailOfReading(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := w.viewerOf(w.one)
	into[api.SearchResult](t, me.send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": "mine"}), http.StatusOK)
	page := into[api.Page[api.AuditEntry]](t, me.get(t, "/api/v1/audit?tenant="+w.one.slug), http.StatusOK)
	if len(page.Items) == 0 || slices.ContainsFunc(page.Items, func(e api.AuditEntry) bool { return e.Action == "event.search" }) {
		t.Fatalf("chain = %+v", page.Items)
	}
	wrong(t, me.get(t, "/api/v1/audit?tenant=provider"), http.StatusNotFound, "not_found")
	wrong(t, w.analyst().get(t, "/api/v1/audit?tenant=provider"), http.StatusForbidden, "forbidden")
	into[api.Page[api.AuditEntry]](t, w.admin().get(t, "/api/v1/audit?tenant=provider"), http.StatusOK)
}

func TestAuditListPagesAndFilters(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	first := into[api.Page[api.AuditEntry]](t, w.admin().get(t, "/api/v1/audit?tenant=provider&limit=2"), http.StatusOK)
	second := into[api.Page[api.AuditEntry]](t, w.admin().get(t, "/api/v1/audit?tenant=provider&limit=2&cursor="+first.Cursor), http.StatusOK)
	if len(first.Items) != 2 || len(second.Items) == 0 || second.Items[0].Seq >= first.Items[1].Seq {
		t.Fatalf("pages = %+v, %+v", first.Items, second.Items)
	}
	for _, e := range w.chain(t, "tenant=provider&action=tenant") {
		if !strings.HasPrefix(e.Action, "tenant.") {
			t.Errorf("entry = %+v", e)
		}
	}
	if got := w.chain(t, "tenant=provider&to=now-1h"); len(got) != 0 {
		t.Errorf("an hour ago there was nothing, yet %+v", got)
	}
	wrong(t, w.admin().get(t, "/api/v1/audit"), http.StatusUnprocessableEntity, "invalid", "query.tenant")
	wrong(t, w.admin().get(t, "/api/v1/audit?tenant=provider&from=never"), http.StatusUnprocessableEntity, "invalid", "query.from")
	wrong(t, w.admin().get(t, "/api/v1/audit?tenant=provider&cursor=x"), http.StatusUnprocessableEntity, "invalid", "query.cursor")
}

func TestVerifyFindsTheChainWhole(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for _, ref := range []string{"provider", w.one.slug, w.two.id} {
		got := into[api.AuditCheck](t, w.admin().send(t, http.MethodPost, "/api/v1/audit/verify", map[string]any{"tenant": ref}), http.StatusOK)
		if !got.OK || got.Entries == 0 || got.BrokenSeq != 0 {
			t.Errorf("%s: %+v", ref, got)
		}
	}
}
