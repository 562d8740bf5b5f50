package store

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Sources keeps customers' log sources and what they sent.
type Sources struct{ s *Store }

// Sources returns the shelf of log sources. Its methods open their own doors and join open ones.
func (s *Store) Sources() Sources { return Sources{s} }

var (
	_ collect.Repository = Sources{}
	_ collect.Catalogue  = Sources{}
	_ collect.Transactor = (*Store)(nil)
)

// List implements [collect.Repository].
func (r Sources) List(ctx context.Context, id tenant.ID) (list []collect.Source, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).SourcesOf(ctx, id.String())
		if err != nil {
			return translate(err)
		}
		list, err = sourcesOf(rows)
		return err
	})
	return list, err
}

// Get implements [collect.Repository].
func (r Sources) Get(ctx context.Context, id tenant.ID, source string) (found collect.Source, err error) {
	err = r.s.ReadTenant(ctx, id, func(ctx context.Context) error {
		row, err := r.s.from(ctx).SourceByID(ctx, id.String(), source)
		if err != nil {
			return translate(err)
		}
		found, err = sourceOf(row)
		return err
	})
	return found, err
}

// Create implements [collect.Repository].
func (r Sources) Create(ctx context.Context, src collect.Source) error {
	return r.s.InTenant(ctx, src.Tenant, func(ctx context.Context) error {
		err := r.s.from(ctx).InsertSource(ctx, sqlgen.InsertSourceParams{
			TenantID: src.Tenant.String(), ID: src.ID, Name: src.Name, Kind: src.Kind, TokenHash: src.TokenHash, TokenHint: src.TokenHint,
			Senders: sendersText(src.Senders), Port: int64(src.Port), TimeZone: src.TimeZone, Encoding: src.Encoding, Disabled: src.Disabled,
			CreatedAt: micros(src.CreatedAt), UpdatedAt: micros(src.UpdatedAt), UpdatedBy: src.UpdatedBy, ExpectMinutes: int64(src.ExpectMinutes),
			VerdictsFrom: src.VerdictsFrom, CertNames: strings.Join(src.CertNames, "\n"),
		})
		return taken(err, sourceFields(src))
	})
}

// Update implements [collect.Repository].
func (r Sources) Update(ctx context.Context, src collect.Source) error {
	return r.s.InTenant(ctx, src.Tenant, func(ctx context.Context) error {
		n, err := r.s.from(ctx).UpdateSource(ctx, sqlgen.UpdateSourceParams{
			Name: src.Name, Kind: src.Kind, TokenHash: src.TokenHash, TokenHint: src.TokenHint, Senders: sendersText(src.Senders),
			CertNames: strings.Join(src.CertNames, "\n"),
			Port:      int64(src.Port), TimeZone: src.TimeZone, Encoding: src.Encoding, Disabled: src.Disabled, ExpectMinutes: int64(src.ExpectMinutes),
			VerdictsFrom: src.VerdictsFrom, UpdatedAt: micros(src.UpdatedAt), UpdatedBy: src.UpdatedBy, TenantID: src.Tenant.String(), ID: src.ID, Version: src.Version,
		})
		if err != nil {
			return taken(err, sourceFields(src))
		}
		if n == 0 {
			return r.stale(ctx, src)
		}
		return nil
	})
}

// Delete implements [collect.Repository].
func (r Sources) Delete(ctx context.Context, id tenant.ID, source string) error {
	return r.s.InTenant(ctx, id, func(ctx context.Context) error {
		n, err := r.s.from(ctx).DeleteSource(ctx, id.String(), source)
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// All implements [collect.Catalogue].
func (r Sources) All(ctx context.Context) (list []collect.Source, err error) {
	err = r.s.AllTenants(ctx, "index of log sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllSources(ctx)
		if err != nil {
			return translate(err)
		}
		list, err = sourcesOf(rows)
		return err
	})
	return list, err
}

// AllActivity implements [collect.Catalogue].
func (r Sources) AllActivity(ctx context.Context) (list []collect.Activity, err error) {
	err = r.s.AllTenants(ctx, "counters of log sources", func(ctx context.Context) error {
		rows, err := r.s.from(ctx).AllActivity(ctx)
		for _, row := range rows {
			list = append(list, collect.Activity{
				Source: row.SourceID, Tenant: tenant.ID(row.TenantID), LastSeen: at(row.LastSeen), Records: row.Records, Unparsed: row.Unparsed,
			})
		}
		return translate(err)
	})
	return list, err
}

// SaveActivity implements [collect.Catalogue].
func (r Sources) SaveActivity(ctx context.Context, list []collect.Activity) error {
	byTenant := map[tenant.ID][]collect.Activity{}
	for _, a := range list {
		byTenant[a.Tenant] = append(byTenant[a.Tenant], a)
	}
	return r.s.Platform(ctx, func(ctx context.Context) error {
		for id, of := range byTenant {
			if err := r.s.InTenant(ctx, id, func(ctx context.Context) error { return r.putActivity(ctx, of) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r Sources) putActivity(ctx context.Context, list []collect.Activity) error {
	for _, a := range list {
		err := r.s.from(ctx).PutActivity(ctx, sqlgen.PutActivityParams{
			TenantID: a.Tenant.String(), SourceID: a.Source, LastSeen: micros(a.LastSeen), Records: a.Records, Unparsed: a.Unparsed,
		})
		if err != nil {
			return translate(err)
		}
	}
	return nil
}

// stale tells a source that is gone from one that somebody else changed.
func (r Sources) stale(ctx context.Context, src collect.Source) error {
	now, err := r.Get(ctx, src.Tenant, src.ID)
	if err != nil {
		return err
	}
	return &fault.Conflict{By: now.UpdatedBy, At: now.UpdatedAt, Version: now.Version}
}

func sourceFields(s collect.Source) map[string]string {
	return map[string]string{"name": s.Name, "port": fmt.Sprint(s.Port)}
}

// sendersText is how prefixes stand in SQL: separated by blanks.
func sendersText(list []netip.Prefix) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, " ")
}

func sourcesOf(rows []sqlgen.Source) ([]collect.Source, error) {
	list := make([]collect.Source, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = sourceOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func sourceOf(row sqlgen.Source) (collect.Source, error) {
	s := collect.Source{
		ID: row.ID, Tenant: tenant.ID(row.TenantID), Name: row.Name, Kind: row.Kind, TokenHash: row.TokenHash, TokenHint: row.TokenHint,
		Port: int(row.Port), TimeZone: row.TimeZone, Encoding: row.Encoding, Disabled: row.Disabled,
		CreatedAt: at(row.CreatedAt), UpdatedAt: at(row.UpdatedAt), UpdatedBy: row.UpdatedBy, Version: row.Version, ExpectMinutes: int(row.ExpectMinutes),
		VerdictsFrom: row.VerdictsFrom, CertNames: []string{},
	}
	if row.CertNames != "" {
		s.CertNames = strings.Split(row.CertNames, "\n")
	}
	for _, text := range strings.Fields(row.Senders) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return s, fmt.Errorf("source %s: senders: %w", row.ID, err)
		}
		s.Senders = append(s.Senders, p)
	}
	return s, nil
}
