package api

import (
	"context"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Deps are the services behind the operations.
type Deps struct {
	Sessions scs.Store
	Identity Identity
	Users    Users
	Tenants  Tenants
	Sources  Sources
	Inbox    Inbox
	Trail    Trail
	Chains   Chains
	Archive  Archive
	Alerts   Alerts
	Rules    Rules
	Packs    Packs
	Health   HealthReporter
}

// Identity proves who a caller is.
type Identity interface {
	Authenticate(ctx context.Context, username, password string) (identity.User, error)
	IssueToken(ctx context.Context, name string, life time.Duration) (IssuedToken, error)
	ResolveToken(ctx context.Context, secret string) (identity.Principal, error)
	Principal(ctx context.Context, userID string) (identity.Principal, error)
}

type IssuedToken struct {
	Secret    string
	ExpiresAt time.Time
}

type Users interface {
	Self(ctx context.Context, id string) (identity.User, error)
}
