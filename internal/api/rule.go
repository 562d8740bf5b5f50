package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
)

// Rule is one detection rule. Texts in Chinese are empty where the rule has none.
type Rule struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	TitleZH   string    `json:"title_zh"`
	Level     string    `json:"level"`
	Status    string    `json:"status"`
	Tags      []string  `json:"tags" nullable:"false"`
	LogSource LogSource `json:"logsource"`
	Pack      string    `json:"pack" doc:"Id of the pack it came in."`
	PackName  string    `json:"pack_name"`
	Path      string    `json:"path" doc:"File within the pack."`
	Author    string    `json:"author"`
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
	Source           string   `json:"source" doc:"YAML as imported."`
	Active           bool     `json:"active" doc:"The engine runs this very text."`
	Description      string   `json:"description"`
	DescriptionZH    string   `json:"description_zh"`
	Advice           string   `json:"advice" doc:"What to do when it fires."`
	AdviceZH         string   `json:"advice_zh"`
	License          string   `json:"license"`
	Date             string   `json:"date"`
	Modified         string   `json:"modified"`
	References       []string `json:"references" nullable:"false"`
	FalsePositives   []string `json:"falsepositives" nullable:"false"`
	FalsePositivesZH []string `json:"falsepositives_zh" nullable:"false"`
}

// ruleFilter selects rules.
type ruleFilter struct {
	Paging
	Text   string `query:"q" maxLength:"200" doc:"Part of the title, id, tags, path or author."`
	Level  string `query:"level" maxLength:"200" doc:"One or several levels, comma-separated."`
	Status string `query:"status" maxLength:"64"`
	Pack   string `query:"pack" maxLength:"64" doc:"Rules of this version of a pack; absent: the rules that run."`
}

// Rules finds detection rules; a missing one is fault.ErrNotFound.
type Rules interface {
	Rules(ctx context.Context, q content.RuleQuery) (content.RulePage, error)
	Rule(ctx context.Context, id string) (content.Detail, error)
}

func (a *API) declareRules() {
	register(a, operation{
		id: "listRules", method: http.MethodGet, path: "/api/v1/rules", tag: "rule",
		summary: "Detection rules, by title",
	}, platform(identity.ReadRules), a.listRules)
	register(a, operation{
		id: "getRule", method: http.MethodGet, path: "/api/v1/rules/{id}", tag: "rule",
		summary: "One rule with its text",
	}, platform(identity.ReadRules), a.getRule)
}

func (a *API) listRules(ctx context.Context, in *ruleFilter) (*reply[CountedPage[Rule]], error) {
	page, err := a.deps.Rules.Rules(ctx, content.RuleQuery{
		Text: in.Text, Levels: words(in.Level), Status: in.Status, Pack: in.Pack, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return answer(CountedPage[Rule]{Items: each(page.Rules, ruleBody), Cursor: page.Cursor, Total: int64(page.Total)}), nil
}

func (a *API) getRule(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"128"`
}) (*reply[RuleDetail], error) {
	d, err := a.deps.Rules.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(RuleDetail{
		Rule: ruleBody(d.Rule), Source: d.Source, Active: d.Active, Description: d.Description, DescriptionZH: d.DescriptionZH,
		Advice: d.Advice, AdviceZH: d.AdviceZH, License: d.License, Date: d.Date, Modified: d.Modified,
		References: whole(d.References), FalsePositives: whole(d.FalsePositives), FalsePositivesZH: whole(d.FalsePositivesZH),
	}), nil
}

// ruleSource is the text of a rule that an alert names, or "" where no version of it is left.
func (a *API) ruleSource(ctx context.Context, id string) (string, error) {
	d, err := a.deps.Rules.Rule(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("rule of alert: %w", err)
	}
	return d.Source, nil
}

func ruleBody(r content.Rule) Rule {
	return Rule{
		ID: r.ID, Title: r.Title, TitleZH: r.TitleZH, Level: r.Level, Status: r.Status, Tags: whole(r.Tags),
		LogSource: LogSource{Product: r.Product, Category: r.Category, Service: r.Service},
		Pack:      r.Pack, PackName: r.PackName, Path: r.Path, Author: r.Author,
	}
}

var _ Rules = (*content.Service)(nil)
