package except_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestADraftHoldsOnTheEventsOfItsAlert(t *testing.T) {
	t.Parallel()
	id := tenant.NewID()
	ev := parsed(t, id, "linux", failedLogin)
	ev.Add("host.ip", "192.0.2.1")
	ev.Add("host.ip", "192.0.2.2")
	events := []*event.Event{ev}
	terms := except.Drafted(
		[]event.Field{{Name: "host.name", Value: "web01"}, {Name: "user.name", Value: `C:\new\"x"`}, {Name: "source.ip", Value: "203.0.113.7"},
			{Name: "host.ip", Value: "192.0.2.1"}, {Name: "user.name", Value: ""}, {Name: "url.full", Value: "not in the event"}},
		[]event.Field{{Name: "source.ip", Value: "203.0.113.7"}, {Name: "event.outcome", Value: "failure"}, {Name: "", Value: "keyword"}, {Name: "message", Value: "Failed"}},
		events)
	var got []string
	for _, x := range terms {
		mark := "-"
		if x.Chosen {
			mark = "+"
		}
		got = append(got, mark+x.Field)
	}
	if want := "+host.name +user.name +source.ip +host.ip -event.outcome"; strings.Join(got, " ") != want {
		t.Errorf("terms %v, want %s", got, want)
	}
	f, err := except.Compile(except.Joined(terms))
	if err != nil || !f.Match(ev) {
		t.Errorf("%s: %v", except.Joined(terms), err)
	}
	other := parsed(t, id, "linux", strings.Replace(failedLogin, "203.0.113.7", "203.0.113.70", 1))
	if f.Match(other) {
		t.Error("it holds on another address")
	}
}

// Values of drafts are written by attackers: each must be read back as itself.
func FuzzDraftedValues(f *testing.F) {
	for _, v := range []string{`a"b`, `a\`, "a\nb", "管理员", "\xff\x00", `" or *`, "*", "$x", "{a}", "a|b", "`", "\u2028", "''", "()", "=a", "!x", "~^", "[\"a\",\"b\"]"} {
		f.Add("user.name", v)
		f.Add(v, "x")
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if name == "" || value == "" || len(name) > 100 || len(value) > 500 {
			return
		}
		ev := &event.Event{Tenant: "t", Fields: []event.Field{{Name: name, Value: value}}}
		terms := except.Drafted([]event.Field{{Name: name, Value: value}}, nil, []*event.Event{ev})
		for _, x := range terms {
			filter, err := query.CompileFilter(x.Query)
			if err != nil || !filter.Match(ev) {
				t.Errorf("%q of %q: %q, %v", value, name, x.Query, err)
			}
			if filter != nil && filter.Match(&event.Event{Tenant: "t", Fields: []event.Field{{Name: name, Value: value + "x"}}}) && strings.Contains(x.Query, ":=") {
				t.Errorf("%q holds on more than %q", x.Query, value)
			}
			if filter != nil && filter.Match(&event.Event{Tenant: "t"}) {
				t.Errorf("%q holds on an event without fields", x.Query)
			}
		}
		if len(terms) == 0 && name != event.Message && name != event.Original && query.Name(name) == name && strings.HasPrefix(name, "user") && name == strings.ToValidUTF8(name, "") {
			t.Errorf("%q of %q makes no condition", value, name)
		}
	})
}
