package identity

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// UserReader finds users with their memberships. Missing ones are fault.ErrNotFound.
type UserReader interface {
	User(ctx context.Context, id string) (User, error)
	UserByName(ctx context.Context, username string) (User, error)
	// Users returns all users by username.
	Users(ctx context.Context) ([]User, error)
	// Memberships counts the users of every customer that has any.
	Memberships(ctx context.Context) (map[tenant.ID]Members, error)
}

// UserWriter changes users with their memberships, within the transaction open in ctx.
type UserWriter interface {
	// InsertUser returns a *fault.Taken for a username in use, and fault.ErrNotFound for a membership of no tenant.
	InsertUser(ctx context.Context, u User) error
	// UpdateUser writes u if the stored version is u.Version and raises it; else it returns a *fault.Conflict.
	UpdateUser(ctx context.Context, u User) error
	// NoteLogin keeps when and from where the user last logged in; the user's version stays.
	NoteLogin(ctx context.Context, userID string, at time.Time, remote string) error
	// OtherAdmins counts provider admins who may log in, but the given user.
	OtherAdmins(ctx context.Context, userID string) (int64, error)
}

// TokenRepository keeps bearer tokens by the hash of their secret.
type TokenRepository interface {
	InsertToken(ctx context.Context, t Token) error
	TokenByHash(ctx context.Context, hash string) (Token, error)
	// TokensOf returns a user's tokens, newest first.
	TokensOf(ctx context.Context, userID string) ([]Token, error)
	// DeleteToken returns fault.ErrNotFound where the user has no such token.
	DeleteToken(ctx context.Context, userID, id string) error
	DeleteTokensOf(ctx context.Context, userID string) error
	// TouchToken notes that a token was used, and forgets all that expired.
	TouchToken(ctx context.Context, id string, at time.Time) error
}

// Repository is all that the [Service] keeps users in.
type Repository interface {
	UserReader
	UserWriter
	TokenRepository
}

// Transactor opens the transactions that changes and their audit entries share.
type Transactor interface {
	Platform(ctx context.Context, fn func(ctx context.Context) error) error
}

// Auditor records what happened in the open transaction; its error undoes the change. The caller is in ctx.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}
