package api_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// gapID is the gap that the world's rule has: it came after the events.
const gapID = "00000001000000000001"

// missed records that the world's rule came late.
func (w *world) missed(t *testing.T) {
	t.Helper()
	r := tenure.NewRecorder(w.store.Tenures(), func(tenant.ID) bool { return true })
	ctx := tenant.WithScope(t.Context(), tenant.All())
	must(t, r.InForce(ctx, &tenure.Ruling{}, 1, 1, w.now.Add(-time.Hour)))
	must(t, r.InForce(ctx, &tenure.Ruling{Rules: map[string]tenure.Standing{w.rule: {State: tenure.On, Text: "text"}}}, 1, 1000, w.now.Add(time.Hour)))
}

// gapRules are rules in force that never were otherwise.
type gapRules struct{ set *sigma.Set }

func (g gapRules) InForce(id string) backfill.InForce {
	out := backfill.InForce{Text: "text"}
	g.set.Rules(func(r *sigma.Rule) {
		if r.ID == id {
			out.Rule = r
		}
	})
	return out
}

func (gapRules) Earlier(context.Context, string, string) (*sigma.Rule, error) {
	return nil, fault.ErrNotFound
}

type gapRaiser struct{ alerts *alert.Service }

func (r gapRaiser) Raise(ctx context.Context, id tenant.ID, run, by string, findings []detect.Finding) (int, error) {
	var signals []alert.Signal
	for _, f := range findings {
		signals = append(signals, alert.Signal{
			Tenant: f.Tenant, Model: f.Model, Time: f.Time, EventID: f.EventID, Entities: f.Entities,
			Rule: alert.Rule{ID: f.Rule.ID, Title: f.Rule.Title, Level: string(f.Rule.Level), Tags: f.Rule.Tags},
		})
	}
	return r.alerts.Backfill(ctx, id, alert.Search{Run: run, By: by}, signals)
}

func TestAGapIsShownCountedAndFilled(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	analyst, path := w.analyst(), "/api/v1/tenants/"+w.one.slug+"/rules/"+w.rule+"/gaps"
	look := func() api.RuleGaps {
		t.Helper()
		return into[api.RuleGaps](t, analyst.send(t, http.MethodGet, path, nil), http.StatusOK)
	}
	wait := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			if t.Context().Err() != nil {
				t.Fatal("never: " + what)
			}
			time.Sleep(time.Millisecond)
		}
	}
	gaps := look()
	if len(gaps.Gaps) != 1 || gaps.Gaps[0].ID != gapID || gaps.Gaps[0].Kind != "absent" || gaps.Gaps[0].Barred != "" || gaps.Gaps[0].Filled != nil || gaps.Gaps[0].To == nil {
		t.Fatalf("gaps %+v", gaps.Gaps)
	}
	if len(gaps.Spans) != 2 || gaps.Spans[0].State != "absent" || gaps.Spans[1].State != "on" || gaps.Since == nil || gaps.Since.Before(w.now.Add(-30*time.Minute)) {
		t.Errorf("spans %+v since %v: before the customer there is nothing", gaps.Spans, gaps.Since)
	}
	run := into[api.DryRun](t, analyst.send(t, http.MethodPost, path+"/"+gapID+"/dry-run", nil), http.StatusAccepted)
	wait("the impact is known", func() bool {
		run = into[api.DryRun](t, analyst.send(t, http.MethodGet, "/api/v1/dry-runs/"+run.ID, nil), http.StatusOK)
		return run.FinishedAt != nil
	})
	if run.Hits != 1 || run.Events != 1 || len(run.Examples) != 1 {
		t.Errorf("impact %+v", run)
	}
	for range 2 { // the second finds it raised already
		into[api.Backfill](t, analyst.send(t, http.MethodPost, path+"/"+gapID+"/backfill", nil), http.StatusAccepted)
		wait("the gap is searched", func() bool { gaps = look(); return gaps.Runs[0].State != "running" })
		if r := gaps.Runs[0]; r.State != "done" || r.Hits != 1 || r.By == "" || gaps.Gaps[0].Filled == nil {
			t.Errorf("run %+v of %+v", r, gaps)
		}
	}
	if gaps.Runs[0].Raised != 0 || gaps.Runs[1].Raised != 1 {
		t.Errorf("raised %+v", gaps.Runs)
	}
	list := into[api.AlertPage](t, analyst.send(t, http.MethodGet, "/api/v1/alerts?tenant="+w.one.slug, nil), http.StatusOK)
	later := 0
	for _, al := range list.Items {
		if al.BackfilledBy != "" {
			later++
		}
	}
	if later != 1 || len(list.Items) != 2 {
		t.Errorf("%d of %d alerts are back-filled", later, len(list.Items))
	}
	wrong(t, analyst.send(t, http.MethodPost, path+"/none/backfill", nil), http.StatusNotFound, "not_found")
	wrong(t, analyst.send(t, http.MethodGet, "/api/v1/tenants/"+w.one.slug+"/rules/none/gaps", nil), http.StatusNotFound, "not_found")
}
