package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Learned keeps what was learned of sources.
type Learned struct{ s *Store }

// Learned returns the shelf of what was learned. Its methods open their own doors and join open ones.
func (s *Store) Learned() Learned { return Learned{s} }

var (
	_ learned.Repository = Learned{}
	_ learned.Door       = (*Store)(nil)
)

const proposalColumns = "SELECT tenant_id, id, source_id, reason, state, shape, lines, unclaimed, covered, formats, fields, mapped, created_at, decided_at, decided_by, note, pack_version, version"

// List implements [learned.Proposals].
func (r Learned) List(ctx context.Context, q learned.Query) (list []learned.Head, total int, err error) {
	err = r.s.inScope(ctx, "list parser proposals", q.Tenants, func(ctx context.Context) error {
		t := r.s.from(ctx)
		w := t.rows()
		in(w, "source_id", q.Sources)
		in(w, "state", q.States)
		from := " FROM parser_proposals" + w.String()
		if err := t.sql.QueryRowContext(ctx, "SELECT count(*)"+from, slices.Clone(w.args)...).Scan(&total); err != nil {
			return translate(err)
		}
		text := proposalColumns + from + " ORDER BY id DESC LIMIT " + w.bind(q.Limit)
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			var p sqlgen.ParserProposal
			err := scan(&p.TenantID, &p.ID, &p.SourceID, &p.Reason, &p.State, &p.Shape, &p.Lines, &p.Unclaimed, &p.Covered, &p.Formats, &p.Fields, &p.Mapped,
				&p.CreatedAt, &p.DecidedAt, &p.DecidedBy, &p.Note, &p.PackVersion, &p.Version)
			list = append(list, proposalOf(p).Head)
			return err
		})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("parser proposals: %w", err)
	}
	return list, total, nil
}

// Find implements [learned.Proposals].
func (r Learned) Find(ctx context.Context, id string) (found learned.Stored, err error) {
	err = r.s.inScope(ctx, "find a parser proposal", nil, func(ctx context.Context) error {
		t := r.s.from(ctx)
		w := t.rows().and("id = ?", id)
		var p sqlgen.ParserProposal
		err := t.sql.QueryRowContext(ctx, proposalColumns+", content FROM parser_proposals"+w.String(), w.args...).Scan(
			&p.TenantID, &p.ID, &p.SourceID, &p.Reason, &p.State, &p.Shape, &p.Lines, &p.Unclaimed, &p.Covered, &p.Formats, &p.Fields, &p.Mapped,
			&p.CreatedAt, &p.DecidedAt, &p.DecidedBy, &p.Note, &p.PackVersion, &p.Version, &p.Content)
		found = proposalOf(p)
		return translate(err)
	})
	return found, err
}

// Insert implements [learned.Proposals].
func (r Learned) Insert(ctx context.Context, p learned.Stored) error {
	return r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		return translate(r.s.from(ctx).InsertProposal(ctx, sqlgen.InsertProposalParams{
			TenantID: p.Tenant.String(), ID: p.ID, SourceID: p.Source, Reason: string(p.Reason), Shape: p.Shape,
			Lines: int64(p.Lines), Unclaimed: int64(p.Unclaimed), Covered: int64(p.Covered),
			Formats: int64(p.Formats), Fields: int64(p.Fields), Mapped: int64(p.Mapped), Content: p.Content, CreatedAt: micros(p.CreatedAt),
		}))
	})
}

// Renew implements [learned.Proposals].
func (r Learned) Renew(ctx context.Context, p learned.Stored) error {
	return r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		n, err := r.s.from(ctx).RenewProposal(ctx, sqlgen.RenewProposalParams{
			Reason: string(p.Reason), Shape: p.Shape, Lines: int64(p.Lines), Unclaimed: int64(p.Unclaimed), Covered: int64(p.Covered),
			Formats: int64(p.Formats), Fields: int64(p.Fields), Mapped: int64(p.Mapped), Content: p.Content, CreatedAt: micros(p.CreatedAt),
			TenantID: p.Tenant.String(), ID: p.ID, Version: p.Version - 1,
		})
		return r.stale(ctx, p.Head, n, err)
	})
}

// Decide implements [learned.Proposals].
func (r Learned) Decide(ctx context.Context, p learned.Stored) error {
	return r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		n, err := r.s.from(ctx).DecideProposal(ctx, sqlgen.DecideProposalParams{
			State: string(p.State), Covered: int64(p.Covered), Formats: int64(p.Formats), Fields: int64(p.Fields), Mapped: int64(p.Mapped),
			Content: p.Content, DecidedAt: micros(p.DecidedAt), DecidedBy: p.DecidedBy, Note: p.Note, PackVersion: p.PackVersion,
			TenantID: p.Tenant.String(), ID: p.ID, Version: p.Version - 1,
		})
		return r.stale(ctx, p.Head, n, err)
	})
}

// stale tells of a change that met no row: the proposal was changed or decided meanwhile, or is gone.
func (r Learned) stale(ctx context.Context, p learned.Head, n int64, err error) error {
	if err != nil || n == 1 {
		return translate(err)
	}
	row, err := r.s.from(ctx).ProposalByID(ctx, p.Tenant.String(), p.ID)
	if err != nil {
		return translate(err)
	}
	return &fault.Conflict{By: row.DecidedBy, At: at(max(row.DecidedAt, row.CreatedAt)), Version: row.Version}
}

// Forget implements [learned.Proposals].
func (r Learned) Forget(ctx context.Context, id tenant.ID, source string, kept int) error {
	return r.s.InTenant(ctx, id, func(ctx context.Context) error {
		return translate(r.s.from(ctx).ForgetProposals(ctx, sqlgen.ForgetProposalsParams{TenantID: id.String(), SourceID: source, Kept: int32(kept)}))
	})
}

// AllOpen implements [learned.Proposals].
func (r Learned) AllOpen(ctx context.Context) (map[string]string, error) {
	open := make(map[string]string)
	err := r.s.AllTenants(ctx, "open parser proposals", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllOpenProposals(ctx)
		for _, row := range rows {
			open[row.SourceID] = row.ID
		}
		return translate(err)
	})
	return open, err
}

// Versions implements [learned.Packs].
func (r Learned) Versions(ctx context.Context, id tenant.ID, source string) (list []learned.PackHead, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).ParserPacksOf(ctx, id.String(), source)
		for _, p := range rows {
			list = append(list, packHeadOf(sqlgen.ParserPack{
				TenantID: p.TenantID, SourceID: p.SourceID, Version: p.Version, PackID: p.PackID, State: p.State, Formats: p.Formats,
				ProposalID: p.ProposalID, CreatedAt: p.CreatedAt, CreatedBy: p.CreatedBy, ChangedAt: p.ChangedAt, ChangedBy: p.ChangedBy,
			}))
		}
		return translate(err)
	})
	return list, err
}

// Pack implements [learned.Packs].
func (r Learned) Pack(ctx context.Context, id tenant.ID, source string, version int64) (found learned.StoredPack, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		row, err := r.s.from(ctx).ParserPack(ctx, sqlgen.ParserPackParams{TenantID: id.String(), SourceID: source, Version: version})
		found = learned.StoredPack{PackHead: packHeadOf(row), Content: row.Content}
		return translate(err)
	})
	return found, err
}

// InsertPack implements [learned.Packs].
func (r Learned) InsertPack(ctx context.Context, p learned.StoredPack) error {
	return r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		return translate(r.s.from(ctx).InsertParserPack(ctx, sqlgen.InsertParserPackParams{
			TenantID: p.Tenant.String(), SourceID: p.Source, Version: p.Version, PackID: p.ID, Formats: int64(p.Formats), ProposalID: p.Proposal,
			Content: p.Content, CreatedAt: micros(p.CreatedAt), CreatedBy: p.CreatedBy, ChangedAt: micros(p.ChangedAt), ChangedBy: p.ChangedBy,
		}))
	})
}

// RetirePacks implements [learned.Packs].
func (r Learned) RetirePacks(ctx context.Context, p learned.PackHead) (was bool, err error) {
	err = r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		n, err := r.s.from(ctx).RetireParserPacks(ctx, sqlgen.RetireParserPacksParams{
			ChangedAt: micros(p.ChangedAt), ChangedBy: p.ChangedBy, TenantID: p.Tenant.String(), SourceID: p.Source})
		was = n > 0
		return translate(err)
	})
	return was, err
}

// ActivatePack implements [learned.Packs].
func (r Learned) ActivatePack(ctx context.Context, p learned.PackHead) error {
	return r.s.InTenant(ctx, p.Tenant, func(ctx context.Context) error {
		n, err := r.s.from(ctx).ActivateParserPack(ctx, sqlgen.ActivateParserPackParams{
			ChangedAt: micros(p.ChangedAt), ChangedBy: p.ChangedBy, TenantID: p.Tenant.String(), SourceID: p.Source, Version: p.Version})
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// ForgetPacks implements [learned.Packs].
func (r Learned) ForgetPacks(ctx context.Context, id tenant.ID, source string, upTo int64) error {
	return r.s.InTenant(ctx, id, func(ctx context.Context) error {
		return translate(r.s.from(ctx).ForgetParserPacks(ctx, sqlgen.ForgetParserPacksParams{TenantID: id.String(), SourceID: source, Upto: upTo}))
	})
}

// PackIDs implements [learned.Packs].
func (r Learned) PackIDs(ctx context.Context, id tenant.ID) (map[string]string, error) {
	of := make(map[string]string)
	err := r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).ParserPackIDs(ctx, id.String())
		for _, row := range rows {
			of[row.SourceID] = row.PackID
		}
		return translate(err)
	})
	return of, err
}

// AllActive implements [learned.Packs].
func (r Learned) AllActive(ctx context.Context) (list []learned.Ref, err error) {
	err = r.s.AllTenants(ctx, "parser packs of sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllActiveParserPacks(ctx)
		for _, p := range rows {
			list = append(list, learned.Ref{Tenant: tenant.ID(p.TenantID), Source: p.SourceID, Version: p.Version, ID: p.PackID, Since: at(p.ChangedAt)})
		}
		return translate(err)
	})
	return list, err
}

// TemplatesOf implements [learned.Templates].
func (r Learned) TemplatesOf(ctx context.Context, id tenant.ID, source string) (list []learned.Template, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).SourceTemplatesOf(ctx, id.String(), source)
		for _, t := range rows {
			list = append(list, learned.Template{ID: t.ID, Text: t.Template, Count: t.Count, After: t.After, First: at(t.FirstAt), Last: at(t.LastAt), Sample: t.Sample})
		}
		return translate(err)
	})
	return list, err
}

// PutTemplates implements [learned.Templates].
func (r Learned) PutTemplates(ctx context.Context, id tenant.ID, source string, changed []learned.Template, gone []string) error {
	return r.s.InTenant(ctx, id, func(ctx context.Context) error {
		q := r.s.from(ctx)
		for _, old := range gone {
			if err := q.ForgetSourceTemplate(ctx, sqlgen.ForgetSourceTemplateParams{TenantID: id.String(), SourceID: source, ID: old}); err != nil {
				return translate(err)
			}
		}
		for _, t := range changed {
			err := q.PutSourceTemplate(ctx, sqlgen.PutSourceTemplateParams{
				ID: t.ID, Template: t.Text, Count: t.Count, After: t.After, FirstAt: micros(t.First), LastAt: micros(t.Last), Sample: t.Sample,
				TenantID: id.String(), SourceID: source,
			})
			if err != nil {
				return translate(err)
			}
		}
		return nil
	})
}

func proposalOf(p sqlgen.ParserProposal) learned.Stored {
	return learned.Stored{Content: p.Content, Head: learned.Head{
		ID: p.ID, Tenant: tenant.ID(p.TenantID), Source: p.SourceID, Reason: learned.Reason(p.Reason), State: learned.State(p.State), Shape: p.Shape,
		Figures:   learned.Figures{Lines: int(p.Lines), Unclaimed: int(p.Unclaimed), Covered: int(p.Covered), Formats: int(p.Formats), Fields: int(p.Fields), Mapped: int(p.Mapped)},
		CreatedAt: at(p.CreatedAt), DecidedAt: at(p.DecidedAt), DecidedBy: p.DecidedBy, Note: p.Note, PackVersion: p.PackVersion, Version: p.Version,
	}}
}

func packHeadOf(p sqlgen.ParserPack) learned.PackHead {
	return learned.PackHead{
		Tenant: tenant.ID(p.TenantID), Source: p.SourceID, Version: p.Version, ID: p.PackID, Active: p.State == "active", Formats: int(p.Formats),
		Proposal: p.ProposalID, CreatedAt: at(p.CreatedAt), CreatedBy: p.CreatedBy, ChangedAt: at(p.ChangedAt), ChangedBy: p.ChangedBy,
	}
}
