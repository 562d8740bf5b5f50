package naive_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/naive"
)

func item(value string, modifiers ...string) *sigma.Rule {
	return &sigma.Rule{Meta: sigma.Meta{ID: "r"}, Detection: sigma.Detection{
		Searches:   []sigma.Search{{Name: "s", Groups: []sigma.Group{{{Field: "F", Modifiers: modifiers, Values: []sigma.Value{{Text: value}}}}}}},
		Conditions: []sigma.Expr{{Op: sigma.ExprSearch, Name: "s"}},
	}}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	ev := &event.Event{}
	ev.Add("F", "10")
	for _, c := range []struct {
		rule   *sigma.Rule
		reason string
	}{
		{item("x", "nonsense"), "unknown modifier"},
		{item("(", "re"), "missing closing"},
		{item("many", "gt"), "no number"},
		{item("10.0.0.0/99", "cidr"), ""},
		{item("%who%", "expand"), "no value"},
		{item("a*", "base64"), "wildcard"},
	} {
		if fires, err := naive.New(nil).Fires(c.rule, ev); fires || c.reason != "" && (err == nil || !strings.Contains(err.Error(), c.reason)) {
			t.Errorf("%v: fires %v, %v", c.rule.Detection.Searches, fires, err)
		}
	}
}

// TestPatternsByHand states a few answers independently of the compiled matcher.
func TestPatternsByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, pattern string
		modifiers      []string
		want           bool
	}{
		{"abc", "A?C", nil, true}, {"abbc", "a?c", nil, false}, {"aXbXc", "a*b*c", nil, true}, {`C:\`, `C:\\`, nil, true},
		{"xx/enc", "-enc", []string{"windash", "endswith"}, true}, {"SQBFAFgA", "IEX", []string{"wide", "base64"}, true},
		{"a\u212ab", "akb", nil, true}, {"akb", "aKb", []string{"cased"}, false}, {"", "*", nil, true}, {"x", "", nil, false},
	} {
		ev := &event.Event{}
		ev.Add("F", c.value)
		if got, err := naive.New(nil).Fires(item(c.pattern, c.modifiers...), ev); got != c.want || err != nil {
			t.Errorf("%q %v on %q: %v, %v", c.pattern, c.modifiers, c.value, got, err)
		}
	}
}
