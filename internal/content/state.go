package content

import (
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// State says whether a rule works; docs/states/rule.md has the picture.
type State string

// The states that people move a rule through.
const (
	Draft      State = "draft"      // being written; may be incomplete
	Testing    State = "testing"    // complete; runs in tests and dry runs only
	Shadow     State = "shadow"     // matched and counted, and raises nothing
	Enabled    State = "enabled"    // raises alerts
	Deprecated State = "deprecated" // off, and kept
)

// The states that nobody chose.
const (
	Off     State = "off"     // of no active version, or another pack's rule with its id counts
	Refused State = "refused" // the engine could not take it at the import
)

// Inherit is what a customer has a rule set to who is to have it as the platform does.
const Inherit State = "inherit"

// Runs reports whether rules in the state are matched.
func (s State) Runs() bool { return s == Shadow || s == Enabled }

// lively are the states that people move a rule through, in the order of its life.
func lively() []State { return []State{Draft, Testing, Shadow, Enabled, Deprecated} }

// moves are the moves there are; nothing else changes a state.
var moves = map[State][]State{
	Draft:      {Testing},
	Testing:    {Draft, Shadow, Enabled},
	Shadow:     {Testing, Enabled, Deprecated},
	Enabled:    {Testing, Shadow, Deprecated},
	Deprecated: {Testing, Shadow, Enabled},
}

// movesOf are the moves of one rule: a device's is written and tested by its maker.
func movesOf(r *Rule) []State {
	if r.Origin == OfDevice {
		return slices.DeleteFunc(slices.Clone(moves[r.State]), func(to State) bool { return to == Testing })
	}
	return moves[r.State]
}

// Standing is what somebody decided about a rule. Its zero value means that nobody did.
type Standing struct {
	State  State
	Reason string
	By     string // username
	At     time.Time
}

// Override is what one customer has instead of the platform's state: [Shadow], [Enabled] or [Off].
type Override struct {
	Tenant tenant.ID
	Rule   string
	Standing
}

// Standings is everything decided about rules at one moment.
type Standings struct {
	Platform  map[string]Standing
	Overrides []Override
}

// stateAs is the state of a rule in force about which nobody decided anything: a rule written here is a draft, one of a pack works
// unless its author gave it up or its samples fail.
func stateAs(own bool, status string, failing bool) State {
	switch {
	case own:
		return Draft
	case status == "deprecated" || status == "unsupported":
		return Deprecated
	case failing:
		return Testing
	}
	return Enabled
}

// of returns the state of a rule in force.
func (s *Standings) of(id string, own bool, status string, failing bool) State {
	if d, ok := s.Platform[id]; ok {
		return d.State
	}
	return stateAs(own, status, failing)
}
