package api_test

import (
	"net/http"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestViewsOverTheAPI(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	viewer := w.viewerOf(w.one)
	made := into[api.View](t, viewer.send(t, http.MethodPost, "/api/v1/views", map[string]any{
		"page": "alerts", "name": "高危", "search": "level=high", "shared": true,
	}), http.StatusCreated)
	if !made.Own || made.Tenant != w.one.id || made.Owner != "viewer-of-"+w.one.slug || made.Version != 1 {
		t.Fatalf("made %+v", made)
	}
	wrong(t, viewer.send(t, http.MethodPost, "/api/v1/views", map[string]any{"page": "alerts", "name": "x", "search": "", "tenant": w.two.slug}),
		http.StatusNotFound, "not_found")
	wrong(t, viewer.send(t, http.MethodPost, "/api/v1/views", map[string]any{"page": "alerts", "name": "x", "search": "?q"}),
		http.StatusUnprocessableEntity, "invalid")
	if rec := viewer.send(t, http.MethodPut, "/api/v1/views/defaults/alerts", map[string]any{"view": made.ID}); rec.Code != http.StatusNoContent {
		t.Fatalf("choose: %d %s", rec.Code, rec.Body)
	}
	list := into[api.List[api.View]](t, viewer.send(t, http.MethodGet, "/api/v1/views", nil), http.StatusOK).Items
	if len(list) != 1 || !list[0].Default || list[0].Name != "高危" {
		t.Fatalf("list %+v", list)
	}
	if rec := viewer.send(t, http.MethodPut, "/api/v1/views/defaults/alerts", map[string]any{"view": ""}); rec.Code != http.StatusNoContent {
		t.Fatalf("choose none: %d %s", rec.Code, rec.Body)
	}
	// The provider's staff see their own side only.
	list = into[api.List[api.View]](t, w.admin().send(t, http.MethodGet, "/api/v1/views", nil), http.StatusOK).Items
	if len(list) != 1 || list[0].ID != w.adminView || list[0].Tenant != "" {
		t.Fatalf("the admin's list %+v", list)
	}
	wrong(t, w.admin().send(t, http.MethodDelete, "/api/v1/views/"+made.ID, nil), http.StatusNotFound, "not_found")
}
