package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/content/packfile"
)

const zipType = "application/zip"

func (a as) importPack(t *testing.T, name string, pairs ...string) api.PackImport {
	t.Helper()
	rec := a.do(t, http.MethodPost, "/api/v1/content/packs", call{query: "unsigned=true&activate=true&name=" + name, raw: zipped(t, pairs...), contentType: zipType}, a.who)
	return into[api.PackImport](t, rec, http.StatusCreated)
}

// publicKey is a fresh public key in PEM.
func publicKey(t *testing.T) []byte {
	t.Helper()
	_, public, err := packfile.GenerateKey()
	must(t, err)
	return public
}

func TestImportedPackRunsAndTellsWhatItRefused(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	broken := strings.NewReplacer("Failed log-in", "broken", "000000000001", "000000000002").Replace(ruleText)
	got := w.admin().importPack(t, "mine", "good.yml", strings.Replace(ruleText, "000000000001", "000000000003", 1), "bad.yml", broken, "README.md", "hello")
	if got.Rules != 1 || got.Refused != 1 || !got.Active || got.Version != 1 || got.ImportedBy != "admin" || got.Ignored != 1 {
		t.Fatalf("import = %+v", got)
	}
	if len(got.Refusals) != 1 || got.Refusals[0].File != "bad.yml" || got.Refusals[0].Reason == "" {
		t.Fatalf("refusals = %+v", got.Refusals)
	}
	d := into[api.PackDetail](t, w.analyst().get(t, "/api/v1/content/packs/"+got.ID), http.StatusOK)
	if len(d.Refusals) != 1 || d.Name != "mine" {
		t.Fatalf("detail = %+v", d)
	}
}

func TestPackIsRolledBackAndRemoved(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	back := into[api.Pack](t, w.admin().send(t, http.MethodPost, "/api/v1/content/packs/"+w.oldPack+"/activate", nil), http.StatusOK)
	if !back.Active {
		t.Fatalf("pack = %+v", back)
	}
	list := into[api.List[api.Pack]](t, w.analyst().get(t, "/api/v1/content/packs"), http.StatusOK)
	for _, p := range list.Items {
		if p.Active != (p.ID == w.oldPack) {
			t.Errorf("pack %+v", p)
		}
	}
	if rec := w.admin().send(t, http.MethodDelete, "/api/v1/content/packs/"+w.packID, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("remove: %d %s", rec.Code, rec.Body)
	}
	wrong(t, w.admin().get(t, "/api/v1/content/packs/"+w.packID), http.StatusNotFound, "not_found")
}

func TestImportRefusesWhatIsNoPackOfRules(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := w.admin()
	send := func(c call) api.Problem {
		c.contentType = zipType
		return wrong(t, me.do(t, http.MethodPost, "/api/v1/content/packs", c, me.who), http.StatusUnprocessableEntity, "invalid")
	}
	if p := send(call{query: "unsigned=true&name=x", raw: []byte("not a zip")}); len(p.Errors) != 1 || p.Errors[0].Code != "content.zip.unreadable" {
		t.Errorf("problem = %+v", p)
	}
	if p := send(call{query: "unsigned=true&name=../x", raw: zipped(t, "a.yml", ruleText)}); len(p.Errors) != 1 || p.Errors[0].Location != "query.name" {
		t.Errorf("problem = %+v", p)
	}
	if p := send(call{raw: zipped(t, "a.yml", ruleText)}); len(p.Errors) != 1 || p.Errors[0].Code != "content.pack.unsigned" {
		t.Errorf("problem = %+v", p)
	}
	if p := send(call{query: "unsigned=true", raw: zipped(t, "a.yml", ruleText)}); len(p.Errors) != 1 || p.Errors[0].Location != "query.name" {
		t.Errorf("problem = %+v", p)
	}
	if p := send(call{query: "unsigned=true&name=x", raw: zipped(t, "a.yml", "{unclosed")}); len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Location, "a.yml") {
		t.Errorf("problem = %+v", p)
	}
}

func TestRulesAreFoundAndRead(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for query, want := range map[string]int{"": 1, "q=LOG-IN": 1, "q=nothing": 0, "level=high": 1, "level=low": 0, "status=test": 1} {
		page := into[api.CountedPage[api.Rule]](t, w.viewerOf(w.one).get(t, "/api/v1/rules?"+query), http.StatusOK)
		if len(page.Items) != want {
			t.Errorf("%q: %d rules, want %d", query, len(page.Items), want)
		}
	}
	d := into[api.RuleDetail](t, w.viewerOf(w.one).get(t, "/api/v1/rules/"+w.rule), http.StatusOK)
	if d.Source == "" || d.Description != "Someone failed to log in." || len(d.References) != 1 || len(d.FalsePositives) != 1 || d.State != "enabled" || d.LogSource.Product != "linux" {
		t.Fatalf("rule = %+v", d)
	}
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/rules/none"), http.StatusNotFound, "not_found")
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/rules?level=huge"), http.StatusUnprocessableEntity, "invalid", "query.level")
}
