package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// tokenPrefix opens every token's secret, so that leaked ones can be recognised.
const tokenPrefix = "isoc_"

const (
	tokenBytes    = 32
	tokenHintLen  = len(tokenPrefix) + 6
	maxTokenName  = 100 // runes
	maxTokenLife  = 366 * 24 * time.Hour
	touchInterval = time.Minute // how exactly LastUsed is kept
)

// Token is a bearer token of a user. The secret itself is given out once and not kept.
type Token struct {
	ID        string
	UserID    string
	Name      string // what it is for, 1–100 characters
	Hash      string // hex SHA-256 of the secret, which is random enough to need no salt
	Hint      string // the secret's first characters, to recognise it by
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time // to the minute; zero for never
}

// IssueToken makes a token for the caller in ctx and returns it with its secret, which is shown this once.
// It acts as the user, with the user's permissions of the moment, until it expires, is revoked, or the password is changed.
func (s *Service) IssueToken(ctx context.Context, name string, life time.Duration) (Token, string, error) {
	caller, ok := From(ctx)
	if !ok || caller.UserID == "" {
		return Token{}, "", fmt.Errorf("issue token: %w", fault.ErrUnauthenticated)
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > maxTokenName || strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return Token{}, "", fault.NewInvalid("name", "token.name", "must be 1–100 printable characters")
	}
	if life <= 0 || life > maxTokenLife {
		return Token{}, "", fault.NewInvalid("days", "token.life", "must be at most 366 days")
	}
	secret := tokenPrefix + randomText(tokenBytes)
	now := s.instant()
	t := Token{
		ID: ulid.Make().String(), UserID: caller.UserID, Name: name, Hash: tokenHash(secret), Hint: secret[:tokenHintLen],
		CreatedAt: now, ExpiresAt: now.Add(life),
	}
	err := s.changeTokens(ctx, caller, "token.issue", t, func(ctx context.Context) error { return s.repo.InsertToken(ctx, t) })
	if err != nil {
		return Token{}, "", fmt.Errorf("issue token: %w", err)
	}
	return t, secret, nil
}

// ResolveToken returns the caller a token stands for. An unknown or expired token, or one of a disabled user, is
// fault.ErrUnauthenticated.
func (s *Service) ResolveToken(ctx context.Context, secret string) (Principal, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Principal{}, fmt.Errorf("resolve token: %w", fault.ErrUnauthenticated)
	}
	t, err := s.repo.TokenByHash(ctx, tokenHash(secret))
	now := s.instant()
	if errors.Is(err, fault.ErrNotFound) || err == nil && !now.Before(t.ExpiresAt) {
		return Principal{}, fmt.Errorf("resolve token: %w", fault.ErrUnauthenticated)
	}
	if err != nil {
		return Principal{}, fmt.Errorf("resolve token: %w", err)
	}
	p, err := s.Principal(ctx, t.UserID)
	if err != nil {
		return Principal{}, fmt.Errorf("resolve token: %w", err)
	}
	if now.Sub(t.LastUsed) >= touchInterval {
		err := s.tx.Platform(ctx, func(ctx context.Context) error { return s.repo.TouchToken(ctx, t.ID, now) })
		if err != nil && !errors.Is(err, fault.ErrUnavailable) { // on a full disk people must still get in to see so
			return Principal{}, fmt.Errorf("resolve token: %w", err)
		}
	}
	p.Session = t.ID
	return p, nil
}

// Tokens returns the caller's own tokens, newest first, expired ones included until they are forgotten.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	caller, ok := From(ctx)
	if !ok || caller.UserID == "" {
		return nil, fmt.Errorf("list tokens: %w", fault.ErrUnauthenticated)
	}
	list, err := s.repo.TokensOf(ctx, caller.UserID)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends one of the caller's own tokens; anybody else's is fault.ErrNotFound.
func (s *Service) RevokeToken(ctx context.Context, id string) error {
	caller, ok := From(ctx)
	if !ok || caller.UserID == "" {
		return fmt.Errorf("revoke token: %w", fault.ErrUnauthenticated)
	}
	t := Token{ID: id, UserID: caller.UserID}
	err := s.changeTokens(ctx, caller, "token.revoke", t, func(ctx context.Context) error { return s.repo.DeleteToken(ctx, caller.UserID, id) })
	if err != nil {
		return fmt.Errorf("revoke token %q: %w", id, err)
	}
	return nil
}

// changeTokens audits where the user's log-ins are audited. A customer's user writes into that customer's chain, which his scope
// allows; a user without any writes into the platform's.
func (s *Service) changeTokens(ctx context.Context, caller Principal, action string, t Token, change func(context.Context) error) error {
	u := User{ID: caller.UserID, Username: caller.Username, Provider: caller.Provider, Tenants: caller.Tenants}
	var after any
	if t.Name != "" {
		after = map[string]any{"user": u.Username, "name": t.Name, "hint": t.Hint, "expires_at": t.ExpiresAt}
	}
	ctx = tenant.WithScope(ctx, tenant.All())
	return s.tx.Platform(ctx, func(ctx context.Context) error {
		if err := change(ctx); err != nil {
			return err
		}
		return s.recordAmong(ctx, u.chains(), action, "token/"+t.ID, nil, after)
	})
}

func tokenHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
