package sigma_test

import (
	"encoding/base64"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/naive"
)

// deriver makes events that a rule should fire on, by giving every field what its items ask for. Choice picks among
// alternatives, so that other choices give other events.
type deriver struct {
	rule   *sigma.Rule
	choice int
	needs  map[string][]need // by event field
	order  []string
}

// need is what one value asks of a field.
type need struct {
	text         string
	before, more bool // something may stand before, after
}

func (d *deriver) pick(n int) int { return d.choice % n }

func (d *deriver) expr(e *sigma.Expr, want bool) {
	switch e.Op {
	case sigma.ExprNot:
		d.expr(&e.Operands[0], !want)
	case sigma.ExprSearch:
		for i := range d.rule.Detection.Searches {
			if s := &d.rule.Detection.Searches[i]; s.Name == e.Name {
				d.search(s, want)
			}
		}
	default:
		all := (e.Op == sigma.ExprAnd) == want
		for i := range e.Operands {
			if all || e.Op == sigma.ExprAtLeast || i == d.pick(len(e.Operands)) {
				d.expr(&e.Operands[i], want)
			}
		}
	}
}

func (d *deriver) search(s *sigma.Search, want bool) {
	if want {
		for _, item := range s.Groups[d.pick(len(s.Groups))] {
			d.item(item)
		}
		return
	}
	for _, g := range s.Groups { // false by absence, unless absence is what is asked
		for _, item := range g {
			absent := item.Values[0].Kind == sigma.Null || slices.Contains(item.Modifiers, "exists") && item.Values[0].Text == "false"
			if absent || slices.Contains(item.Modifiers, "neq") {
				d.add(d.field(item.Field), need{text: "q"})
			}
		}
	}
}

func (d *deriver) field(name string) string {
	if name == "" {
		return "message"
	}
	return logsource.Fields(d.rule.LogSource, name)[0]
}

func (d *deriver) add(field string, n need) {
	if d.needs[field] == nil {
		d.order = append(d.order, field)
	}
	d.needs[field] = append(d.needs[field], n)
}

func (d *deriver) item(item sigma.Item) {
	if slices.Contains(item.Modifiers, "neq") {
		d.add(d.field(item.Field), need{text: "other than that"})
		return
	}
	if slices.Contains(item.Modifiers, "all") {
		for _, v := range item.Values {
			d.value(item, v)
		}
		return
	}
	d.value(item, item.Values[d.pick(len(item.Values))])
}

func (d *deriver) value(item sigma.Item, v sigma.Value) {
	if v.Kind == sigma.Null || slices.Contains(item.Modifiers, "exists") && v.Text == "false" {
		return
	}
	n := need{text: sample(v.Text), before: item.Field == "", more: item.Field == ""}
	for _, m := range item.Modifiers {
		switch m {
		case "contains":
			n.before, n.more = true, true
		case "startswith":
			n.more = true
		case "endswith":
			n.before = true
		case "re":
			n = need{text: sampleExpression(v.Text), before: !strings.Contains(v.Text, "^"), more: !strings.Contains(v.Text, "$")}
		case "cidr":
			n = need{text: strings.SplitN(v.Text, "/", 2)[0]}
		case "wide":
			n.text = wide(n.text)
		case "base64", "base64offset":
			n.text = base64.StdEncoding.EncodeToString([]byte(n.text))
		case "fieldref":
			d.add(d.field(v.Text), need{text: "same"})
			n = need{text: "same"}
		}
	}
	d.add(d.field(item.Field), n)
}

func wide(s string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// sample is a text the pattern takes.
func sample(pattern string) string {
	var out strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern) && strings.IndexByte(`*?\`, pattern[i+1]) >= 0:
			i++
			out.WriteByte(pattern[i])
		case c == '*' || c == '?':
			out.WriteByte('w')
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func sampleExpression(s string) string {
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return ""
	}
	var out strings.Builder
	var walk func(*syntax.Regexp)
	walk = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpLiteral:
			out.WriteString(string(re.Rune))
		case syntax.OpCharClass:
			r := re.Rune[0]
			if r == 0 { // a negated class
				for _, c := range "x 0\\" {
					for i := 0; i < len(re.Rune); i += 2 {
						if re.Rune[i] <= c && c <= re.Rune[i+1] {
							r = c
						}
					}
				}
			}
			out.WriteRune(r)
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			out.WriteByte('x')
		case syntax.OpConcat:
			for _, sub := range re.Sub {
				walk(sub)
			}
		case syntax.OpCapture, syntax.OpAlternate, syntax.OpPlus:
			walk(re.Sub[0])
		case syntax.OpRepeat:
			for range max(re.Min, 1) {
				walk(re.Sub[0])
			}
		}
	}
	walk(tree)
	return out.String()
}

// event joins what each field needs into one value where that can be; else the field is an array.
func (d *deriver) event() *event.Event {
	ev := &event.Event{}
	for _, name := range d.order {
		var head, middle, tail []string
		for _, n := range d.needs[name] {
			switch {
			case n.before && n.more:
				middle = append(middle, n.text)
			case n.before:
				tail = append(tail, n.text)
			default:
				head = append(head, n.text)
			}
		}
		if len(head) > 1 || len(tail) > 1 || len(head) == 1 && !d.needs[name][0].more && len(middle)+len(tail) > 0 {
			for _, n := range d.needs[name] {
				ev.Add(name, n.text)
			}
			continue
		}
		ev.Add(name, strings.Join(append(append(head, middle...), tail...), ""))
	}
	return ev
}

func derive(r *sigma.Rule, choice int) *event.Event {
	d := &deriver{rule: r, choice: choice, needs: map[string][]need{}}
	d.expr(&r.Detection.Conditions[choice%len(r.Detection.Conditions)], true)
	return d.event()
}

// nearMisses are the event with one thing changed: a field left out, a letter changed, cut at either end, put in capitals.
func nearMisses(ev *event.Event) []*event.Event {
	var out []*event.Event
	change := func(i int, f func(string) string) {
		c := &event.Event{Fields: slices.Clone(ev.Fields)}
		c.Fields[i].Value = f(c.Fields[i].Value)
		out = append(out, c)
	}
	for i := range ev.Fields {
		out = append(out, &event.Event{Fields: slices.Delete(slices.Clone(ev.Fields), i, i+1)})
		change(i, strings.ToUpper)
		change(i, func(s string) string { return "x" + s })
		change(i, func(s string) string { return s + "x" })
		change(i, func(s string) string { return s[min(1, len(s)):] })
		change(i, func(s string) string { return s[:max(0, len(s)-1)] })
		change(i, func(s string) string { return s[:len(s)/2] + "\u212a" + s[len(s)/2:] })
	}
	return out
}

// TestEveryRuleFiresOnItsOwnEvents derives events from each rule and near misses from the events, and holds the compiled
// matcher to the naive evaluator on all of them.
func TestEveryRuleFiresOnItsOwnEvents(t *testing.T) {
	t.Parallel()
	rules := sigmaHQRules(t)
	opts := sigma.Options{Placeholders: map[string][]string{"known_cdcs": {"dc1"}}}
	set, _ := sigma.Compile(rules, opts)
	m, oracle := set.Matcher(), naive.New(opts.Placeholders)
	step := 1
	if testing.Short() {
		step = 10
	}
	pairs, silent, blank := 0, 0, 0
	clues := cluesOf(opts)
	agree := func(r *sigma.Rule, ev *event.Event) bool {
		pairs++
		got := false
		m.FiredAll(ev, func(f *sigma.Rule) { got = got || f == r })
		want, err := oracle.Fires(r, ev)
		if err != nil || got != want {
			t.Errorf("rule %s: compiled %v, naive %v (%v) on\n%s", r.ID, got, want, err, show(ev))
		}
		if want {
			checkClues(t, r, clues(r), ev)
		}
		return want
	}
	for i := 0; i < len(rules); i += step {
		fired := false
		for choice := range 3 {
			ev := derive(rules[i], choice)
			if agree(rules[i], ev) {
				fired = true
			}
			if choice == 0 {
				for _, miss := range nearMisses(ev) {
					agree(rules[i], miss)
				}
			}
		}
		if len(clues(rules[i])) == 0 {
			blank++
		}
		if !fired {
			silent++
			t.Logf("no derived event fires %s %s", rules[i].ID, rules[i].Title)
		}
	}
	t.Logf("%d rules, %d without a derived positive, %d without clues, %d pairs", (len(rules)+step-1)/step, silent, blank, pairs)
	if blank > len(rules)/step/20 {
		t.Errorf("%d rules give no clue", blank)
	}
	if silent > len(rules)/50 {
		t.Errorf("%d rules fire on none of their derived events", silent)
	}
}
