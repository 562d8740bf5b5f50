package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestASourceTellsWhichRulesRestOnIt(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	base := "/api/v1/tenants/" + w.one.slug + "/sources/" + w.one.source + "/coverage"
	if got := into[api.SourceCoverage](t, w.viewerOf(w.one).get(t, base), http.StatusOK); got.Basis != "unknown" || len(got.Rules) != 0 {
		t.Fatalf("before the first record: %+v", got)
	}
	w.sent(t, w.one, 20, "linux.auth")
	w.sent(t, w.two, 21, "linux.auth")
	w.registry.Touch(w.one.source, 1, 90)
	got := into[api.SourceCoverage](t, w.viewerOf(w.one).get(t, base), http.StatusOK)
	if got.Basis != "records" || got.Sole != 1 || got.Shared != 0 || got.Records != 1 || got.Rules[0].ID != w.rule || !got.Rules[0].Sole || got.Rules[0].LogSource.Service != "auth" {
		t.Fatalf("coverage = %+v", got)
	}
	if len(got.Datasets) != 1 || got.Datasets[0] != (api.CoverageDataset{Name: "linux.auth", Records: 1}) {
		t.Errorf("datasets %+v", got.Datasets)
	}
	wrong(t, w.viewerOf(w.one).get(t, strings.Replace(base, w.one.slug, w.two.slug, 1)), http.StatusNotFound, "not_found")
	wrong(t, w.admin().get(t, strings.Replace(base, w.one.source, w.two.source, 1)), http.StatusNotFound, "not_found")
}

func TestSilentSourcesTellWhatTheyCostWithinTheScope(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	if none := into[api.LostCoveragePage](t, w.admin().get(t, "/api/v1/coverage"), http.StatusOK); none.Total != 0 || len(none.Items) != 0 {
		t.Fatalf("nothing is silent: %+v", none)
	}
	for i, c := range []customer{w.one, w.two} {
		w.sent(t, c, uint64(30+i), "linux.auth")
		w.registry.Touch(c.source, 1, 90)
	}
	sending := into[api.LostCoveragePage](t, w.viewerOf(w.one).get(t, "/api/v1/coverage?of=all"), http.StatusOK)
	if sending.Total != 1 || sending.Items[0].Source != w.one.source || sending.Items[0].State != "healthy" || sending.Items[0].Sole != 1 {
		t.Errorf("what silence would cost: %+v", sending)
	}
	w.deps.Sources = silenced{w.deps.Sources}
	w.serve(t, api.Options{})
	all := into[api.LostCoveragePage](t, w.admin().get(t, "/api/v1/coverage"), http.StatusOK)
	if all.Total != 2 || len(all.Items) != 2 || all.Items[0].Sole != 1 || all.Items[1].Sole != 1 || all.Items[0].Since == nil {
		t.Fatalf("all = %+v", all)
	}
	if all.Items[0].State != "silent" {
		t.Errorf("state %q", all.Items[0].State)
	}
	rec := w.viewerOf(w.one).get(t, "/api/v1/coverage")
	own := into[api.LostCoveragePage](t, rec, http.StatusOK)
	if own.Total != 1 || own.Items[0].Source != w.one.source {
		t.Fatalf("a viewer sees %+v", own)
	}
	for _, mark := range w.two.marks() {
		if strings.Contains(rec.Body.String(), mark) {
			t.Errorf("a viewer is told %q of another customer", mark)
		}
	}
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/coverage?tenant="+w.two.slug), http.StatusNotFound, "not_found")
}

// silenced is sources that have all gone silent.
type silenced struct{ api.Sources }

func (s silenced) List(ctx context.Context, id tenant.ID) ([]collect.Overview, error) {
	all, err := s.Sources.List(ctx, id)
	for i := range all {
		all[i].Condition.State = collect.Silent
	}
	return all, err
}

// sent puts an event of the customer's source into the archive.
func (w *world) sent(t *testing.T, c customer, seq uint64, dataset string) {
	t.Helper()
	ctx := tenant.WithScope(t.Context(), tenant.All())
	ev := event.Event{Tenant: tenant.ID(c.id), Time: w.now.Add(-time.Minute), ID: eventID(seq, 0)}
	ev.Add(event.Original, c.secret)
	ev.Add(event.Dataset, dataset)
	ev.Add(event.IsocSource, c.source)
	ev.Add(event.EventID, ev.ID)
	ev.Add(event.Sequence, fmt.Sprint(seq))
	must(t, w.archive.Append(ctx, []event.Event{ev}))
	must(t, w.archive.Flush(ctx))
}
