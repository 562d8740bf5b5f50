package identity

import (
	"slices"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Permissions lists every permission, in the order of their declaration.
func Permissions() []Permission {
	return []Permission{
		ReadSelf, ReadTenants, ManageTenants, ManageUsers, ReadSources, ManageSources, SearchEvents,
		ReadAlerts, JudgeAlerts, ReadRules, ManageRules, TuneRules, ReadAudit, ManageInbox, ReadHealth, ManageDemo,
	}
}

// Permissions returns what the role may do; nil for an unknown role.
func (r Role) Permissions() []Permission {
	switch r {
	case ProviderAdmin:
		return Permissions()
	case ProviderAnalyst:
		return []Permission{ReadSelf, ReadTenants, ReadSources, SearchEvents, ReadAlerts, JudgeAlerts, ReadRules, TuneRules, ReadAudit, ReadHealth}
	case CustomerViewer:
		return []Permission{ReadSelf, ReadTenants, ReadSources, SearchEvents, ReadAlerts, ReadRules, ReadAudit}
	}
	return nil
}

// Has reports whether the role holds the permission.
func (r Role) Has(p Permission) bool { return slices.Contains(r.Permissions(), p) }

// ForProvider reports whether r is a role of the provider's staff.
func (r Role) ForProvider() bool { return r == ProviderAdmin || r == ProviderAnalyst }

// ForCustomer reports whether r is a role that holds for one customer.
func (r Role) ForCustomer() bool { return r == CustomerViewer }

// Can reports whether the caller may do this to the customer. For [tenant.Provider] and the platform's own data the
// provider's role alone counts.
func (p Principal) Can(perm Permission, id tenant.ID) bool {
	if p.IsProvider() {
		return p.Provider.Has(perm) && (id == tenant.Provider || id.Valid())
	}
	return p.Tenants[id].Has(perm)
}

// CanSomewhere reports whether the caller may do this to at least one customer, or to what belongs to none.
func (p Principal) CanSomewhere(perm Permission) bool {
	if p.UserID == "" {
		return false
	}
	if perm == ReadSelf || p.Provider.Has(perm) {
		return true
	}
	for _, r := range p.Tenants {
		if r.Has(perm) {
			return true
		}
	}
	return false
}

// Principal returns the user as a caller, without address and session.
func (u User) Principal() Principal {
	return Principal{UserID: u.ID, Username: u.Username, Provider: u.Provider, Tenants: u.Tenants}
}
