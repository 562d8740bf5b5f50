package alert

import (
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Rule is what an alert keeps of the rule that raised it, as it stood then.
type Rule struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Level string   `json:"level"` // informational, low, medium, high, critical
	Tags  []string `json:"tags,omitempty"`
	// Digest names the text that fired first; empty where there is none, as with rules of devices.
	Digest string `json:"digest,omitempty"`
}

// Match is one field value that made the rule true.
type Match struct {
	Selection string `json:"selection,omitempty"`
	Field     string `json:"field"`
	Value     string `json:"value"`
	Pattern   string `json:"pattern,omitempty"`
}

// Signal is one firing of a rule on one event: what an alert counts.
type Signal struct {
	Tenant   tenant.ID
	Source   string // id of the log source that delivered the event; may be empty
	Model    string
	Rule     Rule
	Time     time.Time
	EventID  string
	Matches  []Match
	Entities []event.Field
	Parts    []Part // of a correlation
}

// Part is what one rule had in the firing of a correlation.
type Part struct {
	Rule   string      `json:"rule"` // id
	Title  string      `json:"title"`
	Count  int         `json:"count"` // how often it fired in the window
	First  time.Time   `json:"first"`
	Last   time.Time   `json:"last"`
	Events []PartEvent `json:"events"` // the first and the latest, rising in time
	// Parts are of a correlation that is part of another: what its rules had in its firings, together.
	Parts []Part `json:"parts,omitempty"`
}

// PartEvent is one event of a [Part].
type PartEvent struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

// Evidence is a signal kept with its alert: the first, then the latest, at most [MaxEvidence] in all.
type Evidence struct {
	EventID string
	Time    time.Time
	Matches []Match
	Parts   []Part // of a correlation
}

// MaxEvidence is how many firings an alert keeps in full; it counts all.
const MaxEvidence = 20

// Alert is the firings of one rule on the same entities of one tenant within a window.
type Alert struct {
	ID          string
	Tenant      tenant.ID
	Source      string // id of the log source of the first firing; may be empty
	Fingerprint string
	Rule        Rule
	Models      []string
	Entities    []event.Field
	State       State
	Verdict     Verdict // empty until closed
	Reason      string
	Assignee    string // username
	Risk        int    // 0–MaxRisk: the sum of RiskParts
	RiskParts   []RiskPart
	Count       int64
	FirstAt     time.Time // event time of the earliest firing
	LastAt      time.Time // event time of the latest firing
	CreatedAt   time.Time
	UpdatedAt   time.Time
	UpdatedBy   string
	Version     int64 // raised by every change, firings included
	// MovedVersion is the version made by the latest change of state; a caller that saw it or a later one
	// has seen every move, whatever fired since.
	MovedVersion int64
	// BackfilledBy is who had the archive searched for its firings, all of them; empty for an alert that was raised as events came.
	BackfilledBy string
}

// Transition is one change of state, kept for ever.
type Transition struct {
	At      time.Time
	Actor   string
	From    State
	To      State
	Verdict Verdict
	Reason  string
}
