package content

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/internal/content/textdiff"
	"github.com/isoc-project/isoc/internal/fault"
)

// ChangeKind says what activating a version would do to a rule.
type ChangeKind string

// The kinds.
const (
	RuleAdded   ChangeKind = "added"
	RuleChanged ChangeKind = "changed"
	RuleRemoved ChangeKind = "removed"
	RuleRefused ChangeKind = "refused" // the engine refuses it, and did not refuse it in the version before
)

// Change is what would happen to one rule.
type Change struct {
	Kind ChangeKind
	// Rule is as it would be; as it was, where it is removed; for a refused one what can be told of it.
	Rule
	LevelBefore string // as it was; empty where it was not there
	// Logic is set where what it looks for or where it looks changed, not only its texts.
	Logic bool
	Was   bool // a refused one that stood before
	// Edited is set where the rule was edited here: the local text goes on counting.
	Edited bool
	// Conflict is set where it was edited here and what would come touches the same lines, or takes the rule away.
	Conflict bool
	// Covered names the active pack whose rule of that id counts instead, or is empty.
	Covered string
}

// Diff is what activating a version would change.
type Diff struct {
	Pack    Pack
	Base    *Pack // what it is held against; nil where nothing of the name is active
	Changes []Change
	Same    int // rules that stay as they are
}

// Diff tells what activating the version would change against the base: a version of the same name, or without one the active version,
// or for the active version itself the one that was active before.
func (s *Service) Diff(ctx context.Context, id, base string) (Diff, error) {
	d, before, err := s.sides(ctx, id, base)
	if err != nil {
		return Diff{}, fmt.Errorf("diff of pack %s: %w", id, err)
	}
	rules, err := s.deps.Repository.PackRules(ctx, id)
	if err != nil {
		return Diff{}, err
	}
	covered, err := s.covered(ctx, d.Pack.Name)
	if err != nil {
		return Diff{}, err
	}
	was := byID(before)
	is := byID(rules)
	for _, r := range rules {
		old, there := was[r.ID]
		switch {
		case !there:
			d.Changes = append(d.Changes, Change{Kind: RuleAdded, Rule: r.Rule, Logic: true})
		case old.Source != r.Source || old.Failing != r.Failing:
			d.Changes = append(d.Changes, Change{Kind: RuleChanged, Rule: r.Rule, LevelBefore: old.Level, Logic: logic(old.Source) != logic(r.Source)})
		default:
			d.Same++
		}
	}
	for _, r := range before {
		if _, there := is[r.ID]; !there {
			d.Changes = append(d.Changes, Change{Kind: RuleRemoved, Rule: r.Rule, LevelBefore: r.Level})
		}
	}
	if err := s.refusedAnew(ctx, &d, was); err != nil {
		return Diff{}, err
	}
	// One that is refused now is told of once, as that.
	lost := make(map[string]bool)
	for _, c := range d.Changes {
		lost[c.ID] = lost[c.ID] || c.Kind == RuleRefused && c.Was
	}
	d.Changes = slices.DeleteFunc(d.Changes, func(c Change) bool { return c.Kind == RuleRemoved && lost[c.ID] })
	if err := s.edited(ctx, &d, is); err != nil {
		return Diff{}, err
	}
	for i := range d.Changes {
		d.Changes[i].Covered = covered[d.Changes[i].ID]
	}
	slices.SortFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return d, nil
}

// DiffText returns the text of one rule in the base and in the version, empty where it has none.
func (s *Service) DiffText(ctx context.Context, id, base, rule string) (before, after string, err error) {
	_, old, err := s.sides(ctx, id, base)
	if err != nil {
		return "", "", fmt.Errorf("diff of pack %s: %w", id, err)
	}
	rules, err := s.deps.Repository.PackRules(ctx, id)
	if err != nil {
		return "", "", err
	}
	was, before1 := byID(old)[rule]
	is, after1 := byID(rules)[rule]
	if !before1 && !after1 {
		return "", "", fmt.Errorf("rule %s of pack %s: %w", rule, id, fault.ErrNotFound)
	}
	return was.Source, is.Source, nil
}

// sides finds what is compared, and reads the rules of the base.
func (s *Service) sides(ctx context.Context, id, base string) (d Diff, before []StoredRule, err error) {
	if d.Pack, err = s.find(ctx, id); err != nil {
		return d, nil, err
	}
	packs, err := s.deps.Repository.Packs(ctx)
	if err != nil {
		return d, nil, err
	}
	switch {
	case base != "":
		i := slices.IndexFunc(packs, func(p Pack) bool { return p.ID == base && p.Name == d.Pack.Name })
		if i < 0 {
			return d, nil, fault.ErrNotFound
		}
		d.Base = &packs[i]
	case d.Pack.Active:
		d.Base = Before(packs, d.Pack)
	default:
		if i := slices.IndexFunc(packs, func(p Pack) bool { return p.Active && p.Name == d.Pack.Name }); i >= 0 {
			d.Base = &packs[i]
		}
	}
	if d.Base == nil {
		return d, nil, nil
	}
	before, err = s.deps.Repository.PackRules(ctx, d.Base.ID)
	return d, before, err
}

func byID(rules []StoredRule) map[string]StoredRule {
	m := make(map[string]StoredRule, len(rules))
	for _, r := range rules {
		m[r.ID] = r
	}
	return m
}

// covered tells of which ids a rule of another active pack counts.
func (s *Service) covered(ctx context.Context, name string) (map[string]string, error) {
	c, err := s.catalogue(ctx, "")
	if err != nil {
		return nil, err
	}
	by := make(map[string]string)
	for _, r := range c.rules {
		if r.Origin == OfPack && r.State != Off && r.State != Refused && r.PackName != name {
			by[r.ID] = r.PackName
		}
	}
	return by, nil
}

// refusedAnew adds what the engine refuses of the version and did not refuse of the base.
func (s *Service) refusedAnew(ctx context.Context, d *Diff, was map[string]StoredRule) error {
	refusals, err := s.deps.Repository.Refusals(ctx, d.Pack.ID)
	if err != nil {
		return err
	}
	known := make(map[Refusal]bool)
	if d.Base != nil {
		old, err := s.deps.Repository.Refusals(ctx, d.Base.ID)
		if err != nil {
			return err
		}
		for _, r := range old {
			known[r] = true
		}
	}
	for _, r := range refusals {
		if !known[r] {
			old, stood := was[r.Rule]
			d.Changes = append(d.Changes, Change{
				Kind: RuleRefused, Was: stood && r.Rule != "", LevelBefore: old.Level,
				Rule: Rule{ID: r.Rule, Path: r.File, Title: cmp.Or(r.Title, r.File), State: Refused, Reason: r.Reason},
			})
		}
	}
	return nil
}

// edited marks the changes of rules that were edited here.
func (s *Service) edited(ctx context.Context, d *Diff, is map[string]StoredRule) error {
	heads, err := s.deps.Repository.Heads(ctx)
	if err != nil {
		return err
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		head, ok := heads[c.ID]
		if !ok || head.Base == "" {
			continue
		}
		c.Edited = true
		theirs, there := is[c.ID]
		if !there {
			c.Conflict = true
			continue
		}
		ours, err := s.deps.Repository.Version(ctx, c.ID, head.Number)
		if err != nil {
			return err
		}
		c.Conflict = theirs.Source != head.Base && textdiff.Clash(head.Base, ours.Source, theirs.Source)
	}
	return nil
}

// logic is what a rule looks for and where, without its texts.
func logic(source string) string {
	docs, err := readDocuments("", []byte(source))
	if err != nil || len(docs) == 0 {
		return source
	}
	var b bytes.Buffer
	for _, key := range []string{"logsource", "detection", "correlation", "filter"} {
		if n := child(docs[0].root, key); n != nil {
			plain(n)
			text, err := yaml.Marshal(n)
			if err != nil {
				return source
			}
			b.WriteString(key)
			b.Write(text)
		}
	}
	return b.String()
}

// plain takes off what only people read: comments, and how a value is quoted or a list laid out.
func plain(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}
