package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
)

func TestARuleIsTriedOnTheArchive(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	analyst := w.analyst()
	started := into[api.DryRun](t, analyst.send(t, http.MethodPost, "/api/v1/rules/dry-run", map[string]any{"source": ruleText, "days": 3}), http.StatusAccepted)
	if len(started.Tenants) != 2 || started.Rule.Title != "Failed log-in" {
		t.Fatalf("started %+v", started)
	}
	run := started
	for run.FinishedAt == nil {
		if t.Context().Err() != nil {
			t.Fatal("the run never ends")
		}
		time.Sleep(time.Millisecond)
		run = into[api.DryRun](t, analyst.send(t, http.MethodGet, "/api/v1/dry-runs/"+started.ID, nil), http.StatusOK)
	}
	if run.State != "done" || run.Events != 2 || run.Hits != 2 || run.Alerts != 2 || len(run.Days) != 4 || len(run.Examples) != 2 || run.Tenants[0].Hits != 1 || run.Progress != 1 {
		t.Errorf("found %+v", run)
	}
	wrong(t, w.admin().send(t, http.MethodGet, "/api/v1/dry-runs/"+started.ID, nil), http.StatusNotFound, "not_found")
	wrong(t, analyst.send(t, http.MethodPost, "/api/v1/rules/dry-run", map[string]any{"source": "title: x"}), http.StatusUnprocessableEntity, "invalid")
	if rec := analyst.send(t, http.MethodDelete, "/api/v1/dry-runs/"+started.ID, nil); rec.Code != http.StatusNoContent {
		t.Errorf("cancel: %d", rec.Code)
	}
	wrong(t, analyst.send(t, http.MethodGet, "/api/v1/dry-runs/"+started.ID, nil), http.StatusNotFound, "not_found")
}

func TestACorrelationIsTriedOnTheArchive(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	analyst := w.analyst()
	made := "title: Twice\nid: 5f8f4e2a-0000-4000-8000-0000000000aa\ncorrelation: {type: event_count, rules: [PART], timespan: 10m, condition: {gte: 1}}\n"
	wrong(t, analyst.send(t, http.MethodPost, "/api/v1/rules/dry-run", map[string]any{"source": strings.Replace(made, "PART", "nobody", 1)}), http.StatusUnprocessableEntity, "invalid")
	run := into[api.DryRun](t, analyst.send(t, http.MethodPost, "/api/v1/rules/dry-run",
		map[string]any{"source": strings.Replace(made, "PART", "5f8f4e2a-0000-4000-8000-000000000001", 1), "days": 3}), http.StatusAccepted)
	for run.FinishedAt == nil {
		if t.Context().Err() != nil {
			t.Fatal("the run never ends")
		}
		time.Sleep(time.Millisecond)
		run = into[api.DryRun](t, analyst.send(t, http.MethodGet, "/api/v1/dry-runs/"+run.ID, nil), http.StatusOK)
	}
	if run.State != "done" || run.Rule.Title != "Twice" || run.Hits != 2 || len(run.Examples) != 2 || len(run.Examples[0].Parts) != 1 || run.Examples[0].Parts[0].Title != "Failed log-in" || run.Examples[0].Event == nil {
		t.Errorf("found %+v", run)
	}
}
