package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestSearchAnswersFlatEventsWithTheirCustomer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	found := into[api.SearchResult](t, w.admin().send(t, http.MethodPost, "/api/v1/search", map[string]any{
		"tenants": []string{w.one.slug}, "query": w.one.secret, "from": "now-1h", "to": "now",
	}), http.StatusOK)
	if len(found.Events) != 1 {
		t.Fatalf("%d events", len(found.Events))
	}
	ev := found.Events[0]
	want := map[string]any{
		"event.id": w.one.event, "isoc.tenant": w.one.slug, "message": "login failed " + w.one.secret, "source.ip": "203.0.113.5",
		"event.original": "<13>login failed " + w.one.secret, "tags": []any{"one", "two"},
	}
	for name, value := range want {
		if diff := cmp.Diff(value, ev[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, ok := ev["@timestamp"].(string); !ok {
		t.Errorf("@timestamp = %v", ev["@timestamp"])
	}
}

func TestSearchPagesToTheEndWithoutRepeating(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 25)
	seen := make(map[any]bool)
	cursor := ""
	for range 10 {
		page := into[api.SearchResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": "counted", "limit": 10, "cursor": cursor}), http.StatusOK)
		for _, ev := range page.Events {
			if seen[ev["event.id"]] {
				t.Fatalf("%v twice", ev["event.id"])
			}
			seen[ev["event.id"]] = true
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	if len(seen) != 25 || cursor != "" {
		t.Fatalf("%d events, cursor %q", len(seen), cursor)
	}
}

func TestSearchCountsComeBackAsRows(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 7)
	found := into[api.SearchResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{
		"query": "counted | stats by (user.name) count() hits", "from": "now-1d",
	}), http.StatusOK)
	if len(found.Events) != 1 || found.Events[0]["hits"] != "7" || found.Events[0]["user.name"] != "root" || found.Events[0]["isoc.tenant"] != nil {
		t.Fatalf("rows = %v", found.Events)
	}
}

func TestHistogramFieldsAndValuesCountWhatSearchFinds(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 12)
	me := w.viewerOf(w.one)
	h := into[api.HistogramResult](t, me.send(t, http.MethodPost, "/api/v1/search/histogram", map[string]any{"query": "counted", "from": "now-1h", "to": "now", "buckets": 30}), http.StatusOK)
	var sum uint64
	for _, b := range h.Buckets {
		sum += b.Count
	}
	if h.Total != 12 || sum != 12 || h.WidthS <= 0 {
		t.Fatalf("histogram = %+v", h)
	}
	open := into[api.HistogramResult](t, me.send(t, http.MethodPost, "/api/v1/search/histogram", map[string]any{"query": "counted"}), http.StatusOK)
	if open.Total != 12 {
		t.Fatalf("without times: %+v", open)
	}
	fields := into[api.FieldsResult](t, me.send(t, http.MethodPost, "/api/v1/search/fields", map[string]any{"query": "counted"}), http.StatusOK)
	hits := make(map[string]uint64)
	for _, f := range fields.Fields {
		hits[f.Name] = f.Hits
	}
	if hits["user.name"] != 12 || hits["source.ip"] != 0 {
		t.Fatalf("fields = %v", hits)
	}
	values := into[api.ValuesResult](t, me.send(t, http.MethodPost, "/api/v1/search/values", map[string]any{"query": "counted", "field": "user.name", "limit": 5}), http.StatusOK)
	if diff := cmp.Diff([]api.ValueCount{{Value: "root", Hits: 12}}, values.Values); diff != "" {
		t.Fatal(diff)
	}
}

func TestSearchRefusalsSayWhere(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	post := func(body map[string]any) api.Problem {
		rec := w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", body)
		code := "invalid"
		if _, ok := body["query"]; ok {
			code = "query"
		}
		return wrong(t, rec, http.StatusUnprocessableEntity, code)
	}
	p := post(map[string]any{"query": "failed | nosuchpipe"})
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.query" || p.Errors[0].Position == nil || *p.Errors[0].Position != 9 {
		t.Fatalf("problem = %+v", p)
	}
	for at, body := range map[string]map[string]any{
		"body.from":   {"from": "yesterday"},
		"body.to":     {"from": "now", "to": "now-1h"},
		"body.limit":  {"limit": 5000},
		"body.cursor": {"cursor": "garbage"},
	} {
		if p := post(body); len(p.Errors) != 1 || p.Errors[0].Location != at {
			t.Errorf("%v: %+v", body, p)
		}
	}
}

func TestSearchRefusalsAreWordedInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := w.viewerOf(w.one)
	for lang, want := range map[string][2]string{
		"en":             {`unknown pipe "statz"`, "did you mean stats? to filter rows write | filter statz"},
		"zh-CN,zh;q=0.9": {"没有管道“statz”", "是否想写 stats？如需过滤结果行，请写 | filter statz"},
	} {
		asked := call{body: map[string]any{"query": "登录失败 | statz count()"}, header: http.Header{"Accept-Language": {lang}}}
		p := into[api.Problem](t, me.do(t, http.MethodPost, "/api/v1/search", asked, me.who), http.StatusUnprocessableEntity)
		at := len("登录失败 | ")
		field := api.ProblemField{Location: "body.query", Message: want[0], Hint: want[1], Position: &at}
		if diff := cmp.Diff([]api.ProblemField{field}, p.Errors); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

func TestSearchNamingOneUnknownCustomerFailsWhole(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rec := w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"tenants": []string{w.one.slug, "no-such-customer"}})
	unknown := wrong(t, rec, http.StatusNotFound, "not_found")
	rec = w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"tenants": []string{w.one.slug, w.two.slug}})
	foreign := wrong(t, rec, http.StatusNotFound, "not_found")
	if unknown.Detail != foreign.Detail || len(foreign.Errors) != 0 {
		t.Fatalf("unknown and foreign differ: %+v, %+v", unknown, foreign)
	}
}

// append puts further events of one customer into the archive, a minute old, in one batch.
func (w *world) append(t *testing.T, c customer, seq uint64, n int) {
	t.Helper()
	ctx := tenant.WithScope(t.Context(), tenant.All())
	events := make([]event.Event, n)
	for i := range events {
		e := &events[i]
		e.Tenant, e.Time, e.ID = tenant.ID(c.id), w.now.Add(-61e9), eventID(seq, i)
		e.Add(event.Message, "counted "+strconv.Itoa(i))
		e.Add(event.Original, "counted "+strconv.Itoa(i))
		e.Add(event.Dataset, "linux.auth")
		e.Add(event.EventID, e.ID)
		e.Add(event.Sequence, strconv.FormatUint(seq, 10))
		e.Add(event.UserName, "root")
	}
	must(t, w.archive.Append(ctx, events))
	must(t, w.archive.Flush(ctx))
}
