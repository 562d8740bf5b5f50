package content

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/internal/fault"
)

// maxChain bounds how many documents a correlation may lead to, through others.
const maxChain = 256

// Text is one document with the file it is of, "NAME/PATH", which decides whom a name means.
type Text struct {
	File   string
	Source []byte
}

// Reference is one rule that a correlation names, as it stands.
type Reference struct {
	Name    string // as written
	ID      string // empty where nothing in force goes by it, or several do
	Title   string
	TitleZH string
	State   State // [Off] where there is none
	Many    bool  // several rules go by the name
	Counts  bool  // its firings count in the correlation as the platform has both
}

// node is one document in force, with what it names.
type node struct {
	id, name, title, file string
	kind                  Kind
	names                 []string
}

// references is which correlation is made of which rules, of everything in force in any state.
type references struct {
	key   string
	ids   map[string]*node // by id in lower case
	names map[string][]*node
	users map[string][]*node // correlations by the id of a rule that they name
}

// find resolves a name as the engine does: an id, else a name, of the same file before the same pack before any other.
func (x *references) find(ref, file string) (n *node, many bool) {
	if n = x.ids[strings.ToLower(ref)]; n != nil {
		return n, false
	}
	for _, near := range []func(*node) bool{
		func(n *node) bool { return n.file == file },
		func(n *node) bool { return packName(n.file) == packName(file) },
		func(*node) bool { return true },
	} {
		var found []*node
		for _, n := range x.names[ref] {
			if near(n) {
				found = append(found, n)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) > 1
		}
	}
	return nil, false
}

func packName(file string) string {
	name, _, _ := strings.Cut(file, "/")
	return name
}

// named are the rules that a document names: a correlation's, and what ends it.
func named(root *yaml.Node) []string {
	c := child(root, "correlation")
	refs := texts(c, "rules")
	if until := text(c, "until"); until != "" {
		refs = append(refs, until)
	}
	return refs
}

// references reads what is in force, unless it has since it was read last.
func (s *Service) references(ctx context.Context) (*references, error) {
	key, _, err := s.editionKey(ctx)
	if err != nil {
		return nil, err
	}
	s.shelf.Lock()
	defer s.shelf.Unlock()
	if s.shelf.refs != nil && s.shelf.refs.key == key {
		return s.shelf.refs, nil
	}
	var nodes []*node
	err = s.deps.Repository.ActiveSources(ctx, func(src Source) error {
		nodes = append(nodes, nodeOf(src))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("rules that correlations name: %w", err)
	}
	s.shelf.refs = newReferences(nodes)
	s.shelf.refs.key = key
	return s.shelf.refs, nil
}

func newReferences(nodes []*node) *references {
	x := &references{ids: map[string]*node{}, names: map[string][]*node{}, users: map[string][]*node{}}
	for _, n := range nodes {
		x.ids[strings.ToLower(n.id)] = n
		if n.name != "" {
			x.names[n.name] = append(x.names[n.name], n)
		}
	}
	for _, n := range nodes {
		for _, ref := range n.names {
			if of, many := x.find(ref, n.file); of != nil && !many && !slices.Contains(x.users[of.id], n) {
				x.users[of.id] = append(x.users[of.id], n)
			}
		}
	}
	return x
}

var (
	nameKey        = []byte("\nname:")
	correlationKey = []byte("\ncorrelation:")
)

// nodeOf reads what names and correlations tell; texts that hold neither, which most do not, are not read at all.
func nodeOf(src Source) *node {
	n := &node{id: src.Rule, file: src.File, kind: KindRule}
	if !hasKey(src.YAML, nameKey) && !hasKey(src.YAML, correlationKey) {
		return n
	}
	docs, err := readDocuments(src.File, src.YAML)
	if err != nil || len(docs) == 0 {
		return n
	}
	root := docs[0].root
	n.name, n.title, n.kind = text(root, "name"), text(root, "title"), docs[0].kind()
	n.names = named(root)
	return n
}

// hasKey reports whether a line begins with the key, as far as a text in the usual form tells.
func hasKey(text, key []byte) bool {
	return bytes.HasPrefix(text, key[1:]) || bytes.Contains(text, key)
}

// companions are the texts that a correlation is made of, those of its inner correlations included, in no order. What is absent is left out.
func (s *Service) companions(ctx context.Context, k knownRule) ([]Text, error) {
	if k.Kind != KindCorrelation {
		return nil, nil
	}
	x, err := s.references(ctx)
	if err != nil {
		return nil, err
	}
	return s.follow(ctx, k, x, nil)
}

// Companions are the texts that the correlations of a text, saved or not, are made of beside the text itself. What is absent is left out.
func (s *Service) Companions(ctx context.Context, source string) ([]Text, error) {
	docs, err := readDocuments("rule", []byte(source))
	if err != nil {
		return nil, nil //nolint:nilerr // the engine tells what is wrong with the text
	}
	var own []string
	for _, d := range docs {
		own = append(own, text(d.root, "id"), text(d.root, "name"))
	}
	var refs []string
	for _, d := range docs {
		for _, ref := range named(d.root) {
			if !slices.Contains(own, ref) {
				refs = append(refs, ref)
			}
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	x, err := s.references(ctx)
	if err != nil {
		return nil, err
	}
	return s.gather(ctx, refs, OwnPack+"/rule", own, x, nil)
}

// follow finds the companions by what names mean in x; texts holds those that are not kept yet.
func (s *Service) follow(ctx context.Context, k knownRule, x *references, texts map[string]*StoredRule) ([]Text, error) {
	docs, err := readDocuments(k.Path, []byte(k.source))
	if err != nil || len(docs) == 0 || docs[0].kind() != KindCorrelation {
		return nil, nil //nolint:nilerr // the engine tells what is wrong with the text
	}
	return s.gather(ctx, named(docs[0].root), k.file(), []string{k.ID}, x, texts)
}

// gather reads what the references of a file mean, and what that is made of; known are ids that are at hand.
func (s *Service) gather(ctx context.Context, refs []string, file string, known []string, x *references, texts map[string]*StoredRule) ([]Text, error) {
	type step struct{ ref, file string }
	var open []step
	push := func(refs []string, file string) {
		for _, ref := range refs {
			open = append(open, step{ref, file})
		}
	}
	push(refs, file)
	seen := map[string]bool{}
	for _, id := range known {
		seen[id] = true
	}
	var out []Text
	for len(open) > 0 && len(out) < maxChain {
		n, _ := x.find(open[0].ref, open[0].file)
		open = open[1:]
		if n == nil || seen[n.id] {
			continue
		}
		seen[n.id] = true
		source := ""
		if t := texts[n.id]; t != nil {
			source = t.Source
		} else {
			var err error
			if _, source, err = s.deps.Repository.Rule(ctx, n.id); err != nil {
				return nil, fmt.Errorf("rule %s: %w", n.id, err)
			}
		}
		out = append(out, Text{File: n.file, Source: []byte(source)})
		push(n.names, n.file)
	}
	return out, nil
}

// file is the name of the rule's file as the engine has it.
func (r *Rule) file() string { return r.PackName + "/" + r.Path }

// counts reports whether firings of a rule in a state count in a correlation in another: what is enabled counts in all that run, what is in the
// shadow in those that are so too.
func counts(rule, correlation State) bool {
	return correlation.Runs() && (rule == Enabled || rule == Shadow && correlation == Shadow)
}

// usedBy are the correlations that run for anybody and are made of the rule, directly or through others, by title. first, which may be nil,
// leaves out correlations that name the rule, and what is made of them alone.
func (s *Service) usedBy(ctx context.Context, now view, id string, first func(*Rule) bool) ([]Rule, error) {
	x, err := s.references(ctx)
	if err != nil {
		return nil, err
	}
	var out []Rule
	seen := map[string]bool{id: true}
	for open := []string{id}; len(open) > 0; open = open[1:] {
		for _, n := range x.users[open[0]] {
			if seen[n.id] {
				continue
			}
			r, _, err := s.deps.Repository.Rule(ctx, n.id)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", n.id, err)
			}
			now.stand(&r)
			if first != nil && open[0] == id && !first(&r) {
				continue
			}
			seen[n.id] = true
			open = append(open, n.id)
			if r.State.Runs() || r.RunsSomewhere {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// spare refuses to take a rule, by moving it from one state to another, from correlations that count it, naming them.
func (s *Service) spare(ctx context.Context, now view, id string, from, to State) error {
	lost := func(correlation State) bool { return counts(from, correlation) && !counts(to, correlation) }
	users, err := s.usedBy(ctx, now, id, func(r *Rule) bool {
		return lost(r.State) || slices.ContainsFunc(now.others[r.ID], func(o Override) bool { return lost(o.State) })
	})
	if err != nil || len(users) == 0 {
		return err
	}
	names := make([]string, len(users))
	for i, r := range users {
		names[i] = r.Title
	}
	return &fault.Unconfirmed{Names: names}
}

// partsOf tells what each reference of a correlation means now.
func (s *Service) partsOf(ctx context.Context, now view, k knownRule) ([]Reference, error) {
	docs, err := readDocuments(k.Path, []byte(k.source))
	if err != nil || len(docs) == 0 || docs[0].kind() != KindCorrelation {
		return nil, nil //nolint:nilerr // the engine tells what is wrong with the text
	}
	x, err := s.references(ctx)
	if err != nil {
		return nil, err
	}
	asRunning := k.State
	if !asRunning.Runs() { // then it is told what would count if it were enabled
		asRunning = Enabled
	}
	var out []Reference
	for _, name := range named(docs[0].root) {
		if slices.ContainsFunc(out, func(r Reference) bool { return r.Name == name }) {
			continue
		}
		ref := Reference{Name: name, State: Off}
		n, many := x.find(name, k.file())
		if ref.Many = many; n != nil && !many {
			r, _, err := s.deps.Repository.Rule(ctx, n.id)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", n.id, err)
			}
			now.stand(&r)
			ref.ID, ref.Title, ref.TitleZH, ref.State = r.ID, r.Title, r.TitleZH, r.State
			ref.Counts = counts(r.State, asRunning)
		}
		out = append(out, ref)
	}
	return out, nil
}
