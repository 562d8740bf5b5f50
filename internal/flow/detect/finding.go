package detect

import (
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Level is a rule's severity in Sigma's words.
type Level string

// The levels of Sigma, rising.
const (
	Informational Level = "informational"
	Low           Level = "low"
	Medium        Level = "medium"
	High          Level = "high"
	Critical      Level = "critical"
)

// RuleInfo is what a finding and an alert tell about the rule that fired.
type RuleInfo struct {
	ID    string // Sigma id (UUID), or the model's own id
	Title string
	Level Level
	Tags  []string // Sigma tags: "attack.t1110.001"
	// Digest names the text that it was read from; empty where it has none, as a device's own.
	Digest string
}

// Match is one field value that made a rule true.
type Match struct {
	Selection string `json:"selection,omitempty"` // detection identifier the condition names
	Field     string `json:"field"`               // event field (ECS name); empty for a keyword search
	Value     string `json:"value"`               // the event's value, cut at 1 KiB
	Pattern   string `json:"pattern,omitempty"`   // the rule's value as written
}

// Finding is one verdict of one model on one event.
type Finding struct {
	Tenant   tenant.ID
	Source   string // id of the log source that delivered the event
	Model    string // "signature" for Sigma rules of single events, "correlation"
	Rule     RuleInfo
	Time     time.Time // event time
	EventID  string
	Sequence uint64 // queue sequence of the batch that carried the event
	Matches  []Match
	// Entities are what the alert is about: those of host.name, user.name, source.ip, destination.ip and
	// process.executable that the event has, in this order.
	Entities []event.Field
	// Shadow says that the rule only runs on trial here: the finding is counted and kept to be looked at, and is no alert.
	Shadow bool
	// Device says that it is the verdict of the event's own device.
	Device bool
	// Parts are what the rules of a correlation had in it; nil for a rule of single events.
	Parts []Part
}

func entityNames() []string {
	return []string{event.HostName, event.UserName, event.SourceIP, event.DestinationIP, "process.executable"}
}

// EntityRank is the place of a field among the entities of a finding.
func EntityRank(field string) int { return slices.Index(entityNames(), field) }

// EntitiesOf are the entities of a finding about the event.
func EntitiesOf(ev *event.Event) (found []event.Field) {
	for _, name := range entityNames() {
		if v, ok := ev.Get(name); ok && v != "" {
			found = append(found, event.Field{Name: name, Value: v})
		}
	}
	return found
}

// Part is what one rule had in the firing of a correlation.
type Part struct {
	Rule   string // id
	Title  string
	Count  int // how often it fired in the window
	First  time.Time
	Last   time.Time
	Events []PartEvent // the first and the latest, at most [MaxPartEvents], rising in time
	// Parts are, of a correlation, what its rules had in those firings, together; how deep and how many is bounded.
	Parts []Part
}

// MaxPartEvents is how many events of a part a finding names.
const MaxPartEvents = 10

// PartEvent is one event of a [Part].
type PartEvent struct {
	ID   string
	Time time.Time
}
