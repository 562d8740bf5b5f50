package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestTheMatrixCountsWhatListsShow(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	get := func(c as, query string) map[string]api.AttackTechnique {
		t.Helper()
		got := into[api.AttackCoverage](t, c.get(t, "/api/v1/attack/coverage?"+query), http.StatusOK)
		if len(got.Tactics) != 14 || got.Of < 200 || got.Covered != 1 || len(got.Techniques) < 600 {
			t.Errorf("%d tactics, %d of %d", len(got.Tactics), got.Covered, got.Of)
		}
		by := map[string]api.AttackTechnique{}
		for _, x := range got.Techniques {
			by[x.ID] = x
		}
		return by
	}
	both, one := get(w.analyst(), ""), get(w.viewerOf(w.one), "")
	if x := both["T1110"]; x.Rules != 1 || x.Month != 2*one["T1110"].Month || x.Month == 0 || x.Week > x.Month {
		t.Errorf("%+v beside %+v", x, one["T1110"])
	}
	if x := both["T1110.001"]; x.Rules+int(x.Month) != 0 {
		t.Errorf("a sub-technique has what its technique has: %+v", x)
	}
	rules := into[api.RulePage](t, w.analyst().get(t, "/api/v1/rules?technique=T1110"), http.StatusOK)
	alerts := into[api.AlertPage](t, w.viewerOf(w.one).get(t, "/api/v1/alerts?technique=T1110&from=now-30d"), http.StatusOK)
	if int(rules.Total) != both["T1110"].Rules || int64(len(alerts.Items)) != one["T1110"].Month {
		t.Errorf("lists have %d rules and %d alerts", rules.Total, len(alerts.Items))
	}
	if x := into[api.AttackCoverage](t, w.analyst().get(t, "/api/v1/attack/coverage?product=windows"), http.StatusOK); x.Covered != 0 {
		t.Errorf("%d of another product", x.Covered)
	}
}

// TestTheLayerIsAsTheNavigatorReadsIt holds the layer to the specification of its format 4.5.
func TestTheLayerIsAsTheNavigatorReadsIt(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	var layer map[string]any
	must(t, json.Unmarshal(w.analyst().get(t, "/api/v1/attack/layer?tenant="+w.one.slug).Body.Bytes(), &layer))
	known := "$schema name description domain versions filters sorting layout hideDisabled techniques gradient legendItems showTacticRowBackground tacticRowBackground selectTechniquesAcrossTactics selectSubtechniquesWithParent selectVisibleTechniques metadata links "
	for key := range layer {
		if !strings.Contains(known, key+" ") {
			t.Errorf("%s is no key of a layer", key)
		}
	}
	versions, _ := layer["versions"].(map[string]any)
	if layer["domain"] != "enterprise-attack" || versions["layer"] != "4.5" || versions["attack"] != "18" || versions["navigator"] == "" || !strings.Contains(layer["name"].(string), "iSOC") {
		t.Errorf("%v", layer)
	}
	techniques, _ := layer["techniques"].([]any)
	if len(techniques) != 1 {
		t.Fatalf("%v", techniques)
	}
	x, _ := techniques[0].(map[string]any)
	if x["techniqueID"] != "T1110" || x["score"] != 1.0 || x["enabled"] != true || x["comment"] == "" {
		t.Errorf("%v", x)
	}
	for _, m := range x["metadata"].([]any) {
		if m := m.(map[string]any); m["name"] == "" || m["value"] == "" {
			t.Errorf("%v", m)
		}
	}
	gradient, _ := layer["gradient"].(map[string]any)
	if len(gradient["colors"].([]any)) < 2 || gradient["minValue"] != 0.0 || gradient["maxValue"].(float64) < 1 {
		t.Errorf("%v", gradient)
	}
}
