package collect

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what the service works with. All but Ports are required.
type Deps struct {
	Repository Repository
	Catalogue  Catalogue
	Transactor Transactor
	Auditor    Auditor
	Registry   *Registry
	Actor      func(ctx context.Context) string // username of the caller
	// Ports tells which own ports of sources could not be opened, and why. It may be nil.
	Ports  func() map[int]error
	Logger *slog.Logger
}

// Service manages sources. Every change is validated, audited in the same transaction, and known to the listeners when the
// method returns. The tenant scope of ctx decides what the caller reaches; permissions are checked before.
type Service struct {
	d   Deps
	log *slog.Logger
	mu  sync.Mutex // one change at a time: senders and ports are compared across customers
}

// NewService returns a service over d.
func NewService(d Deps) *Service {
	return &Service{d: d, log: d.Logger.With("component", "collect")}
}

// Draft is a source to be made. Empty Kind and Encoding mean "auto", an empty TimeZone UTC.
type Draft struct {
	Name    string
	Kind    string
	Senders []string // addresses or CIDRs
	// CertNames are names of client certificates, subject alternative or common.
	CertNames []string
	Port      int
	TimeZone  string
	Encoding  string
	// ExpectMinutes is how often records must come at least; 0 for as the source is used to.
	ExpectMinutes int
	// VerdictsFrom is the level from which the source's own verdicts raise alerts; empty for as configured.
	VerdictsFrom string
}

// Patch changes a source; nil fields stay. Version is the one the change was made on.
type Patch struct {
	Name      *string
	Kind      *string
	Senders   *[]string
	CertNames *[]string
	Port      *int
	TimeZone  *string
	Encoding  *string
	Disabled  *bool
	// ExpectMinutes of 0 goes back to the source's own habit.
	ExpectMinutes *int
	VerdictsFrom  *string
	Version       int64
}

// Overview is a source with what it did lately.
type Overview struct {
	Source
	Activity  Activity
	Condition Condition
}

// List returns the customer's sources, oldest first.
func (s *Service) List(ctx context.Context, id tenant.ID) ([]Overview, error) {
	sources, err := s.d.Repository.List(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	list := make([]Overview, len(sources))
	for i := range sources {
		list[i] = s.overview(sources[i])
	}
	return list, nil
}

// Get returns one of the customer's sources.
func (s *Service) Get(ctx context.Context, id tenant.ID, source string) (Overview, error) {
	found, err := s.d.Repository.Get(ctx, id, source)
	if err != nil {
		return Overview{}, fmt.Errorf("source %q: %w", source, err)
	}
	return s.overview(found), nil
}

// overview is a source with what it did and how it is.
func (s *Service) overview(src Source) Overview {
	var failed map[int]error
	if s.d.Ports != nil && src.Port != 0 {
		failed = s.d.Ports()
	}
	return Overview{Source: src, Activity: s.d.Registry.Activity(src.ID), Condition: s.d.Registry.Condition(&src, failed[src.Port])}
}

// Create makes a source and returns it with its token, which is shown this once.
func (s *Service) Create(ctx context.Context, id tenant.ID, d Draft) (Source, string, error) {
	senders, err := parseSenders(d.Senders)
	if err != nil {
		return Source{}, "", fmt.Errorf("create source: %w", err)
	}
	now, tok := time.Now().UTC().Truncate(time.Microsecond), newToken()
	src := Source{
		ID: ulid.Make().String(), Tenant: id, Name: d.Name, Kind: d.Kind, TokenHash: tok.hash, TokenHint: tok.hint, Senders: senders,
		CertNames: d.CertNames, Port: d.Port, TimeZone: d.TimeZone, Encoding: d.Encoding, ExpectMinutes: d.ExpectMinutes, VerdictsFrom: d.VerdictsFrom,
		CreatedAt: now, UpdatedAt: now, UpdatedBy: s.d.Actor(ctx), Version: 1,
	}
	src.tidy()
	err = s.change(ctx, id, &src, func(ctx context.Context) error {
		if err := s.d.Repository.Create(ctx, src); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, "source.create", object(src.ID), nil, src.audited(), "")
	})
	if err != nil {
		return Source{}, "", fmt.Errorf("create source: %w", err)
	}
	return src, tok.secret, nil
}

// Update changes a source. A version that no longer stands is a [fault.Conflict].
func (s *Service) Update(ctx context.Context, id tenant.ID, source string, p Patch) (Source, error) {
	src, err := s.modify(ctx, id, source, p.Version, "source.update", func(src *Source) error { return p.apply(src) })
	if err != nil {
		return Source{}, fmt.Errorf("update source: %w", err)
	}
	return src, nil
}

// RotateToken replaces the token; the old one is refused from then on.
func (s *Service) RotateToken(ctx context.Context, id tenant.ID, source string) (Source, string, error) {
	tok := newToken()
	src, err := s.modify(ctx, id, source, 0, "source.rotate_token", func(src *Source) error {
		src.TokenHash, src.TokenHint = tok.hash, tok.hint
		return nil
	})
	if err != nil {
		return Source{}, "", fmt.Errorf("rotate token: %w", err)
	}
	return src, tok.secret, nil
}

// Delete removes a source. Events it sent stay.
func (s *Service) Delete(ctx context.Context, id tenant.ID, source string) error {
	err := s.change(ctx, id, nil, func(ctx context.Context) error {
		src, err := s.d.Repository.Get(ctx, id, source)
		if err != nil {
			return err
		}
		if err := s.d.Repository.Delete(ctx, id, source); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, "source.delete", object(source), src.audited(), nil, "")
	})
	if err != nil {
		return fmt.Errorf("delete source: %w", err)
	}
	return nil
}

// AddSender makes an address belong to a source, as [Service.Update] does.
func (s *Service) AddSender(ctx context.Context, id tenant.ID, source string, addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	_, err := s.modify(ctx, id, source, 0, "source.update", func(src *Source) error {
		p, err := addr.Prefix(addr.BitLen())
		if err != nil || slices.ContainsFunc(src.Senders, func(have netip.Prefix) bool { return have.Contains(addr) }) {
			return err
		}
		src.Senders = append(slices.Clone(src.Senders), p)
		return nil
	})
	if err != nil {
		return fmt.Errorf("add sender: %w", err)
	}
	return nil
}

// modify reads, changes, checks and writes a source. A version of 0 takes whichever stands.
func (s *Service) modify(ctx context.Context, id tenant.ID, source string, version int64, action string, edit func(*Source) error) (Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := s.d.Repository.Get(ctx, id, source)
	if err != nil {
		return Source{}, err
	}
	if version != 0 && version != before.Version {
		return Source{}, &fault.Conflict{By: before.UpdatedBy, At: before.UpdatedAt, Version: before.Version}
	}
	after := before
	if err := edit(&after); err != nil {
		return Source{}, err
	}
	after.tidy()
	after.UpdatedAt, after.UpdatedBy = time.Now().UTC().Truncate(time.Microsecond), s.d.Actor(ctx)
	err = s.commit(ctx, id, &after, func(ctx context.Context) error {
		if err := s.d.Repository.Update(ctx, after); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, id, action, object(source), before.audited(), after.audited(), "")
	})
	if err != nil {
		return Source{}, err
	}
	after.Version++
	return after, nil
}

func (s *Service) change(ctx context.Context, id tenant.ID, src *Source, write func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commit(ctx, id, src, write)
}

// commit checks src, unless nil, against all others, writes, and tells the registry. Callers hold mu.
func (s *Service) commit(ctx context.Context, id tenant.ID, src *Source, write func(context.Context) error) error {
	if src != nil {
		if err := s.check(ctx, src); err != nil {
			return err
		}
	}
	if err := s.d.Transactor.InTenant(ctx, id, write); err != nil {
		return err
	}
	if err := s.d.Registry.Reload(ctx); err != nil {
		// The change stands. The listeners learn of it with the next change or at the next start.
		s.log.Error("sources changed but could not be read again", "error", err)
	}
	return nil
}

func (s *Service) check(ctx context.Context, src *Source) error {
	if err := src.validate(); err != nil {
		return err
	}
	others, err := s.d.Catalogue.All(tenant.WithScope(ctx, tenant.All()))
	if err != nil {
		return err
	}
	return checkOthers(src, others, tenant.ScopeFrom(ctx))
}

func (p Patch) apply(s *Source) error {
	set(&s.Name, p.Name)
	set(&s.Kind, p.Kind)
	set(&s.CertNames, p.CertNames)
	set(&s.Port, p.Port)
	set(&s.TimeZone, p.TimeZone)
	set(&s.Encoding, p.Encoding)
	set(&s.Disabled, p.Disabled)
	set(&s.ExpectMinutes, p.ExpectMinutes)
	set(&s.VerdictsFrom, p.VerdictsFrom)
	if p.Senders == nil {
		return nil
	}
	var err error
	s.Senders, err = parseSenders(*p.Senders)
	return err
}

func set[T any](dst, v *T) {
	if v != nil {
		*dst = *v
	}
}

func object(id string) string { return "source/" + id }

// audited is what the audit trail shows of a source: everything but the token's hash.
func (s *Source) audited() map[string]any {
	senders := make([]string, len(s.Senders))
	for i, p := range s.Senders {
		senders[i] = p.String()
	}
	return map[string]any{
		"name": s.Name, "kind": s.Kind, "senders": senders, "cert_names": s.CertNames, "port": s.Port, "time_zone": s.TimeZone,
		"encoding": s.Encoding, "disabled": s.Disabled, "expect_minutes": s.ExpectMinutes, "verdicts_from": s.VerdictsFrom, "token_hint": s.TokenHint,
	}
}
