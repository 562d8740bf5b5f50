package identity

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// UserDraft is a user to be made: of the provider (Provider) or of customers (Tenants), never both and never neither.
type UserDraft struct {
	Username string
	Name     string // empty means the username
	Password string
	Provider Role
	Tenants  map[tenant.ID]Role
	Locale   string // empty means zh-CN
}

// UserPatch changes a user; nil fields stay. Version is the one the change was made on.
type UserPatch struct {
	Name     *string
	Password *string // ends the user's sessions and tokens
	Provider *Role
	Tenants  *map[tenant.ID]Role // replaces all memberships
	Locale   *string
	Disabled *bool // true ends the user's sessions and tokens
	Version  int64
}

// SelfPatch changes the caller's own account; nil fields stay.
type SelfPatch struct {
	Name            *string
	Locale          *string
	Password        *string // ends the caller's sessions and tokens
	CurrentPassword string  // needed with Password
}

// CreateUser makes a user. A username in use is a *fault.Taken.
func (s *Service) CreateUser(ctx context.Context, d UserDraft) (User, error) {
	now := s.instant()
	u := User{
		ID: ulid.Make().String(), Username: strings.ToLower(strings.TrimSpace(d.Username)), Name: d.Name, Provider: d.Provider,
		Tenants: maps.Clone(d.Tenants), Locale: d.Locale, CredentialsAt: now, CreatedAt: now, UpdatedAt: now, UpdatedBy: Actor(ctx), Version: 1,
	}
	if u.Name == "" {
		u.Name = u.Username
	}
	if u.Locale == "" {
		u.Locale = locales()[0]
	}
	if err := u.validate(); err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	if err := s.setPassword(ctx, &u, d.Password); err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	err := s.tx.Platform(ctx, func(ctx context.Context) error {
		if err := s.repo.InsertUser(ctx, u); err != nil {
			return err
		}
		return s.recordUser(ctx, "user.create", User{}, u)
	})
	if err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}

// UpdateUser changes a user. A version that no longer stands is a *fault.Conflict. The last provider admin who may log in can be
// neither disabled nor given another role.
func (s *Service) UpdateUser(ctx context.Context, id string, p UserPatch) (User, error) {
	u, err := s.modify(ctx, id, "user.update", func(u *User) error {
		if p.Version != u.Version {
			return &fault.Conflict{By: u.UpdatedBy, At: u.UpdatedAt, Version: u.Version}
		}
		set(&u.Name, p.Name)
		set(&u.Provider, p.Provider)
		set(&u.Locale, p.Locale)
		if p.Tenants != nil {
			u.Tenants = maps.Clone(*p.Tenants)
		}
		if p.Disabled != nil && *p.Disabled != u.Disabled {
			u.Disabled, u.CredentialsAt = *p.Disabled, s.instant()
		}
		if p.Password == nil {
			return nil
		}
		return s.setPassword(ctx, u, *p.Password)
	})
	if err != nil {
		return User{}, fmt.Errorf("update user: %w", err)
	}
	return u, nil
}

// UpdateSelf changes the caller's own account. A wrong current password is a *fault.Invalid and counts as a failed log-in.
func (s *Service) UpdateSelf(ctx context.Context, p SelfPatch) (User, error) {
	caller, ok := From(ctx)
	if !ok || caller.UserID == "" {
		return User{}, fmt.Errorf("update own account: %w", fault.ErrUnauthenticated)
	}
	if p.Password != nil {
		if err := s.proveCaller(ctx, caller, p.CurrentPassword); err != nil {
			return User{}, fmt.Errorf("update own account: %w", err)
		}
	}
	// The own account may be changed by users whose scope is only their customers; the chain entries are the platform's business.
	ctx = tenant.WithScope(ctx, tenant.All())
	u, err := s.modify(ctx, caller.UserID, "user.update_self", func(u *User) error {
		set(&u.Name, p.Name)
		set(&u.Locale, p.Locale)
		if p.Password == nil {
			return nil
		}
		return s.setPassword(ctx, u, *p.Password)
	})
	if err != nil {
		return User{}, fmt.Errorf("update own account: %w", err)
	}
	return u, nil
}

func (s *Service) proveCaller(ctx context.Context, caller Principal, password string) error {
	if err := s.backoff.check(caller.Username, caller.Remote, s.now()); err != nil {
		return err
	}
	u, err := s.repo.User(ctx, caller.UserID)
	if err != nil {
		return err
	}
	ok, err := s.hasher.matches(ctx, u.PasswordHash, password)
	if err != nil {
		return err
	}
	if !ok {
		s.backoff.failed(caller.Username, caller.Remote, s.now())
		return fault.NewInvalid("current_password", "user.password.wrong", "is not the current password")
	}
	return nil
}

// Users returns all users by username.
func (s *Service) Users(ctx context.Context) ([]User, error) {
	list, err := s.repo.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return list, nil
}

// Memberships counts the users of every customer that has any. Only the provider's scope may ask.
func (s *Service) Memberships(ctx context.Context) (map[tenant.ID]Members, error) {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return nil, fmt.Errorf("count users: %w", fault.ErrNotFound)
	}
	all, err := s.repo.Memberships(ctx)
	if err != nil {
		return nil, fmt.Errorf("count users: %w", err)
	}
	return all, nil
}

// Slowed tells which usernames have to wait somewhere before the next try, after failed log-ins, and until when at most. From an
// address where nothing failed they need not wait.
func (s *Service) Slowed() map[string]time.Time { return s.backoff.waiting(s.now()) }

// User returns one user; a missing one is fault.ErrNotFound.
func (s *Service) User(ctx context.Context, id string) (User, error) {
	u, err := s.repo.User(ctx, id)
	if err != nil {
		return User{}, fmt.Errorf("user %q: %w", id, err)
	}
	return u, nil
}

// modify reads, changes, checks and writes a user. Hashing a new password takes long, so it is all done before the
// transaction that writes, which then demands the version that was read.
func (s *Service) modify(ctx context.Context, id, action string, edit func(*User) error) (User, error) {
	before, err := s.repo.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	after := before
	after.Tenants = maps.Clone(before.Tenants)
	if err := edit(&after); err != nil {
		return User{}, err
	}
	if err := after.validate(); err != nil {
		return User{}, err
	}
	after.UpdatedAt, after.UpdatedBy = s.instant(), Actor(ctx)
	err = s.tx.Platform(ctx, func(ctx context.Context) error {
		if err := s.repo.UpdateUser(ctx, after); err != nil {
			return err
		}
		if !after.CredentialsAt.Equal(before.CredentialsAt) {
			if err := s.repo.DeleteTokensOf(ctx, after.ID); err != nil {
				return err
			}
		}
		if err := s.recordUser(ctx, action, before, after); err != nil {
			return err
		}
		// Last, for the entry in the platform's chain has made any other such change wait: of two admins who demote each
		// other at once, the later sees what the earlier did.
		return s.keepAnAdmin(ctx, before, after)
	})
	if err != nil {
		return User{}, err
	}
	after.Version++
	return after, nil
}

func (s *Service) keepAnAdmin(ctx context.Context, before, after User) error {
	was := before.Provider == ProviderAdmin && !before.Disabled
	is := after.Provider == ProviderAdmin && !after.Disabled
	if !was || is {
		return nil
	}
	others, err := s.repo.OtherAdmins(ctx, after.ID)
	if err != nil {
		return err
	}
	if others == 0 {
		return fault.NewInvalid("role", "user.last_admin", "the last provider admin must stay one and enabled")
	}
	return nil
}

// recordUser writes a change into the platform's chain and into those of the customers the user belonged or belongs to.
func (s *Service) recordUser(ctx context.Context, action string, before, after User) error {
	chains := append(before.memberships(), after.memberships()...)
	slices.Sort(chains)
	chains = append([]tenant.ID{tenant.Provider}, slices.Compact(chains)...)
	var was any
	if before.ID != "" {
		was = before.audited()
	}
	return s.recordAmong(ctx, chains, action, "user/"+after.Username, was, after.audited())
}

func (s *Service) setPassword(ctx context.Context, u *User, password string) (err error) {
	if err := checkPassword(password, u.Username); err != nil {
		return err
	}
	u.CredentialsAt = s.instant()
	u.PasswordHash, err = s.hasher.hash(ctx, password)
	return err
}

func set[T any](dst, v *T) {
	if v != nil {
		*dst = *v
	}
}
