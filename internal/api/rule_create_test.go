package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

// TestATextOfSeveralRulesIsOneRequest keeps all documents of a text or none, with an entry in the audit for each.
func TestATextOfSeveralRulesIsOneRequest(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.serve(t, api.Options{})
	text := func(source string) any { return map[string]any{"source": source, "note": "both"} }
	written := func() []string {
		var of []string
		for _, e := range w.chain(t, "tenant=provider&limit=20") {
			if e.Action == "rule.create" {
				of = append(of, e.Object)
			}
		}
		slices.Sort(of)
		return of
	}
	const two = "id: several-1\ntitle: One\n---\nid: several-2\ntitle: Two\n"
	wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/rules", text(two+"---\nid: several-1\ntitle: Again\n")), http.StatusConflict, "taken")
	wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/rules", text(two+"---\n- no mapping\n")), http.StatusUnprocessableEntity, "invalid")
	for _, id := range []string{"several-1", "several-2"} {
		wrong(t, w.admin().get(t, "/api/v1/rules/"+id), http.StatusNotFound, "not_found")
	}
	if got := written(); len(got) != 0 {
		t.Fatalf("audited though refused: %v", got)
	}
	got := into[api.CreatedRule](t, w.admin().send(t, http.MethodPost, "/api/v1/rules", text(two)), http.StatusCreated)
	if !slices.Equal(got.Created, []string{"several-1", "several-2"}) || got.ID != "several-1" || got.Title != "One" || got.State != "draft" {
		t.Errorf("created %+v", got)
	}
	if got := into[api.RuleDetail](t, w.admin().get(t, "/api/v1/rules/several-2"), http.StatusOK); got.Source != "id: several-2\ntitle: Two\n" || got.State != "draft" {
		t.Errorf("the second %+v", got)
	}
	if got := written(); !slices.Equal(got, []string{"rule/several-1", "rule/several-2"}) {
		t.Errorf("audited %v", got)
	}
}
