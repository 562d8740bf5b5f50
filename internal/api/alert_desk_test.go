package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestAlertsChangeManyAtOnceEachByItself(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	item := func(id string, version int) map[string]any { return map[string]any{"id": id, "version": version} }
	bulk := func(a as, body map[string]any) api.AlertBulkOutcome {
		t.Helper()
		return into[api.AlertBulkOutcome](t, a.send(t, http.MethodPost, "/api/v1/alerts/bulk", body), http.StatusOK)
	}
	out := bulk(w.analyst(), map[string]any{"to": "closed", "verdict": "false_positive", "reason": "known",
		"items": []any{item(w.one.alert, 1), item(w.two.alert, 7), item("01J0000000000000000000000A", 1)}})
	if len(out.Changed) != 1 || out.Changed[0].State != "closed" || out.Changed[0].Version != 2 || len(out.Failed) != 2 {
		t.Fatalf("%+v", out)
	}
	for _, f := range out.Failed {
		if want := map[bool]string{true: "conflict", false: "not_found"}[f.ID == w.two.alert]; f.Code != want || f.Detail == "" {
			t.Errorf("%+v", f)
		}
	}
	given := bulk(w.admin(), map[string]any{"assignee": "analyst", "items": []any{item(w.two.alert, 1)}})
	if len(given.Changed) != 1 || given.Changed[0].Assignee != "analyst" {
		t.Fatalf("%+v", given)
	}
	refused := bulk(w.admin(), map[string]any{"assignee": "viewer-of-" + w.two.slug, "items": []any{item(w.two.alert, 2)}})
	if len(refused.Failed) != 1 || refused.Failed[0].Code != "invalid" {
		t.Fatalf("%+v", refused)
	}
	for at, body := range map[string]map[string]any{
		"body.verdict": {"to": "closed", "reason": "x", "items": []any{item(w.two.alert, 2)}},
		"body.reason":  {"to": "closed", "verdict": "duplicate", "items": []any{item(w.two.alert, 2)}},
		"body.to":      {"items": []any{item(w.two.alert, 2)}},
		"body.items":   {"to": "acknowledged", "items": []any{}},
	} {
		wrong(t, w.analyst().send(t, http.MethodPost, "/api/v1/alerts/bulk", body), http.StatusUnprocessableEntity, "invalid", at)
	}
}

func TestAlertIsGivenToWhoMayJudge(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/alerts/" + w.one.alert + "/assign"
	people := into[api.List[api.Person]](t, w.analyst().get(t, "/api/v1/alerts/assignees?tenant="+w.one.slug), http.StatusOK)
	var names []string
	for _, p := range people.Items {
		names = append(names, p.Username)
	}
	if strings.Join(names, " ") != "admin analyst" {
		t.Errorf("assignees = %v", names)
	}
	al := into[api.Alert](t, w.analyst().send(t, http.MethodPost, path, map[string]any{"assignee": "admin", "version": 1}), http.StatusOK)
	if al.Assignee != "admin" || al.AssigneeName != "admin" || al.Version != 2 {
		t.Fatalf("%+v", al)
	}
	p := wrong(t, w.admin().send(t, http.MethodPost, path, map[string]any{"assignee": "", "version": 1}), http.StatusConflict, "conflict")
	if p.By != "analyst" || p.Version != 2 {
		t.Errorf("%+v", p)
	}
	wrong(t, w.analyst().send(t, http.MethodPost, path, map[string]any{"assignee": "viewer-of-" + w.one.slug, "version": 2}), http.StatusUnprocessableEntity, "invalid", "body.assignee")
	into[api.AlertPage](t, w.admin().get(t, "/api/v1/alerts?assignee=me"), http.StatusOK)
}

func TestAlertsAreFoundByTheirPlaceInATTACK(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for query, want := range map[string]int64{
		"technique=T1110": 2, "technique=T1078,t1110": 2, "technique=T1078": 0, "technique=T1110.001": 0, "tactic=credential_access": 0,
		"entity=host.name!%3Dnowhere": 2, "entity=host.name!%3D": 2,
	} {
		if p := into[api.AlertPage](t, w.analyst().get(t, "/api/v1/alerts?"+query), http.StatusOK); p.Total != want {
			t.Errorf("%s: %d alerts, want %d", query, p.Total, want)
		}
	}
	wrong(t, w.analyst().get(t, "/api/v1/alerts?technique=brute"), http.StatusUnprocessableEntity, "invalid", "query.technique")
	wrong(t, w.analyst().get(t, "/api/v1/alerts?tactic=1"), http.StatusUnprocessableEntity, "invalid", "query.tactic")
}

func TestAlertFiguresNameWhatTheyCount(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rules := into[api.AlertGroups](t, w.analyst().get(t, "/api/v1/alerts/groups?by=rule"), http.StatusOK)
	if rules.Total != 2 || len(rules.Items) != 1 || rules.Items[0].LabelZH != titleZH || rules.Items[0].Count != 2 || rules.TotalGroups != 1 {
		t.Errorf("%+v", rules)
	}
	sources := into[api.AlertGroups](t, w.viewerOf(w.one).get(t, "/api/v1/alerts/groups?by=source"), http.StatusOK)
	if len(sources.Items) != 1 || sources.Items[0].Label != "web of "+w.one.slug {
		t.Errorf("%+v", sources)
	}
	past := into[api.AlertGroups](t, w.analyst().get(t, "/api/v1/alerts/groups?by=rule&offset=1&limit=1"), http.StatusOK)
	if len(past.Items) != 0 || past.TotalGroups != 1 || past.Total != 2 {
		t.Errorf("%+v", past)
	}
	wrong(t, w.analyst().get(t, "/api/v1/alerts/groups?by=colour"), http.StatusUnprocessableEntity, "invalid", "query.by")
	s := into[api.AlertStats](t, w.viewerOf(w.one).get(t, "/api/v1/alerts/stats"), http.StatusOK)
	if s.Total != 1 || s.ByLevel["high"] != 1 || s.TopRules[0].TitleZH != titleZH || s.TopSources[0].Name != "web of "+w.one.slug || len(s.OverTime) != 1 {
		t.Errorf("%+v", s)
	}
	v := into[api.AlertPrecedents](t, w.viewerOf(w.one).get(t, "/api/v1/alerts/"+w.one.alert+"/verdicts"), http.StatusOK)
	if len(v.Here) != 0 || v.Elsewhere != nil {
		t.Errorf("%+v", v)
	}
	r := into[api.AlertRelated](t, w.viewerOf(w.one).get(t, "/api/v1/alerts/"+w.one.alert+"/related"), http.StatusOK)
	if len(r.Entities) != 1 || r.Entities[0].Total != 1 || len(r.Items) != 0 {
		t.Errorf("%+v", r)
	}
}
