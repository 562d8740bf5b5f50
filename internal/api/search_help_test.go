package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
)

func TestCheckPlacesTheFaultAndKnowsTheKindOfQuery(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	check := func(text string) api.CheckResult {
		return into[api.CheckResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/check", map[string]any{"query": text}), http.StatusOK)
	}
	bad := check("登录 | statz count()")
	if bad.Valid || len(bad.Errors) != 1 || *bad.Errors[0].Position != len("登录 | ") || !strings.Contains(bad.Errors[0].Hint, "stats") || bad.Formatted != "" {
		t.Fatalf("%+v", bad)
	}
	for text, want := range map[string]api.CheckResult{
		"":                      {Formatted: "*", Live: true},
		"a   b":                 {Formatted: "a b", Live: true},
		"a|fields b":            {Formatted: "a\n| fields b"},
		"a | stats count() n":   {Formatted: "a\n| stats count() n", Rows: true},
		"_time:5m a":            {Formatted: "_time:5m a"},
		"u:in(a | fields user)": {Formatted: "u:in(a | fields user)"},
	} {
		want.Valid, want.Errors = true, []api.ProblemField{}
		if diff := cmp.Diff(want, check(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestAdviceCountsWhatWouldBeFound(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 7)
	ask := func(body map[string]any) api.AdviceResult {
		return into[api.AdviceResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/advice", body), http.StatusOK)
	}
	got := ask(map[string]any{"query": "counted user.name:nobody", "from": "now-1h"})
	want := []api.AdvisedChange{{Dropped: "user.name:nobody", Query: "counted", Total: 7}}
	if diff := cmp.Diff(want, got.Without); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, edge := range []*time.Time{got.Oldest, got.Newest} {
		if edge == nil || edge.Before(w.now.Add(-3*time.Minute)) || edge.After(w.now) {
			t.Errorf("edges %v, %v", got.Oldest, got.Newest)
		}
	}
	if len(got.Wider) != 0 {
		t.Errorf("nobody is found in %+v", got.Wider)
	}
	got = ask(map[string]any{"query": "counted", "from": "now-5s"})
	if diff := cmp.Diff([]api.AdvisedSpan{{From: "now-1h", Total: 7}}, got.Wider); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got = ask(map[string]any{"query": w.two.secret, "from": "now-5s"}); len(got.Wider)+len(got.Without) != 0 {
		t.Errorf("counts of another customer: %+v", got)
	}
}

func TestHistogramSplitsByTheMostFrequentValues(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 4)
	h := into[api.HistogramResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search/histogram", map[string]any{
		"from": "now-10m", "buckets": 10, "split": "user.name",
	}), http.StatusOK)
	if len(h.Series) != 1 || h.Series[0].Value != "root" || h.Series[0].Total != 4 || len(h.Series[0].Counts) != len(h.Buckets) || h.Total != 5 {
		t.Fatalf("%+v", h)
	}
	if h.Stats.RowsScanned == 0 {
		t.Error("the histogram hides its cost")
	}
}

func TestSearchGivesTheOldestFirstWhereAsked(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.append(t, w.one, 10, 5)
	var got []any
	cursor := ""
	for range 10 {
		page := into[api.SearchResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": "counted", "limit": 2, "cursor": cursor, "order": "oldest"}), http.StatusOK)
		for _, ev := range page.Events {
			got = append(got, ev["message"])
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]any{"counted 0", "counted 1", "counted 2", "counted 3", "counted 4"}, got); diff != "" {
		t.Fatal(diff)
	}
}
