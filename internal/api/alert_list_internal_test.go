package api

import "testing"

func FuzzAlertFilters(f *testing.F) {
	f.Add("open,new", "high low", "duplicate", "host.name=web01")
	f.Add(",", "=", "==", "=")
	f.Fuzz(func(t *testing.T, state, level, verdict, entity string) {
		if states, err := alertStates(state); err == nil && len(words(state)) > 0 && len(states) == 0 {
			t.Errorf("state %q selects all", state)
		}
		if found, err := levels(level); err == nil && len(found) > 5*len(level) {
			t.Errorf("level %q: %v", level, found)
		}
		if found, err := verdicts(verdict); err == nil && len(words(verdict)) != len(found) {
			t.Errorf("verdict %q: %v", verdict, found)
		}
		if found, err := entities([]string{entity}); err == nil && (len(found) != 1 || found[0].Name == "" || found[0].Name+"="+found[0].Value != entity) {
			t.Errorf("entity %q: %v", entity, found)
		}
	})
}
