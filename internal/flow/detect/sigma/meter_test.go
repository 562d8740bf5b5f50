package sigma_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

func TestOneEventOfManyIsMeasuredAndMatchedAsAllOthers(t *testing.T) {
	t.Parallel()
	text := func(id, value string) string {
		return "title: " + id + "\nid: " + id + "\nlogsource: {product: linux}\ndetection: {s: {message|contains: " + value + "}, condition: s}\n"
	}
	rules, bad := sigma.ParseRules("x.yml", []byte(strings.Join([]string{text("a", "failed"), text("b", "never")}, "---\n")))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	set, bad := sigma.Compile(rules, sigma.Options{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	m := set.Matcher()
	ev := &event.Event{}
	ev.Add("message", "log-in failed")
	const events = 4096
	fired := 0
	for range events {
		m.FiredAll(ev, func(r *sigma.Rule) {
			if fired++; r.ID != "a" {
				t.Fatalf("%s fires", r.ID)
			}
		})
	}
	if fired != events {
		t.Errorf("fired %d times for %d events", fired, events)
	}
	a, ok := set.Measured("a")
	if !ok || a.Events != events/1024 || a.Asked != a.Events || a.Share < 0 || a.Share > 1 {
		t.Errorf("measured %+v, %t", a, ok)
	}
	if b, ok := set.Measured("b"); !ok || b.Asked != 0 || b.Mean != 0 {
		t.Errorf("a rule that no event wakes: %+v, %t", b, ok)
	}
	if _, ok := set.Measured("c"); ok {
		t.Error("a rule that is not there was measured")
	}
}
