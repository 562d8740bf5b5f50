package api_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// firings shows exceptions what alerts keep.
type firings struct{ alerts *alert.Service }

// Firings implements [except.History].
func (h firings) Firings(ctx context.Context, id tenant.ID, rule string, since time.Time, limit int) (except.Firings, error) {
	f, err := h.alerts.Firings(ctx, alert.FiringQuery{Tenant: id, Rule: rule, Since: since, Limit: limit})
	out := except.Firings{Alerts: f.Alerts, Total: f.Total}
	for _, k := range f.Kept {
		out.Kept = append(out.Kept, except.Firing(k))
	}
	return out, err
}

// fire archives events of customer one and raises an alert of each.
func (w *world) fire(t *testing.T, seq uint64, hosts ...string) {
	t.Helper()
	ctx := tenant.WithScope(t.Context(), tenant.All())
	var events []event.Event
	var signals []alert.Signal
	for i, host := range hosts {
		ev := event.Event{Tenant: tenant.ID(w.one.id), Time: w.now.Add(-time.Minute), ID: eventID(seq, i)}
		for _, f := range []event.Field{{Name: event.Message, Value: "login failed"}, {Name: event.Dataset, Value: "linux.auth"}, {Name: event.HostName, Value: host}, {Name: event.UserName, Value: `corp\"svc"`}} {
			ev.Add(f.Name, f.Value)
		}
		events = append(events, ev)
		signals = append(signals, alert.Signal{
			Tenant: ev.Tenant, Model: "signature", Rule: alert.Rule{ID: "quiet-rule", Title: "Quiet", Level: "low"}, Time: ev.Time, EventID: ev.ID,
			Entities: []event.Field{{Name: event.HostName, Value: host}, {Name: event.UserName, Value: `corp\"svc"`}},
			Matches:  []alert.Match{{Selection: "s", Field: event.UserName, Value: `corp\"svc"`}, {Selection: "s", Field: event.Dataset, Value: "linux.auth"}},
		})
	}
	must(t, w.archive.Append(ctx, events))
	must(t, w.archive.Flush(ctx))
	must(t, w.alerts.Apply(ctx, tenant.ID(w.one.id), alert.Stream{Epoch: 1}, seq, signals))
}

func TestAnExceptionIsDraftedCountedMadeAndRemoved(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.fire(t, 50, "db01", "db01", "db02")
	analyst := w.analyst()
	alerts := into[api.List[api.Alert]](t, analyst.send(t, http.MethodGet, "/api/v1/alerts?rule=quiet-rule&tenant="+w.one.slug, nil), http.StatusOK).Items
	if len(alerts) != 2 {
		t.Fatalf("%d alerts", len(alerts))
	}
	at := alerts[0]
	if at.Count == 1 {
		at = alerts[1]
	}
	draft := into[api.DraftedException](t, analyst.send(t, http.MethodGet, "/api/v1/alerts/"+at.ID+"/exception-draft", nil), http.StatusOK)
	if want := `"host.name":="db01" "user.name":="corp\\\"svc\""`; draft.Query != want || draft.Events != 2 || draft.Tenant != w.one.id || len(draft.Terms) != 3 || draft.Terms[2].Chosen {
		t.Fatalf("draft %+v, want %s", draft, want)
	}
	ask := map[string]any{"tenant": w.one.slug, "rule": draft.Rule, "query": draft.Query, "days": 2}
	i := into[api.ExceptionImpact](t, analyst.send(t, http.MethodPost, "/api/v1/exceptions/preview", ask), http.StatusOK)
	if i.Alerts != 2 || i.Firings != 3 || i.Checked != 3 || i.Suppressed != 2 || i.AlertsSilenced != 1 || i.AlertsChecked != 2 || i.Missing != 0 ||
		!i.Counted || i.Events != 2 || i.AllEvents != 4 || i.Everything || !i.RuleGone || len(i.Examples) != 2 || len(i.Spared) != 1 {
		t.Errorf("impact %+v", i)
	}
	if len(i.Top) != 2 || i.Top[0].Field != event.HostName || i.Top[0].Values[0] != (api.ValueCount{Value: "db01", Hits: 2}) {
		t.Errorf("top %+v", i.Top)
	}
	ask["query"] = "*"
	if i = into[api.ExceptionImpact](t, analyst.send(t, http.MethodPost, "/api/v1/exceptions/preview", ask), http.StatusOK); !i.Everything || i.AlertsSilenced != 2 {
		t.Errorf("impact of everything %+v", i)
	}
	ask["query"] = "host.name:="
	wrong(t, analyst.send(t, http.MethodPost, "/api/v1/exceptions/preview", ask), http.StatusUnprocessableEntity, "query")
	end := w.now.Add(48 * time.Hour)
	body := map[string]any{"tenant": w.one.slug, "rule": draft.Rule, "query": draft.Query, "reason": "known job", "alert": at.ID, "expires_at": end.Format(time.RFC3339)}
	made := into[api.Exception](t, analyst.send(t, http.MethodPost, "/api/v1/exceptions", body), http.StatusCreated)
	if made.State != "expiring" || made.CreatedBy != "analyst" || !made.RuleGone || made.Fault != "" || made.Alert != at.ID {
		t.Errorf("made %+v", made)
	}
	body["alert"] = w.two.alert
	wrong(t, analyst.send(t, http.MethodPost, "/api/v1/exceptions", body), http.StatusNotFound, "not_found")
	viewer := w.viewerOf(w.one)
	list := into[api.ExceptionPage](t, viewer.send(t, http.MethodGet, "/api/v1/exceptions?rule=quiet-rule&state=active,expiring", nil), http.StatusOK)
	if len(list.Items) != 1 || list.Items[0].ID != made.ID || list.Cursor != "" {
		t.Errorf("listed %+v", list)
	}
	page := into[api.ExceptionPage](t, viewer.send(t, http.MethodGet, "/api/v1/exceptions?limit=1", nil), http.StatusOK)
	page = into[api.ExceptionPage](t, viewer.send(t, http.MethodGet, "/api/v1/exceptions?limit=1&cursor="+page.Cursor, nil), http.StatusOK)
	if len(page.Items) != 1 || page.Items[0].ID != w.one.exception {
		t.Errorf("second page %+v", page)
	}
	wrong(t, viewer.send(t, http.MethodGet, "/api/v1/exceptions?state=old", nil), http.StatusUnprocessableEntity, "invalid")
	wrong(t, analyst.send(t, http.MethodDelete, "/api/v1/exceptions/"+made.ID+"?reason=", nil), http.StatusUnprocessableEntity, "invalid")
	if rec := analyst.send(t, http.MethodDelete, "/api/v1/exceptions/"+made.ID+"?reason="+url.QueryEscape("不再需要"), nil); rec.Code != http.StatusNoContent {
		t.Fatalf("remove: %d %s", rec.Code, rec.Body)
	}
	log := w.admin().send(t, http.MethodGet, "/api/v1/audit?tenant="+w.one.slug+"&action=exception", nil).Body.String()
	for _, want := range []string{"exception.create", "exception.remove", "exception.preview", "exception.list", "不再需要"} {
		if want == "exception.list" {
			continue // only the provider's reads are kept
		}
		if !strings.Contains(log, want) {
			t.Errorf("the audit trail lacks %s: %s", want, log)
		}
	}
}
