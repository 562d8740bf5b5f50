package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
	"slices"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$`)

func checkName(name string) error {
	switch {
	case !namePattern.MatchString(name):
		return fault.NewInvalid("name", "content.pack.name", "must be 1–64 letters, digits, blanks, dots, dashes or underscores, and begin with a letter or digit")
	case name == BuiltinName:
		return fault.NewInvalid("name", "content.pack.reserved", "is the name of the built-in pack")
	}
	return nil
}

// verdict is what the engine says of everything an import brings.
type verdict struct {
	rules    []StoredRule
	refusals []Refusal
	digest   string
}

// judge reads every file and has the engine check every document.
func (s *Service) judge(b *bundle) (verdict, error) {
	var v verdict
	sum := sha256.New()
	ids := make(map[string]string) // rule id → file
	for _, f := range b.files {
		hashPart(sum, f.path, string(f.data))
		docs, err := readDocuments(f.path, f.data)
		if err != nil {
			return v, refuse(f.path, "content.file.unreadable", err.Error())
		}
		for _, d := range docs {
			r, err := s.check(d, ids)
			if err != nil {
				hashPart(sum, r.ID, err.Error())
				v.refusals = append(v.refusals, Refusal{File: f.path, Rule: r.ID, Title: r.Title, Reason: err.Error()})
				continue
			}
			v.rules = append(v.rules, StoredRule{Rule: r, Source: string(d.source)})
		}
	}
	if len(v.rules) == 0 {
		return v, refuse("files", "content.files.none", noRules(v.refusals))
	}
	v.digest = hex.EncodeToString(sum.Sum(nil))
	return v, nil
}

func noRules(refusals []Refusal) string {
	if len(refusals) == 0 {
		return "hold no Sigma rule"
	}
	return fmt.Sprintf("hold no usable Sigma rule; %s: %s", refusals[0].File, refusals[0].Reason)
}

// check asks the engine about one document. ids are those that stand in this import already.
func (s *Service) check(d document, ids map[string]string) (Rule, error) {
	r := d.rule()
	if !d.isSigma() {
		return r, errNotSigma
	}
	id, err := s.deps.Checker.Check(d.file, d.source)
	if err != nil {
		return r, err
	}
	r.ID = id
	if first, twice := ids[id]; twice {
		return r, fmt.Errorf("has the same id as %s", first)
	}
	ids[id] = d.file
	return r, nil
}

// hashPart adds texts to a digest so that no two sequences of texts collide.
func hashPart(h hash.Hash, parts ...string) {
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:", len(p))
		_, _ = h.Write([]byte(p))
	}
}

// draft is a pack about to be kept.
type draft struct {
	name    string
	by      string
	builtin bool
	verdict
}

// keep stores the draft as the next version, unless that content is there. It reports whether the active rules changed.
func (s *Service) keep(ctx context.Context, d draft) (out Imported, changed bool, err error) {
	err = s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		packs, err := s.deps.Repository.Packs(ctx)
		if err != nil {
			return err
		}
		versions := slices.DeleteFunc(packs, func(p Pack) bool { return p.Name != d.name })
		if i := slices.IndexFunc(versions, func(p Pack) bool { return p.Digest == d.digest }); i >= 0 {
			out = Imported{Pack: versions[i], Refusals: d.refusals, Existing: true}
			if versions[i].Active || d.builtin {
				return nil
			}
			changed, out.Pack.Active = true, true
			if err := s.deps.Repository.ActivatePack(ctx, out.Pack.ID); err != nil {
				return err
			}
			return s.record(ctx, "content.activate", out.Pack.ID, summary(versions[i]), summary(out.Pack))
		}
		out = Imported{Pack: s.pack(d, versions), Refusals: d.refusals}
		changed = true
		return s.add(ctx, out.Pack, d)
	})
	return out, changed, err
}

func (s *Service) pack(d draft, versions []Pack) Pack {
	p := Pack{
		ID: ulid.Make().String(), Name: d.name, Version: 1, Digest: d.digest, ImportedAt: s.deps.Now().UTC(), ImportedBy: d.by,
		Rules: len(d.rules), Refused: len(d.refusals), Active: true, Builtin: d.builtin,
	}
	for _, v := range versions {
		p.Version = max(p.Version, v.Version+1)
	}
	return p
}

func (s *Service) add(ctx context.Context, p Pack, d draft) error {
	for i := range d.rules {
		d.rules[i].Pack = p.ID
	}
	if err := s.deps.Repository.AddPack(ctx, p, d.rules, d.refusals); err != nil {
		return err
	}
	if err := s.deps.Repository.ActivatePack(ctx, p.ID); err != nil {
		return err
	}
	return s.record(ctx, "content.import", p.ID, nil, summary(p))
}

// packSummary is what the audit keeps of a pack.
type packSummary struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Digest  string `json:"digest"`
	Rules   int    `json:"rules"`
	Refused int    `json:"refused"`
	Active  bool   `json:"active"`
}

func summary(p Pack) packSummary {
	return packSummary{Name: p.Name, Version: p.Version, Digest: p.Digest, Rules: p.Rules, Refused: p.Refused, Active: p.Active}
}
