package policy_test

import (
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestCustomersHaveRulesAsThePlatformUnlessTheyHaveThemOtherwise(t *testing.T) {
	t.Parallel()
	acme, other := tenant.NewID(), tenant.NewID()
	platform := policy.Rules{"on": policy.Raise, "watched": policy.Shadow, "gone": policy.Drop}
	s := policy.New(platform, map[tenant.ID]policy.Rules{acme: {"on": policy.Drop, "watched": policy.Raise, "gone": policy.Shadow}})
	platform["on"] = policy.Drop // the snapshot keeps what it was given
	for _, c := range []struct {
		tenant tenant.ID
		rule   string
		want   policy.Disposition
	}{
		{other, "on", policy.Raise}, {other, "watched", policy.Shadow}, {other, "gone", policy.Drop}, {other, "unheard", policy.Raise},
		{acme, "on", policy.Drop}, {acme, "watched", policy.Raise}, {acme, "gone", policy.Shadow}, {acme, "unheard", policy.Raise},
	} {
		if got := s.Decide(c.tenant, c.rule); got != c.want {
			t.Errorf("%s at acme %t: %d, want %d", c.rule, c.tenant == acme, got, c.want)
		}
	}
	if (*policy.Snapshot)(nil).Decide(acme, "on") != policy.Raise {
		t.Error("without a snapshot a rule does not raise")
	}
}

func TestShadowsAreMarkedAndWhatIsOffGoesNoFurther(t *testing.T) {
	t.Parallel()
	id := tenant.NewID()
	s := policy.New(policy.Rules{"watched": policy.Shadow, "gone": policy.Drop}, nil)
	for rule, want := range map[string]struct{ passes, shadow bool }{"on": {true, false}, "watched": {true, true}, "gone": {false, false}} {
		f := detect.Finding{Tenant: id, Rule: detect.RuleInfo{ID: rule}}
		if passes := s.Admit(&f); passes != want.passes || f.Shadow != want.shadow {
			t.Errorf("%s: passes %t, shadow %t", rule, passes, f.Shadow)
		}
	}
}

func TestDecidingAllocatesNothing(t *testing.T) { //nolint:paralleltest // allocations are counted
	tenants := map[tenant.ID]policy.Rules{}
	for range 1000 {
		tenants[tenant.NewID()] = policy.Rules{"a": policy.Shadow}
	}
	s, id := policy.New(nil, tenants), tenant.NewID()
	if n := testing.AllocsPerRun(100, func() { _ = s.Decide(id, "a") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
