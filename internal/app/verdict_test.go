package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestVerdictsOfDevicesObeyStates sends one device's verdict for customers who have its rule as it comes, on trial and off.
func TestVerdictsOfDevicesObeyStates(t *testing.T) {
	t.Parallel()
	const rule = "cef:Acme:Wall:7"
	plain, trial, off := tenant.NewID(), tenant.NewID(), tenant.NewID()
	log := slog.New(slog.DiscardHandler)
	rules := newRuleSet(except.NewBook(nil, log, time.Now), log)
	rules.verdicts = imported.DefaultFloors()
	now := *rules.inForce.Load()
	now.policy = policy.New(nil, map[tenant.ID]policy.Rules{trial: {rule: policy.Shadow}, off: {rule: policy.Drop}})
	j := rules.judge()
	j.Use(&now)
	for id, want := range map[tenant.ID][]bool{plain: {false}, trial: {true}, off: nil} {
		ev := &event.Event{Tenant: id, ID: "e"}
		for name, value := range map[string]string{event.IsocParser: "cef", event.Severity: "9", event.Code: "7", "observer.vendor": "Acme", "observer.product": "Wall"} {
			ev.Set(name, value)
		}
		var got []bool
		j.Match(ev, nil, func(f detect.Finding) {
			if f.Rule.ID != rule || f.Tenant != id {
				t.Errorf("finding %+v", f)
			}
			got = append(got, f.Shadow)
		})
		if len(got) != len(want) || len(got) == 1 && got[0] != want[0] {
			t.Errorf("findings in the shadow %v, want %v", got, want)
		}
	}
}
