package content

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a Service works with. All but Repository, Door and Checker may be left out.
type Deps struct {
	Repository Repository
	Door       Door
	Checker    Checker
	// Sampler runs samples; nil where no rule has any.
	Sampler Sampler
	Auditor Auditor
	// Fetcher reads the addresses of feeds; nil means that there are none.
	Fetcher Fetcher
	// Actor names who acts in ctx; nil means "system" always.
	Actor func(ctx context.Context) string
	// Changed is called after a change of the active rules was committed, so that the engine loads them anew. It may
	// take its time; imports wait for it.
	Changed func(ctx context.Context)
	// Product is the version of this build, which packs may demand; empty or no semantic version takes all.
	Product string
	Now     func() time.Time
	Logger  *slog.Logger
}

// Service imports, lists and switches packs. Safe for concurrent use; imports run one at a time.
type Service struct {
	deps Deps
	log  *slog.Logger
	mu   sync.Mutex // held over an import and over every switch, so that versions follow one another

	tested struct { // what samples came to lately
		sync.Mutex
		rules map[string]bool
		at    time.Time
	}
	shelf struct { // what was read for lists, under the versions it was read of
		sync.Mutex
		key  string
		by   map[string]*catalogue
		refs *references
	}
}

// NewService returns a Service.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Actor == nil {
		d.Actor = func(context.Context) string { return system }
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{deps: d, log: d.Logger.With("component", "content")}
}

const system = "system"

// Import reads a ZIP archive of Sigma rules as the next version of a pack: a signed pack, whose key must be trusted, or, where the options
// say so, one that nobody signed. Either the whole archive is taken or nothing: a file that is no readable YAML refuses it
// ([fault.Invalid] names file and reason). A rule the engine cannot run is listed among the refusals and costs no other rule.
// Content that is there already under the name is not stored again; it is made active if the options ask for it and it is not.
func (s *Service) Import(ctx context.Context, o ImportOptions, zip io.ReaderAt, size int64) (Imported, error) {
	keys, err := s.Trusted(ctx)
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	p, err := packfile.Read(zip, size, keys)
	if err != nil {
		return Imported{}, err
	}
	if o.Origin == "" {
		o.Origin = "file"
	}
	return s.take(ctx, o, p)
}

// ImportFS is [Service.Import] from a folder, which nobody signed. Links and hidden files are ignored.
func (s *Service) ImportFS(ctx context.Context, o ImportOptions, fsys fs.FS) (Imported, error) {
	p, err := packfile.ReadFS(fsys)
	if err != nil {
		return Imported{}, err
	}
	o.Origin, o.Unsigned = "folder", true
	return s.take(ctx, o, p)
}

func (s *Service) take(ctx context.Context, o ImportOptions, p *packfile.Pack) (Imported, error) {
	d := draft{name: o.Name, by: s.deps.Actor(ctx), activate: o.Activate, force: o.Force, origin: o.Origin, release: p.Release, signer: p.Signer}
	if err := s.entitle(&d, o, p); err != nil {
		return Imported{}, err
	}
	var err error
	if d.verdict, err = s.judge(p); err != nil {
		return Imported{}, err
	}
	if err := s.prove(ctx, &d); err != nil {
		return Imported{}, fmt.Errorf("import: run samples: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, changed, err := s.keep(ctx, d)
	if err != nil {
		return Imported{}, fmt.Errorf("import pack %s: %w", d.name, err)
	}
	out.Ignored, out.Failing = p.Ignored, d.failing()
	s.log.InfoContext(ctx, "pack imported", "pack", d.name, "version", out.Pack.Version, "release", d.release, "signer", d.signer, "rules", out.Pack.Rules,
		"refused", out.Pack.Refused, "failing", out.Failing, "ignored", out.Ignored, "existing", out.Existing, "active", out.Pack.Active)
	if changed {
		s.changed(ctx)
	}
	return out, nil
}

// entitle gives the draft the name and the texts that its archive may have, or refuses it.
func (s *Service) entitle(d *draft, o ImportOptions, p *packfile.Pack) error {
	m := p.Manifest
	if m == nil {
		if !o.Unsigned {
			return refuse("signature", "content.pack.unsigned", "is missing: nobody signed this archive")
		}
		d.name = cmp.Or(d.name, p.Known, o.Fallback)
		return checkName(d.name)
	}
	if d.name != "" && d.name != m.Name {
		return refuse("name", "content.pack.other", fmt.Sprintf("is %s in the signed pack, not %s", m.Name, d.name))
	}
	if order, ok := packfile.Compare(s.deps.Product, m.MinimumProduct); ok && order < 0 {
		return refuse("minimum_product", "content.pack.product", fmt.Sprintf("is %s; this is version %s of the product", m.MinimumProduct, s.deps.Product))
	}
	d.name = m.Name
	d.details = Details{Title: m.Title, TitleZH: m.TitleZH, Author: m.Author, Licence: m.Licence, Created: m.Created}
	return checkName(d.name)
}

// InstallBuiltin brings the pack that ships with the product up to what the binary carries. A version that is there
// already stays as the operator left it, active or rolled back. Every rule must stand; a refusal is an error of the build.
func (s *Service) InstallBuiltin(ctx context.Context, fsys fs.FS) (Pack, error) {
	p, err := packfile.ReadFS(fsys)
	if err != nil {
		return Pack{}, fmt.Errorf("built-in rules: %w", err)
	}
	v, err := s.judge(p)
	if err != nil {
		return Pack{}, fmt.Errorf("built-in rules: %w", err)
	}
	if len(v.refusals) > 0 {
		r := v.refusals[0]
		return Pack{}, fmt.Errorf("built-in rules: %s: %s", r.File, r.Reason)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, changed, err := s.keep(ctx, draft{name: BuiltinName, by: system, verdict: v, builtin: true, activate: true})
	if err != nil {
		return Pack{}, fmt.Errorf("built-in rules: %w", err)
	}
	if changed {
		s.changed(ctx)
	}
	return out.Pack, nil
}

// Packs returns every version of every pack, by name, newest version first.
func (s *Service) Packs(ctx context.Context) ([]Pack, error) {
	packs, err := s.deps.Repository.Packs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	return packs, nil
}

// Pack returns one version with what its import refused.
func (s *Service) Pack(ctx context.Context, id string) (Pack, []Refusal, error) {
	p, err := s.find(ctx, id)
	if err != nil {
		return Pack{}, nil, fmt.Errorf("pack %s: %w", id, err)
	}
	refusals, err := s.deps.Repository.Refusals(ctx, id)
	if err != nil {
		return Pack{}, nil, fmt.Errorf("refusals of pack %s: %w", id, err)
	}
	return p, refusals, nil
}

// Activate makes a version the active one of its name: forward to a newer one, or back. One whose key was revoked meanwhile stays
// out of force.
func (s *Service) Activate(ctx context.Context, id string) (Pack, error) {
	return s.change(ctx, id, func(ctx context.Context, p Pack) (Pack, error) {
		if p.Active {
			return p, nil
		}
		return s.activate(ctx, p, "content.activate")
	})
}

// RollBack makes the version active that was so before the one of the id, which must be active.
func (s *Service) RollBack(ctx context.Context, id string) (Pack, error) {
	return s.change(ctx, id, func(ctx context.Context, p Pack) (Pack, error) {
		packs, err := s.deps.Repository.Packs(ctx)
		if err != nil {
			return p, err
		}
		before := Before(packs, p)
		if !p.Active || before == nil {
			return p, refuse("pack", "content.pack.first", "has no version that was active before")
		}
		return s.activate(ctx, *before, "content.roll_back")
	})
}

// Before returns the version that was active before p, or nil. Among packs are all of p's name.
func Before(packs []Pack, p Pack) *Pack {
	var found *Pack
	for i, v := range packs {
		if v.Name == p.Name && v.ID != p.ID && !v.ActivatedAt.IsZero() && (found == nil || v.ActivatedAt.After(found.ActivatedAt)) {
			found = &packs[i]
		}
	}
	return found
}

// activate puts a version in force, within the transaction of ctx.
func (s *Service) activate(ctx context.Context, p Pack, action string) (Pack, error) {
	if p.Signer != "" {
		keys, err := s.Trusted(ctx)
		if err != nil {
			return p, err
		}
		if _, err := keys(p.Signer); err != nil {
			return p, err
		}
	}
	if p.ActivatedAt.IsZero() {
		if err := s.demote(ctx, p); err != nil {
			return p, err
		}
	}
	before := summary(p)
	p.Active, p.ActivatedAt = true, s.deps.Now().UTC()
	if err := s.deps.Repository.ActivatePack(ctx, p.ID, p.ActivatedAt); err != nil {
		return p, err
	}
	return p, s.record(ctx, action, p.ID, before, summary(p))
}

// Remove deletes a version with its rules. The active version may be removed; its rules then run no more. Built-in
// packs stay: roll back or import over them instead.
func (s *Service) Remove(ctx context.Context, id string) error {
	_, err := s.change(ctx, id, func(ctx context.Context, p Pack) (Pack, error) {
		if p.Builtin {
			return p, fault.NewInvalid("pack", "content.pack.builtin", "is built in and cannot be removed")
		}
		if err := s.deps.Repository.RemovePack(ctx, id); err != nil {
			return p, err
		}
		return Pack{}, s.record(ctx, "content.remove", id, summary(p), struct{}{})
	})
	return err
}

// change runs one change of a pack in one transaction and has the engine load the rules anew where do returned another pack than it got.
func (s *Service) change(ctx context.Context, id string, do func(context.Context, Pack) (Pack, error)) (p Pack, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var before Pack
	err = s.deps.Door.Platform(ctx, func(ctx context.Context) (err error) {
		if before, err = s.find(ctx, id); err != nil {
			return err
		}
		p, err = do(ctx, before)
		return err
	})
	if err != nil {
		return Pack{}, fmt.Errorf("change pack %s: %w", id, err)
	}
	if p != before {
		s.changed(ctx)
	}
	return p, nil
}

// Rule returns the rule that counts under an id: of the active packs, else the version imported last, so that an alert
// of a rule since removed still finds its text while any version is there.
func (s *Service) Rule(ctx context.Context, id string) (Detail, error) {
	r, source, err := s.text(ctx, id)
	if err != nil {
		return Detail{}, fmt.Errorf("rule %s: %w", id, err)
	}
	one := []Rule{r}
	if err := s.stand(ctx, one); err != nil {
		return Detail{}, err
	}
	return detail(one[0], source), nil
}

// text returns the rule that counts under an id with its text, or a device's, which has none.
func (s *Service) text(ctx context.Context, id string) (Rule, string, error) {
	r, source, err := s.deps.Repository.Rule(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		r, err = s.deps.Repository.DeviceRule(ctx, id)
	}
	return r, source, err
}

func (s *Service) find(ctx context.Context, id string) (Pack, error) {
	packs, err := s.deps.Repository.Packs(ctx)
	if err != nil {
		return Pack{}, err
	}
	i := slices.IndexFunc(packs, func(p Pack) bool { return p.ID == id })
	if i < 0 {
		return Pack{}, fault.ErrNotFound
	}
	return packs[i], nil
}

func (s *Service) record(ctx context.Context, action, id string, before, after any) error {
	return s.recordOf(ctx, action, "pack/"+id, before, after)
}

func (s *Service) recordOf(ctx context.Context, action, object string, before, after any) error {
	if s.deps.Auditor == nil {
		return nil
	}
	return s.deps.Auditor.Record(ctx, tenant.Provider, action, object, before, after, "")
}

func (s *Service) changed(ctx context.Context) {
	if s.deps.Changed != nil {
		s.deps.Changed(ctx)
	}
}
