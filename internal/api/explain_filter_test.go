package api_test

import (
	"net/http"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// TestExplanationShowsTheFiltersOfARule asks the rule as it runs: narrowed by a filter.
func TestExplanationShowsTheFiltersOfARule(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.load(t, hostileRule)
	const rule = "5f8f4e2a-0000-4000-8000-0000000000aa"
	docs, _ := sigma.ParseDocuments("hostile.yml", []byte(hostileRule))
	filter, bad := sigma.ParseDocuments("filter.yml", []byte("title: Not the backup\nid: 5f8f4e2a-0000-4000-8000-0000000000bb\nlogsource: {product: linux}\nfilter:\n  rules: ["+rule+"]\n  backup: {user.name: root}\n  condition: not backup\n"))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	narrowed, _ := sigma.ApplyFilters(docs.Rules, filter.Filters, sigma.Options{})
	set, _ := sigma.Compile(narrowed, sigma.Options{})
	w.deps.InForce = sigma.NewLive(set)
	w.serve(t, api.Options{})
	id, _ := w.raise(t, "<script>", rule, 81, alert.Match{Selection: "words", Value: "x", Pattern: "<script>"})
	x := explain(t, w, id, "")
	if len(x.Rule.Filters) != 1 || x.Rule.Filters[0].Title != "Not the backup" || x.Tree == nil || !x.Tree.Root.Holds || len(x.Tree.Root.Kids) != 2 {
		t.Errorf("explanation %+v, %+v", x.Rule, x.Tree)
	}
	if name := x.Tree.Root.Kids[1].Kids[0].Text; name != `filter "Not the backup" backup` {
		t.Errorf("the filter's search goes by %q", name)
	}
	d := into[api.RuleDetail](t, w.admin().get(t, "/api/v1/rules/"+rule), http.StatusOK)
	if len(d.Filters) != 1 || d.Filters[0].ID != "5f8f4e2a-0000-4000-8000-0000000000bb" {
		t.Errorf("rule %+v", d.Filters)
	}
	w.load(t, hostileRule+"falsepositives: [none]\n") // the text that is kept now is not the one in force yet
	if d := into[api.RuleDetail](t, w.admin().get(t, "/api/v1/rules/"+rule), http.StatusOK); len(d.Filters) != 0 {
		t.Errorf("of another text %+v", d.Filters)
	}
}
