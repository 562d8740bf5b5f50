package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Identity keeps users, their memberships and tokens.
type Identity struct{ s *Store }

// Identity returns the users and their tokens.
func (s *Store) Identity() Identity { return Identity{s} }

var (
	_ identity.Repository = Identity{}
	_ identity.Transactor = (*Store)(nil)
)

// User implements [identity.UserReader].
func (r Identity) User(ctx context.Context, id string) (identity.User, error) {
	return r.user(ctx, func(q *txn) (sqlgen.User, error) { return q.UserByID(ctx, id) })
}

// UserByName implements [identity.UserReader].
func (r Identity) UserByName(ctx context.Context, username string) (identity.User, error) {
	return r.user(ctx, func(q *txn) (sqlgen.User, error) { return q.UserByUsername(ctx, username) })
}

func (r Identity) user(ctx context.Context, find func(*txn) (sqlgen.User, error)) (u identity.User, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		row, err := find(q)
		if err != nil {
			return translate(err)
		}
		members, err := q.MembershipsOf(ctx, row.ID)
		u = userOf(row, members)
		return translate(err)
	})
	return u, err
}

// Users implements [identity.UserReader].
func (r Identity) Users(ctx context.Context) (list []identity.User, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		rows, err := q.Users(ctx)
		if err != nil {
			return translate(err)
		}
		members, err := q.Memberships(ctx)
		if err != nil {
			return translate(err)
		}
		of := make(map[string][]sqlgen.Membership)
		for _, m := range members {
			of[m.UserID] = append(of[m.UserID], m)
		}
		list = make([]identity.User, len(rows))
		for i, row := range rows {
			list[i] = userOf(row, of[row.ID])
		}
		return nil
	})
	return list, err
}

// InsertUser implements [identity.UserWriter].
func (r Identity) InsertUser(ctx context.Context, u identity.User) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		err := r.s.from(ctx).InsertUser(ctx, sqlgen.InsertUserParams{
			ID: u.ID, Username: u.Username, Name: u.Name, PasswordHash: u.PasswordHash, ProviderRole: string(u.Provider), Locale: u.Locale,
			Disabled: u.Disabled, CredentialsAt: micros(u.CredentialsAt), CreatedAt: micros(u.CreatedAt), UpdatedAt: micros(u.UpdatedAt), UpdatedBy: u.UpdatedBy,
		})
		if err != nil {
			return taken(err, map[string]string{"username": u.Username})
		}
		return r.putMemberships(ctx, u)
	})
}

// UpdateUser implements [identity.UserWriter].
func (r Identity) UpdateUser(ctx context.Context, u identity.User) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		n, err := q.UpdateUser(ctx, sqlgen.UpdateUserParams{
			Name: u.Name, PasswordHash: u.PasswordHash, ProviderRole: string(u.Provider), Locale: u.Locale, Disabled: u.Disabled,
			CredentialsAt: micros(u.CredentialsAt), UpdatedAt: micros(u.UpdatedAt), UpdatedBy: u.UpdatedBy, ID: u.ID, Version: u.Version,
		})
		if err != nil {
			return translate(err)
		}
		if n == 0 {
			stands, err := q.UserByID(ctx, u.ID)
			if err != nil {
				return translate(err)
			}
			return &fault.Conflict{By: stands.UpdatedBy, At: at(stands.UpdatedAt), Version: stands.Version}
		}
		if err := q.DeleteMemberships(ctx, u.ID); err != nil {
			return translate(err)
		}
		return r.putMemberships(ctx, u)
	})
}

func (r Identity) putMemberships(ctx context.Context, u identity.User) error {
	q := r.s.from(ctx)
	ids := make([]tenant.ID, 0, len(u.Tenants))
	for id := range u.Tenants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if _, err := q.TenantByID(ctx, id.String()); err != nil {
			return fmt.Errorf("membership of tenant %s: %w", id, translate(err))
		}
		if err := q.InsertMembership(ctx, sqlgen.InsertMembershipParams{UserID: u.ID, Tenant: id.String(), Role: string(u.Tenants[id])}); err != nil {
			return fmt.Errorf("membership of tenant %s: %w", id, translate(err))
		}
	}
	return nil
}

// OtherAdmins implements [identity.UserWriter].
func (r Identity) OtherAdmins(ctx context.Context, userID string) (n int64, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		n, err = r.s.from(ctx).CountActiveAdmins(ctx, userID)
		return translate(err)
	})
	return n, err
}

// NoteLogin implements [identity.UserWriter].
func (r Identity) NoteLogin(ctx context.Context, userID string, when time.Time, remote string) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		return translate(r.s.from(ctx).NoteLogin(ctx, sqlgen.NoteLoginParams{LastLoginAt: micros(when), LastLoginFrom: remote, ID: userID}))
	})
}

// Memberships implements [identity.UserReader].
func (r Identity) Memberships(ctx context.Context) (all map[tenant.ID]identity.Members, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).MembersByTenant(ctx)
		all = make(map[tenant.ID]identity.Members, len(rows))
		for _, row := range rows {
			all[tenant.ID(row.Tenant)] = identity.Members{Users: int(row.Users), LastLogin: at(row.LastLoginAt)}
		}
		return translate(err)
	})
	return all, err
}

// InsertToken implements [identity.TokenRepository].
func (r Identity) InsertToken(ctx context.Context, t identity.Token) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		return translate(r.s.from(ctx).InsertToken(ctx, sqlgen.InsertTokenParams{
			ID: t.ID, UserID: t.UserID, Name: t.Name, Hash: t.Hash, Hint: t.Hint, CreatedAt: micros(t.CreatedAt), ExpiresAt: micros(t.ExpiresAt),
		}))
	})
}

// TokenByHash implements [identity.TokenRepository].
func (r Identity) TokenByHash(ctx context.Context, hash string) (t identity.Token, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		row, err := r.s.from(ctx).TokenByHash(ctx, hash)
		t = tokenOf(row)
		return translate(err)
	})
	return t, err
}

// TokensOf implements [identity.TokenRepository].
func (r Identity) TokensOf(ctx context.Context, userID string) (list []identity.Token, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := r.s.from(ctx).TokensOf(ctx, userID)
		list = make([]identity.Token, len(rows))
		for i, row := range rows {
			list[i] = tokenOf(row)
		}
		return translate(err)
	})
	return list, err
}

// DeleteToken implements [identity.TokenRepository].
func (r Identity) DeleteToken(ctx context.Context, userID, id string) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		n, err := r.s.from(ctx).DeleteToken(ctx, id, userID)
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// DeleteTokensOf implements [identity.TokenRepository].
func (r Identity) DeleteTokensOf(ctx context.Context, userID string) error {
	return r.s.Platform(ctx, func(ctx context.Context) error { return translate(r.s.from(ctx).DeleteTokensOf(ctx, userID)) })
}

// TouchToken implements [identity.TokenRepository].
func (r Identity) TouchToken(ctx context.Context, id string, when time.Time) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		if err := q.TouchToken(ctx, micros(when), id); err != nil {
			return translate(err)
		}
		return translate(q.DeleteExpiredTokens(ctx, micros(when)))
	})
}

func userOf(r sqlgen.User, members []sqlgen.Membership) identity.User {
	u := identity.User{
		ID: r.ID, Username: r.Username, Name: r.Name, PasswordHash: r.PasswordHash, Provider: identity.Role(r.ProviderRole), Locale: r.Locale,
		Disabled: r.Disabled, CredentialsAt: at(r.CredentialsAt), CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt), UpdatedBy: r.UpdatedBy, Version: r.Version,
		LastLogin: at(r.LastLoginAt), LastLoginFrom: r.LastLoginFrom,
	}
	for _, m := range members {
		if u.Tenants == nil {
			u.Tenants = make(map[tenant.ID]identity.Role, len(members))
		}
		u.Tenants[tenant.ID(m.Tenant)] = identity.Role(m.Role)
	}
	return u
}

func tokenOf(r sqlgen.Token) identity.Token {
	return identity.Token{
		ID: r.ID, UserID: r.UserID, Name: r.Name, Hash: r.Hash, Hint: r.Hint,
		CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt), LastUsed: at(r.LastUsedAt),
	}
}
