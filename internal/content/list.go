package content

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxCatalogues bounds what is remembered: the rules that count, and those of the versions somebody looks at.
const maxCatalogues = 4

// catalogue is every rule of a list, ready to be filtered. It is immutable.
type catalogue struct {
	rules    []Rule
	folded   []string // what Text is looked for in, by place
	products []Count
	packs    []Count
}

// Rules returns a page of rules.
func (s *Service) Rules(ctx context.Context, q RuleQuery) (RulePage, error) {
	q, err := q.normal()
	if err != nil {
		return RulePage{}, err
	}
	c, err := s.catalogue(ctx, q.Pack)
	if err != nil {
		return RulePage{}, fmt.Errorf("list rules: %w", err)
	}
	page := RulePage{Products: c.products, Packs: c.packs, States: make(map[State]int)}
	var found []*Rule
	take := func(r *Rule, folded string) {
		if r.State == Refused && !q.Refusals || !q.holds(r, folded) {
			return
		}
		page.States[r.State]++
		if len(q.States) == 0 || slices.Contains(q.States, r.State) {
			found = append(found, r)
		}
	}
	for i := range c.rules {
		take(&c.rules[i], c.folded[i])
	}
	devices, err := s.devices(ctx, q)
	if err != nil {
		return RulePage{}, fmt.Errorf("list rules: %w", err)
	}
	for i := range devices {
		take(&devices[i], foldedText(&devices[i]))
	}
	if len(devices) > 0 {
		slices.SortStableFunc(found, byTitle)
	}
	q.order(found)
	page.Total = len(found)
	found = found[min(q.Offset, len(found)):]
	for _, r := range found[:min(q.Limit, len(found))] {
		page.Rules = append(page.Rules, *r)
	}
	return page, nil
}

// devices are the rules of the customers' devices. One whose id a rule here has is that rule.
func (s *Service) devices(ctx context.Context, q RuleQuery) ([]Rule, error) {
	if len(q.Devices) == 0 || q.Pack != "" || q.Origin != "" && q.Origin != OfDevice {
		return nil, nil
	}
	rules, err := s.deps.Repository.DeviceRules(ctx, q.Devices)
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	return rules, s.stand(ctx, rules)
}

func byTitle(a, b *Rule) int {
	return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Pack, b.Pack), cmp.Compare(a.Path, b.Path))
}

// foldedText is what a text is looked for in.
func foldedText(r *Rule) string {
	return strings.ToLower(strings.Join(append([]string{r.Title, r.TitleZH, r.ID, r.Author, r.Path}, r.Tags...), "\n"))
}

// holds reports whether the filters other than the state let a rule through.
func (q *RuleQuery) holds(r *Rule, folded string) bool {
	if len(q.Levels) > 0 && (r.Kind == KindFilter || !slices.Contains(q.Levels, r.Level)) || q.Status != "" && r.Status != q.Status || q.Product != "" && r.Product != q.Product {
		return false
	}
	if q.Origin != "" && r.Origin != q.Origin {
		return false
	}
	if q.Text != "" && !strings.Contains(folded, q.Text) {
		return false
	}
	if q.Tactic != "" && !slices.ContainsFunc(r.Tags, func(tag string) bool { return strings.ReplaceAll(attack(tag), "-", "_") == q.Tactic }) {
		return false
	}
	if q.Technique != "" && !slices.ContainsFunc(r.Tags, func(tag string) bool {
		rest, ok := strings.CutPrefix(attack(tag), q.Technique)
		return ok && (rest == "" || rest[0] == '.')
	}) {
		return false
	}
	return q.fits(q.Records[r.ID])
}

// rank is the place of the rule's level; a filter has none, whatever its text says, and comes last.
func (r *Rule) rank() int {
	if r.Kind == KindFilter {
		return -1
	}
	return levelRank(r.Level)
}

// attack is what a tag names in ATT&CK, or "".
func attack(tag string) string {
	name, _ := strings.CutPrefix(strings.ToLower(tag), "attack.")
	if len(name) == len(tag) {
		return ""
	}
	return name
}

func (q *RuleQuery) fits(r Record) bool {
	if q.Noisy && !r.Noisy() || r.Cost < q.Slow {
		return false
	}
	switch q.Fired {
	case FiredDay:
		return r.Day > 0
	case FiredWeek:
		return r.Week > 0
	case FiredNever:
		return r.Total == 0
	}
	return true
}

// order sorts rules that are by title already.
func (q *RuleQuery) order(rules []*Rule) {
	level := func(a, b *Rule) int { return cmp.Compare(b.rank(), a.rank()) }
	by := func(key func(Record) int64) func(a, b *Rule) int {
		return func(a, b *Rule) int {
			return cmp.Or(cmp.Compare(key(q.Records[b.ID]), key(q.Records[a.ID])), level(a, b))
		}
	}
	switch q.Sort {
	case ByLevel:
		slices.SortStableFunc(rules, level)
	case ByDay:
		slices.SortStableFunc(rules, by(func(r Record) int64 { return r.Day }))
	case ByWeek:
		slices.SortStableFunc(rules, by(func(r Record) int64 { return r.Week }))
	case ByNoise:
		slices.SortStableFunc(rules, by(Record.Noise))
	case ByCost:
		slices.SortStableFunc(rules, func(a, b *Rule) int {
			return cmp.Or(cmp.Compare(q.Records[b.ID].Cost, q.Records[a.ID].Cost), level(a, b))
		})
	case ByRight:
		slices.SortStableFunc(rules, func(a, b *Rule) int {
			x, y := q.Records[a.ID], q.Records[b.ID]
			m, n := x.True+x.False, y.True+y.False
			// Compared without dividing; what nobody judged goes last.
			return cmp.Or(cmp.Compare(min(n, 1), min(m, 1)), cmp.Compare(y.True*m, x.True*n), cmp.Compare(y.True, x.True), level(a, b))
		})
	case ByLast:
		slices.SortStableFunc(rules, by(func(r Record) int64 {
			if r.LastAt.IsZero() {
				return 0
			}
			return r.LastAt.UnixMicro()
		}))
	case ByFalsity:
		slices.SortStableFunc(rules, func(a, b *Rule) int {
			x, y := q.Records[a.ID], q.Records[b.ID]
			// False/Judged compared without dividing; unjudged rules go last.
			return cmp.Or(cmp.Compare(min(y.Judged(), 1), min(x.Judged(), 1)), cmp.Compare(y.False*x.Judged(), x.False*y.Judged()), cmp.Compare(y.False, x.False), level(a, b))
		})
	}
}

// catalogue reads the rules of a version, or without one those that count and those that would if their pack was active. It is read
// anew only when packs come, go or are switched, or something is decided about a rule, by whichever process.
func (s *Service) catalogue(ctx context.Context, pack string) (*catalogue, error) {
	key, packs, err := s.editionKey(ctx)
	if err != nil {
		return nil, err
	}
	s.shelf.Lock()
	defer s.shelf.Unlock()
	if s.shelf.key != key || len(s.shelf.by) >= maxCatalogues {
		s.shelf.key, s.shelf.by = key, make(map[string]*catalogue)
	}
	if c := s.shelf.by[pack]; c != nil {
		return c, nil
	}
	c, err := s.read(ctx, pack, packs)
	if err == nil {
		s.shelf.by[pack] = c
	}
	return c, err
}

// editionKey names everything that decides which text counts under which id.
func (s *Service) editionKey(ctx context.Context) (string, []Pack, error) {
	packs, err := s.deps.Repository.Packs(ctx)
	if err != nil {
		return "", nil, err
	}
	edition, err := s.deps.Repository.Edition(ctx)
	if err != nil {
		return "", nil, err
	}
	var key strings.Builder
	key.WriteString(edition + "\n")
	for _, p := range packs {
		fmt.Fprintf(&key, "%s %t\n", p.ID, p.Active)
	}
	return key.String(), packs, nil
}

func (s *Service) read(ctx context.Context, pack string, packs []Pack) (*catalogue, error) {
	rules, err := s.deps.Repository.Listed(ctx, pack)
	if err != nil {
		return nil, err
	}
	if err := s.stand(ctx, rules); err != nil {
		return nil, err
	}
	for _, p := range packs {
		if p.Refused == 0 || pack != p.ID && (pack != "" || !p.Active) {
			continue
		}
		refusals, err := s.deps.Repository.Refusals(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range refusals {
			rules = append(rules, Rule{ID: r.Rule, Title: cmp.Or(r.Title, r.File), Path: r.File, Pack: p.ID, PackName: p.Name, State: Refused, Reason: r.Reason})
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return byTitle(&a, &b) })
	c := &catalogue{rules: rules, folded: make([]string, len(rules))}
	products, held := make(map[string]int), make(map[string]int)
	for i, r := range rules {
		c.folded[i] = foldedText(&rules[i])
		if r.Product != "" {
			products[r.Product]++
		}
		if r.Pack != OwnPack {
			held[r.Pack]++
		}
	}
	for value, n := range products {
		c.products = append(c.products, Count{Value: value, Label: value, Count: n})
	}
	for _, p := range packs {
		if n := held[p.ID]; n > 0 {
			c.packs = append(c.packs, Count{Value: p.ID, Label: p.Name, Count: n})
		}
	}
	slices.SortFunc(c.products, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
	return c, nil
}
