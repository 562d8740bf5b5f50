package sigma

import (
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Meta is what a rule says about itself. Only Title, Level and LogSource are always filled.
type Meta struct {
	ID             string           `json:"id"` // as written; else a stable UUID derived from name or title
	Name           string           `json:"name,omitempty"`
	Title          string           `json:"title"`
	Status         string           `json:"status,omitempty"`
	Level          detect.Level     `json:"level"` // medium where the rule states none
	Description    string           `json:"description,omitempty"`
	Author         string           `json:"author,omitempty"`
	License        string           `json:"license,omitempty"`
	Date           string           `json:"date,omitempty"`
	Modified       string           `json:"modified,omitempty"`
	Tags           []string         `json:"tags,omitempty"`
	References     []string         `json:"references,omitempty"`
	FalsePositives []string         `json:"falsepositives,omitempty"`
	Fields         []string         `json:"fields,omitempty"`
	LogSource      logsource.Source `json:"logsource"`
	// Digest is [Digest] of the file that it was read from.
	Digest string `json:"-"`
}

// Rule is one single-event Sigma rule as written: parsed, not interpreted. Modifiers and values stand as in the file,
// so that an evaluator can be built on it that shares nothing with the compiled one.
type Rule struct {
	Meta
	File      string // where it was read from; only for messages
	Detection Detection
	Filters   []Applied // what was added to the detection, by [ApplyFilters]
}

// Applied names a filter that a rule must allow too.
type Applied struct{ ID, Title string }

// Detection is the searches of a rule and the conditions over them, which are linked with OR.
type Detection struct {
	Searches   []Search // in the order of the file
	Conditions []Expr
	Written    []string // the conditions as they stand in the file
}

// Search is one search identifier with its alternatives: true when any group is.
type Search struct {
	Name   string
	Groups []Group
}

// Group is a map of a rule: true when every item is.
type Group []Item

// Item is one "field|modifier: values" line. An empty Field is a search in the whole event.
type Item struct {
	Field     string // blanks stripped
	Modifiers []string
	Values    []Value
}

// ValueKind is the YAML type of a value.
type ValueKind uint8

// The kinds of values.
const (
	Text ValueKind = iota
	Number
	Bool
	Null
)

// Value is one scalar of a rule. Text is the string as written (escapes included), or a number's decimal text.
type Value struct {
	Kind ValueKind
	Text string
}

// ExprOp is what an [Expr] does.
type ExprOp uint8

// The operators of a condition, after "1 of", "all of" and "them" have been resolved to the searches they name.
const (
	ExprSearch  ExprOp = iota // Name is true
	ExprNot                   // its one operand is false
	ExprAnd                   // every operand
	ExprOr                    // any operand
	ExprAtLeast               // N operands or more
)

// Expr is a node of a condition.
type Expr struct {
	Op       ExprOp
	Name     string
	N        int
	Written  string // of a quantified term, as "1 of selection_*"; else empty
	Operands []Expr
}

// Info returns what findings carry of the rule.
func (m *Meta) Info() detect.RuleInfo {
	return detect.RuleInfo{ID: m.ID, Title: m.Title, Level: m.Level, Tags: m.Tags, Digest: m.Digest}
}
