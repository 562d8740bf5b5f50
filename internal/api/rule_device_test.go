package api_test

import (
	"net/http"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestRulesOfDevicesStandInTheList holds that the rules of a customer's devices are listed, found and moved as others are, by those who may
// see the customer alone.
func TestRulesOfDevicesStandInTheList(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		const rule = "suricata:1:2024364"
		ctx := tenant.WithScope(t.Context(), tenant.Only(tenant.ID(w.one.id)))
		must(t, w.store.DeviceRules().PutDeviceRules(ctx, tenant.ID(w.one.id), 20000, []detect.RuleInfo{
			{ID: rule, Title: "ET SCAN <b>Nmap</b>", Level: detect.Medium, Tags: []string{"attack.t1595"}}}))
		for name, c := range map[string]struct {
			by    as
			query string
			want  int64
		}{
			"the provider":              {w.analyst(), "origin=device", 1},
			"the provider, with ours":   {w.analyst(), "state=all", 2},
			"the provider, ours alone":  {w.analyst(), "origin=pack", 1},
			"of the customer":           {w.analyst(), "origin=device&tenant=" + w.one.slug, 1},
			"of another":                {w.analyst(), "origin=device&tenant=" + w.two.slug, 0},
			"a viewer":                  {w.viewerOf(w.one), "origin=device", 1},
			"another's viewer":          {w.viewerOf(w.two), "state=all", 1},
			"by text":                   {w.viewerOf(w.one), "q=nmap", 1},
			"by id":                     {w.viewerOf(w.one), "q=2024364", 1},
			"by technique":              {w.viewerOf(w.one), "technique=T1595", 1},
			"by another technique":      {w.viewerOf(w.one), "technique=T1596&origin=device", 0},
			"by level":                  {w.viewerOf(w.one), "level=high&origin=device", 0},
			"of a state it is not in":   {w.viewerOf(w.one), "state=shadow", 0},
			"of a pack it is not of":    {w.viewerOf(w.one), "pack=" + w.packID, 1},
			"the second page of all":    {w.viewerOf(w.one), "offset=1&limit=1", 2},
			"whatever fired last first": {w.viewerOf(w.one), "sort=last", 2},
		} {
			page := into[api.RulePage](t, c.by.get(t, "/api/v1/rules?"+c.query), http.StatusOK)
			if page.Total != c.want {
				t.Errorf("%s: %d rules, want %d", name, page.Total, c.want)
			}
		}
		at := "/api/v1/rules/" + rule
		d := into[api.RuleDetail](t, w.viewerOf(w.one).get(t, at), http.StatusOK)
		if d.Origin != "device" || d.Source != "" || d.Tree != nil || d.State != "enabled" || d.Broken || d.Record == nil {
			t.Errorf("rule %+v", d)
		}
		wrong(t, w.viewerOf(w.two).get(t, at), http.StatusNotFound, "not_found")
		wrong(t, w.viewerOf(w.two).get(t, at+"/state"), http.StatusNotFound, "not_found")
		wrong(t, w.viewerOf(w.one).send(t, http.MethodPut, at+"/state", map[string]any{"state": "shadow"}), http.StatusForbidden, "forbidden")
		wrong(t, w.admin().send(t, http.MethodPut, at+"/state", map[string]any{"state": "testing"}), http.StatusUnprocessableEntity, "invalid", "body.state")
		wrong(t, w.admin().send(t, http.MethodPut, "/api/v1/rules/suricata:1:1/state", map[string]any{"state": "shadow"}), http.StatusNotFound, "not_found")
		for _, state := range []string{"shadow", "enabled", "deprecated", "shadow"} {
			st := into[api.RuleStanding](t, w.admin().send(t, http.MethodPut, at+"/state", map[string]any{"state": state, "reason": "noise"}), http.StatusOK)
			if st.State != state || st.By == "" || len(st.Moves) != 2 {
				t.Errorf("moved to %s: %+v", state, st)
			}
		}
		st := into[api.RuleStanding](t, w.admin().send(t, http.MethodPut, "/api/v1/tenants/"+w.one.slug+"/rules/"+rule+"/state", map[string]any{"state": "off"}), http.StatusOK)
		if len(st.Overrides) != 1 || st.Overrides[0].State != "off" {
			t.Errorf("at the customer: %+v", st)
		}
		wrong(t, w.admin().send(t, http.MethodPut, at, map[string]any{"source": "id: " + rule + "\ntitle: x\n", "version": 0}), http.StatusNotFound, "not_found")
		many := into[api.RuleStatesOutcome](t, w.admin().send(t, http.MethodPost, "/api/v1/rules/states", map[string]any{"ids": []string{rule, w.rule}, "state": "deprecated"}), http.StatusOK)
		if !many.Results[0].Changed || !many.Results[1].Changed {
			t.Errorf("many: %+v", many)
		}
		decided, err := w.content.Decided(tenant.WithScope(t.Context(), tenant.All()))
		if err != nil || decided.Platform[rule].State != "deprecated" || len(decided.Overrides) != 1 {
			t.Errorf("what the engine is told: %+v, %v", decided, err)
		}
	})
}
