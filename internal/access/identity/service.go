package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Deps are what a [Service] works with.
type Deps struct {
	Repository Repository
	Transactor Transactor
	Auditor    Auditor
	Settings   Settings         // nil where nobody asks for the first password
	Now        func() time.Time // nil for the wall clock
}

// Service proves who callers are and manages users and tokens. Permissions to manage are checked before, at the edge.
// It is safe for concurrent use.
type Service struct {
	repo    Repository
	tx      Transactor
	audit   Auditor
	now     func() time.Time
	notes   Settings
	hasher  *hasher
	backoff *backoff
}

// NewService returns a service over d.
func NewService(d Deps) *Service { return newService(d, standardCost()) }

func newService(d Deps, cost hashCost) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{repo: d.Repository, tx: d.Transactor, audit: d.Auditor, now: d.Now, notes: d.Settings, hasher: newHasher(cost), backoff: newBackoff()}
}

// Authenticate checks a username and password. The caller's address is the Remote of the principal in ctx, who is nobody
// yet. A wrong username and a wrong password take the same time and give the same [fault.ErrUnauthenticated]; so does a disabled
// user. After repeated failures it returns a *fault.Quota. Success and failure are audited: in the chains of a customer's
// user's tenants, and otherwise in the platform's.
func (s *Service) Authenticate(ctx context.Context, username, password string) (User, error) {
	username = strings.ToLower(strings.TrimSpace(username))
	remote := ""
	if p, ok := From(ctx); ok {
		remote = p.Remote
	}
	if err := s.backoff.check(username, remote, s.now()); err != nil {
		return User{}, fmt.Errorf("log in: %w", err)
	}
	user, err := s.repo.UserByName(ctx, username)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return User{}, fmt.Errorf("log in: %w", err)
	}
	ok, err := s.hasher.matches(ctx, user.PasswordHash, password)
	if err != nil {
		return User{}, fmt.Errorf("log in: %w", err)
	}
	if !ok || user.Disabled {
		s.backoff.failed(username, remote, s.now())
		if err := s.auditLogin(ctx, user, username, remote, false); err != nil {
			return User{}, fmt.Errorf("log in: %w", err)
		}
		return User{}, fmt.Errorf("log in: %w", fault.ErrUnauthenticated)
	}
	s.backoff.succeeded(username, remote)
	if err := s.auditLogin(ctx, user, username, remote, true); err != nil {
		return User{}, fmt.Errorf("log in: %w", err)
	}
	return user, nil
}

// LoggedOut records that the user ended a browser session. The address and the session's short id are those of the principal
// in ctx, who need not be anybody else. A user who is gone leaves no entry.
func (s *Service) LoggedOut(ctx context.Context, userID string) error {
	u, err := s.repo.User(ctx, userID)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	p := u.Principal()
	if caller, ok := From(ctx); ok {
		p.Remote, p.Session = caller.Remote, caller.Session
	}
	ctx = tenant.WithScope(WithPrincipal(ctx, p), tenant.All())
	err = s.tx.Platform(ctx, func(ctx context.Context) error {
		return s.recordAmong(ctx, u.chains(), "user.logout", "user/"+u.Username, nil, nil)
	})
	if err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	return nil
}

// auditLogin notes when and from where somebody last logged in, and records under the user's own name. Whoever fails is not proven to be that user, which the action says. Where nobody
// has the username it is not recorded: people type passwords into the wrong field.
func (s *Service) auditLogin(ctx context.Context, u User, username, remote string, ok bool) error {
	action, p := "user.login", u.Principal()
	if !ok {
		action = "user.login_failed"
	}
	if u.ID == "" {
		p.Username, username = "unknown", "unknown"
	}
	p.Remote = remote
	ctx = tenant.WithScope(WithPrincipal(ctx, p), tenant.All())
	return s.tx.Platform(ctx, func(ctx context.Context) error {
		if ok {
			if err := s.repo.NoteLogin(ctx, u.ID, s.instant(), remote); err != nil {
				return err
			}
		}
		return s.recordAmong(ctx, u.chains(), action, "user/"+username, nil, nil)
	})
}

// chains are where what happens to the user's log-in is recorded: the customers' it belongs to, else the platform's.
func (u User) chains() []tenant.ID {
	ids := u.memberships()
	if len(ids) == 0 || u.Provider != "" {
		return []tenant.ID{tenant.Provider}
	}
	return ids
}

// memberships returns the customers of the user in a fixed order, so that transactions lock chains alike.
func (u User) memberships() []tenant.ID {
	ids := make([]tenant.ID, 0, len(u.Tenants))
	for id := range u.Tenants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (s *Service) recordAmong(ctx context.Context, chains []tenant.ID, action, object string, before, after any) error {
	for _, id := range chains {
		if err := s.audit.Record(ctx, id, action, object, before, after, ""); err != nil {
			return err
		}
	}
	return nil
}

// Principal returns the user as a caller. A user who is gone or disabled is fault.ErrUnauthenticated.
func (s *Service) Principal(ctx context.Context, userID string) (Principal, error) {
	u, err := s.repo.User(ctx, userID)
	if errors.Is(err, fault.ErrNotFound) || err == nil && u.Disabled {
		return Principal{}, fmt.Errorf("user %s: %w", userID, fault.ErrUnauthenticated)
	}
	if err != nil {
		return Principal{}, fmt.Errorf("user %s: %w", userID, err)
	}
	return u.Principal(), nil
}

// SessionPrincipal is [Service.Principal] for a session begun at a time: one begun before the password was last set is over.
func (s *Service) SessionPrincipal(ctx context.Context, userID string, begun time.Time) (Principal, error) {
	u, err := s.repo.User(ctx, userID)
	if errors.Is(err, fault.ErrNotFound) || err == nil && (u.Disabled || begun.Before(u.CredentialsAt)) {
		return Principal{}, fmt.Errorf("session of user %s: %w", userID, fault.ErrUnauthenticated)
	}
	if err != nil {
		return Principal{}, fmt.Errorf("session of user %s: %w", userID, err)
	}
	return u.Principal(), nil
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
