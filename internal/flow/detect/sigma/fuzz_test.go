package sigma_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// dice makes random rules and events out of few pieces, so that they often meet.
type dice struct{ *rand.Rand }

func (d dice) of(list ...string) string { return list[d.IntN(len(list))] }

func (d dice) name() string {
	return d.of("F", "G", "a.b", "Image", "EventID", "@timestamp", "message")
}

// text is a value of an event; a rule's value may have wildcards and escapes too.
func (d dice) text(ofRule bool) string {
	pieces := []string{"a", "B", "ab", "abc", "ABCD", "cmd.exe", `\`, `\\`, " ", "-", "/", "–", "—a", "―", "ſ", "s", "K", "k", "ß", "Σ", "ς", "中",
		"1", "10", "4624", "x\n", "[", "%x%", "\x00", "YWJj"}
	if !ofRule { // files of rules are UTF-8
		pieces = append(pieces, "\xff", "\xe4\xb8")
	} else {
		pieces = append(pieces, "*", "*", "?", `\*`, `\?`, `\%`, "%x%", "a*b", "*?*")
	}
	switch d.IntN(12) {
	case 0:
		return ""
	case 1:
		return d.of("10", "-1", "9.5", "1e3", "99999999999999999", "0x10", "1000000000000000000", "10.0")
	case 2:
		return d.of("10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "FE80::2", "192.0.2.7")
	case 3:
		return d.of("2026-03-09T23:30:05Z", "2026-03-09 22:10:00", "2026-12-31", "2026-03-09T01:00:00+08:00")
	}
	var b strings.Builder
	for range 1 + d.IntN(5) {
		b.WriteString(d.of(pieces...))
	}
	return b.String()
}

func (d dice) event() *event.Event {
	ev := &event.Event{}
	if d.IntN(2) == 0 {
		ev.Time = time.Date(2026, 3, 9, 23, 30, 5, 0, time.UTC)
	}
	for range d.IntN(7) {
		text := d.text(false)
		if n := len(ev.Fields); n > 0 && d.IntN(4) == 0 {
			text = ev.Fields[d.IntN(n)].Value // the same bytes, as parsers give a second name
		}
		ev.Add(d.of("F", "G", "a.b", "winlog.event_data.Image", "process.executable", "winlog.event_id", "message", "isoc.x"), text)
	}
	return ev
}

func (d dice) item() sigma.Item {
	it := sigma.Item{Field: d.name()}
	switch d.IntN(10) {
	case 0:
		it.Field = ""
	case 1:
		it.Modifiers = []string{"re"}
		for range d.IntN(2) {
			it.Modifiers = append(it.Modifiers, d.of("i", "s", "m", "contains", "startswith", "endswith"))
		}
		it.Values = []sigma.Value{{Text: d.of("a+b", "^ab", "b$", "(?:ab|BC)d?", "[sſ]", ".{3,}", "K", "(?i)k", "x*", `\\`, "[^a]b", "(a|b){2}", "^$", "aB|", "中.",
			"a.*b", "(?i)a.+B.*k", "(?s)a.*b.+a", ".{4,}", "(?s).{6,}", "[ab]{8}", "(?i)[K-S]{8,}", "a{3}", "(?:a|bc).*(?:k|1)", "b.+b", "-.*/.*-", "(ab.*){2}", "[^x]{9}")}}
		return it
	case 2:
		it.Modifiers = []string{"cidr"}
		it.Values = []sigma.Value{{Text: d.of("10.0.0.0/8", "fe80::/10", "192.0.2.7", "::ffff:10.0.0.0/104", "0.0.0.0/0")}}
		return it
	case 3:
		it.Modifiers = []string{d.of("lt", "lte", "gt", "gte")}
		it.Values = []sigma.Value{{Kind: sigma.Number, Text: d.of("10", "9.5", "1000", "-1", "99999999999999998", "1e18")}}
		return it
	case 4:
		it.Modifiers = []string{d.of("minute", "hour", "day", "week", "month", "year")}
		if d.IntN(2) == 0 {
			it.Modifiers = append(it.Modifiers, d.of("gt", "lte"))
		}
		it.Values = []sigma.Value{{Kind: sigma.Number, Text: d.of("30", "23", "9", "11", "3", "2026")}}
		return it
	case 5:
		it.Modifiers = []string{"fieldref"}
		it.Values = []sigma.Value{{Text: d.name()}}
		for range d.IntN(2) {
			it.Modifiers = append(it.Modifiers, d.of("startswith", "endswith", "contains", "cased", "neq"))
		}
		return it
	case 6:
		it.Values = []sigma.Value{{Kind: sigma.Null}}
		if d.IntN(2) == 0 {
			it.Modifiers, it.Values[0] = []string{"exists"}, sigma.Value{Kind: sigma.Bool, Text: d.of("true", "false")}
		}
		return it
	}
	for range d.IntN(3) {
		it.Modifiers = append(it.Modifiers, d.of("contains", "contains", "startswith", "endswith", "all", "neq", "cased", "windash", "expand",
			"base64", "base64offset", "wide", "utf16", "utf16be"))
	}
	for range 1 + d.IntN(9) {
		it.Values = append(it.Values, sigma.Value{Text: d.text(true)})
	}
	return it
}

func (d dice) rule(i int) *sigma.Rule {
	r := &sigma.Rule{Meta: sigma.Meta{ID: fmt.Sprint("r", i), Title: "t", LogSource: logsource.Source{Product: d.of("windows", "linux", "test")}}}
	for s := range 1 + d.IntN(3) {
		var groups []sigma.Group
		for range 1 + d.IntN(2) {
			var g sigma.Group
			for range 1 + d.IntN(2) {
				g = append(g, d.item())
			}
			groups = append(groups, g)
		}
		r.Detection.Searches = append(r.Detection.Searches, sigma.Search{Name: fmt.Sprint("s", s), Groups: groups})
	}
	r.Detection.Conditions = []sigma.Expr{d.expr(r, 3)}
	return r
}

func (d dice) expr(r *sigma.Rule, depth int) sigma.Expr {
	if depth == 0 || d.IntN(3) == 0 {
		return sigma.Expr{Op: sigma.ExprSearch, Name: r.Detection.Searches[d.IntN(len(r.Detection.Searches))].Name}
	}
	e := sigma.Expr{Op: sigma.ExprOp(1 + d.IntN(4))}
	n := 1
	if e.Op != sigma.ExprNot {
		n += d.IntN(3)
	}
	for range n {
		e.Operands = append(e.Operands, d.expr(r, depth-1))
	}
	e.N = 1 + d.IntN(n)
	return e
}

// checkRandom holds the matcher to the naive evaluator on rules and events thrown from a seed.
func checkRandom(tb testing.TB, seed uint64) (pairs, hits int) {
	tb.Helper()
	d := dice{rand.New(rand.NewPCG(seed, 7))}
	var rules []*sigma.Rule
	for i := range 12 {
		rules = append(rules, d.rule(i))
	}
	var evs []event.Event
	for range 12 {
		evs = append(evs, *d.event())
	}
	return differences(tb, rules, sigma.Options{Placeholders: map[string][]string{"x": {"a", "b*"}}}, evs)
}

func TestEqualsNaiveOnRandomRules(t *testing.T) {
	t.Parallel()
	pairs, hits := 0, 0
	for seed := range uint64(600) {
		p, h := checkRandom(t, seed)
		pairs, hits = pairs+p, hits+h
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if hits < pairs/20 {
		t.Errorf("only %d of %d pairs hit", hits, pairs)
	}
	t.Logf("%d pairs, %d hits", pairs, hits)
}

func FuzzEqualsNaive(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkRandom(t, seed) })
}

func FuzzParseRules(f *testing.F) {
	for _, detection := range []string{
		one(`F|contains|all: [a, b]`), one(`F|re|i: '(a|b)+$'`), one(`F|windash|base64offset: '-enc x'`), one("F:\n    - null\n    - '*\\\\*'\n    - 7"),
		"k:\n  - evil\n  - {a: 1}\ncondition: not 1 of k* or all of them\n", "a: {x|cidr: 10.0.0.0/8}\nb: {y|fieldref: x}\ncondition: [a, b]\n",
		"x: &x {a|exists: yes}\ny: *x\ncondition: 2 of them\n", one(`F|expand: '%x%'`), one(`F|hour|gte: 0x10`),
	} {
		f.Add([]byte(ruleText(detection)))
	}
	f.Add([]byte("title: t\ncorrelation: {}\n---\nfilter: {}\n--- |\n a\n"))
	f.Add([]byte(ruleText(one("F: a")) + "name: a\n---\ntitle: c\ncorrelation: {type: temporal, rules: [a, b], group-by: F, timespan: 5m, condition: a and not b}\n" +
		"---\ntitle: f\nlogsource: {product: test}\nfilter: {rules: any, s: {x: 1}, condition: not s}\n"))
	evs := []event.Event{*fields("F=abc -enc x", "x=10.1.2.3", "message=evil", "a=1"), *fields("F="), *fields("y=10.1.2.3", "x=10.1.2.3")}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _ := sigma.ParseDocuments("f", data)
		rules, _ := sigma.ApplyFilters(docs.Rules, docs.Filters, sigma.Options{Placeholders: map[string][]string{"x": {"a"}}})
		if len(rules) > 0 {
			differences(t, rules[:1], sigma.Options{Placeholders: map[string][]string{"x": {"a"}}}, evs)
		}
	})
}
