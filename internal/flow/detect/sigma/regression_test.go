package sigma_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// knownRefusals are the rules of SigmaHQ that need the operator's values for a placeholder.
const knownRefusals = 2

func TestSigmaHQLoads(t *testing.T) {
	t.Parallel()
	rules := sigmaHQRules(t)
	_, unread := sigmaHQ()
	for _, r := range unread {
		t.Errorf("not read: %v", r)
	}
	set, refused := sigma.Compile(rules, sigma.Options{})
	for _, r := range refused {
		if !strings.Contains(r.Reason, "placeholder %known_cdcs%") {
			t.Errorf("refused: %v", r)
		}
	}
	if len(refused) != knownRefusals || set.Len()+len(refused) != len(rules) || len(rules) < 3750 {
		t.Errorf("%d rules read, %d in the set, %d refused", len(rules), set.Len(), len(refused))
	}
	withValues, refused := sigma.Compile(rules, sigma.Options{Placeholders: map[string][]string{"known_cdcs": {"dc1", "dc2*"}}})
	if len(refused) != 0 || withValues.Len() != len(rules) {
		t.Errorf("with values for the placeholder, %d of %d rules are in the set, %d refused", withValues.Len(), len(rules), len(refused))
	}
}

// countsMisstated are the cases whose stated count is not what their rule says of their events; see
// docs/detection/regression.md.
func countsMisstated() map[string]int {
	return map[string]int{
		"8fbf3271-1ef6-4e94-8210-03c2317947f6": 3, // three of the named files are written, each matches
		"c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e": 2, // both registry values the rule names are set
	}
}

func TestRegressionCasesAreDetected(t *testing.T) {
	t.Parallel()
	set, _ := sigma.Compile(sigmaHQRules(t), sigma.Options{})
	m := set.Matcher()
	detected := 0
	cases := regressionCases(t)
	for _, c := range cases {
		hits := map[string]int{}
		for i := range c.events {
			m.Fired(&c.events[i], func(r *sigma.Rule) { hits[r.ID]++ })
		}
		ok := true
		for _, id := range c.RuleIDs {
			if n, ok := countsMisstated()[id]; ok {
				c.MatchCount = &n
			}
			if hits[id] == 0 || c.MatchCount != nil && hits[id] != *c.MatchCount {
				ok = false
				t.Errorf("%s: rule %s hit %d of %d events, want %v", c.Test, id, hits[id], len(c.events), stated(c.MatchCount))
			}
		}
		if ok {
			detected++
		}
	}
	t.Logf("detected %d of %d cases", detected, len(cases))
}

func stated(n *int) any {
	if n == nil {
		return "one or more"
	}
	return *n
}
