package sigma_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

const bruteForce = `title: Many failures, then a success
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
correlation:
    type: temporal_ordered
    rules: [multiple_failed_login, successful_login]
    group-by: [User]
    maxspan: 10m
    until: logged_off
    aliases:
        User: {successful_login: TargetUserName}
level: high
---
title: Many failures
name: multiple_failed_login
generate: true
correlation:
    type: event_count
    rules: failed_login
    group-by: User
    timespan: 1h
    condition: {gt: 10, lte: 200}
---
title: Failure
name: failed_login
logsource: {product: test}
detection:
    s: {F: x}
    condition: s
---
title: No administrators
logsource: {product: test}
filter:
    rules: [failed_login]
    s: {User|startswith: adm_}
    condition: not s
`

func TestDocumentsOfEveryKindAreRead(t *testing.T) {
	t.Parallel()
	docs, refused := sigma.ParseDocuments("a.yml", []byte(bruteForce))
	if len(refused) > 0 || len(docs.Correlations) != 2 || len(docs.Rules) != 1 || len(docs.Filters) != 1 || docs.Len() != 4 {
		t.Fatalf("%+v, refused %v", docs, refused)
	}
	ordered, count := docs.Correlations[0], docs.Correlations[1]
	want := &sigma.Correlation{
		Meta: ordered.Meta, File: "a.yml", Type: sigma.TemporalOrdered, Rules: []string{"multiple_failed_login", "successful_login"},
		GroupBy: []string{"User"}, Timespan: 10 * time.Minute, Until: "logged_off",
		Aliases: []sigma.Alias{{Name: "User", Fields: []sigma.AliasField{{Rule: "successful_login", Field: "TargetUserName"}}}},
	}
	if diff := cmp.Diff(want, ordered); diff != "" {
		t.Error(diff)
	}
	if !count.Generate || count.Timespan != time.Hour || !count.Within(11) || count.Within(10) || count.Within(201) || count.ID == "" {
		t.Errorf("%+v", count)
	}
	if f := docs.Filters[0]; f.Any || !cmp.Equal(f.Rules, []string{"failed_login"}) || f.File != "a.yml" {
		t.Errorf("%+v", f)
	}
	if _, refused := sigma.ParseRules("a.yml", []byte(bruteForce)); len(refused) != 3 {
		t.Errorf("of single events: refused %v", refused)
	}
}

func TestCorrelationsAreRefusedWithPathAndReason(t *testing.T) {
	t.Parallel()
	const temporal = "type: temporal, rules: [a, b], timespan: 5m"
	for _, c := range []struct{ text, field, reason string }{
		{"[]", "correlation", "map"},
		{"{}", "correlation.type", `""`},
		{"{type: count}", "correlation.type", `"count"`},
		{"{type: event_count, group_by: x}", "correlation.group_by", "no key"},
		{"{type: event_count}", "correlation.rules", "missing"},
		{"{type: event_count, rules: []}", "correlation.rules", "no rule"},
		{"{type: event_count, rules: [{a: b}]}", "correlation.rules.0", "id or name"},
		{"{type: event_count, rules: [a, a]}", "correlation.rules", "twice"},
		{"{type: temporal, rules: [a]}", "correlation.rules", "two rules"},
		{"{type: event_count, rules: [" + strings.TrimSuffix(strings.Repeat("a,", 1), ",") + manyNames(33) + "]}", "correlation.rules", "more than 31"},
		{"{type: event_count, rules: a}", "correlation.timespan", "missing"},
		{"{type: event_count, rules: a, timespan: 5}", "correlation.timespan", `"5"`},
		{"{type: event_count, rules: a, timespan: 0m}", "correlation.timespan", "longer than nothing"},
		{"{type: event_count, rules: a, timespan: 32d}", "correlation.timespan", "31 days"},
		{"{type: event_count, rules: a, timespan: 99999999w}", "correlation.timespan", "31 days"},
		{"{type: event_count, rules: a, timespan: 5m, maxspan: 5m}", "correlation.maxspan", "beside timespan"},
		{"{type: event_count, rules: a, timespan: 5m, group-by: 'x|re'}", "correlation.group-by", "without modifiers"},
		{"{type: event_count, rules: a, timespan: 5m}", "correlation.condition", "missing"},
		{"{type: event_count, rules: a, timespan: 5m, condition: a}", "correlation.condition", "map"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {}}", "correlation.condition", "compares with nothing"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {gte: x}}", "correlation.condition.gte", "number"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {gte: 1.5}}", "correlation.condition.gte", "whole number"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {gte: 20000}}", "correlation.condition.gte", "at most 10000"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {lt: 1}}", "correlation.condition", "cannot be seen"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {gt: 5, lt: 3}}", "correlation.condition", "cannot be seen"},
		{"{type: event_count, rules: a, timespan: 5m, condition: {gte: 5, field: x}}", "correlation.condition.field", "of values"},
		{"{type: value_count, rules: a, timespan: 5m, condition: {gte: 5}}", "correlation.condition.field", "missing"},
		{"{type: value_sum, rules: a, timespan: 5m, condition: {gte: 5, field: [x, y]}}", "correlation.condition.field", "one field"},
		{"{type: value_percentile, rules: a, timespan: 5m, condition: {gte: 5, field: x, percentile: 101}}", "correlation.condition.percentile", "up to 100"},
		{"{type: value_sum, rules: a, timespan: 5m, condition: {gte: .inf, field: x}}", "correlation.condition.gte", "number"},
		{"{" + temporal + ", condition: {gte: 3}}", "correlation.condition.gte", "more than the 2 rules"},
		{"{" + temporal + ", condition: a and c}", "correlation.condition", `"c", which is no rule of the correlation`},
		{"{" + temporal + ", condition: not a}", "correlation.condition", "none of the rules fires"},
		{"{" + temporal + ", until: c}", "correlation.until", "temporal_ordered"},
		{"{" + temporal + ", generate: 1}", "generate", "true, false, or a list"},
		{"{" + temporal + ", generate: [c]}", "generate", `"c" is none of`},
		{"{" + temporal + ", aliases: {x: {c: F}}}", "correlation.aliases.x", "none of the correlation's rules"},
		{"{" + temporal + ", aliases: {x: y}}", "correlation.aliases.x", "rules to fields"},
		{"{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: a and not b}", "correlation.condition", "until"},
		{"{type: temporal_ordered, rules: [a, b], timespan: 5m, condition: {lt: 2}}", "correlation.condition.lt", "order"},
	} {
		docs, refused := sigma.ParseDocuments("f", []byte("title: t\ncorrelation: "+c.text+"\n"))
		if docs.Len() != 0 || len(refused) != 1 || refused[0].Field != c.field || !strings.Contains(refused[0].Reason, c.reason) {
			t.Errorf("%s: got %+v", c.text, refused)
		}
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", r%d", i)
	}
	return b.String()
}

func TestFiltersAreRefusedWithPathAndReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, field, reason string }{
		{"title: t\nfilter: {rules: any, s: {a: b}, condition: s}\n", "logsource", "missing"},
		{"title: t\nlogsource: {product: test}\nfilter: []\n", "filter", "map"},
		{"title: t\nlogsource: {product: test}\nfilter: {s: {a: b}, condition: s}\n", "filter.rules", "missing"},
		{"title: t\nlogsource: {product: test}\nfilter: {rules: [], s: {a: b}, condition: s}\n", "filter.rules", "no rule"},
		{"title: t\nlogsource: {product: test}\nfilter: {rules: any}\n", "filter", "no search"},
		{"title: t\nlogsource: {product: test}\nfilter: {rules: any, s: {a: b}, condition: t}\n", "filter.condition", `"t"`},
	} {
		_, refused := sigma.ParseDocuments("f", []byte(c.text))
		if len(refused) != 1 || refused[0].Field != c.field || !strings.Contains(refused[0].Reason, c.reason) {
			t.Errorf("%s: got %+v", c.text, refused)
		}
	}
}

// TestFiltersNarrowTheRulesTheyName holds the filtered rule to what rule and filter say one by one.
func TestFiltersNarrowTheRulesTheyName(t *testing.T) {
	t.Parallel()
	rule := func(name, product string) string {
		return fmt.Sprintf("title: %s\nname: %s\nlogsource: {product: %s}\ndetection:\n  s: {F: x}\n  condition: s\n---\n", name, name, product)
	}
	filter := func(title, rules string) string {
		return fmt.Sprintf("title: %s\nlogsource: {product: test}\nfilter:\n  rules: %s\n  s: {User|startswith: adm_}\n  condition: not s\n---\n", title, rules)
	}
	fires := func(text string, values ...string) (fired []string, refused []sigma.Refusal) {
		docs, bad := sigma.ParseDocuments("f", []byte(text))
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		rules, refused := sigma.ApplyFilters(docs.Rules, docs.Filters, sigma.Options{})
		set, more := sigma.Compile(rules, sigma.Options{})
		set.Matcher().FiredAll(fields(values...), func(r *sigma.Rule) { fired = append(fired, r.Title) })
		for _, r := range docs.Rules {
			if len(r.Detection.Searches) != 1 {
				t.Error("the rule as written was changed")
			}
		}
		return fired, append(refused, more...)
	}
	both := rule("one", "test") + rule("two", "test") + rule("foreign", "other")
	for _, c := range []struct {
		text string
		user string
		want []string
	}{
		{both + filter("f", "[one]"), "adm_x", []string{"two", "foreign"}},
		{both + filter("f", "[one]"), "bob", []string{"one", "two", "foreign"}},
		{filter("f", "any") + both, "ADM_x", []string{"foreign"}},
		{both + filter("f", "[one]") + filter("g", "[one, two]"), "adm_x", []string{"foreign"}},
	} {
		got, refused := fires(c.text, "F=x", "User="+c.user)
		if !cmp.Equal(got, c.want) || len(refused) > 0 {
			t.Errorf("%s\nuser %s: fired %v, want %v, refused %v", c.text, c.user, got, c.want, refused)
		}
	}
	for rules, reason := range map[string]string{"[missing]": `"missing" is no rule`, "[one, foreign]": "another log source"} {
		got, refused := fires(both+filter("f", rules), "F=x", "User=adm_x")
		if len(got) != 3 || len(refused) != 1 || refused[0].Field != "filter.rules" || !strings.Contains(refused[0].Reason, reason) {
			t.Errorf("%s: fired %v, refused %v", rules, got, refused)
		}
	}
}
