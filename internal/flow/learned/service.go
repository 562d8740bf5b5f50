package learned

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of what is proposed and kept.
const (
	// Enough is how many lines that no pack claims make a proposal by themselves.
	Enough = 200
	// AtLeast is how many there must be where somebody asks for one.
	AtLeast = 50
	// Worth is the share of a source's records, unclaimed, below which it is left alone.
	Worth = 0.1

	driftLines   = 100 // unclaimed lines that a source with a pack of its own sent
	driftShare   = 0.2 // of the latest lines, with fields that the pack does not know or without those it always had
	keptDecided  = 20  // decided proposals of a source
	keptVersions = 50  // versions of a source's pack
	maxNote      = 1000
)

// Deps are what a [Service] works with.
type Deps struct {
	Repository Repository
	Door       Door
	Auditor    Auditor
	Actor      func(ctx context.Context) string // who acts
	// Source tells whose a source is, and how its records are read; false where it is gone.
	Source    func(id string) (tenant.ID, string, parse.Settings, bool)
	Collector *Collector
	Book      *Book
	Shelf     *pack.Shelf // the packs that come with the product, or others
	Now       func() time.Time
	Logger    *slog.Logger
	// Again is how long a source that there was nothing to propose for is left alone; 0 for ten minutes.
	Again time.Duration
}

// Service proposes parsers, and keeps what people decide about them. It is safe for concurrent use.
type Service struct {
	d      Deps
	log    *slog.Logger
	worker worker
}

// NewService returns a service over d.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Shelf == nil {
		d.Shelf = pack.ShippedShelf()
	}
	if d.Again == 0 {
		d.Again = 10 * time.Minute
	}
	s := &Service{d: d, log: d.Logger.With("component", "learned")}
	s.worker.begin()
	return s
}

// Own is [Book.Own].
func (s *Service) Own(source string) *pack.Set { return s.d.Book.Own(source) }

// InForce is [Book.All].
func (s *Service) InForce(may func(tenant.ID) bool) []Ref { return s.d.Book.All(may) }

// Wish is what a person corrects in a proposal.
type Wish struct {
	Corrections []learn.Correction
	Device      *learn.Device // nil: as proposed
}

// List returns proposals, the newest first, and how many there are in all.
func (s *Service) List(ctx context.Context, q Query) ([]Head, int, error) {
	return s.d.Repository.List(ctx, q)
}

// Owner tells whose a proposal is.
func (s *Service) Owner(ctx context.Context, id string) (tenant.ID, error) {
	p, err := s.d.Repository.Find(ctx, id)
	return p.Tenant, err
}

// Get returns a proposal and what it would make of the source's records; of a decided one what it made.
func (s *Service) Get(ctx context.Context, id string) (Detail, error) {
	p, c, err := s.find(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	return s.detail(ctx, p.Head, c, Wish{Device: c.Device})
}

// Preview is [Service.Get] with corrections, of which nothing is kept.
func (s *Service) Preview(ctx context.Context, id string, w Wish) (Detail, error) {
	p, c, err := s.find(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	return s.detail(ctx, p.Head, c, w)
}

func (s *Service) find(ctx context.Context, id string) (Stored, proposalContent, error) {
	var c proposalContent
	p, err := s.d.Repository.Find(ctx, id)
	if err == nil {
		err = unsqueeze(p.Content, &c)
	}
	if err == nil && c.Proposal == nil {
		c.Proposal = &learn.Proposal{}
	}
	if err != nil {
		return p, c, fmt.Errorf("parser proposal %q: %w", id, err)
	}
	return p, c, nil
}

// Approve compiles a proposal, corrected, to the source's own pack and puts that in force before it returns. An old version is a
// *fault.Conflict, corrections that make no sense are fault.ErrInvalid.
func (s *Service) Approve(ctx context.Context, id string, version int64, w Wish) (PackHead, error) {
	p, c, err := s.find(ctx, id)
	if err != nil {
		return PackHead{}, err
	}
	made, err := s.make(ctx, p.Head, c, w)
	if err != nil {
		return PackHead{}, err
	}
	now := s.now()
	by := s.d.Actor(ctx)
	after := p
	after.State, after.Version, after.DecidedAt, after.DecidedBy = Approved, version+1, now, by
	after.Figures = figures(made.proposal)
	after.Lines, after.Unclaimed = p.Lines, p.Unclaimed
	head := PackHead{
		Tenant: p.Tenant, Source: p.Source, ID: made.id, Active: true, Formats: len(made.proposal.Formats), Proposal: p.ID,
		CreatedAt: now, CreatedBy: by, ChangedAt: now, ChangedBy: by,
	}
	content, err := squeeze(packContent{Text: made.pack.Text, Samples: made.pack.Samples, Proposal: made.proposal})
	if err != nil {
		return PackHead{}, err
	}
	if after.Content, err = squeeze(proposalContent{Proposal: made.proposal, Device: &made.device, Pack: made.pack.Text}); err != nil {
		return PackHead{}, err
	}
	err = s.d.Door.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		versions, err := s.d.Repository.Versions(ctx, p.Tenant, p.Source)
		if err != nil {
			return err
		}
		var before any
		head.Version = 1
		for _, v := range versions {
			head.Version = max(head.Version, v.Version+1)
			if v.Active {
				before = v.audited()
			}
		}
		after.PackVersion = head.Version
		if err := s.d.Repository.Decide(ctx, after); err != nil {
			return err
		}
		if _, err := s.d.Repository.RetirePacks(ctx, head); err != nil {
			return err
		}
		if err := s.d.Repository.InsertPack(ctx, StoredPack{head, content}); err != nil {
			return err
		}
		if err := s.d.Repository.ForgetPacks(ctx, p.Tenant, p.Source, head.Version-keptVersions); err != nil {
			return err
		}
		if err := s.d.Repository.Forget(ctx, p.Tenant, p.Source, keptDecided); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, p.Tenant, "parser.approve", object(p.Source), before, head.audited(), "")
	})
	if err != nil {
		return PackHead{}, fmt.Errorf("approve parser proposal %q: %w", id, err)
	}
	s.changed(ctx, p.Source)
	return head, nil
}

// Reject closes a proposal; the same is not proposed again.
func (s *Service) Reject(ctx context.Context, id string, version int64, note string) (Head, error) {
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > maxNote {
		return Head{}, fault.NewInvalid("note", "learn.note", "must be at most 1000 characters")
	}
	p, c, err := s.find(ctx, id)
	if err != nil {
		return Head{}, err
	}
	after := p
	after.State, after.Version, after.DecidedAt, after.DecidedBy, after.Note = Rejected, version+1, s.now(), s.d.Actor(ctx), note
	c.Lines = nil
	if after.Content, err = squeeze(c); err != nil {
		return Head{}, err
	}
	err = s.d.Door.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		if err := s.d.Repository.Decide(ctx, after); err != nil {
			return err
		}
		if err := s.d.Repository.Forget(ctx, p.Tenant, p.Source, keptDecided); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, p.Tenant, "parser.reject", object(p.Source), nil, after.audited(), note)
	})
	if err != nil {
		return Head{}, fmt.Errorf("reject parser proposal %q: %w", id, err)
	}
	s.worker.opened(p.Source, "")
	return after.Head, nil
}

// Learn proposes a parser from what is kept of a source now; an open proposal is made anew. Too few lines, or lines in which nothing
// is to be found, are fault.ErrInvalid.
func (s *Service) Learn(ctx context.Context, id tenant.ID, source string) (Head, error) {
	found := s.study(source)
	switch {
	case len(found.lines) < AtLeast:
		return Head{}, fault.NewInvalid("source", "learn.few", "has sent too few records that no parser pack reads: 50 of the latest are needed")
	case found.proposal == nil || len(found.proposal.Formats) == 0:
		return Head{}, fault.NewInvalid("source", "learn.nothing", "has sent nothing lately in which a format is to be found")
	}
	h, err := s.put(ctx, id, source, found, "parser.learn")
	if err != nil {
		return Head{}, fmt.Errorf("learn a parser: %w", err)
	}
	return h, nil
}

// put keeps a proposal: a new one, or in the place of the open one.
func (s *Service) put(ctx context.Context, id tenant.ID, source string, f findings, action string) (Head, error) {
	p := Stored{Head: Head{
		ID: ulid.Make().String(), Tenant: id, Source: source, Reason: f.reason, State: Open, Shape: f.proposal.Shape(),
		Figures: figures(f.proposal), CreatedAt: s.now(), Version: 1,
	}}
	var err error
	if p.Content, err = squeeze(proposalContent{Proposal: f.proposal, Lines: f.lines}); err != nil {
		return Head{}, err
	}
	err = s.d.Door.InTenant(ctx, id, func(ctx context.Context) error {
		open, _, err := s.d.Repository.List(ctx, Query{Tenants: []tenant.ID{id}, Sources: []string{source}, States: []State{Open}, Limit: 1})
		if err != nil {
			return err
		}
		if len(open) > 0 {
			p.ID, p.Version = open[0].ID, open[0].Version+1
			err = s.d.Repository.Renew(ctx, p)
		} else {
			err = s.d.Repository.Insert(ctx, p)
		}
		if err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, action, object(source), nil, p.audited(), "")
	})
	if err != nil {
		return Head{}, err
	}
	s.worker.opened(source, p.ID)
	return p.Head, nil
}

// Retire takes the pack of a source's own out of force before it returns.
func (s *Service) Retire(ctx context.Context, id tenant.ID, source, note string) error {
	at := PackHead{Tenant: id, Source: source, ChangedAt: s.now(), ChangedBy: s.d.Actor(ctx)}
	err := s.d.Door.InTenant(ctx, id, func(ctx context.Context) error {
		before, err := s.active(ctx, id, source)
		if err != nil {
			return err
		}
		if _, err := s.d.Repository.RetirePacks(ctx, at); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, "parser.retire", object(source), before.audited(), nil, strings.TrimSpace(note))
	})
	if err != nil {
		return fmt.Errorf("retire a source's own parser: %w", err)
	}
	s.changed(ctx, source)
	return nil
}

// active returns the version that is in force; without one it is fault.ErrNotFound.
func (s *Service) active(ctx context.Context, id tenant.ID, source string) (PackHead, error) {
	versions, err := s.d.Repository.Versions(ctx, id, source)
	if err != nil {
		return PackHead{}, err
	}
	if i := slices.IndexFunc(versions, func(v PackHead) bool { return v.Active }); i >= 0 {
		return versions[i], nil
	}
	return PackHead{}, fmt.Errorf("pack in force: %w", fault.ErrNotFound)
}

// Restore puts a version of a source's own pack in force, in the place of the one that is, before it returns.
func (s *Service) Restore(ctx context.Context, id tenant.ID, source string, version int64) error {
	stored, err := s.d.Repository.Pack(ctx, id, source, version)
	if err != nil {
		return fmt.Errorf("restore a source's own parser: %w", err)
	}
	var c packContent
	if err := unsqueeze(stored.Content, &c); err != nil {
		return err
	}
	if _, err := learn.Load(learn.Pack{Text: c.Text, Samples: c.Samples}); err != nil {
		return fmt.Errorf("restore a source's own parser: %w", fault.NewInvalid("pack_version", "learn.pack", "cannot be read by this version of the product"))
	}
	at := stored.PackHead
	at.ChangedAt, at.ChangedBy, at.Active = s.now(), s.d.Actor(ctx), true
	err = s.d.Door.InTenant(ctx, id, func(ctx context.Context) error {
		if _, err := s.d.Repository.RetirePacks(ctx, at); err != nil {
			return err
		}
		if err := s.d.Repository.ActivatePack(ctx, at); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, "parser.restore", object(source), nil, at.audited(), "")
	})
	if err != nil {
		return fmt.Errorf("restore a source's own parser: %w", err)
	}
	s.changed(ctx, source)
	return nil
}

// changed puts in force what was decided of a source. What fails is tried again within seconds.
func (s *Service) changed(ctx context.Context, source string) {
	s.worker.rest(source, time.Time{})
	ctx = tenant.WithScope(context.WithoutCancel(ctx), tenant.All())
	if err := s.Reload(ctx); err != nil {
		s.log.Error("the parsers of before stay in force", "error", err)
	}
}

// Reload puts in force what is active, and finds which proposals are open. It needs a scope that allows all customers.
func (s *Service) Reload(ctx context.Context) error {
	if err := s.d.Book.Reload(ctx); err != nil {
		return err
	}
	open, err := s.d.Repository.AllOpen(ctx)
	if err != nil {
		return fmt.Errorf("read open parser proposals: %w", err)
	}
	s.worker.setOpen(open)
	return nil
}

// OpenProposal returns the id of the open proposal of a source, empty for none. It may lag by some seconds.
func (s *Service) OpenProposal(source string) string { return s.worker.openOf(source) }

// now is the wall clock as precise as the store keeps it.
func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

func object(source string) string { return "source/" + source }

// figures counts what a proposal has.
func figures(p *learn.Proposal) Figures {
	f := Figures{Lines: p.Lines, Unclaimed: p.Unclaimed, Covered: p.Covered, Formats: len(p.Formats)}
	for i := range p.Formats {
		f.Fields += len(p.Formats[i].Fields)
		for j := range p.Formats[i].Fields {
			if p.Formats[i].Fields[j].Target != "" {
				f.Mapped++
			}
		}
	}
	return f
}

// audited is what the audit trail shows of a proposal.
func (h Head) audited() any {
	return struct {
		Proposal string `json:"proposal"`
		Reason   Reason `json:"reason"`
		Lines    int    `json:"lines"`
		Covered  int    `json:"covered"`
		Formats  int    `json:"formats"`
	}{h.ID, h.Reason, h.Lines, h.Covered, h.Formats}
}

// audited is what the audit trail shows of a pack.
func (h PackHead) audited() any {
	return struct {
		Pack     string `json:"pack"`
		Version  int64  `json:"version"`
		Formats  int    `json:"formats"`
		Proposal string `json:"proposal"`
	}{h.ID, h.Version, h.Formats, h.Proposal}
}
