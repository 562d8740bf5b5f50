package sigma

import (
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// Cost is what makes a rule dear: it is asked of more events than those that hold one of its texts.
type Cost struct {
	Always bool     // of every event of its log source: no text has to be there for it to fire
	Fields []string // of every event that has one of these fields, whatever its value
	// Expressions are the paths of lines with a regular expression that no text tells in advance, so that it is run over every value.
	Expressions []string
}

// CostOf tells what makes a rule dear. A rule that cannot be compiled is an error, a [Refusal].
func CostOf(r *Rule, opts Options) (Cost, error) {
	root, p := lowerRule(r, opts.Placeholders)
	if p != nil {
		return Cost{}, p.refusal(r.File, &r.Meta)
	}
	b := &builder{model: literal.NewModel()}
	b.learn(root, map[*node]bool{})
	var c Cost
	w := b.watchSet(root, map[*node]watchSet{})
	c.Always = w.cost == never
	for _, t := range w.tests {
		if !c.Always && t.op == opPresent && !slices.Contains(c.Fields, t.field) {
			c.Fields = append(c.Fields, t.field)
		}
	}
	for _, s := range r.Detection.Searches {
		for i, g := range s.Groups {
			for _, item := range g {
				if !blindExpression(item, opts.Placeholders) {
					continue
				}
				path := "detection." + s.Name
				if len(s.Groups) > 1 {
					path += fmt.Sprintf(".%d", i)
				}
				if item.Field != "" || len(item.Modifiers) > 0 {
					path += "." + itemKey(item)
				}
				c.Expressions = append(c.Expressions, path)
			}
		}
	}
	return c, nil
}

// blindExpression reports whether a line holds an expression of which nothing can be told in advance.
func blindExpression(item Item, placeholders map[string][]string) bool {
	if !slices.Contains(item.Modifiers, "re") {
		return false
	}
	r, p := readModifiers(item, placeholders)
	if p != nil {
		return false
	}
	for _, drafts := range r.values {
		for _, d := range drafts {
			leaves, p := r.leaves(item.Field, d, nil, false)
			if p != nil {
				return false
			}
			if slices.ContainsFunc(leaves, func(n *node) bool { return n.test != nil && n.test.op == opRegex && n.test.re.need == nil }) {
				return true
			}
		}
	}
	return false
}
