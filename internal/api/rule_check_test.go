package api_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
)

func TestATextIsCheckedAtItsPlaces(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	check := func(source string) api.RuleCheck {
		return into[api.RuleCheck](t, w.analyst().send(t, http.MethodPost, "/api/v1/rules/check", map[string]any{"source": source}), http.StatusOK)
	}
	got := check(strings.Replace(ruleText, "selection: {message|contains: failed}", "selection: {a: '😀', 日志|bad: x}", 1))
	if i := got.Issues[0]; !got.Refused || i.Line != 11 || i.Column != 34 || i.End != 40 || i.Path != "detection.selection.日志|bad" || !strings.Contains(i.Reason, "bad") {
		t.Errorf("%+v", got.Issues)
	}
	if got.Documents[0].Kind != "refused" {
		t.Errorf("%+v", got.Documents)
	}
	got = check(ruleText)
	if got.Refused || got.Documents[0].Title != "Failed log-in" || got.Documents[0].Kind != "rule" || len(got.Issues) != 1 || got.Issues[0].Code != "title_zh" {
		t.Errorf("%+v", got)
	}
	schema := into[api.RuleSchema](t, w.analyst().get(t, "/api/v1/rules/schema?product=windows&category=process_creation"), http.StatusOK)
	if !schema.Closed || len(schema.Fields) < 20 || len(schema.Modifiers) < 30 || len(schema.Correlations) != 8 {
		t.Errorf("%+v", schema)
	}
}

// TestACorrelationInForceMayBeNamed asks of correlations what is asked of rules: one that runs is known by its id and its name.
func TestACorrelationInForceMayBeNamed(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	of := func(id, name, ref string) string {
		return "title: Of others\nid: " + id + "\nname: " + name + "\ncorrelation: {type: event_count, rules: [" + ref + "], timespan: 10m, condition: {gte: 1}}\n"
	}
	w.load(t, hostileRule+"---\n"+of("5f8f4e2a-0000-4000-8000-0000000000ab", "running", "5f8f4e2a-0000-4000-8000-0000000000aa")+"---\n"+of("unheard", "broken", "5f8f4e2a-0000-4000-8000-0000000000aa"))
	w.serve(t, api.Options{})
	for ref, want := range map[string]int{"running": 0, "5f8f4e2a-0000-4000-8000-0000000000ab": 0, "broken": 1, "nowhere": 1} {
		got := into[api.RuleCheck](t, w.admin().send(t, http.MethodPost, "/api/v1/rules/check", map[string]any{"source": of("5f8f4e2a-0000-4000-8000-0000000000ac", "mine", ref)}), http.StatusOK)
		missing := slices.DeleteFunc(got.Issues, func(i api.RuleIssue) bool { return i.Code != "reference" })
		if len(missing) != want {
			t.Errorf("%s: %+v", ref, missing)
		}
	}
}

func TestATextIsTriedOnSamples(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	ask := func(source string, samples ...any) *httptest.ResponseRecorder {
		return w.analyst().send(t, http.MethodPost, "/api/v1/rules/test", map[string]any{"source": source, "samples": samples})
	}
	line := func(fires bool, raw string) any {
		return map[string]any{"fires": fires, "kind": "linux", "lines": []any{map[string]any{"raw": raw}}}
	}
	const bad, good = "<86>Mar  2 08:15:30 web01 sshd[1]: failed password for root from 198.51.100.23 port 5 ssh2", "<86>Mar  2 08:15:30 web01 sshd[1]: Accepted password for root from 198.51.100.23 port 5 ssh2"
	got := into[api.RuleTrial](t, ask(ruleText, line(true, bad), line(false, good), line(true, good)), http.StatusOK)
	if got.Passed || len(got.Items) != 3 || got.Items[0].Fault+got.Items[1].Fault != "" || got.Items[2].Fault != "silent" {
		t.Fatalf("%+v", got)
	}
	l := got.Items[0].Lines[0]
	if l.Parser == "" || l.Product != "linux" || !l.Rules[0].Routed || !l.Rules[0].Fired || !l.Rules[0].Tree.Root.Holds || len(l.Fields) < 3 {
		t.Errorf("%+v", l)
	}
	hit := l.Rules[0].Tree.Root.Kids
	if len(hit) == 0 {
		hit = []api.RuleNode{l.Rules[0].Tree.Root}
	}
	if raw := hit[0].Test.Patterns[0].Hits[0].Raw; len(raw) != 1 || bad[raw[0].Start:raw[0].End] != "failed" {
		t.Errorf("marked %+v", raw)
	}
	if tree := got.Items[1].Lines[0].Rules[0].Tree; tree.Root.Holds {
		t.Errorf("%+v", tree)
	}
	filtered := ruleText + "---\ntitle: Not root\nid: 5f8f4e2a-0000-4000-8000-000000000002\nlogsource: {product: linux, service: auth}\nfilter:\n  rules: [5f8f4e2a-0000-4000-8000-000000000001]\n  root: {message|contains: ' root '}\n  condition: not root\n"
	if got := into[api.RuleTrial](t, ask(filtered, line(false, bad)), http.StatusOK); !got.Passed {
		t.Errorf("%+v", got.Items)
	}
	own := filtered[strings.Index(filtered, "---\n"):] // the rule is the one in force
	if got := into[api.RuleTrial](t, ask(own, line(false, bad), line(true, strings.ReplaceAll(bad, "root", "li"))), http.StatusOK); !got.Passed {
		t.Errorf("%+v", got.Items)
	}
	const thrice = "title: Guessed\nid: 5f8f4e2a-0000-4000-8000-000000000003\ncorrelation: {type: event_count, rules: [5f8f4e2a-0000-4000-8000-000000000001], group-by: [host.name], timespan: 1m, condition: {gte: 3}}\n"
	sequence := func(fires bool, step int) any {
		var lines []any
		for i := range 3 {
			lines = append(lines, map[string]any{"raw": bad, "after_ms": i * step})
		}
		return map[string]any{"fires": fires, "lines": lines}
	}
	for _, source := range []string{thrice, thrice + "---\n" + ruleText} { // of the rule in force, and of one of the text
		got := into[api.RuleTrial](t, ask(source, sequence(true, 20_000), sequence(false, 40_000)), http.StatusOK)
		if !got.Passed || len(got.Items[0].Lines[1].Rules) != 1 || len(got.Items[0].Lines[2].Rules) != 2 || got.Items[0].Lines[2].Rules[1].Title != "Guessed" {
			t.Errorf("%+v", got.Items)
		}
	}
	wrong(t, ask(strings.Replace(thrice, "5f8f4e2a-0000-4000-8000-000000000001", "nowhere", 1), line(true, bad)), http.StatusUnprocessableEntity, "invalid")
	wrong(t, ask("title: x\n", line(true, bad)), http.StatusUnprocessableEntity, "invalid")
	wrong(t, ask(ruleText, line(true, strings.Repeat("x", 64<<10)), map[string]any{"fires": true, "lines": []any{map[string]any{"raw": strings.Repeat("x", 40<<10)}, map[string]any{"raw": strings.Repeat("x", 40<<10)}}}), http.StatusUnprocessableEntity, "invalid")
}

func TestFeedsAreOfTheCustomersOneMaySee(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for i, of := range []customer{w.one, w.two} {
		w.messages(t, of, uint64(71+i), []string{"a", "b"}, func(_ int, ev *event.Event) {
			ev.Set(event.Dataset, "linux.auth")
			ev.Set(event.IsocSource, of.source)
		})
	}
	text := strings.Replace(ruleText, "message|contains: failed", "message|contains: failed, nowhere: x", 1)
	ask := func(c as, tenant string) *httptest.ResponseRecorder {
		return c.send(t, http.MethodPost, "/api/v1/rules/feeds", map[string]any{"source": text, "tenant": tenant})
	}
	got := into[api.RuleFeeds](t, ask(w.viewerOf(w.one), ""), http.StatusOK)
	if got.Tenants != 1 || len(got.Rules) != 1 || len(got.Rules[0].Sources) != 1 {
		t.Fatalf("%+v", got)
	}
	s := got.Rules[0].Sources[0]
	if s.Tenant != w.one.slug || s.Source != w.one.source || s.Name == "" || s.Records < 2 || !s.Looked || len(s.Unmapped) != 1 || s.Unmapped[0].Name != "nowhere" {
		t.Errorf("%+v", s)
	}
	if got := into[api.RuleFeeds](t, ask(w.analyst(), ""), http.StatusOK); got.Tenants != 2 || len(got.Rules[0].Sources) != 2 {
		t.Errorf("%+v", got)
	}
	wrong(t, ask(w.viewerOf(w.one), w.two.slug), http.StatusNotFound, "not_found")
}
