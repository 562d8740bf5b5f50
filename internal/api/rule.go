package api

import (
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Rule is one detection rule of an active pack.
type Rule struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Level     string    `json:"level"`
	Status    string    `json:"status"`
	Tags      []string  `json:"tags" nullable:"false"`
	LogSource LogSource `json:"logsource"`
	Pack      string    `json:"pack" doc:"Id of the pack it came in."`
	Author    string    `json:"author"`
	Refused   string    `json:"refused,omitempty" doc:"Why the rule does not run; empty where it does."`
}

// LogSource says which events a rule looks at.
type LogSource struct {
	Product  string `json:"product"`
	Category string `json:"category"`
	Service  string `json:"service"`
}

// RuleDetail is a rule with its text.
type RuleDetail struct {
	Rule
	Source         string   `json:"source" doc:"YAML as imported."`
	Description    string   `json:"description"`
	References     []string `json:"references" nullable:"false"`
	FalsePositives []string `json:"falsepositives" nullable:"false"`
}

// ruleFilter selects rules.
type ruleFilter struct {
	Paging
	Text   string `query:"q" maxLength:"200" doc:"Part of the title, id, tag or author."`
	Level  string `query:"level" maxLength:"200" doc:"One or several levels, comma-separated."`
	Status string `query:"status" maxLength:"200"`
	Pack   string `query:"pack" maxLength:"64"`
}

func (a *API) declareRules() {
	register(a, operation{
		id: "listRules", method: http.MethodGet, path: "/api/v1/rules", tag: "rule",
		summary: "Detection rules",
	}, platform(identity.ReadRules), pending[ruleFilter, reply[CountedPage[Rule]]])
	register(a, operation{
		id: "getRule", method: http.MethodGet, path: "/api/v1/rules/{id}", tag: "rule",
		summary: "One rule with its text",
	}, platform(identity.ReadRules), pending[struct {
		ID string `path:"id" maxLength:"128"`
	}, reply[RuleDetail]])
}
