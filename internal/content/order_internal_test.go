package content

import (
	"slices"
	"testing"
)

func TestRulesInOrderOfCostAndPrecision(t *testing.T) {
	t.Parallel()
	records := map[string]Record{
		"half":  {True: 1, False: 1, Cost: 0.2},
		"right": {True: 1},
		"more":  {True: 9, Cost: 0.5},
		"wrong": {False: 3},
		"none":  {Benign: 7, Cost: 0.01},
	}
	for order, want := range map[Sort][]string{
		ByCost:  {"more", "half", "none", "right", "wrong"},
		ByRight: {"more", "right", "half", "wrong", "none"},
	} {
		q := RuleQuery{Sort: order, Records: records}
		var rules []*Rule
		for _, id := range []string{"half", "more", "none", "right", "wrong"} {
			rules = append(rules, &Rule{ID: id})
		}
		q.order(rules)
		var got []string
		for _, r := range rules {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", order, got, want)
		}
	}
	q := RuleQuery{Slow: 0.05}
	if !q.fits(records["half"]) || q.fits(records["none"]) || q.fits(records["wrong"]) {
		t.Error("slow rules are told wrongly")
	}
}
