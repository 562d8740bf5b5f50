package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func ruleOf(t *testing.T, by as, query string) api.RuleRecord {
	t.Helper()
	page := into[api.RulePage](t, by.get(t, "/api/v1/rules?"+query), http.StatusOK)
	if len(page.Items) != 1 || page.Total != 1 || page.Items[0].Record == nil {
		t.Fatalf("%q: %+v", query, page)
	}
	return *page.Items[0].Record
}

func TestRecordsOfRulesKeepToTheScopeOfTheCaller(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		move := map[string]any{"to": "closed", "verdict": "false_positive", "reason": "known", "version": 1}
		into[api.Alert](t, w.analyst().send(t, http.MethodPost, "/api/v1/alerts/"+w.two.alert+"/transitions", move), http.StatusOK)
		for name, c := range map[string]struct {
			by     as
			query  string
			total  int64
			judged int64
		}{
			"the provider's staff":             {w.analyst(), "", 2, 1},
			"the provider's staff, a customer": {w.analyst(), "tenant=" + w.one.slug, 1, 0},
			"the provider's staff, another":    {w.analyst(), "tenant=" + w.two.slug, 1, 1},
			"a customer's viewer":              {w.viewerOf(w.one), "", 1, 0},
			"a customer's viewer, by name":     {w.viewerOf(w.one), "tenant=" + w.one.slug, 1, 0},
			"another customer's viewer":        {w.viewerOf(w.two), "", 1, 1},
		} {
			r := ruleOf(t, c.by, c.query)
			d := into[api.RuleDetail](t, c.by.get(t, "/api/v1/rules/"+w.rule+"?"+c.query), http.StatusOK)
			if r.Total != c.total || r.False != c.judged || d.Record == nil || d.Record.Total != c.total || d.Record.False != c.judged {
				t.Errorf("%s: %+v, %+v", name, r, d.Record)
			}
			for span, n := range map[string]int64{"": r.Total, "&from=now-24h": r.Day, "&from=now-7d": r.Week, "&verdict=false_positive": r.False} {
				rows := into[api.AlertPage](t, c.by.get(t, "/api/v1/alerts?rule="+w.rule+"&"+c.query+span), http.StatusOK)
				if rows.Total != n {
					t.Errorf("%s%s: %d rows behind %d", name, span, rows.Total, n)
				}
			}
		}
		wrong(t, w.viewerOf(w.one).get(t, "/api/v1/rules?tenant="+w.two.slug), http.StatusNotFound, "not_found")
		wrong(t, w.viewerOf(w.one).get(t, "/api/v1/rules/"+w.rule+"?tenant="+w.two.slug), http.StatusNotFound, "not_found")
	})
}

func TestRulesAreFilteredByWhatCameOfThemWithinTheScope(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for query, want := range map[string]int64{
		"technique=T1110": 1, "technique=T1111": 0, "tactic=impact": 0, "product=linux": 1, "product=windows": 0, "noisy=true": 0,
		"fired=never": 0, "state=off": 0, "state=all": 1, "sort=falsity": 1, "sort=day&limit=500&offset=1": 1,
	} {
		page := into[api.RulePage](t, w.viewerOf(w.one).get(t, "/api/v1/rules?"+query), http.StatusOK)
		if page.Total != want || page.States.Refused != 0 {
			t.Errorf("%q: %+v", query, page)
		}
	}
	for who, c := range map[string]struct {
		by   as
		cost bool
	}{"the provider": {w.analyst(), true}, "a viewer": {w.viewerOf(w.one), false}} {
		page := into[api.RulePage](t, c.by.get(t, "/api/v1/rules?sort=cost"), http.StatusOK)
		slow := into[api.RulePage](t, c.by.get(t, "/api/v1/rules?slow=true&sort=precision"), http.StatusOK)
		if got := page.Items[0].Cost; (got != nil) != c.cost || c.cost && *got != 0.1 || (slow.Total == 1) != c.cost {
			t.Errorf("cost, told to %s: %v, %d slow", who, got, slow.Total)
		}
	}
	broken := strings.NewReplacer("Failed log-in", "broken", "000000000001", "000000000002").Replace(ruleText)
	w.admin().importPack(t, "mine", "good.yml", strings.Replace(ruleText, "000000000001", "000000000003", 1), "bad.yml", broken)
	own := into[api.RulePage](t, w.admin().get(t, "/api/v1/rules?state=refused"), http.StatusOK)
	if own.Total != 1 || own.Items[0].Reason == "" || own.Items[0].Record != nil {
		t.Errorf("what was refused, to the provider: %+v", own)
	}
	for _, query := range []string{"sort=x", "fired=x", "state=x", "limit=501", "offset=-1"} {
		field, _, _ := strings.Cut(query, "=")
		wrong(t, w.admin().get(t, "/api/v1/rules?"+query), http.StatusUnprocessableEntity, "invalid", "query."+field)
	}
	d := into[api.RuleDetail](t, w.admin().get(t, "/api/v1/rules/"+w.rule), http.StatusOK)
	if d.Tree == nil || len(d.Tree.Conditions) != 1 || d.Tree.Root.Kind == "" {
		t.Errorf("condition: %+v", d.Tree)
	}
}
