package api_test

import (
	"net/http"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestInboxShowsUnclaimedRecordsAndGivesThemToASource(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	groups := into[api.List[api.InboxGroup]](t, w.admin().get(t, "/api/v1/inbox"), http.StatusOK)
	if len(groups.Items) != 2 || groups.Items[0].Count != 1 || groups.Items[0].Sample != "<13>unclaimed" || groups.Items[0].Input != "syslog-udp" {
		t.Fatalf("groups = %+v", groups)
	}
	path := "/api/v1/inbox/" + w.group
	records := into[api.List[api.InboxRecord]](t, w.admin().get(t, path+"/records"), http.StatusOK)
	if len(records.Items) != 1 || records.Items[0].Raw != "<13>unclaimed" || !records.Items[0].ReceivedAt.Equal(w.now) {
		t.Fatalf("records = %+v", records)
	}
	moved := into[api.InboxMoved](t, w.admin().send(t, http.MethodPost, path+"/assign", map[string]any{"tenant": w.one.slug, "source": w.one.source, "add_sender": true}), http.StatusOK)
	if moved.Moved != 1 {
		t.Fatalf("moved = %+v", moved)
	}
	src := into[api.Source](t, w.admin().get(t, "/api/v1/tenants/"+w.one.slug+"/sources/"+w.one.source), http.StatusOK)
	if len(src.Senders) != 1 || src.Senders[0] != "192.0.2.77/32" || src.Records != 1 {
		t.Fatalf("source = %+v", src)
	}
	wrong(t, w.admin().get(t, path+"/records"), http.StatusNotFound, "not_found")
}

func TestInboxRefusesToGiveRecordsToAStranger(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/inbox/" + w.group + "/assign"
	wrong(t, w.admin().send(t, http.MethodPost, path, map[string]any{"tenant": w.one.slug, "source": w.two.source}), http.StatusNotFound, "not_found")
	wrong(t, w.admin().send(t, http.MethodPost, path, map[string]any{"tenant": "nowhere", "source": w.two.source}), http.StatusNotFound, "not_found")
	wrong(t, w.admin().send(t, http.MethodPost, path, map[string]any{"tenant": w.one.slug, "source": ""}), http.StatusUnprocessableEntity, "invalid", "body.source")
	wrong(t, w.admin().get(t, "/api/v1/inbox/none/records"), http.StatusNotFound, "not_found")
}

func TestDiscardedRecordsAreGone(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	if rec := w.admin().send(t, http.MethodDelete, "/api/v1/inbox/"+w.discard, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	groups := into[api.List[api.InboxGroup]](t, w.admin().get(t, "/api/v1/inbox"), http.StatusOK)
	if len(groups.Items) != 1 || groups.Items[0].Group != w.group {
		t.Fatalf("groups = %+v", groups)
	}
}
