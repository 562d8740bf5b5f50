package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/isoc-project/isoc/internal/content/textdiff"
	"github.com/isoc-project/isoc/internal/fault"
)

// Bounds on rules written here.
const (
	maxSource = 512 << 10 // bytes of a text, as the engine has it
	maxNote   = 500
	maxNew    = 50 // rules of one text
)

// idPattern is what the id of a rule written here may look like: Sigma's are UUIDs.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// Create keeps new rules of our own as drafts, one for each document of the text: all of them or none. A document without an id gets one.
// It returns their ids in the order of the text. It is fault.Invalid where a document is no readable mapping, or there are more than 50,
// and fault.Taken where an id is known already, or stands in the text twice.
func (s *Service) Create(ctx context.Context, source, note string) ([]string, error) {
	drafts, err := newDrafts(source, note)
	if err != nil {
		return nil, err
	}
	err = s.decide(ctx, func(ctx context.Context) error {
		for _, d := range drafts {
			if err := s.create(ctx, d, note); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("create rule: %w", err)
	}
	ids := make([]string, len(drafts))
	for i, d := range drafts {
		ids[i] = d.id
	}
	return ids, nil
}

// newDraft is a document that is to become a rule.
type newDraft struct {
	id, title, source string
}

func newDrafts(source, note string) ([]newDraft, error) {
	docs, err := readText(source, note)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 || len(docs) > maxNew {
		return nil, refuse("source", "content.rule.new", fmt.Sprintf("must hold 1–%d rules", maxNew))
	}
	var all []newDraft
	for _, d := range docs {
		n := newDraft{id: text(d.root, "id"), title: text(d.root, "title"), source: source}
		if len(docs) > 1 {
			n.source = string(d.source)
		}
		if n.id == "" {
			if child(d.root, "id") != nil {
				return nil, fault.NewInvalid("source", "content.rule.id.empty", "has an empty id; leave the line out to get one")
			}
			n.id = uuid.NewString()
			n.source = "id: " + n.id + "\n" + string(d.source)
		}
		if !idPattern.MatchString(n.id) {
			return nil, fault.NewInvalid("source", "content.rule.id.form", "has an id that is not 1–128 letters, digits, dots, dashes or underscores")
		}
		all = append(all, n)
	}
	return all, nil
}

func (s *Service) create(ctx context.Context, d newDraft, note string) error {
	if _, _, err := s.deps.Repository.Rule(ctx, d.id); !errors.Is(err, fault.ErrNotFound) {
		if err == nil {
			err = &fault.Taken{Field: "id", Value: d.id}
		}
		return err
	}
	if err := s.addVersion(ctx, d.id, d.source, note, ""); err != nil {
		return err
	}
	if err := s.deps.Repository.PutState(ctx, d.id, s.standing(ctx, Draft, "")); err != nil {
		return err
	}
	return s.note(ctx, "rule.create", d.id, nil, map[string]any{"title": d.title, "state": Draft}, note)
}

// Save keeps a new text of a rule. version is the one that it was written over, 0 for a pack's text; where another stands now it
// is fault.Conflict. A pack's rule becomes an overlay. What runs for anybody must pass as if it was enabled.
func (s *Service) Save(ctx context.Context, id string, version int64, source, note string) error {
	d, err := readOne(source, note)
	if err != nil {
		return err
	}
	switch text(d.root, "id") {
	case id:
	case "":
		return fault.NewInvalid("source", "content.rule.id.missing", "must keep its id")
	default:
		return fault.NewInvalid("source", "content.rule.id", "has another id than the rule")
	}
	return s.save(ctx, "rule.save", id, version, source, note)
}

func (s *Service) save(ctx context.Context, action, id string, version int64, source, note string) error {
	d, err := readOne(source, note)
	if err != nil {
		return err
	}
	err = s.decide(ctx, func(ctx context.Context) error {
		k, err := s.written(ctx, id)
		if err != nil {
			return err
		}
		if !k.inForce() {
			return fault.NewInvalid("state", "content.rule.off", "cannot change: the rule is in no active pack")
		}
		if k.Version != version {
			return s.overtaken(ctx, k)
		}
		if k.source == source {
			return nil
		}
		base := ""
		switch k.Origin {
		case OfPack:
			base = k.source
		case OfOverlay:
			at, err := s.deps.Repository.Version(ctx, id, k.Version)
			if err != nil {
				return err
			}
			base = at.Base
		case OfOwn:
		}
		k.source, k.Kind = source, d.kind()
		if k.Origin == OfPack {
			k.Origin = OfOverlay
		}
		if k.runs {
			if err := s.pass(ctx, k, Enabled); err != nil {
				return err
			}
		}
		if err := s.addVersion(ctx, id, source, note, base); err != nil {
			return err
		}
		return s.note(ctx, action, id, map[string]int64{"version": k.Version}, map[string]string{"origin": string(k.Origin)}, note)
	})
	if err != nil {
		return fmt.Errorf("save rule %s: %w", id, err)
	}
	return nil
}

// overtaken says who saved meanwhile.
func (s *Service) overtaken(ctx context.Context, k knownRule) error {
	c := &fault.Conflict{Version: k.Version}
	if k.Version > 0 {
		v, err := s.deps.Repository.Version(ctx, k.ID, k.Version)
		if err != nil {
			return err
		}
		c.By, c.At = v.Author, v.At
	}
	return c
}

// addVersion keeps a text and puts it in force.
func (s *Service) addVersion(ctx context.Context, id, source, note, base string) error {
	all, err := s.deps.Repository.Versions(ctx, id)
	if err != nil {
		return err
	}
	v := Version{Rule: id, Number: 1, Source: source, Note: note, Author: s.deps.Actor(ctx), At: s.deps.Now().UTC(), Base: base}
	if len(all) > 0 {
		v.Number = all[0].Number + 1
	}
	docs, err := readDocuments(id+".yml", []byte(source))
	if err != nil {
		return err
	}
	r := docs[0].rule()
	r.ID, r.Pack = id, OwnPack
	return s.deps.Repository.AddVersion(ctx, v, StoredRule{Rule: r, Source: source})
}

// readOne reads a text that must be one YAML mapping.
func readOne(source, note string) (document, error) {
	docs, err := readText(source, note)
	if err != nil {
		return document{}, err
	}
	if len(docs) != 1 {
		return document{}, refuse("source", "content.rule.one", "must hold one rule")
	}
	return docs[0], nil
}

// readText reads a text written here as the YAML mappings that it holds.
func readText(source, note string) ([]document, error) {
	switch {
	case strings.TrimSpace(source) == "":
		return nil, refuse("source", "content.rule.empty", "must not be empty")
	case len(source) > maxSource:
		return nil, refuse("source", "content.rule.large", fmt.Sprintf("must be at most %d KiB", maxSource>>10))
	case bytes.ContainsRune([]byte(source), 0):
		return nil, refuse("source", "content.rule.text", "must be text")
	case len(note) > maxNote:
		return nil, fault.NewInvalid("note", "content.rule.note", fmt.Sprintf("must be at most %d bytes", maxNote))
	}
	docs, err := readDocuments("rule", []byte(source))
	if err != nil {
		return nil, &fault.Invalid{Field: "source", Reason: err.Error()}
	}
	return docs, nil
}

// RemoveRule deletes a rule of our own that is a draft, with its versions and samples.
func (s *Service) RemoveRule(ctx context.Context, id string) error {
	err := s.decide(ctx, func(ctx context.Context) error {
		k, err := s.written(ctx, id)
		if err != nil {
			return err
		}
		if k.Origin != OfOwn || k.State != Draft || len(k.others) > 0 {
			return fault.NewInvalid("state", "content.rule.remove", "can be removed only as a draft of our own that no customer has otherwise")
		}
		if err := s.deps.Repository.DropRule(ctx, id); err != nil {
			return err
		}
		return s.note(ctx, "rule.remove", id, map[string]string{"title": k.Title}, struct{}{}, "")
	})
	if err != nil {
		return fmt.Errorf("remove rule %s: %w", id, err)
	}
	return nil
}

// Versions returns the texts that a rule had here, newest first, without the texts themselves.
func (s *Service) Versions(ctx context.Context, id string) ([]Version, error) {
	if _, _, err := s.deps.Repository.Rule(ctx, id); err != nil {
		return nil, fmt.Errorf("rule %s: %w", id, err)
	}
	all, err := s.deps.Repository.Versions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("versions of rule %s: %w", id, err)
	}
	return all, nil
}

// Version returns one text of a rule; 0 is the pack's text as it is now.
func (s *Service) Version(ctx context.Context, id string, number int64) (Version, error) {
	if number == 0 {
		p, err := s.deps.Repository.PackText(ctx, id)
		if err != nil {
			return Version{}, fmt.Errorf("pack's text of rule %s: %w", id, err)
		}
		return Version{Rule: id, Source: p.Source, Author: p.PackName}, nil
	}
	v, err := s.deps.Repository.Version(ctx, id, number)
	if err != nil {
		return Version{}, fmt.Errorf("version %d of rule %s: %w", number, id, err)
	}
	return v, nil
}

// Former returns the first text of a rule that the function takes, among those that are kept; fault.ErrNotFound where there is none.
func (s *Service) Former(ctx context.Context, id string, is func(source string) bool) (FormerText, error) {
	all, err := s.deps.Repository.FormerTexts(ctx, id)
	if err != nil {
		return FormerText{}, fmt.Errorf("former texts of rule %s: %w", id, err)
	}
	for _, f := range all {
		if is(f.Source) {
			return f, nil
		}
	}
	return FormerText{}, fmt.Errorf("former text of rule %s: %w", id, fault.ErrNotFound)
}

// Rollback makes an old text count again, as a new version: nothing is ever taken back. 0 is the pack's text, as [Service.Settle] has it.
func (s *Service) Rollback(ctx context.Context, id string, number int64, note string) error {
	if number == 0 {
		return s.Settle(ctx, id, Theirs)
	}
	v, err := s.Version(ctx, id, number)
	if err != nil {
		return err
	}
	k, err := s.written(ctx, id)
	if err != nil {
		return fmt.Errorf("rule %s: %w", id, err)
	}
	return s.save(ctx, "rule.rollback", id, k.Version, v.Source, note)
}

// packText returns what an active pack brings for a rule; its zero value where none does.
func (s *Service) packText(ctx context.Context, id string) (PackText, error) {
	p, err := s.deps.Repository.PackText(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return PackText{}, nil
	}
	if err != nil {
		return PackText{}, fmt.Errorf("pack's text of rule %s: %w", id, err)
	}
	return p, nil
}

// Overlay returns what the pack had when a rule was changed here, what it has now, and what we have; fault.ErrNotFound where the rule was not.
func (s *Service) Overlay(ctx context.Context, id string) (Overlay, error) {
	heads, err := s.deps.Repository.Heads(ctx)
	if err != nil {
		return Overlay{}, fmt.Errorf("overlay of rule %s: %w", id, err)
	}
	head, ok := heads[id]
	if !ok || head.Base == "" {
		return Overlay{}, fmt.Errorf("overlay of rule %s: %w", id, fault.ErrNotFound)
	}
	return s.overlay(ctx, id, head)
}

func (s *Service) overlay(ctx context.Context, id string, head Head) (Overlay, error) {
	r, ours, err := s.deps.Repository.Rule(ctx, id)
	if err != nil {
		return Overlay{}, fmt.Errorf("rule %s: %w", id, err)
	}
	pack, err := s.packText(ctx, id)
	if err != nil {
		return Overlay{}, err
	}
	return Overlay{
		Rule: id, Title: r.Title, PackName: pack.PackName, Base: head.Base, Theirs: pack.Source, Ours: ours,
		Gone: pack.Pack == "", Changed: pack.Pack != "" && pack.Source != head.Base,
		Conflict: pack.Pack != "" && pack.Source != head.Base && textdiff.Clash(head.Base, ours, pack.Source),
	}, nil
}

// Overlays returns every pack's rule that was changed here, by id.
func (s *Service) Overlays(ctx context.Context) ([]Overlay, error) {
	heads, err := s.deps.Repository.Heads(ctx)
	if err != nil {
		return nil, fmt.Errorf("overlays: %w", err)
	}
	var all []Overlay
	for id, head := range heads {
		if head.Base == "" {
			continue
		}
		o, err := s.overlay(ctx, id, head)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b Overlay) int { return strings.Compare(a.Rule, b.Rule) })
	return all, nil
}

// Settle ends the difference between an overlay and its pack: either the pack's text counts again, or ours counts as written over the
// text that the pack has now. Versions are kept in both cases.
func (s *Service) Settle(ctx context.Context, id string, c Choice) error {
	err := s.decide(ctx, func(ctx context.Context) error {
		o, err := s.Overlay(ctx, id)
		if err != nil {
			return err
		}
		if o.Gone {
			return fault.NewInvalid("choice", "content.overlay.gone", "cannot be settled: no active pack has the rule any more")
		}
		switch c {
		case Theirs:
			k, err := s.written(ctx, id)
			if err != nil {
				return err
			}
			k.source, k.Origin = o.Theirs, OfPack
			if k.runs {
				if err := s.pass(ctx, k, Enabled); err != nil {
					return err
				}
			}
			if err := s.deps.Repository.DropLocal(ctx, id); err != nil {
				return err
			}
		case Ours:
			if err := s.addVersion(ctx, id, o.Ours, "", o.Theirs); err != nil {
				return err
			}
		default:
			return fault.NewInvalid("choice", "content.overlay.choice", "must be theirs or ours")
		}
		return s.note(ctx, "rule.overlay", id, nil, map[string]Choice{"choice": c}, "")
	})
	if err != nil {
		return fmt.Errorf("overlay of rule %s: %w", id, err)
	}
	return nil
}
