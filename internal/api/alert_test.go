package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestAlertDetailSaysWhyItFired(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	d := into[api.AlertDetail](t, w.viewerOf(w.one).get(t, "/api/v1/alerts/"+w.one.alert), http.StatusOK)
	if d.Rule.Title != "Failed log-in" || d.State != "new" || d.Count != 1 || !strings.Contains(d.RuleSource, "message|contains: failed") {
		t.Fatalf("alert = %+v", d)
	}
	if len(d.Evidence) != 1 || len(d.Evidence[0].Matches) != 1 || d.Evidence[0].Matches[0].Pattern != "failed" {
		t.Fatalf("evidence = %+v", d.Evidence)
	}
	if ev := d.Evidence[0].Event; ev["message"] != "login failed "+w.one.secret || ev["event.id"] != w.one.event || ev["isoc.tenant"] != w.one.slug {
		t.Fatalf("event = %v", ev)
	}
	if strings.Join(d.Moves, ",") != "acknowledged,investigating,closed" {
		t.Fatalf("moves = %v", d.Moves)
	}
}

func TestAlertIsJudgedAndRemembersIt(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/alerts/" + w.one.alert
	moved := into[api.Alert](t, w.analyst().send(t, http.MethodPost, path+"/transitions", map[string]any{"to": "investigating", "version": 1}), http.StatusOK)
	if moved.State != "investigating" || moved.Assignee != "analyst" {
		t.Fatalf("moved = %+v", moved)
	}
	closed := into[api.Alert](t, w.analyst().send(t, http.MethodPost, path+"/transitions", map[string]any{
		"to": "closed", "verdict": "benign_positive", "reason": "a scanner of ours", "version": moved.Version,
	}), http.StatusOK)
	if closed.State != "closed" || closed.Verdict != "benign_positive" {
		t.Fatalf("closed = %+v", closed)
	}
	d := into[api.AlertDetail](t, w.admin().get(t, path), http.StatusOK)
	if len(d.Transitions) != 2 || d.Transitions[1].Actor != "analyst" || d.Transitions[1].ActorName != "Ann Alyst" || d.Transitions[1].From != "investigating" || d.Transitions[1].Reason != "a scanner of ours" {
		t.Fatalf("transitions = %+v", d.Transitions)
	}
}

func TestAlertMovedMeanwhileSaysByWhomAndWhen(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/alerts/" + w.one.alert + "/transitions"
	into[api.Alert](t, w.analyst().send(t, http.MethodPost, path, map[string]any{"to": "acknowledged", "version": 1}), http.StatusOK)
	p := wrong(t, w.admin().send(t, http.MethodPost, path, map[string]any{"to": "investigating", "version": 1}), http.StatusConflict, "conflict")
	if p.By != "analyst" || p.At == nil || p.Version != 2 {
		t.Fatalf("problem = %+v", p)
	}
	into[api.Alert](t, w.admin().send(t, http.MethodPost, path, map[string]any{"to": "investigating", "version": p.Version}), http.StatusOK)
}

func TestAlertRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/alerts/" + w.one.alert + "/transitions"
	for name, c := range map[string]struct {
		at   string
		body map[string]any
	}{
		"unknown state":     {"body.to", map[string]any{"to": "solved", "version": 1}},
		"no verdict":        {"body.verdict", map[string]any{"to": "closed", "reason": "x", "version": 1}},
		"no reason":         {"body.reason", map[string]any{"to": "closed", "verdict": "duplicate", "version": 1}},
		"verdict too early": {"body.verdict", map[string]any{"to": "acknowledged", "verdict": "duplicate", "version": 1}},
		"not from here":     {"body.to", map[string]any{"to": "new", "version": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			wrong(t, w.analyst().send(t, http.MethodPost, path, c.body), http.StatusUnprocessableEntity, "invalid", c.at)
		})
	}
	wrong(t, w.analyst().get(t, "/api/v1/alerts?state=solved"), http.StatusUnprocessableEntity, "invalid", "query.state")
	wrong(t, w.analyst().get(t, "/api/v1/alerts?cursor=garbage"), http.StatusUnprocessableEntity, "invalid", "query.cursor")
	wrong(t, w.analyst().get(t, "/api/v1/alerts?level=huge"), http.StatusUnprocessableEntity, "invalid", "query.level")
	wrong(t, w.analyst().get(t, "/api/v1/alerts?limit=5000"), http.StatusUnprocessableEntity, "invalid", "query.limit")
	wrong(t, w.analyst().get(t, "/api/v1/alerts?severity=high"), http.StatusUnprocessableEntity, "invalid", "query.severity")
}

func TestAlertListFiltersAndPages(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for query, want := range map[string]int64{
		"": 2, "state=open": 2, "state=closed": 0, "level=high,critical": 2, "level=low": 0, "tenant=" + w.one.slug: 1,
		"tenant=" + w.two.id: 1, "q=" + w.one.secret: 1, "rule=" + w.rule: 2, "rule=other": 0,
	} {
		page := into[api.CountedPage[api.Alert]](t, w.analyst().get(t, "/api/v1/alerts?"+query), http.StatusOK)
		if page.Total != want || int64(len(page.Items)) != want {
			t.Errorf("%q: %d of %d alerts, want %d", query, len(page.Items), page.Total, want)
		}
	}
	first := into[api.CountedPage[api.Alert]](t, w.analyst().get(t, "/api/v1/alerts?limit=1"), http.StatusOK)
	second := into[api.CountedPage[api.Alert]](t, w.analyst().get(t, "/api/v1/alerts?limit=1&cursor="+first.Cursor), http.StatusOK)
	if len(first.Items) != 1 || len(second.Items) != 1 || first.Items[0].ID == second.Items[0].ID || second.Cursor != "" {
		t.Fatalf("pages = %+v, %+v", first, second)
	}
}

func TestAlertListAsksForWhatAlertsAreAbout(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for query, want := range map[string]int{
		"q=%E7%99%BB%E5%BD%95":                    2, // 登录, the Chinese title
		"source=" + w.one.source:                  1,
		"source=none":                             0,
		"assignee=none":                           2,
		"assignee=me":                             0,
		"verdict=duplicate":                       0,
		"entity=host.name%3Dhost-" + w.one.secret: 1,
		"entity=host.name%3DHOST-" + w.one.secret: 1,
		"entity=source.ip%3D":                     2,
		"entity=source.ip%3D&entity=host.name%3D": 0,
		"from=now-5m":                             2,
		"to=now-5m":                               0,
		"sort=risk&limit=500":                     2,
		"sort=risk&offset=1":                      1,
		"until=" + min(w.one.alert, w.two.alert):  1,
		"state=open&level=high&assignee=none&tenant=" + w.one.id: 1,
	} {
		page := into[api.AlertPage](t, w.analyst().get(t, "/api/v1/alerts?"+query), http.StatusOK)
		if len(page.Items) != want {
			t.Errorf("%q: %d of %d alerts, want %d", query, len(page.Items), page.Total, want)
		}
	}
	page := into[api.AlertPage](t, w.viewerOf(w.one).get(t, "/api/v1/alerts"), http.StatusOK)
	if al := page.Items[0]; al.Risk != 50 || len(al.RiskParts) != 1 || al.Source.ID != w.one.source || al.Source.Name != "web of "+w.one.slug || page.Newest != al.ID {
		t.Errorf("alert = %+v, newest %s", al, page.Newest)
	}
	if page := into[api.AlertPage](t, w.viewerOf(w.one).get(t, "/api/v1/alerts?source="+w.two.source), http.StatusOK); page.Total != 0 {
		t.Errorf("a viewer finds %d alerts by another customer's source", page.Total)
	}
	for query, at := range map[string]string{
		"sort=age": "query.sort", "until=x": "query.until", "entity=host": "query.entity", "verdict=good": "query.verdict", "from=soon": "query.from",
		"sort=risk&cursor=" + w.one.alert: "query.cursor", "offset=1&cursor=" + w.one.alert: "query.offset", "offset=-1": "query.offset",
	} {
		wrong(t, w.analyst().get(t, "/api/v1/alerts?"+query), http.StatusUnprocessableEntity, "invalid", at)
	}
}
