package query_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/query"
)

func TestWithoutLeavesTheOtherConditions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`a`:                             {`*`},
		`a b`:                           {`b`, `a`},
		`a and b AND c`:                 {`b AND c`, `a AND c`, `a and b`},
		`user.name:="x y" !b | limit 5`: {`!b | limit 5`, `user.name:="x y" | limit 5`},
		`(a or b) c`:                    {`c`, `(a or b)`},
		`a | filter b c`:                {`* | filter b c`},
		`ip:in(1.1.1.1, 2.2.2.2) error`: {`error`, `ip:in(1.1.1.1, 2.2.2.2)`},
		`band and android`:              {`android`, `band`},
		`a or b`:                        nil,
		`a b or c d`:                    nil,
		`x:in(a or b | fields y) z`:     {`z`, `x:in(a or b | fields y)`},
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var got []string
		for i := range q.Terms() {
			got = append(got, q.Without(i))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestFormattedPutsPipesOnLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`a   b|stats  by (x)   count()  n|limit 5`:     "a b\n| stats by (x) count() n\n| limit 5",
		`x:in(a | fields y)   "two  |  spaces"`:        `x:in(a | fields y) "two  |  spaces"`,
		"  user.name:=root\n  and\n\tnot host.name:b ": "user.name:=root and not host.name:b",
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := q.Formatted(); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// FuzzText holds the promises of what changes queries: layout means nothing, and what is left over can be asked.
func FuzzText(f *testing.F) {
	for _, s := range []string{`a b | stats count()`, `x:in(a | fields y) and "q | r"`, `a and (b or c) | sort by (@timestamp)`, "`x` - y", `!a:b[1,2]`, `ip:10.0.0.0/8 andy and or2`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s)
		if err != nil {
			return
		}
		again, err := query.Parse(q.Formatted())
		if err != nil {
			t.Fatalf("%q becomes %q: %v", s, q.Formatted(), err)
		}
		plain := func(q *query.Query) string { return strings.Join(strings.Fields(q.Engine()), "") }
		if plain(q) != plain(again) {
			t.Fatalf("%q means %q, and formatted %q", s, q.Engine(), again.Engine())
		}
		for i, term := range q.Terms() {
			rest, err := query.Parse(q.Without(i))
			if err != nil {
				t.Fatalf("%q without %q becomes %q: %v", s, s[term.Start:term.End], q.Without(i), err)
			}
			if len(rest.Terms()) > max(1, len(q.Terms())-1) {
				t.Fatalf("%q without %q becomes %q", s, s[term.Start:term.End], q.Without(i))
			}
		}
	})
}

// The editor completes what the language has, no more and no less.
func TestEditorKnowsTheLanguage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../ui/src/search/language.json")
	if err != nil {
		t.Fatal(err)
	}
	var ui struct{ Pipes, Filters, Stats map[string]string }
	if err := json.Unmarshal(raw, &ui); err != nil {
		t.Fatal(err)
	}
	words := query.Language()
	for _, c := range []struct {
		what     string
		ui       map[string]string
		language []string
	}{{"pipes", ui.Pipes, words.Pipes}, {"filters", ui.Filters, words.Filters}, {"stats", ui.Stats, words.Stats}} {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(c.ui)), c.language); diff != "" {
			t.Errorf("%s (-editor +language):\n%s", c.what, diff)
		}
		frame := map[string]string{"pipes": "* | %s", "filters": "message:%s", "stats": "* | stats %s v"}[c.what]
		for name, usage := range c.ui {
			if _, err := query.Parse(strings.Replace(frame, "%s", usage, 1)); err != nil {
				t.Errorf("the usage of %s: %v", name, err)
			}
		}
	}
}

func TestWorkedExamplesCanBeAsked(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../ui/src/search/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct{ Key, Query string }
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) < 12 {
		t.Errorf("%d examples", len(examples))
	}
	for _, e := range examples {
		if _, err := query.Parse(e.Query); err != nil {
			t.Errorf("%s: %v", e.Key, err)
		}
	}
}
