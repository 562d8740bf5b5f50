package sigma

import (
	"fmt"
	"slices"
	"strings"
)

// Filter is one filter document as written: a condition that rules must also meet. Its log source says rules of which kind it is for.
type Filter struct {
	Meta
	File      string // where it was read from; only for messages
	Any       bool   // every rule of the log source
	Rules     []string
	Detection Detection
}

func readFilter(d *yamlNode) (*Filter, *problem) {
	f := &Filter{Meta: readMeta(d)}
	if p := checkMeta(d, &f.Meta); p != nil {
		return f, p
	}
	src, p := readLogSource(d.get("logsource"))
	if p != nil {
		return f, p.in("logsource")
	}
	f.LogSource = src
	return f, f.read(d.get("filter")).in("filter")
}

func (f *Filter) read(n *yamlNode) *problem {
	if n.kind != yamlMap {
		return fail("", "must be a map")
	}
	rules, p := references(n.get("rules"))
	if p != nil {
		return p.in("rules")
	}
	if len(rules) == 0 {
		return fail("rules", "names no rule")
	}
	f.Any = len(rules) == 1 && strings.EqualFold(rules[0], "any")
	if !f.Any {
		f.Rules = rules
	}
	searches := &yamlNode{kind: yamlMap}
	for i, k := range n.keys {
		if k != "rules" {
			searches.keys, searches.items = append(searches.keys, k), append(searches.items, n.items[i])
		}
	}
	f.Detection, p = readDetection(searches)
	return p
}

// covers reports whether a rule's log source is one that the filter is for: each part the filter states is the rule's.
func (f *Filter) covers(r *Rule) bool {
	s, t := f.LogSource, r.LogSource
	return (s.Product == "" || s.Product == t.Product) && (s.Category == "" || s.Category == t.Category) && (s.Service == "" || s.Service == t.Service)
}

func (f *Filter) names(r *Rule) bool {
	return slices.ContainsFunc(f.Rules, func(ref string) bool { return strings.EqualFold(ref, r.ID) || r.Name != "" && ref == r.Name })
}

// ApplyFilters returns the rules with the filters' conditions added; rules that a filter concerns are copied, none is changed. A
// filter that names a rule which is not there, or which is of another log source, is refused as a whole: what an operator believes to be
// filtered must be. The order of the filters does not matter.
func ApplyFilters(rules []*Rule, filters []*Filter, opts Options) ([]*Rule, []Refusal) {
	var refused []Refusal
	out := slices.Clone(rules)
	filters = slices.Clone(filters)
	slices.SortStableFunc(filters, func(a, b *Filter) int { return strings.Compare(a.ID, b.ID) })
	for i, f := range filters {
		if i > 0 && filters[i-1].ID == f.ID {
			refused = append(refused, fail("id", fmt.Sprintf("is also that of %q", filters[i-1].Title)).refusal(f.File, &f.Meta))
			continue
		}
		p := f.check(opts.Placeholders)
		if p == nil {
			p = f.resolve(rules).in("filter")
		}
		if p != nil {
			refused = append(refused, p.refusal(f.File, &f.Meta))
			continue
		}
		for j, r := range rules {
			if f.covers(r) && (f.Any || f.names(r)) {
				out[j] = out[j].filtered(f)
			}
		}
	}
	return out, refused
}

// check says what is wrong with the filter's own values.
func (f *Filter) check(placeholders map[string][]string) *problem {
	_, p := lowerRule(&Rule{Meta: f.Meta, Detection: f.Detection}, placeholders)
	if p != nil {
		p = (&problem{path: strings.TrimPrefix(p.path, "detection."), reason: p.reason}).in("filter")
	}
	return p
}

// resolve says what is wrong with the rules that the filter names.
func (f *Filter) resolve(rules []*Rule) *problem {
	for _, ref := range f.Rules {
		named := &Filter{Rules: []string{ref}}
		i := slices.IndexFunc(rules, named.names)
		if i < 0 {
			return fail("rules", fmt.Sprintf("%q is no rule that is in force", ref))
		}
		if !f.covers(rules[i]) {
			return fail("rules", fmt.Sprintf("%q is of another log source than the filter", ref))
		}
	}
	return nil
}

// FilterPrefix is what names of a filter's searches begin with in the rules that it narrows.
func FilterPrefix(id string) string { return "filter " + id + " " }

// filtered returns a copy of the rule that the filter must allow too. Searches of the filter get names that no rule can give.
func (r *Rule) filtered(f *Filter) *Rule {
	prefix := FilterPrefix(f.ID)
	out := *r
	out.Detection.Searches = slices.Clone(r.Detection.Searches)
	for _, s := range f.Detection.Searches {
		out.Detection.Searches = append(out.Detection.Searches, Search{Name: prefix + s.Name, Groups: s.Groups})
	}
	allowed := make([]Expr, len(f.Detection.Conditions))
	for i := range f.Detection.Conditions {
		allowed[i] = f.Detection.Conditions[i].renamed(prefix)
	}
	out.Detection.Conditions = []Expr{{Op: ExprAnd, Operands: []Expr{anyOf(r.Detection.Conditions), anyOf(allowed)}}}
	out.Filters = append(slices.Clone(r.Filters), Applied{f.ID, f.Title})
	out.Detection.Written = []string{"(" + strings.Join(r.Detection.Written, ") or (") + ") and filter (" + strings.Join(f.Detection.Written, ") or (") + ")"}
	return &out
}

func anyOf(e []Expr) Expr {
	if len(e) == 1 {
		return e[0]
	}
	return Expr{Op: ExprOr, Operands: e}
}

func (e *Expr) renamed(prefix string) Expr {
	out := *e
	if e.Op == ExprSearch {
		out.Name = prefix + e.Name
	}
	out.Operands = make([]Expr, len(e.Operands))
	for i := range e.Operands {
		out.Operands[i] = e.Operands[i].renamed(prefix)
	}
	return out
}
