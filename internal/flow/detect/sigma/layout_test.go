package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// TestLayoutsAreToldApart gives one matcher events whose names are alike in length, in number or in neither, more of them than it
// remembers, and asks that each is matched as by a matcher that knows nothing.
func TestLayoutsAreToldApart(t *testing.T) {
	t.Parallel()
	set, refused := sigma.Compile([]*sigma.Rule{
		parsed(t, "title: a\nlogsource: {category: test}\ndetection:\n  s:\n    f11: [one, two]\n    f22|contains: three\n  condition: s\n"),
		parsed(t, "title: b\nlogsource: {category: test}\ndetection:\n  s: [keyword]\n  condition: s\n"),
		parsed(t, "title: c\nlogsource: {category: test}\ndetection:\n  s:\n    f33: null\n    f44|exists: true\n  condition: s\n"),
	}, sigma.Options{})
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	fired := func(m *sigma.Matcher, ev *event.Event) (ids []string) {
		m.FiredAll(ev, func(r *sigma.Rule) { ids = append(ids, r.Title) })
		return ids
	}
	r := rand.New(rand.NewPCG(7, 7))
	m, hits := set.Matcher(), 0
	for i := range 6000 {
		ev := &event.Event{}
		fields := r.IntN(6)
		if i%500 == 0 {
			fields = 600 // more than is remembered
		}
		for k := range fields {
			name := fmt.Sprintf("f%d%d", 1+r.IntN(4), 1+r.IntN(4))
			if i%3 == 0 && k%2 == 1 { // a name not seen before, so that the table of names fills and begins anew
				name = fmt.Sprintf("other.%d.%d", i, k)
			}
			ev.Add(name, []string{"one", "two", "three", "a keyword", ""}[r.IntN(5)])
		}
		got, want := fired(m, ev), fired(set.Matcher(), ev)
		hits += len(want)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("event %d: got %v, want %v\n%s", i, got, want, show(ev))
		}
	}
	if hits == 0 {
		t.Error("no rule fired")
	}
}
