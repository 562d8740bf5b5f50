package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestTenantIsMadeChangedAndFoundBySlugAndID(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	made := into[api.Tenant](t, w.admin().send(t, http.MethodPost, "/api/v1/tenants", map[string]any{"slug": "acme", "name": "Acme", "retention_days": 30}), http.StatusCreated)
	if made.Slug != "acme" || made.State != "active" || made.RetentionDays != 30 || made.Version != 1 {
		t.Fatalf("made = %+v", made)
	}
	for _, ref := range []string{made.ID, "acme"} {
		if got := into[api.Tenant](t, w.admin().get(t, "/api/v1/tenants/"+ref), http.StatusOK); got.ID != made.ID {
			t.Errorf("by %s: %+v", ref, got)
		}
	}
	changed := into[api.Tenant](t, w.admin().send(t, http.MethodPatch, "/api/v1/tenants/acme", map[string]any{"state": "suspended", "version": 1}), http.StatusOK)
	if changed.State != "suspended" || changed.Name != "Acme" || changed.Version != 2 {
		t.Fatalf("changed = %+v", changed)
	}
	list := into[api.List[api.Tenant]](t, w.admin().get(t, "/api/v1/tenants"), http.StatusOK)
	if len(list.Items) != 3 {
		t.Fatalf("%d tenants", len(list.Items))
	}
	if own := into[api.List[api.Tenant]](t, w.viewerOf(w.one).get(t, "/api/v1/tenants"), http.StatusOK); len(own.Items) != 1 || own.Items[0].ID != w.one.id {
		t.Fatalf("a viewer sees %+v", own)
	}
}

func TestTenantsNetworksAreKeptAndChecked(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	networks := func(pairs ...string) (list []map[string]any) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, map[string]any{"cidr": pairs[i], "name": pairs[i+1]})
		}
		return list
	}
	path := "/api/v1/tenants/" + w.one.slug
	into[api.Tenant](t, w.admin().send(t, http.MethodPatch, path, map[string]any{"version": 1, "networks": networks("203.0.113.9/24", "办公网", "2001:db8::1", "")}), http.StatusOK)
	got := into[api.Tenant](t, w.admin().get(t, path), http.StatusOK)
	if want := []api.TenantNetwork{{CIDR: "203.0.113.0/24", Name: "办公网"}, {CIDR: "2001:db8::1/128"}}; !slices.Equal(got.Networks, want) {
		t.Errorf("%+v", got.Networks)
	}
	into[api.Tenant](t, w.admin().send(t, http.MethodPatch, path, map[string]any{"version": 2, "name": "One"}), http.StatusOK)
	if got := into[api.Tenant](t, w.admin().get(t, path), http.StatusOK); len(got.Networks) != 2 {
		t.Errorf("another change took the networks: %+v", got.Networks)
	}
	for _, bad := range [][]string{{"nonsense", ""}, {"0.0.0.0/0", ""}, {"10.0.0.0/8", "a", "10.1.1.1/8", "b"}} {
		wrong(t, w.admin().send(t, http.MethodPatch, path, map[string]any{"version": 3, "networks": networks(bad...)}), http.StatusUnprocessableEntity, "invalid", "body.networks")
	}
}

func TestTenantRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	post := func(body map[string]any) func(int, string, ...string) api.Problem {
		return func(status int, code string, at ...string) api.Problem {
			return wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/tenants", body), status, code, at...)
		}
	}
	post(map[string]any{"slug": "Bad Slug", "name": "x"})(http.StatusUnprocessableEntity, "invalid", "body.slug")
	post(map[string]any{"slug": "provider", "name": "x"})(http.StatusUnprocessableEntity, "invalid", "body.slug")
	post(map[string]any{"slug": "ok", "name": "\u0007"})(http.StatusUnprocessableEntity, "invalid", "body.name")
	post(map[string]any{"slug": "ok", "name": "x", "colour": "red"})(http.StatusUnprocessableEntity, "invalid", "body.colour")
	post(map[string]any{"name": "x"})(http.StatusUnprocessableEntity, "invalid", "body")
	post(map[string]any{"slug": w.one.slug, "name": "x"})(http.StatusConflict, "taken", "body.slug")
	wrong(t, w.admin().send(t, http.MethodDelete, "/api/v1/tenants/"+w.one.slug+"?confirm=other", nil), http.StatusUnprocessableEntity, "invalid", "query.confirm")
}

func TestTenantChangedMeanwhileSaysByWhomAndWhen(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	patch := map[string]any{"name": "New name", "version": 1}
	into[api.Tenant](t, w.admin().send(t, http.MethodPatch, "/api/v1/tenants/"+w.one.slug, patch), http.StatusOK)
	p := wrong(t, w.admin().send(t, http.MethodPatch, "/api/v1/tenants/"+w.one.slug, patch), http.StatusConflict, "conflict")
	if p.By != "admin" || p.At == nil || p.At.Before(w.now) || p.Version != 2 {
		t.Fatalf("problem = %+v", p)
	}
}

func TestDeletedTenantIsGoneWithItsEvents(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	if rec := w.admin().send(t, http.MethodDelete, "/api/v1/tenants/"+w.two.slug+"?confirm="+w.two.slug, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	wrong(t, w.admin().get(t, "/api/v1/tenants/"+w.two.slug), http.StatusNotFound, "not_found")
	wrong(t, w.admin().get(t, "/api/v1/alerts/"+w.two.alert), http.StatusNotFound, "not_found")
	found := into[api.SearchResult](t, w.admin().send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": w.two.secret}), http.StatusOK)
	if len(found.Events) != 0 {
		t.Fatalf("events left: %v", found.Events)
	}
}
