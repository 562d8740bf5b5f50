package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestAnAlertTellsThatItsRuleChangedSince goes by the text that fired, whatever the rule says of itself, and shows what changed.
func TestAnAlertTellsThatItsRuleChangedSince(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		const rule = "5f8f4e2a-0000-4000-8000-0000000000aa"
		w.load(t, hostileRule)
		id, eventID := w.raise(t, "<script>", rule, 76, alert.Match{Selection: "words", Value: "x", Pattern: "<script>"})
		ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
		then := sigma.Digest([]byte(hostileRule))
		must(t, w.alerts.Apply(ctx, tenant.ID(w.one.id), alert.Stream{Epoch: 1}, 77, []alert.Signal{{
			Tenant: tenant.ID(w.one.id), Model: "signature", Rule: alert.Rule{ID: rule, Title: "Hostile", Level: "high", Digest: then},
			Time: w.now, EventID: eventID, Matches: []alert.Match{{Selection: "words", Value: "x", Pattern: "<script>"}},
			Entities: []event.Field{{Name: event.HostName, Value: "web-1"}}, // an alert of its own
		}}))
		page, err := w.alerts.List(ctx, alert.Query{Tenants: []tenant.ID{tenant.ID(w.one.id)}, Rule: rule})
		must(t, err)
		for _, a := range page.Items {
			if a.Rule.Digest != "" {
				id = a.ID
			}
		}
		state := func() string {
			t.Helper()
			x := explain(t, w, id, "")
			return x.Rule.State + " " + x.Rule.Digest
		}
		at := "/api/v1/rules/" + rule + "/changes?since="
		if got := state(); got != "same "+then {
			t.Fatalf("at once: %s", got)
		}
		if c := into[api.RuleChanges](t, w.viewerOf(w.one).get(t, at+then), http.StatusOK); len(c.Hunks) != 0 || c.PackName != "hostile" || c.Release != "1" {
			t.Errorf("nothing changed: %+v", c)
		}
		w.load(t, strings.Replace(hostileRule, "condition:", "filter: {user.name: backup}\n  condition:", 1)) // no sign tells of it
		if got := state(); got != "changed "+then {
			t.Errorf("after an update: %s", got)
		}
		c := into[api.RuleChanges](t, w.viewerOf(w.one).get(t, at+then), http.StatusOK)
		if c.Added != 1 || c.Dropped != 0 || len(c.Hunks) != 1 || c.PackName != "hostile" || c.Release != "1" {
			t.Errorf("changes: %+v", c)
		}
		d := into[api.RuleDetail](t, w.admin().get(t, "/api/v1/rules/"+rule), http.StatusOK)
		first := strings.Replace(d.Source, "level: high", "level: low", 1)
		into[api.RuleDetail](t, w.admin().send(t, http.MethodPut, "/api/v1/rules/"+rule, map[string]any{"source": first, "version": 0}), http.StatusOK)
		into[api.RuleDetail](t, w.admin().send(t, http.MethodPut, "/api/v1/rules/"+rule, map[string]any{"source": strings.Replace(first, "low", "critical", 1), "version": 1}), http.StatusOK)
		c = into[api.RuleChanges](t, w.admin().get(t, at+sigma.Digest([]byte(first))), http.StatusOK)
		if c.Version != 1 || c.Added != 1 || c.Dropped != 1 || c.PackName != "" {
			t.Errorf("since a version of ours: %+v", c)
		}
		wrong(t, w.admin().get(t, at+"00"), http.StatusNotFound, "not_found")
	})
}
