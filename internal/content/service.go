package content

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a Service works with. All but Sampler, Auditor, Changed, Actor, Now and Logger are required.
type Deps struct {
	Repository Repository
	Door       Door
	Checker    Checker
	// Sampler runs samples; nil where no rule has any.
	Sampler Sampler
	Auditor Auditor
	// Actor names who acts in ctx; nil means "system" always.
	Actor func(ctx context.Context) string
	// Changed is called after a change of the active rules was committed, so that the engine loads them anew. It may
	// take its time; imports wait for it.
	Changed func(ctx context.Context)
	Now     func() time.Time
	Logger  *slog.Logger
}

// Service imports, lists and switches packs. Safe for concurrent use; imports run one at a time.
type Service struct {
	deps Deps
	log  *slog.Logger
	mu   sync.Mutex // held over an import and over every switch, so that versions follow one another

	shelf struct { // what was read for lists, under the versions it was read of
		sync.Mutex
		key string
		by  map[string]*catalogue
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

// Import reads a ZIP archive of Sigma rules as the next version of the named pack and makes it active. Either the whole
// archive is taken or nothing: a file that is no readable YAML refuses it ([fault.Invalid] names file and reason). A
// rule the engine cannot run is listed among the refusals and costs no other rule. Content that is there already
// under the name is not stored again; it is made active if it is not.
func (s *Service) Import(ctx context.Context, name string, zip io.ReaderAt, size int64) (Imported, error) {
	b, err := readZIP(zip, size)
	if err != nil {
		return Imported{}, err
	}
	return s.importBundle(ctx, name, b)
}

// ImportFS is [Service.Import] from a folder. Links and hidden files are ignored.
func (s *Service) ImportFS(ctx context.Context, name string, fsys fs.FS) (Imported, error) {
	b, err := readFS(fsys)
	if err != nil {
		return Imported{}, err
	}
	return s.importBundle(ctx, name, b)
}

func (s *Service) importBundle(ctx context.Context, name string, b *bundle) (Imported, error) {
	if err := checkName(name); err != nil {
		return Imported{}, err
	}
	v, err := s.judge(b)
	if err != nil {
		return Imported{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, changed, err := s.keep(ctx, draft{name: name, by: s.deps.Actor(ctx), verdict: v})
	if err != nil {
		return Imported{}, fmt.Errorf("import pack %s: %w", name, err)
	}
	out.Ignored = b.ignored
	s.log.InfoContext(ctx, "pack imported", "pack", name, "version", out.Pack.Version, "rules", out.Pack.Rules,
		"refused", out.Pack.Refused, "ignored", out.Ignored, "existing", out.Existing)
	if changed {
		s.changed(ctx)
	}
	return out, nil
}

// InstallBuiltin brings the pack that ships with the product up to what the binary carries. A version that is there
// already stays as the operator left it, active or rolled back. Every rule must stand; a refusal is an error of the build.
func (s *Service) InstallBuiltin(ctx context.Context, fsys fs.FS) (Pack, error) {
	b, err := readFS(fsys)
	if err != nil {
		return Pack{}, fmt.Errorf("built-in rules: %w", err)
	}
	v, err := s.judge(b)
	if err != nil {
		return Pack{}, fmt.Errorf("built-in rules: %w", err)
	}
	if len(v.refusals) > 0 {
		r := v.refusals[0]
		return Pack{}, fmt.Errorf("built-in rules: %s: %s", r.File, r.Reason)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, changed, err := s.keep(ctx, draft{name: BuiltinName, by: system, verdict: v, builtin: true})
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

// Activate makes a version the active one of its name: forward to a newer one, or back.
func (s *Service) Activate(ctx context.Context, id string) (Pack, error) {
	return s.change(ctx, id, "content.activate", func(ctx context.Context, p *Pack) (after any, err error) {
		if p.Active {
			return nil, nil
		}
		p.Active = true
		return summary(*p), s.deps.Repository.ActivatePack(ctx, id)
	})
}

// Remove deletes a version with its rules. The active version may be removed; its rules then run no more. Built-in
// packs stay: roll back or import over them instead.
func (s *Service) Remove(ctx context.Context, id string) error {
	_, err := s.change(ctx, id, "content.remove", func(ctx context.Context, p *Pack) (after any, err error) {
		if p.Builtin {
			return nil, fault.NewInvalid("pack", "content.pack.builtin", "is built in and cannot be removed")
		}
		return struct{}{}, s.deps.Repository.RemovePack(ctx, id)
	})
	return err
}

// change runs one audited change of a pack. do returns what to record as the state afterwards, or nil where there was
// nothing to change.
func (s *Service) change(ctx context.Context, id, action string, do func(context.Context, *Pack) (any, error)) (Pack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var p Pack
	changed := false
	err := s.deps.Door.Platform(ctx, func(ctx context.Context) (err error) {
		if p, err = s.find(ctx, id); err != nil {
			return err
		}
		before := summary(p)
		after, err := do(ctx, &p)
		if err != nil || after == nil {
			return err
		}
		changed = true
		return s.record(ctx, action, id, before, after)
	})
	if err != nil {
		return Pack{}, fmt.Errorf("%s %s: %w", action, id, err)
	}
	if changed {
		s.changed(ctx)
	}
	return p, nil
}

// Rule returns the rule that counts under an id: of the active packs, else the version imported last, so that an alert
// of a rule since removed still finds its text while any version is there.
func (s *Service) Rule(ctx context.Context, id string) (Detail, error) {
	r, source, err := s.deps.Repository.Rule(ctx, id)
	if err != nil {
		return Detail{}, fmt.Errorf("rule %s: %w", id, err)
	}
	one := []Rule{r}
	if err := s.stand(ctx, one); err != nil {
		return Detail{}, err
	}
	return detail(one[0], source), nil
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
	if s.deps.Auditor == nil {
		return nil
	}
	return s.deps.Auditor.Record(ctx, tenant.Provider, action, "pack/"+id, before, after, "")
}

func (s *Service) changed(ctx context.Context) {
	if s.deps.Changed != nil {
		s.deps.Changed(ctx)
	}
}
