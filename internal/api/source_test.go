package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/flow/collect"
)

func TestSourceShowsItsTokenOnceAndLivesThroughItsChanges(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	base := "/api/v1/tenants/" + w.one.slug + "/sources"
	made := into[api.FreshSource](t, w.admin().send(t, http.MethodPost, base, map[string]any{
		"name": "firewall", "kind": "firewall", "senders": []string{"192.0.2.0/24", "2001:db8::1"}, "time_zone": "Asia/Shanghai",
	}), http.StatusCreated)
	if made.Token == "" || !strings.HasPrefix(made.Token, made.TokenHint) || made.Tenant != w.one.id || made.Version != 1 {
		t.Fatalf("made = %+v", made)
	}
	if diff := cmp.Diff([]string{"192.0.2.0/24", "2001:db8::1/128"}, made.Senders); diff != "" {
		t.Fatal(diff)
	}
	rec := w.admin().get(t, base+"/"+made.ID)
	if got := into[api.Source](t, rec, http.StatusOK); got.Name != "firewall" || got.LastSeen != nil || strings.Contains(rec.Body.String(), made.Token) {
		t.Fatalf("got = %s", rec.Body)
	}
	changed := into[api.Source](t, w.admin().send(t, http.MethodPatch, base+"/"+made.ID, map[string]any{"disabled": true, "version": 1}), http.StatusOK)
	if !changed.Disabled || changed.Name != "firewall" || changed.Version != 2 {
		t.Fatalf("changed = %+v", changed)
	}
	rotated := into[api.FreshSource](t, w.admin().send(t, http.MethodPost, base+"/"+made.ID+"/token", nil), http.StatusOK)
	if rotated.Token == made.Token || rotated.ID != made.ID {
		t.Fatalf("rotated = %+v", rotated)
	}
	if rec := w.admin().send(t, http.MethodDelete, base+"/"+made.ID, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("delete: %d %s", rec.Code, rec.Body)
	}
	wrong(t, w.admin().get(t, base+"/"+made.ID), http.StatusNotFound, "not_found")
}

func TestSourceIsNotFoundUnderAnotherCustomer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	wrong(t, w.admin().get(t, "/api/v1/tenants/"+w.one.slug+"/sources/"+w.two.source), http.StatusNotFound, "not_found")
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/tenants/"+w.one.slug+"/sources/"+w.two.source), http.StatusNotFound, "not_found")
}

func TestSourceRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	base := "/api/v1/tenants/" + w.one.slug + "/sources"
	for at, body := range map[string]map[string]any{
		"body.name":       {"name": "  "},
		"body.kind":       {"name": "x", "kind": "big toaster"},
		"body.senders[1]": {"name": "x", "senders": []string{"192.0.2.1", "somewhere"}},
		"body.time_zone":  {"name": "x", "time_zone": "Mars/Olympus"},
		"body.encoding":   {"name": "x", "encoding": "ebcdic"},
		"body.port":       {"name": "x", "port": 70000},
	} {
		wrong(t, w.admin().send(t, http.MethodPost, base, body), http.StatusUnprocessableEntity, "invalid", at)
	}
	patch := map[string]any{"name": "y", "version": 1}
	into[api.Source](t, w.admin().send(t, http.MethodPatch, base+"/"+w.one.source, patch), http.StatusOK)
	if p := wrong(t, w.admin().send(t, http.MethodPatch, base+"/"+w.one.source, patch), http.StatusConflict, "conflict"); p.By != "admin" || p.Version != 2 {
		t.Fatalf("problem = %+v", p)
	}
}

// Clients need not know our words: a kind is a hint, and an encoding has other names.
func TestSourceTakesAKindOfItsOwnAndOtherNamesOfEncodings(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	body := map[string]any{"name": "edge", "kind": "FortiGate", "encoding": "GBK"}
	got := into[api.Source](t, w.admin().send(t, http.MethodPost, "/api/v1/tenants/"+w.one.id+"/sources", body), http.StatusCreated)
	if got.Kind != "fortigate" || got.Encoding != "gb18030" {
		t.Errorf("kind %q, encoding %q", got.Kind, got.Encoding)
	}
	body = map[string]any{"name": "odd", "kind": "two words"}
	wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/tenants/"+w.one.id+"/sources", body), http.StatusUnprocessableEntity, "invalid", "body.kind")
}

// The document lists the kinds so that a screen can offer them; they are the collector's to define.
func TestKindsOfTheDocumentAreTheCollectors(t *testing.T) {
	t.Parallel()
	body := string(document(t).Schema(t, "SourceDraft"))
	for _, kind := range slices.Concat(collect.Kinds(), collect.Encodings()) {
		if !strings.Contains(body, kind) {
			t.Errorf("the document lacks %q", kind)
		}
	}
}
