package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// deviceRulesAreKept holds that customers see the rules of their own devices alone, as named last, and that what was decided about stays.
func deviceRulesAreKept(t *testing.T, b bench) {
	ctx := everyone(t)
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	put := func(of tenant.ID, day int64, rules ...detect.RuleInfo) {
		t.Helper()
		if err := b.DeviceRules().PutDeviceRules(tenant.WithScope(ctx, tenant.Only(of)), of, day, rules); err != nil {
			t.Fatal(err)
		}
	}
	put(one, 10, detect.RuleInfo{ID: "a", Title: "A", Level: detect.High, Tags: []string{"attack.t1190"}}, detect.RuleInfo{ID: "b", Title: "B", Level: detect.Low}, detect.RuleInfo{ID: "c", Title: "C"})
	put(two, 12, detect.RuleInfo{ID: "a", Title: "A, lately", Level: detect.Medium})
	put(one, 11, detect.RuleInfo{ID: "b", Title: "B again", Level: detect.Critical})
	titles := func(of ...tenant.ID) map[string]string {
		t.Helper()
		rules, err := b.Content().DeviceRules(ctx, of)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, r := range rules {
			found[r.ID] += r.Title + " " + r.Level
			if r.Origin != content.OfDevice || r.State != content.Enabled {
				t.Errorf("rule %+v", r)
			}
		}
		return found
	}
	for name, c := range map[string]struct {
		of   []tenant.ID
		want map[string]string
	}{
		"all": {nil, map[string]string{"a": "A, lately medium", "b": "B again critical", "c": "C "}},
		"one": {[]tenant.ID{one}, map[string]string{"a": "A high", "b": "B again critical", "c": "C "}},
		"two": {[]tenant.ID{two}, map[string]string{"a": "A, lately medium"}},
	} {
		if diff := cmp.Diff(c.want, titles(c.of...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := b.Content().DeviceRule(tenant.WithScope(ctx, tenant.Only(two)), "b"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another customer's rule: %v", err)
	}
	if r, err := b.Content().DeviceRule(tenant.WithScope(ctx, tenant.Only(one)), "a"); err != nil || len(r.Tags) != 1 {
		t.Errorf("own rule: %+v, %v", r, err)
	}
	off := content.Standing{State: content.Off, At: time.Now()}
	if err := b.Content().PutOverride(ctx, content.Override{Tenant: one, Rule: "c", Standing: off}); err != nil {
		t.Fatal(err)
	}
	if err := b.DeviceRules().ForgetDeviceRules(ctx, one, 11); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"b": "B again critical", "c": "C "}, titles(one)); diff != "" {
		t.Errorf("after forgetting: %s", diff)
	}
	last := map[string]int64{}
	if err := b.DeviceRules().DeviceRules(ctx, 11, func(of tenant.ID, rule string, day int64) { last[of.String()+rule] = day }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{one.String() + "b": 11, two.String() + "a": 12}, last); diff != "" {
		t.Errorf("at a start: %s", diff)
	}
}
