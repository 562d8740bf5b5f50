package api

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// AlertPage is one page of alerts.
type AlertPage struct {
	CountedPage[Alert]
	Newest string `json:"newest" doc:"Id of the latest alert that the filter selects, until or not; empty where it selects none."`
}

// AlertFilter selects alerts; every figure about alerts is asked for with it.
type AlertFilter struct {
	Tenant    string   `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
	State     string   `query:"state" maxLength:"200" doc:"One or several states, comma-separated; open means all but closed."`
	Level     string   `query:"level" maxLength:"200" doc:"One or several levels, comma-separated."`
	Verdict   string   `query:"verdict" maxLength:"200" doc:"One or several verdicts, comma-separated."`
	Rule      string   `query:"rule" maxLength:"200" doc:"Id of the rule."`
	Text      string   `query:"q" maxLength:"200" doc:"Part of the rule's title, in either language, or of an entity's value."`
	Assignee  string   `query:"assignee" maxLength:"64" doc:"Username; me, or none for alerts that nobody holds."`
	Source    string   `query:"source" maxLength:"64" doc:"Id of the log source; none for alerts that know none."`
	Technique string   `query:"technique" maxLength:"200" doc:"One or several ATT&CK techniques of the rule, comma-separated: T1110 with its sub-techniques, or T1110.001."`
	Tactic    string   `query:"tactic" maxLength:"200" doc:"One or several ATT&CK tactics of the rule, comma-separated, such as credential-access."`
	Entities  []string `query:"entity,explode" maxItems:"8" doc:"field=value, or field!=value for alerts without it; nothing after = asks for alerts without the field. May be repeated, and all must hold."`
	From      string   `query:"from" maxLength:"64" example:"now-8h" doc:"Fired at this time or later: RFC 3339, Unix seconds, now, or now-15m with s, m, h, d, w."`
	Raised    string   `query:"raised_from" maxLength:"64" doc:"Raised at this time or later; written like from."`
	Moved     string   `query:"moved_from" maxLength:"64" doc:"Alerts whose state somebody other than the caller changed at this time or later; written like from."`
	To        string   `query:"to" maxLength:"64" doc:"Last fired before this time; written like from."`
}

// AlertWindow is which rows of a list are wanted.
type AlertWindow struct {
	Sort   string `query:"sort" enum:"newest,risk" default:"newest" doc:"newest: as raised; risk: the highest risk first."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows of a page."`
	Cursor string `query:"cursor" maxLength:"64" doc:"Cursor of the page before, in the same order."`
	Offset int    `query:"offset" minimum:"0" maximum:"1000000" doc:"Rows to skip, instead of a cursor."`
	Until  string `query:"until" maxLength:"26" doc:"Only alerts with this id or an earlier one, so that a list that is read does not move: newest of its first page."`
}

func (a *API) listAlerts(ctx context.Context, in *struct {
	AlertFilter
	AlertWindow
}) (*reply[AlertPage], error) {
	q, nobody, err := a.alertQuery(ctx, in.AlertFilter)
	if err != nil {
		return nil, err
	}
	q.Sort, q.Limit, q.Cursor, q.Offset, q.Until = alert.Sort(in.Sort), in.Limit, in.Cursor, in.Offset, in.Until
	if _, err := ulid.ParseStrict(in.Until); in.Until != "" && err != nil {
		return nil, fault.NewInvalid("until", "alert.until", "must be the id of an alert")
	}
	if nobody {
		return answer(AlertPage{CountedPage: CountedPage[Alert]{Items: []Alert{}}}), nil
	}
	page, err := a.deps.Alerts.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	if err := a.auditRead(ctx, owners(page.Items), "alert.list", "alert"); err != nil {
		return nil, err
	}
	items, err := a.alertBodies(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return answer(AlertPage{CountedPage: CountedPage[Alert]{Items: items, Cursor: page.Cursor, Total: page.Total}, Newest: page.Newest}), nil
}

// alertQuery understands a filter within the caller's rights. The caller of nobody's alerts gets no row at all: nobody is true.
func (a *API) alertQuery(ctx context.Context, in AlertFilter) (q alert.Query, nobody bool, err error) {
	if q, err = a.readAlertFilter(ctx, in); err != nil {
		return alert.Query{}, false, err
	}
	if p, _ := identity.From(ctx); in.Tenant != "" || !p.IsProvider() {
		allowed, err := a.tenants(ctx, identity.ReadAlerts, listOf(in.Tenant))
		if err != nil {
			return alert.Query{}, false, err
		}
		q.Tenants = ids(allowed)
		nobody = len(allowed) == 0
	}
	return q, nobody, nil
}

func (a *API) readAlertFilter(ctx context.Context, in AlertFilter) (q alert.Query, err error) {
	q = alert.Query{Rule: in.Rule, Text: in.Text}
	if q.States, err = alertStates(in.State); err != nil {
		return q, err
	}
	if q.Levels, err = levels(in.Level); err != nil {
		return q, err
	}
	if q.Verdicts, err = verdicts(in.Verdict); err != nil {
		return q, err
	}
	var ok bool
	if q.Techniques, ok = attackWords(in.Technique, techniqueForm); !ok {
		return q, fault.NewInvalid("technique", "alert.technique", "must be the number of an ATT&CK technique, such as T1110 or T1110.001")
	}
	if q.Tactics, ok = attackWords(in.Tactic, tacticForm); !ok {
		return q, fault.NewInvalid("tactic", "alert.tactic", "must be an ATT&CK tactic, such as credential-access")
	}
	if q.Entities, q.Without, err = entities(in.Entities); err != nil {
		return q, err
	}
	if q.From, q.To, err = readSpan(in.From, in.To, a.opts.Now()); err != nil {
		return q, err
	}
	if q.RaisedFrom, err = readTime("raised_from", in.Raised, a.opts.Now()); err != nil {
		return q, err
	}
	if q.MovedFrom, err = readTime("moved_from", in.Moved, a.opts.Now()); err != nil {
		return q, err
	}
	p, _ := identity.From(ctx)
	q.NotBy = p.Username
	if in.Text != "" {
		q.Titled = a.deps.Titles.Titled(in.Text)
	}
	q.Source = orNobody(in.Source)
	if q.Assignee = orNobody(in.Assignee); in.Assignee == "me" {
		q.Assignee = &p.Username
	}
	return q, nil
}

// orNobody reads a parameter whose word none stands for the empty value, and whose absence for any.
func orNobody(text string) *string {
	switch text {
	case "":
		return nil
	case "none":
		text = ""
	}
	return &text
}

// alertStates reads a comma-separated list of states; "open" stands for all but closed.
func alertStates(text string) ([]alert.State, error) {
	var states []alert.State
	for _, word := range words(text) {
		switch s := alert.State(word); s {
		case "open":
			states = append(states, alert.New, alert.Acknowledged, alert.Investigating)
		case alert.New, alert.Acknowledged, alert.Investigating, alert.Closed:
			states = append(states, s)
		default:
			return nil, fault.NewInvalid("state", "alert.state", "must be new, acknowledged, investigating, closed or open")
		}
	}
	return states, nil
}

// levels reads a comma-separated list of rule levels.
func levels(text string) ([]string, error) {
	found := words(text)
	for _, word := range found {
		if !slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, word) {
			return nil, fault.NewInvalid("level", "rule.level", "must be informational, low, medium, high or critical")
		}
	}
	return found, nil
}

// verdicts reads a comma-separated list of verdicts.
func verdicts(text string) ([]alert.Verdict, error) {
	var found []alert.Verdict
	for _, word := range words(text) {
		v := alert.Verdict(word)
		if !v.Valid() {
			return nil, fault.NewInvalid("verdict", "alert.verdict.unknown", "must be one of true_positive_impact, true_positive_no_impact, benign_positive, false_positive, duplicate, undetermined")
		}
		found = append(found, v)
	}
	return found, nil
}

var (
	techniqueForm = regexp.MustCompile(`^t\d{4}(\.\d{3})?$`)
	tacticForm    = regexp.MustCompile(`^[a-z][a-z-]{1,39}$`)
)

// attackWords reads a comma-separated list of techniques or tactics in any case, with dashes or underscores.
func attackWords(text string, form *regexp.Regexp) (found []string, ok bool) {
	found = words(strings.ReplaceAll(strings.ToLower(text), "_", "-"))
	return found, !slices.ContainsFunc(found, func(word string) bool { return !form.MatchString(word) })
}

// entities reads conditions of the form field=value, and field!=value for what must not hold.
func entities(texts []string) (with, without []event.Field, err error) {
	for _, text := range texts {
		field, value, ok := strings.Cut(text, "=")
		field, not := strings.CutSuffix(field, "!")
		if !ok || field == "" || len(field) > 128 || len(value) > 1024 {
			return nil, nil, fault.NewInvalid("entity", "alert.entity", "must be field=value, such as host.name=web01")
		}
		if not {
			without = append(without, event.Field{Name: field, Value: value})
		} else {
			with = append(with, event.Field{Name: field, Value: value})
		}
	}
	return with, without, nil
}

// words splits a comma-separated parameter.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// listOf is a list of one, or none for the empty text.
func listOf(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
