package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Token is one of the caller's API tokens. The secret is shown once, when it is made.
type Token struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint" doc:"First characters of the secret, to recognise it by."`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	LastUsed  *time.Time `json:"last_used,omitempty"`
}

// TokenDraft is a token to be made.
type TokenDraft struct {
	Name string `json:"name" minLength:"1" maxLength:"100" doc:"What the token is for."`
	Days int    `json:"days,omitempty" minimum:"1" maximum:"366" default:"90" doc:"How long it lasts."`
}

// FreshToken is a token with its secret.
type FreshToken struct {
	Token
	Secret string `json:"token" doc:"The secret itself; shown this once."`
}

// Tokens keeps bearer tokens; all but ResolveToken concern the context's caller alone.
type Tokens interface {
	// ResolveToken is the caller a secret stands for; an unknown or expired one is fault.ErrUnauthenticated.
	ResolveToken(ctx context.Context, secret string) (identity.Principal, error)
	IssueToken(ctx context.Context, name string, life time.Duration) (identity.Token, string, error)
	Tokens(ctx context.Context) ([]identity.Token, error)
	RevokeToken(ctx context.Context, id string) error
}

func (a *API) declareTokens() {
	register(a, operation{
		id: "listTokens", method: http.MethodGet, path: "/api/v1/tokens", tag: "token",
		summary: "The caller's own tokens",
	}, self(), a.listTokens)
	register(a, operation{
		id: "createToken", method: http.MethodPost, path: "/api/v1/tokens", tag: "token",
		summary: "Make a token for a program", status: http.StatusCreated,
	}, self(), a.createToken)
	register(a, operation{
		id: "revokeToken", method: http.MethodDelete, path: "/api/v1/tokens/{token}", tag: "token",
		summary: "Revoke a token",
	}, self(), a.revokeToken)
}

func (a *API) listTokens(ctx context.Context, _ *none) (*reply[List[Token]], error) {
	found, err := a.deps.Tokens.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[Token]{Items: each(found, tokenBody)}), nil
}

func (a *API) createToken(ctx context.Context, in *struct{ Body TokenDraft }) (*reply[FreshToken], error) {
	t, secret, err := a.deps.Tokens.IssueToken(ctx, in.Body.Name, time.Duration(in.Body.Days)*24*time.Hour)
	if err != nil {
		return nil, err
	}
	return answer(FreshToken{Token: tokenBody(t), Secret: secret}), nil
}

func (a *API) revokeToken(ctx context.Context, in *struct {
	Token string `path:"token" maxLength:"64"`
}) (*empty, error) {
	return &empty{}, a.deps.Tokens.RevokeToken(ctx, in.Token)
}

func tokenBody(t identity.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Hint: t.Hint, CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(), LastUsed: moment(t.LastUsed),
	}
}

var _ Tokens = (*identity.Service)(nil)
