package sigma_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// explainers prepares every rule that compiles, by id.
func explainers(tb testing.TB, set *sigma.Set, opts sigma.Options) map[string]*sigma.Explainer {
	tb.Helper()
	out := map[string]*sigma.Explainer{}
	set.Rules(func(r *sigma.Rule) {
		x, err := sigma.NewExplainer(r, opts)
		if err != nil {
			tb.Errorf("rule %s compiles, but cannot be explained: %v", r.ID, err)
			return
		}
		out[r.ID] = x
	})
	return out
}

// agree holds the trees of every rule to what the matcher says of the event, and each tree to itself.
func agree(tb testing.TB, m *sigma.Matcher, trees map[string]*sigma.Explainer, ev *event.Event) (hits int) {
	tb.Helper()
	fired := map[string]bool{}
	m.FiredAll(ev, func(r *sigma.Rule) { fired[r.ID] = true })
	for id, x := range trees {
		tree := x.Explain(ev)
		if tree.Root.Holds != fired[id] {
			tb.Errorf("rule %s: matcher %v, tree %v on\n%s", id, fired[id], tree.Root.Holds, show(ev))
		}
		coherent(tb, id, tree, &tree.Root)
	}
	return len(fired)
}

// coherent checks that a node's truth follows from its kids' and that every stretch lies in its value.
func coherent(tb testing.TB, rule string, tree *sigma.Tree, n *sigma.Node) {
	tb.Helper()
	held := 0
	for i := range n.Kids {
		coherent(tb, rule, tree, &n.Kids[i])
		if n.Kids[i].Holds {
			held++
		}
	}
	switch {
	case n.Kind == sigma.NodeTest:
		coherentTest(tb, rule, tree, n)
	case n.Repeated:
	case n.Kind == sigma.NodeNot:
		if n.Holds == (held == 1) {
			tb.Errorf("rule %s: a negation holds %v over %d", rule, n.Holds, held)
		}
	case len(n.Kids)+n.Omitted != n.Of || n.Holds != (held >= n.Need):
		tb.Errorf("rule %s: %s %q holds %v with %d of %d, needs %d, %d omitted", rule, n.Kind, n.Text, n.Holds, held, n.Of, n.Need, n.Omitted)
	}
}

func coherentTest(tb testing.TB, rule string, tree *sigma.Tree, n *sigma.Node) {
	tb.Helper()
	t := n.Test
	want := t.Matched > 0
	if t.All {
		want = t.Matched == t.Count
	}
	if n.Holds != (want != t.Negated) || len(t.Patterns) > t.Count || len(t.Patterns) > 100 {
		tb.Errorf("rule %s: %s|%v holds %v with %d of %d", rule, t.Field, t.Modifiers, n.Holds, t.Matched, t.Count)
	}
	for _, p := range t.Patterns {
		if len(p.Hits) > 0 && !p.Holds {
			tb.Errorf("rule %s: %q does not hold and has hits", rule, p.Text)
		}
		for _, h := range p.Hits {
			value := tree.Reads[h.Read].Value
			at := 0
			for _, s := range h.Spans {
				if s.Start < at || s.End < s.Start || s.End > len(value) {
					tb.Errorf("rule %s: %q found at %v of %d bytes", rule, p.Text, h.Spans, len(value))
				}
				at = s.End
			}
		}
	}
}

func TestTreeAgreesWithTheMatcherOnRecordedEvents(t *testing.T) {
	t.Parallel()
	opts := sigma.Options{Placeholders: map[string][]string{"known_cdcs": {"dc1", "DC2*"}}}
	set, _ := sigma.Compile(sigmaHQRules(t), opts)
	m, trees := set.Matcher(), explainers(t, set, opts)
	cases := regressionCases(t)
	if testing.Short() {
		cases = cases[:len(cases)/8]
	}
	hits := 0
	for i, c := range cases {
		if i%4 == 0 { // every rule
			hits += agree(t, m, trees, &c.events[0])
		}
		for _, id := range c.RuleIDs { // the rule that is meant
			if x := trees[id]; x != nil {
				for j := range c.events {
					agree(t, m, map[string]*sigma.Explainer{id: x}, &c.events[j])
				}
			}
		}
	}
	if hits == 0 {
		t.Error("no rule fired")
	}
}

func TestTreeAgreesWithTheMatcherOnEveryRule(t *testing.T) {
	t.Parallel()
	opts := sigma.Options{Placeholders: map[string][]string{"known_cdcs": {"dc1"}}}
	rules := sigmaHQRules(t)
	set, _ := sigma.Compile(rules, opts)
	m, trees := set.Matcher(), explainers(t, set, opts)
	for i, r := range rules {
		if testing.Short() && i%10 > 0 {
			continue
		}
		one := map[string]*sigma.Explainer{r.ID: trees[r.ID]}
		for choice := range 2 {
			ev := derive(r, choice)
			agree(t, m, one, ev)
			if choice == 0 {
				for _, miss := range nearMisses(ev) {
					agree(t, m, one, miss)
				}
			}
		}
	}
}

func TestTreeAgreesWithTheMatcherOnRandomRules(t *testing.T) {
	t.Parallel()
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	for seed := range rounds {
		agreeAtRandom(t, uint64(seed))
	}
}

func FuzzTreeAgreesWithTheMatcher(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { agreeAtRandom(t, seed) })
}

func agreeAtRandom(t *testing.T, seed uint64) {
	t.Helper()
	d := dice{rand.New(rand.NewPCG(seed, 7))}
	opts := sigma.Options{Placeholders: map[string][]string{"x": {"a", "K*"}}}
	rules := make([]*sigma.Rule, 4)
	for i := range rules {
		rules[i] = d.rule(i)
	}
	set, _ := sigma.Compile(rules, opts)
	m, trees := set.Matcher(), explainers(t, set, opts)
	for range 8 {
		agree(t, m, trees, d.event())
	}
}

// treeOf explains a rule given by its detection.
func treeOf(t *testing.T, detection string, fields ...string) *sigma.Tree {
	t.Helper()
	r, err := sigma.ParseRule([]byte("title: t\nlogsource: {product: test}\ndetection:\n" + detection))
	if err != nil {
		t.Fatal(err)
	}
	x, err := sigma.NewExplainer(r, sigma.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x.Explain(eventOf(fields...))
}

func eventOf(fields ...string) *event.Event {
	ev := &event.Event{}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		ev.Add(name, value)
	}
	return ev
}

func TestTreeMarksOnlyWhatAPatternLookedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, value string
		want        []string
	}{
		{"F|contains: Curl", "run cURL now", []string{"cURL"}},
		{"F|startswith: run", "RUN it", []string{"RUN"}},
		{"F|endswith: \\sh.exe", `C:\Sh.exe`, []string{`\Sh.exe`}},
		{"F: run*it?now*", "Run and do it now, please", []string{"Run", "it now"}},
		{"F: '*a*b'", "xaxab b", []string{"a", "b"}},
		{"F|windash|contains: ' -e '", "sh -ex", nil},
		{"F|windash|contains: ' -e '", "sh /e x ", []string{" /e "}},
		{"F|re: 'p[a-z]+d'", "my passwd file", []string{"passwd"}},
		{"F|contains: k", "aaa\u212abb", []string{"\u212a"}}, // the Kelvin sign folds to fewer bytes
		{"F|contains: bb", "\u212a\u212abbx", []string{"bb"}},
		{"F: same", "SAME", []string{"SAME"}},
		{"F|cidr: 10.0.0.0/8", "10.1.2.3", []string{"10.1.2.3"}},
		{"F|gt: 3", "4", []string{"4"}},
		{"F|contains: 登录", "用户登录失败", []string{"登录"}},
		{"F|base64offset|contains: whoami", "powershell -enc d2hvYW1pAA", []string{"d2hvYW1p"}},
	} {
		tree := treeOf(t, "  s: {"+c.line+"}\n  condition: s\n", "F="+c.value)
		var got []string
		for _, p := range tree.Root.Kids[0].Test.Patterns {
			for _, h := range p.Hits {
				for _, s := range h.Spans {
					got = append(got, tree.Reads[h.Read].Value[s.Start:s.End])
				}
			}
		}
		if tree.Root.Holds != (len(c.want) > 0) || !slices.Equal(got, c.want) {
			t.Errorf("%s on %q: holds %v, marks %q, want %q", c.line, c.value, tree.Root.Holds, got, c.want)
		}
	}
}

// TestTreeMarksFoldToThePattern holds each mark of a random "contains" to what was looked for.
func TestTreeMarksFoldToThePattern(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(1, 2))}
	for range 20_000 {
		needle := d.of("a", "k", "K", "ab", "ß", "Σ", "中", "s", "x\n", "-")
		value := d.text(false) + d.of("", needle) + d.text(false)
		r := &sigma.Rule{Detection: sigma.Detection{
			Searches:   []sigma.Search{{Name: "s", Groups: []sigma.Group{{{Field: "F", Modifiers: []string{"contains"}, Values: []sigma.Value{{Text: needle}}}}}}},
			Conditions: []sigma.Expr{{Op: sigma.ExprSearch, Name: "s"}},
		}}
		x, err := sigma.NewExplainer(r, sigma.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ev := &event.Event{}
		ev.Add("F", value)
		tree := x.Explain(ev)
		for _, p := range tree.Root.Kids[0].Test.Patterns {
			for _, h := range p.Hits {
				for _, s := range h.Spans {
					if got := literal.Fold(value[s.Start:s.End]); got != literal.Fold(needle) {
						t.Fatalf("%q in %q: marked %q", needle, value, got)
					}
				}
			}
		}
	}
}

func TestTreeKeepsTheConditionAsWritten(t *testing.T) {
	t.Parallel()
	const detection = `  selection_a: {F|contains: [one, two, three], G: x}
  selection_b: {H: null}
  filter: [{F|endswith: y}, {G: z, F: w}]
  words: [alpha, beta]
  condition: 1 of selection_* and not (filter or words) and selection_a
`
	tree := treeOf(t, detection, "F=a two b", "G=X", "message=nothing")
	if !tree.Root.Holds || strings.Join(tree.Conditions, "") != "1 of selection_* and not (filter or words) and selection_a" {
		t.Fatalf("tree = %+v", tree)
	}
	term := tree.Root.Kids[0]
	if term.Text != "1 of selection_*" || term.Need != 1 || term.Of != 2 || !term.Holds {
		t.Errorf("term = %+v", term)
	}
	lines := term.Kids[0].Kids
	if lines[0].Test.Count != 3 || lines[0].Test.Matched != 1 || lines[0].Test.Patterns[0].Text != "two" || lines[0].Test.Patterns[0].Place != 1 {
		t.Errorf("matched patterns come first: %+v", lines[0].Test)
	}
	if absent := term.Kids[1].Kids[0]; !absent.Holds || !absent.Test.Absent || !absent.Test.Patterns[0].Null {
		t.Errorf("an absent field: %+v", absent.Test)
	}
	no := tree.Root.Kids[1]
	if no.Kind != sigma.NodeNot || !no.Holds || no.Kids[0].Holds || len(no.Kids[0].Kids) != 2 {
		t.Errorf("negation = %+v", no)
	}
	if words := no.Kids[0].Kids[1].Kids; len(words) != 1 || words[0].Test.Field != "" || words[0].Test.Count != 2 {
		t.Errorf("keywords are one test: %+v", words)
	}
	if again := tree.Root.Kids[2]; !again.Repeated || !again.Holds || len(again.Kids) > 0 {
		t.Errorf("repeated = %+v", again)
	}
}

func TestTreeIsBounded(t *testing.T) {
	t.Parallel()
	var wide, deep strings.Builder
	for i := range 900 {
		wide.WriteString("    - v" + strings.Repeat("x", i%7) + "\n")
	}
	deep.WriteString("1 of them")
	for range 1100 {
		deep.WriteString(" or 1 of them")
	}
	tree := treeOf(t, "  a:\n    F|contains:\n"+wide.String()+"    G: 1\n  b: {H: 1}\n  condition: "+deep.String()+"\n", "F=a v b")
	test := tree.Root.Kids[0].Kids[0].Kids[0].Test
	if test.Count != 900 || len(test.Patterns) > 100 || !test.Patterns[0].Holds {
		t.Errorf("%d patterns shown of %d", len(test.Patterns), test.Count)
	}
	nodes := 0
	var count func(*sigma.Node)
	count = func(n *sigma.Node) {
		nodes++
		for i := range n.Kids {
			count(&n.Kids[i])
		}
	}
	count(&tree.Root)
	if nodes > 2100 || tree.Root.Omitted == 0 || tree.Root.Of != 1101 {
		t.Errorf("%d nodes, %d omitted of %d", nodes, tree.Root.Omitted, tree.Root.Of)
	}
}
