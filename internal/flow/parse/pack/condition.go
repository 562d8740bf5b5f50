package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/query"
)

// guard says whether a step or a format is for a record.
type guard struct {
	is   []equality
	when *query.Filter
}

// equality is a field that has one of some values; a value of "*" is any, and one that ends with it any that begins so.
type equality struct {
	name   string
	any    bool // one of the values has a star
	values map[string]bool
	begins []string
}

func (p *Pack) guard(is map[string]list, when string) (guard, error) {
	var g guard
	for name, values := range is {
		if len(values) == 0 {
			return g, fmt.Errorf("is: %s: no value", name)
		}
		e := equality{name: p.full(name), values: make(map[string]bool, len(values))}
		for _, v := range values {
			if begin, star := strings.CutSuffix(v, "*"); star {
				e.any = true
				e.begins = append(e.begins, begin)
				continue
			}
			e.values[v] = true
		}
		g.is = append(g.is, e)
	}
	slices.SortFunc(g.is, func(a, b equality) int { return strings.Compare(a.name, b.name) })
	if when != "" {
		f, err := query.CompileFilter(when)
		if err != nil {
			return g, fmt.Errorf("when: %w", err)
		}
		g.when = f
	}
	return g, nil
}

func (g *guard) holds(r *run) bool {
	for i := range g.is {
		e := &g.is[i]
		v := r.d.Value(e.name)
		if !e.values[v] && (v == "" || !slices.ContainsFunc(e.begins, func(b string) bool { return strings.HasPrefix(v, b) })) {
			return false
		}
	}
	return g.when == nil || g.when.Match(r.d.Event())
}

// ecsField reports whether a name that "set" is given is one of ECS rather than the vendor's.
func ecsField(name string) bool {
	if name == "" {
		return false
	}
	if name[0] == '@' {
		return true
	}
	return strings.Contains(name, ".") && ecs.Known(name)
}

// settable checks a constant.
func settable(name, v string) error {
	if !ecs.Allows(name, v) {
		return fmt.Errorf("set: ECS allows no %q in %s", v, name)
	}
	return nil
}
