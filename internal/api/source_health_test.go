package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestSourcesOfAllCustomersShowTheirStateAndFilterByIt(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.registry.Touch(w.one.source, 5, 500)
	w.registry.Parsed(w.one.source, 5, 1, []time.Duration{0, 0, time.Second, time.Second, time.Second})
	all := into[api.SourcesPage](t, w.admin().get(t, "/api/v1/sources?series=1h"), http.StatusOK)
	if all.Total != 2 || all.States["healthy"] != 1 || all.States["never"] != 1 || all.Items[0].ID != w.two.source {
		t.Fatalf("all = %+v", all)
	}
	got := all.Items[1]
	if got.ParseRate == nil || *got.ParseRate != 0.8 || got.Records1h != 5 || got.LagS == nil || got.Series == nil || len(got.Series.Records) != 60 {
		t.Fatalf("source = %+v", got)
	}
	never := into[api.SourcesPage](t, w.admin().get(t, "/api/v1/sources?state=never,silent"), http.StatusOK)
	if never.Total != 1 || len(never.Items) != 1 || never.Items[0].ID != w.two.source || never.States["healthy"] != 1 {
		t.Fatalf("never = %+v", never)
	}
	own := into[api.SourcesPage](t, w.viewerOf(w.one).get(t, "/api/v1/sources"), http.StatusOK)
	if own.Total != 1 || own.Items[0].ID != w.one.source {
		t.Fatalf("a viewer sees %+v", own)
	}
	if named := into[api.SourcesPage](t, w.admin().get(t, "/api/v1/sources?q=WEB+OF+"+w.two.slug), http.StatusOK); named.Total != 1 || named.Items[0].ID != w.two.source {
		t.Fatalf("by name: %+v", named)
	}
	into[api.Source](t, w.admin().send(t, http.MethodPatch, "/api/v1/tenants/"+w.two.slug+"/sources/"+w.two.source, map[string]any{"name": "南区 防火墙", "version": 1}), http.StatusOK)
	into[api.FreshSource](t, w.admin().send(t, http.MethodPost, "/api/v1/tenants/"+w.one.slug+"/sources", map[string]any{"name": "防火墙"}), http.StatusCreated)
	found := into[api.SourcesPage](t, w.admin().get(t, "/api/v1/sources?q=fhq&sort=fit&limit=1"), http.StatusOK)
	if found.Total != 2 || len(found.Items) != 1 || found.Items[0].Name != "防火墙" {
		t.Fatalf("by the letters of its reading: %+v", found)
	}
	if own := into[api.SourcesPage](t, w.viewerOf(w.one).get(t, "/api/v1/sources?q=fhq"), http.StatusOK); own.Total != 1 || own.Items[0].Tenant != w.one.id {
		t.Fatalf("a viewer finds %+v", own)
	}
	wrong(t, w.admin().get(t, "/api/v1/sources?state=asleep"), http.StatusUnprocessableEntity, "invalid", "query.state")
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/sources?tenant="+w.two.slug), http.StatusNotFound, "not_found")
}

func TestSourceSeriesHasNoGapsAndCountsWhatJustCame(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.registry.Touch(w.one.source, 7, 700)
	base := "/api/v1/tenants/" + w.one.slug + "/sources/" + w.one.source
	for span, want := range map[string]int{"1h": 60, "24h": 1440, "7d": 168} {
		got := into[api.SourceSeries](t, w.admin().get(t, base+"/series?span="+span), http.StatusOK)
		if len(got.Items) != want {
			t.Fatalf("%s has %d points, want %d", span, len(got.Items), want)
		}
		var sum int64
		for _, p := range got.Items {
			sum += p.Records
		}
		if sum != 7 {
			t.Errorf("%s counts %d records, want 7", span, sum)
		}
	}
	wrong(t, w.admin().get(t, base+"/series?span=2h"), http.StatusUnprocessableEntity, "invalid", "query.span")
	wrong(t, w.admin().get(t, "/api/v1/tenants/"+w.one.slug+"/sources/"+w.two.source+"/series"), http.StatusNotFound, "not_found")
}

func TestLatestRecordsShowHowTheyWereUnderstood(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	base := "/api/v1/tenants/" + w.one.slug + "/sources/" + w.one.source + "/latest"
	ctx := tenant.WithScope(t.Context(), tenant.All())
	if none := into[api.List[api.LatestRecord]](t, w.admin().get(t, base), http.StatusOK); len(none.Items) != 0 {
		t.Fatalf("before the first: %+v", none)
	}
	for i, of := range []customer{w.one, w.two} {
		ev := event.Event{Tenant: tenant.ID(of.id), Time: w.now, ID: eventID(uint64(10+i), 0)}
		ev.Add(event.Original, "<38>Jan  2 03:04:05 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2")
		ev.Add(event.Message, of.secret)
		ev.Add(event.Dataset, "linux.auth")
		ev.Add(event.IsocParser, "sshd")
		ev.Add(event.IsocSource, w.one.source) // a foreign event that names the source stays foreign
		ev.Add(event.Ingested, w.now.Format(time.RFC3339Nano))
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, fmt.Sprint(10+i))
		must(t, w.archive.Append(ctx, []event.Event{ev}))
	}
	must(t, w.archive.Flush(ctx))
	w.registry.Touch(w.one.source, 1, 90)
	got := into[api.List[api.LatestRecord]](t, w.viewerOf(w.one).get(t, base), http.StatusOK)
	if len(got.Items) != 1 || !got.Items[0].Parsed || got.Items[0].Event["message"] != w.one.secret || len(got.Items[0].Steps) < 2 {
		t.Fatalf("latest = %+v", got)
	}
	into[api.List[api.LatestRecord]](t, w.admin().get(t, base), http.StatusOK)
	entries := into[api.Page[api.AuditEntry]](t, w.admin().get(t, "/api/v1/audit?tenant="+w.one.slug+"&action=source.latest"), http.StatusOK)
	if len(entries.Items) != 1 || entries.Items[0].Actor != "admin" {
		t.Errorf("audited %+v", entries.Items)
	}
}

func TestLinesAreParsedOneByOne(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	got := into[api.List[api.ParseResult]](t, w.admin().send(t, http.MethodPost, "/api/v1/parse/lines", map[string]any{
		"lines": []string{"<38>Jan  2 03:04:05 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2", "what is this"}, "kind": "linux",
	}), http.StatusOK)
	if len(got.Items) != 2 || got.Items[0].Fields["isoc.parser"] != "openssh" || got.Items[1].Fields["isoc.parser"] != "none" {
		t.Fatalf("%+v", got)
	}
}

func TestRefusedSendersAreListedWithoutTheirTokens(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.registry.Refuse("192.0.2.99", "src_wrongwrongwrong")
	w.registry.Refuse("192.0.2.99", "src_wrongwrongwrong")
	w.registry.Refuse("192.0.2.98", "my-own-password")
	rec := w.admin().get(t, "/api/v1/inbox-refused")
	got := into[api.List[api.RefusedSender]](t, rec, http.StatusOK)
	if len(got.Items) != 2 {
		t.Fatalf("%+v", got)
	}
	for _, r := range got.Items {
		if want := map[string]string{"192.0.2.99": "src_wron", "192.0.2.98": ""}[r.Sender]; r.TokenHint != want {
			t.Errorf("%+v, want the hint %q", r, want)
		}
	}
}
