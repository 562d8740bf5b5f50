package alert

import "slices"

// State is where an alert stands; it changes only through [Next].
type State string

// The states of an alert. Escalated and merged come with incidents.
const (
	New           State = "new"
	Acknowledged  State = "acknowledged"
	Investigating State = "investigating"
	Closed        State = "closed"
)

// Verdict is the judgement an alert is closed with.
type Verdict string

// The verdicts, as analysts name them.
const (
	TruePositiveImpact   Verdict = "true_positive_impact"
	TruePositiveNoImpact Verdict = "true_positive_no_impact"
	BenignPositive       Verdict = "benign_positive"
	FalsePositive        Verdict = "false_positive"
	Duplicate            Verdict = "duplicate"
	Undetermined         Verdict = "undetermined"
)

// Verdicts lists every verdict in the order screens show them.
func Verdicts() []Verdict {
	return []Verdict{TruePositiveImpact, TruePositiveNoImpact, BenignPositive, FalsePositive, Duplicate, Undetermined}
}

// moves lists the allowed changes of state; docs/states/alert.md draws it.
func moves(from State) []State {
	switch from {
	case New:
		return []State{Acknowledged, Investigating, Closed}
	case Acknowledged:
		return []State{Investigating, Closed, New}
	case Investigating:
		return []State{Acknowledged, Closed}
	case Closed:
		return []State{Investigating}
	}
	return nil
}

// Allowed reports whether an alert may go from one state to another.
func Allowed(from, to State) bool { return slices.Contains(moves(from), to) }

// Valid reports whether v is one of [Verdicts].
func (v Verdict) Valid() bool { return slices.Contains(Verdicts(), v) }

func (s State) valid() bool { return moves(s) != nil }
