package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/tenant"
)

// noShelf keeps nothing.
type noShelf struct{}

func (noShelf) DeviceRules(context.Context, int64, func(tenant.ID, string, int64)) error  { return nil }
func (noShelf) PutDeviceRules(context.Context, tenant.ID, int64, []detect.RuleInfo) error { return nil }
func (noShelf) ForgetDeviceRules(context.Context, tenant.ID, int64) error                 { return nil }

// TestVerdictsOfDevicesObeyStates sends one device's verdict for customers who have its rule as it comes, on trial and off.
func TestVerdictsOfDevicesObeyStates(t *testing.T) {
	t.Parallel()
	const rule = "cef:Acme:Wall:7"
	plain, trial, off := tenant.NewID(), tenant.NewID(), tenant.NewID()
	log := slog.New(slog.DiscardHandler)
	rules := newRuleSet(except.NewBook(nil, log, time.Now), log)
	rules.verdicts = imported.DefaultFloors()
	devices, err := imported.OpenRegister(t.Context(), noShelf{}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules.devices = devices
	now := *rules.inForce.Load()
	now.policy = policyOf(nil, content.Standings{Overrides: []content.Override{
		{Tenant: trial, Rule: rule, Standing: content.Standing{State: content.Shadow}}, {Tenant: off, Rule: rule, Standing: content.Standing{State: content.Off}}}})
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
