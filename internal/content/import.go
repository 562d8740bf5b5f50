package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
)

func checkName(name string) error {
	switch {
	case !packfile.ValidName(name):
		return fault.NewInvalid("name", "content.pack.name", "must be 1–64 letters, digits, blanks, dots, dashes or underscores, and begin with a letter or digit")
	case strings.EqualFold(name, BuiltinName):
		return fault.NewInvalid("name", "content.pack.reserved", "is the name of the built-in pack")
	}
	return nil
}

// refuse is the error that refuses a whole import.
func refuse(field, code, reason string) error { return fault.NewInvalid(field, code, reason) }

// verdict is what the engine says of everything an import brings.
type verdict struct {
	rules    []StoredRule
	refusals []Refusal
	digest   string
}

// judge reads every file and has the engine check every document.
func (s *Service) judge(p *packfile.Pack) (verdict, error) {
	var v verdict
	sum := sha256.New()
	ids := make(map[string]string) // rule id → file
	samples := make(map[string]string, len(p.Samples))
	for _, f := range p.Samples {
		samples[f.Path] = string(f.Data)
	}
	for _, f := range p.Files {
		hashPart(sum, f.Path, string(f.Data))
		docs, err := readDocuments(f.Path, f.Data)
		if err != nil {
			return v, refuse(f.Path, "content.file.unreadable", err.Error())
		}
		for i, d := range docs {
			r, err := s.check(d, ids)
			if err != nil {
				hashPart(sum, r.ID, err.Error())
				v.refusals = append(v.refusals, Refusal{File: f.Path, Rule: r.ID, Title: r.Title, Reason: err.Error()})
				continue
			}
			rule := StoredRule{Rule: r, Source: string(d.source)}
			if about(docs, i) {
				rule.Samples = s.beside(f.Path, samples)
				hashPart(sum, rule.Samples)
			}
			v.rules = append(v.rules, rule)
		}
	}
	if len(v.rules) == 0 {
		return v, refuse("files", "content.files.none", noRules(v.refusals))
	}
	v.digest = hex.EncodeToString(sum.Sum(nil))
	return v, nil
}

// about reports whether the samples beside a file are about its i-th document: the only one, or a correlation that its parts follow.
func about(docs []document, i int) bool {
	return len(docs) == 1 || i == 0 && docs[0].kind() == KindCorrelation
}

// beside returns the samples that lie beside a rule's file, as far as the engine can read them: what is wrong with samples is no reason to
// do without the rule.
func (s *Service) beside(file string, samples map[string]string) string {
	text := samples[strings.TrimSuffix(file, path.Ext(file))+".samples.yml"]
	if text != "" && s.deps.Sampler != nil {
		if _, err := s.deps.Sampler.ReadSamples([]byte(text)); err != nil {
			s.log.Warn("samples left out", "file", file, "error", err)
			return ""
		}
	}
	return text
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
	by       string
	builtin  bool
	activate bool
	force    bool
	name     string
	release  string
	signer   string
	origin   string
	details  Details
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
		if i := slices.IndexFunc(versions, func(p Pack) bool { return p.Digest == d.digest && p.Signer == d.signer && p.Release == d.release }); i >= 0 {
			out = Imported{Pack: versions[i], Refusals: d.refusals, Existing: true}
			if versions[i].Active || d.builtin || !d.activate {
				return nil
			}
			changed = true
			out.Pack, err = s.activate(ctx, versions[i], "content.activate")
			return err
		}
		if err := d.follows(versions); err != nil {
			return err
		}
		out = Imported{Pack: s.pack(d, versions), Refusals: d.refusals}
		changed = out.Pack.Active
		return s.add(ctx, out.Pack, d)
	})
	return out, changed, err
}

// follows refuses a draft that would lead back: a release older than one that is here, whose holes may be known by now, or something
// that nobody signed in place of a pack that was always signed.
func (d *draft) follows(versions []Pack) error {
	if d.force || d.builtin {
		return nil
	}
	for _, v := range versions {
		if v.Signer != "" && d.signer == "" {
			return refuse("signature", "content.pack.signed", "is missing: the versions of this pack that are here are signed")
		}
		switch order, ok := packfile.Compare(d.release, v.Release); {
		case ok && order < 0:
			return refuse("version", "content.pack.older", fmt.Sprintf("%s is older than %s, which is here", d.release, v.Release))
		case ok && order == 0 && v.Signer != "":
			return refuse("version", "content.pack.same", fmt.Sprintf("%s is here with other content", d.release))
		}
	}
	return nil
}

func (s *Service) pack(d draft, versions []Pack) Pack {
	p := Pack{
		ID: ulid.Make().String(), Name: d.name, Version: 1, Digest: d.digest, ImportedAt: s.deps.Now().UTC(), ImportedBy: d.by,
		Rules: len(d.rules), Refused: len(d.refusals), Active: d.activate, Builtin: d.builtin,
		Release: d.release, Signer: d.signer, Origin: d.origin, Details: d.details,
	}
	if d.activate {
		p.ActivatedAt = p.ImportedAt
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
	if p.Active {
		if err := s.demote(ctx, p); err != nil {
			return err
		}
		if err := s.deps.Repository.ActivatePack(ctx, p.ID, p.ActivatedAt); err != nil {
			return err
		}
	}
	return s.record(ctx, "content.import", p.ID, nil, summary(p))
}

// packSummary is what the audit keeps of a pack.
type packSummary struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	Release string `json:"release,omitempty"`
	Signer  string `json:"signer,omitempty"`
	Origin  string `json:"origin,omitempty"`
	Digest  string `json:"digest"`
	Rules   int    `json:"rules"`
	Refused int    `json:"refused"`
	Active  bool   `json:"active"`
}

func summary(p Pack) packSummary {
	return packSummary{Name: p.Name, Version: p.Version, Release: p.Release, Signer: p.Signer, Origin: p.Origin, Digest: p.Digest, Rules: p.Rules, Refused: p.Refused, Active: p.Active}
}
