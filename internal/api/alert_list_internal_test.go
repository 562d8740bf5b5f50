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
		with, without, err := entities([]string{entity})
		written := ""
		for _, f := range with {
			written = f.Name + "=" + f.Value
		}
		for _, f := range without {
			written = f.Name + "!=" + f.Value
		}
		if err == nil && (len(with)+len(without) != 1 || written != entity) {
			t.Errorf("entity %q: %v, %v", entity, with, without)
		}
	})
}
