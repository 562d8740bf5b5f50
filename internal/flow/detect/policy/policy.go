package policy

import (
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Disposition is what becomes of a firing.
type Disposition uint8

// The dispositions. Raise is the zero value: a rule that nobody decided about counts.
const (
	Raise  Disposition = iota // it is an alert
	Shadow                    // it is counted and can be looked at, and raises nothing
	Drop                      // the rule is off here
)

// Rules are the dispositions of rules by id.
type Rules map[string]Disposition

// Snapshot is what was decided at one moment. It is immutable and safe for concurrent use; the nil Snapshot raises everything.
// A customer for whom nothing was decided costs one look-up, in a map that holds only customers for whom something was.
type Snapshot struct {
	platform Rules
	tenants  map[tenant.ID]Rules
}

// New returns a snapshot: platform holds what counts for every customer, tenants what goes before it for one. A rule in neither
// raises. The maps are copied; what a customer has just as the platform has it costs nothing.
func New(platform Rules, tenants map[tenant.ID]Rules) *Snapshot {
	s := &Snapshot{platform: Rules{}, tenants: map[tenant.ID]Rules{}}
	for rule, d := range platform {
		if d != Raise {
			s.platform[rule] = d
		}
	}
	for id, rules := range tenants {
		for rule, d := range rules {
			if d == s.platform[rule] {
				continue
			}
			if s.tenants[id] == nil {
				s.tenants[id] = Rules{}
			}
			s.tenants[id][rule] = d
		}
	}
	return s
}

// Decide tells what becomes of a firing of the rule at the customer.
func (s *Snapshot) Decide(id tenant.ID, rule string) Disposition {
	if s == nil {
		return Raise
	}
	if len(s.tenants) > 0 {
		if own, ok := s.tenants[id]; ok {
			if d, ok := own[rule]; ok {
				return d
			}
		}
	}
	return s.platform[rule]
}

// Admit marks a finding as the snapshot has it and reports whether it is to be passed on.
func (s *Snapshot) Admit(f *detect.Finding) bool {
	switch s.Decide(f.Tenant, f.Rule.ID) {
	case Drop:
		return false
	case Shadow:
		f.Shadow = true
	}
	return true
}
