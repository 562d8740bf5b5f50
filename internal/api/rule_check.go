package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf16"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/detect/lint"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// RuleText is the text of rules, kept or not.
type RuleText struct {
	Source string `json:"source" maxLength:"524288" doc:"YAML of one or several documents: rules, correlations and filters."`
}

// RuleCheck is what a text is found to be.
type RuleCheck struct {
	Refused   bool           `json:"refused" doc:"The engine would not take it: an issue is an error."`
	Documents []RuleDocument `json:"documents" nullable:"false" doc:"In the order of the text."`
	Issues    []RuleIssue    `json:"issues" nullable:"false" doc:"In the order of the text; at most 200."`
}

// RuleDocument is one document of a text.
type RuleDocument struct {
	Kind      string    `json:"kind" enum:"rule,correlation,filter,refused"`
	ID        string    `json:"id" doc:"As written, or derived from the title where none is."`
	Title     string    `json:"title"`
	Level     string    `json:"level"`
	LogSource LogSource `json:"logsource"`
	Line      int       `json:"line" doc:"Where it begins."`
}

// RuleIssue is one thing wrong in a text. Lines count from 1, columns from 1 in UTF-16 units.
type RuleIssue struct {
	Severity string   `json:"severity" enum:"error,warning" doc:"error: the engine refuses the rule. warning: it can be used as it is."`
	Code     string   `json:"code" example:"field.unknown" doc:"refused for errors, which reason explains."`
	Args     []string `json:"args" nullable:"false" doc:"What the words for the code name."`
	Path     string   `json:"path" example:"detection.selection.Image|endswith" doc:"Within its document."`
	Reason   string   `json:"reason" doc:"In English."`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	End      int      `json:"end" doc:"The column after the last."`
}

// RuleSchema is what can be written in a rule.
type RuleSchema struct {
	Modifiers    []string `json:"modifiers" nullable:"false"`
	Correlations []string `json:"correlations" nullable:"false" doc:"Types of correlations."`
	Products     []string `json:"products" nullable:"false"`
	Categories   []string `json:"categories" nullable:"false"`
	Services     []string `json:"services" nullable:"false"`
	Fields       []string `json:"fields" nullable:"false" doc:"Of the log source that was asked for."`
	Closed       bool     `json:"closed" doc:"No event of the log source has other fields, but those with a dot in their names."`
}

// InForce tells the compiled rules.
type InForce interface {
	Set() *sigma.Set
}

func (a *API) declareRuleChecks() {
	register(a, operation{
		id: "checkRule", method: http.MethodPost, path: "/api/v1/rules/check", tag: "rule",
		summary: "What is wrong in the text of a rule, and where; nothing is kept",
	}, provider(identity.ReadRules), a.checkRule)
	register(a, operation{
		id: "ruleSchema", method: http.MethodGet, path: "/api/v1/rules/schema", tag: "rule",
		summary: "What can be written in a rule: modifiers, log sources and their fields",
	}, provider(identity.ReadRules), a.ruleSchema)
	register(a, operation{
		id: "testRule", method: http.MethodPost, path: "/api/v1/rules/test", tag: "rule", maxBody: maxTrialBytes,
		summary: "Try the text of a rule on samples, through the parser; nothing is kept",
	}, provider(identity.ReadRules), a.testRule)
	register(a, operation{
		id: "ruleFeeds", method: http.MethodPost, path: "/api/v1/rules/feeds", tag: "rule", timeout: searchTimeout,
		summary: "Which sources can feed the text of a rule, and which of its fields they lack",
	}, named(identity.SearchEvents), a.ruleFeeds)
}

func (a *API) checkRule(ctx context.Context, in *struct{ Body RuleText }) (*reply[RuleCheck], error) {
	known, err := a.metaInForce(ctx, in.Body.Source)
	if err != nil {
		return nil, err
	}
	r := lint.Check([]byte(in.Body.Source), known)
	lines := newLineUnits(in.Body.Source)
	return answer(RuleCheck{
		Refused: r.Refused(), Documents: each(r.Documents, documentBody),
		Issues: each(r.Issues, func(i lint.Issue) RuleIssue {
			return RuleIssue{
				Severity: string(i.Severity), Code: i.Code, Args: whole(i.Args), Path: i.Path, Reason: i.Reason,
				Line: i.Line, Column: lines.column(i.Line, i.Column), End: lines.column(i.Line, i.End),
			}
		}),
	}), nil
}

func documentBody(d lint.Document) RuleDocument {
	out := RuleDocument{Kind: "refused", Line: d.Line}
	switch {
	case d.Rule != nil:
		out.Kind = "rule"
	case d.Correlation != nil:
		out.Kind = "correlation"
	case d.Filter != nil:
		out.Kind = "filter"
	}
	if m := d.Meta(); m != nil {
		out.ID, out.Title, out.Level, out.LogSource = m.ID, m.Title, string(m.Level), LogSource(m.LogSource)
	}
	return out
}

// metaInForce finds the rule in force that goes by an id or a name, and of the correlations those that the text names.
func (a *API) metaInForce(ctx context.Context, source string) (lint.InForce, error) {
	by := map[string]sigma.Meta{}
	add := func(m sigma.Meta) {
		by[m.ID] = m
		if m.Name != "" {
			by[m.Name] = m
		}
	}
	a.deps.InForce.Set().Rules(func(r *sigma.Rule) { add(r.Meta) })
	with, err := a.deps.RuleTexts.Companions(ctx, source)
	if err != nil {
		return nil, fmt.Errorf("what the text is made of: %w", err)
	}
	for _, text := range with {
		docs, _ := sigma.ParseDocuments(text.File, text.Source)
		for _, c := range docs.Correlations {
			if a.deps.Engine.Rule(c.ID).Running {
				add(c.Meta)
			}
		}
	}
	return func(ref string) (sigma.Meta, bool) {
		m, ok := by[ref]
		return m, ok
	}, nil
}

// lineUnits counts columns as JavaScript does.
type lineUnits []string

func newLineUnits(text string) lineUnits {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}

// column turns a column in characters into one in UTF-16 units.
func (l lineUnits) column(line, column int) int {
	if line < 1 || line > len(l) {
		return column
	}
	units := 1
	for _, r := range l[line-1] {
		if column--; column < 1 {
			break
		}
		units += max(utf16.RuneLen(r), 1)
	}
	return units
}

func (a *API) ruleSchema(_ context.Context, in *struct {
	Product  string `query:"product" maxLength:"64"`
	Category string `query:"category" maxLength:"64"`
	Service  string `query:"service" maxLength:"64"`
}) (*reply[RuleSchema], error) {
	of := logsource.Source{Product: strings.ToLower(in.Product), Category: strings.ToLower(in.Category), Service: strings.ToLower(in.Service)}
	names, closed := logsource.Vocabulary(of)
	return answer(RuleSchema{
		Modifiers: sigma.Modifiers(), Correlations: each(sigma.CorrelationTypes(), func(t sigma.CorrelationType) string { return string(t) }),
		Products: logsource.Products(), Categories: logsource.Categories(), Services: logsource.Services(), Fields: whole(names), Closed: closed,
	}), nil
}

var _ InForce = (*sigma.Live)(nil)
