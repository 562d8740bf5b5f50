package api

import (
	"net/http"
	"time"
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

func (a *API) declareTokens() {
	register(a, operation{
		id: "listTokens", method: http.MethodGet, path: "/api/v1/tokens", tag: "token",
		summary: "The caller's own tokens",
	}, self(), pending[none, reply[List[Token]]])
	register(a, operation{
		id: "createToken", method: http.MethodPost, path: "/api/v1/tokens", tag: "token",
		summary: "Make a token for a program", status: http.StatusCreated,
	}, self(), pending[struct{ Body TokenDraft }, reply[FreshToken]])
	register(a, operation{
		id: "revokeToken", method: http.MethodDelete, path: "/api/v1/tokens/{token}", tag: "token",
		summary: "Revoke a token",
	}, self(), pending[struct {
		Token string `path:"token" maxLength:"64"`
	}, empty])
}
