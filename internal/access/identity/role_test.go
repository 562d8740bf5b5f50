package identity_test

import (
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestRolesHoldWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, p := range identity.Permissions() {
		if !identity.ProviderAdmin.Has(p) {
			t.Errorf("the admin lacks %s", p)
		}
	}
	changing := []identity.Permission{identity.ManageTenants, identity.ManageUsers, identity.ManageSources, identity.ManageRules, identity.ManageInbox, identity.ManageDemo}
	for _, p := range changing {
		if identity.ProviderAnalyst.Has(p) || identity.CustomerViewer.Has(p) {
			t.Errorf("more than the admin has %s", p)
		}
	}
	if !identity.ProviderAnalyst.Has(identity.JudgeAlerts) || identity.CustomerViewer.Has(identity.JudgeAlerts) {
		t.Error("analysts judge alerts, viewers do not")
	}
	if identity.CustomerViewer.Has(identity.ReadHealth) {
		t.Error("a customer reads the platform's health")
	}
	for _, r := range []identity.Role{"", "root"} {
		if len(r.Permissions()) != 0 || r.ForProvider() || r.ForCustomer() {
			t.Errorf("%q is a role", r)
		}
	}
}

func TestCallersCanWhatTheirRoleCanWhereItHolds(t *testing.T) {
	t.Parallel()
	mine, other := tenant.NewID(), tenant.NewID()
	analyst := identity.Principal{UserID: "a", Provider: identity.ProviderAnalyst}
	viewer := identity.Principal{UserID: "v", Tenants: map[tenant.ID]identity.Role{mine: identity.CustomerViewer}}
	for _, c := range []struct {
		who  identity.Principal
		perm identity.Permission
		at   tenant.ID
		want bool
	}{
		{analyst, identity.ReadAlerts, mine, true},
		{analyst, identity.ManageUsers, tenant.Provider, false},
		{analyst, identity.ReadAudit, tenant.Provider, true},
		{analyst, identity.ReadAlerts, "", false},
		{viewer, identity.ReadAlerts, mine, true},
		{viewer, identity.JudgeAlerts, mine, false},
		{viewer, identity.ReadAlerts, other, false},
		{viewer, identity.ReadAudit, tenant.Provider, false},
		{identity.Principal{}, identity.ReadAlerts, mine, false},
	} {
		if got := c.who.Can(c.perm, c.at); got != c.want {
			t.Errorf("%s %s at %q: %v", c.who.UserID, c.perm, c.at, got)
		}
	}
	if !viewer.CanSomewhere(identity.ReadAlerts) || viewer.CanSomewhere(identity.ManageRules) || (identity.Principal{}).CanSomewhere(identity.ReadSelf) {
		t.Error("somewhere")
	}
	if got := viewer.Scope().IDs(); !slices.Equal(got, []tenant.ID{mine}) {
		t.Errorf("scope = %v", got)
	}
}
