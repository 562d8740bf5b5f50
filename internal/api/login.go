package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
)

// Credentials are what a person logs in with.
type Credentials struct {
	Username string `json:"username" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
	OTP      string `json:"otp,omitempty" maxLength:"16" doc:"Has no effect: no user has a second factor yet."`
}

// Login is a fresh bearer token.
type Login struct {
	Token     string    `json:"token" doc:"Send it as Authorization: Bearer."`
	ExpiresAt time.Time `json:"expires_at"`
	User      Me        `json:"user"`
}

// loginTokenLife is how long a token from a log-in lasts; longer ones are made under tokens.
const loginTokenLife = 12 * time.Hour

// Accounts proves who people are and lets them look after their own account.
type Accounts interface {
	// Authenticate checks a password for the address that the context's principal carries. Failure is
	// fault.ErrUnauthenticated, too many failures a *fault.Quota.
	Authenticate(ctx context.Context, username, password string) (identity.User, error)
	// SessionPrincipal is the user as a caller, or fault.ErrUnauthenticated where a session begun then is over.
	SessionPrincipal(ctx context.Context, userID string, begun time.Time) (identity.Principal, error)
	// LoggedOut records the end of a session of the user.
	LoggedOut(ctx context.Context, userID string) error
	User(ctx context.Context, id string) (identity.User, error)
	UpdateSelf(ctx context.Context, p identity.SelfPatch) (identity.User, error)
}

func (a *API) declareLogin() {
	register(a, operation{
		id: "login", method: http.MethodPost, path: "/api/v1/login", tag: "session",
		summary: "Log in and get a bearer token",
	}, public(), a.login)
}

func (a *API) login(ctx context.Context, in *struct{ Body Credentials }) (*reply[Login], error) {
	user, ctx, err := a.prove(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	token, secret, err := a.deps.Tokens.IssueToken(ctx, "login", loginTokenLife)
	if err != nil {
		return nil, fmt.Errorf("issue token: %w", err)
	}
	me, err := a.describe(ctx, user)
	if err != nil {
		return nil, err
	}
	return answer(Login{Token: secret, ExpiresAt: token.ExpiresAt.UTC(), User: me}), nil
}

// prove checks credentials and returns the user with a context that carries him as the caller.
func (a *API) prove(ctx context.Context, c Credentials) (identity.User, context.Context, error) {
	ctx = withAnonymous(ctx)
	user, err := a.deps.Accounts.Authenticate(ctx, c.Username, c.Password)
	if errors.Is(err, fault.ErrUnauthenticated) {
		return identity.User{}, nil, errLoginFailed
	}
	if err != nil {
		return identity.User{}, nil, fmt.Errorf("authenticate: %w", err)
	}
	p := user.Principal()
	p.Remote = metaFrom(ctx).remote
	return user, identity.WithPrincipal(ctx, p), nil
}

// withAnonymous carries the address of a caller who is not known yet, for the audit trail of log-ins.
func withAnonymous(ctx context.Context) context.Context {
	return identity.WithPrincipal(ctx, identity.Principal{Remote: metaFrom(ctx).remote})
}

var _ Accounts = (*identity.Service)(nil)
