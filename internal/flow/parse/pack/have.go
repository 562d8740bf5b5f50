package pack

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// have asks what the fields read so far are: a format that reads the record itself can so refuse one that is not its own.
type have struct {
	of     []string // full names
	least  int      // of them must be there
	is     guard
	checks []check
}

// check says what a field, where it is there, must be.
type check struct{ name, kind string }

// maxHave bounds the names of one step.
const maxHave = 512

func (p *Pack) have(o *Have) (*have, error) {
	h := &have{least: o.Least}
	if len(o.Of) == 0 && len(o.Is) == 0 && len(o.Check) == 0 {
		return nil, errors.New("have: of, is or check is wanted")
	}
	if o.Least < 0 || o.Least > len(o.Of) || len(o.Of) > maxHave || len(o.Check) > maxHave {
		return nil, fmt.Errorf("have: least is 0 to the number of names in of, of which there are %d at most", maxHave)
	}
	if h.least == 0 {
		h.least = len(o.Of)
	}
	for _, n := range o.Of {
		h.of = append(h.of, p.full(n))
	}
	var err error
	if h.is, err = p.guard(o.Is, ""); err != nil {
		return nil, fmt.Errorf("have: %w", err)
	}
	for n, kind := range o.Check {
		switch kind {
		case "ip", "int", "word":
		default:
			return nil, fmt.Errorf("have: check: %s: ip, int or word is wanted", n)
		}
		h.checks = append(h.checks, check{p.full(n), kind})
	}
	slices.SortFunc(h.checks, func(a, b check) int { return strings.Compare(a.name, b.name) })
	return h, nil
}

func (h *have) apply(r *run, _ string) bool {
	if !h.is.holds(r) {
		r.why = "other values"
		return false
	}
	for i := range h.checks {
		c := &h.checks[i]
		if v, there := r.d.Event().Get(c.name); there && !ecs.Empty(v) && !checked(c.kind, v) {
			r.why = c.name + " is no " + c.kind
			return false
		}
	}
	missing := len(h.of) - h.least
	for _, name := range h.of {
		if !r.d.Has(name) {
			if missing--; missing < 0 {
				r.why = "too few of its fields"
				return false
			}
		}
	}
	return true
}
