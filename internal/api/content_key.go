package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
)

// PackKey is a public key that signs packs.
type PackKey struct {
	ID        string     `json:"id" doc:"The first 16 hex digits of the key's SHA-256."`
	Name      string     `json:"name" doc:"Whose it is."`
	PublicKey string     `json:"public_key" doc:"PEM."`
	AddedAt   time.Time  `json:"added_at"`
	AddedBy   string     `json:"added_by"`
	RevokedAt *time.Time `json:"revoked_at" nullable:"true" doc:"Null while it is trusted."`
	RevokedBy string     `json:"revoked_by"`
}

// PackKeyDraft is a key to be trusted.
type PackKeyDraft struct {
	Name      string `json:"name" minLength:"1" maxLength:"100"`
	PublicKey string `json:"public_key" minLength:"1" maxLength:"4000" doc:"An ed25519 public key in PEM, such as isoc content keygen writes."`
}

// PackKeys keeps the keys that are trusted. It audits every change by itself.
type PackKeys interface {
	Keys(ctx context.Context) ([]content.Key, error)
	Trust(ctx context.Context, name string, public []byte) (content.Key, error)
	Revoke(ctx context.Context, id string) (content.Key, error)
}

func (a *API) declareKeys() {
	register(a, operation{
		id: "listPackKeys", method: http.MethodGet, path: "/api/v1/content/keys", tag: "content",
		summary: "Keys whose packs are taken, and those that were revoked",
	}, provider(identity.ReadRules), a.listPackKeys)
	register(a, operation{
		id: "trustPackKey", method: http.MethodPost, path: "/api/v1/content/keys", tag: "content",
		summary: "Take packs that a key signed", status: http.StatusCreated,
	}, provider(identity.ManageRules), a.trustPackKey)
	register(a, operation{
		id: "revokePackKey", method: http.MethodPost, path: "/api/v1/content/keys/{key}/revoke", tag: "content",
		summary: "Take nothing more that a key signed, for good",
	}, provider(identity.ManageRules), a.revokePackKey)
}

func (a *API) listPackKeys(ctx context.Context, _ *none) (*reply[List[PackKey]], error) {
	keys, err := a.deps.Packs.Keys(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[PackKey]{Items: each(keys, keyBody)}), nil
}

func (a *API) trustPackKey(ctx context.Context, in *struct{ Body PackKeyDraft }) (*reply[PackKey], error) {
	k, err := a.deps.Packs.Trust(ctx, in.Body.Name, []byte(in.Body.PublicKey))
	if err != nil {
		return nil, err
	}
	return answer(keyBody(k)), nil
}

func (a *API) revokePackKey(ctx context.Context, in *struct {
	Key string `path:"key" maxLength:"64"`
}) (*reply[PackKey], error) {
	k, err := a.deps.Packs.Revoke(ctx, in.Key)
	if err != nil {
		return nil, err
	}
	return answer(keyBody(k)), nil
}

func keyBody(k content.Key) PackKey {
	text, _ := packfile.EncodePublicKey(k.Public) // an ed25519 key always has a PEM form
	return PackKey{
		ID: k.ID, Name: k.Name, PublicKey: string(text), AddedAt: k.AddedAt.UTC(), AddedBy: k.AddedBy, RevokedAt: instant(k.RevokedAt), RevokedBy: k.RevokedBy,
	}
}
