package attack_test

import (
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/attack"
)

func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	var tactics []string
	for _, x := range attack.Tactics() {
		tactics = append(tactics, x.Name)
	}
	of := map[string]int{}
	for _, x := range attack.Techniques() {
		if len(x.Tactics) == 0 || x.Name == "" {
			t.Errorf("%+v", x)
		}
		for _, name := range x.Tactics {
			if !slices.Contains(tactics, name) {
				t.Errorf("%s is of the tactic %s", x.ID, name)
			}
			of[name]++
		}
		if over := x.Parent(); over != "" {
			if _, known := attack.Find(over); !known {
				t.Errorf("%s has no technique above it", x.ID)
			}
		}
	}
	if len(attack.Techniques()) != 691 || len(of) != 14 {
		t.Errorf("%d techniques of %d tactics", len(attack.Techniques()), len(of))
	}
	if _, known := attack.Find("T9999"); known || attack.Retired("T1110") {
		t.Error("a technique that is none")
	}
}

func TestTagsAreRead(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][2]string{
		"attack.t1110.001": {"T1110.001", ""}, "attack.T1110": {"T1110", ""}, "attack.initial-access": {"", "initial-access"},
		"attack.initial_access": {"", "initial-access"}, "attack.stealth": {"", "defense-evasion"}, "attack.g0016": {}, "cve.2021-44228": {}, "attack.t11": {},
	} {
		if id, tactic := attack.ReadTag(tag); id != want[0] || tactic != want[1] {
			t.Errorf("%s is %q %q", tag, id, tactic)
		}
	}
}
