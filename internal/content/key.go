package content

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
)

const maxKeys = 100

// Key is a public key with which packs are signed.
type Key struct {
	ID        string // see [packfile.KeyID]
	Name      string // whose it is
	Public    ed25519.PublicKey
	AddedAt   time.Time
	AddedBy   string
	RevokedAt time.Time // zero while it is trusted
	RevokedBy string
}

// Trusted reports whether what it signed is taken.
func (k Key) Trusted() bool { return k.RevokedAt.IsZero() }

// Keys returns the keys, by name.
func (s *Service) Keys(ctx context.Context) ([]Key, error) {
	keys, err := s.deps.Repository.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// Trust adds a public key in PEM under a name: packs it signed are taken from now on. A key that was revoked stays so.
func (s *Service) Trust(ctx context.Context, name string, public []byte) (Key, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 {
		return Key{}, fault.NewInvalid("name", "content.key.name", "must be 1–100 characters")
	}
	key, err := packfile.ParsePublicKey(public)
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: packfile.KeyID(key), Name: name, Public: key, AddedAt: s.deps.Now().UTC(), AddedBy: s.deps.Actor(ctx)}
	err = s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		keys, err := s.deps.Repository.Keys(ctx)
		if err != nil {
			return err
		}
		if len(keys) >= maxKeys {
			return fault.NewInvalid("public_key", "content.key.many", fmt.Sprintf("would be one more than %d", maxKeys))
		}
		if err := s.deps.Repository.AddKey(ctx, k); err != nil {
			return err
		}
		return s.recordOf(ctx, "content.trust_key", "key/"+k.ID, nil, keySummary{k.Name, true})
	})
	if err != nil {
		return Key{}, fmt.Errorf("trust key: %w", err)
	}
	return k, nil
}

// Revoke ends the trust in a key for good. What it signed and is active goes on running until somebody changes that, and is shown.
func (s *Service) Revoke(ctx context.Context, id string) (k Key, err error) {
	err = s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		keys, err := s.deps.Repository.Keys(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id })
		if i < 0 {
			return fault.ErrNotFound
		}
		if k = keys[i]; !k.Trusted() {
			return nil
		}
		k.RevokedAt, k.RevokedBy = s.deps.Now().UTC(), s.deps.Actor(ctx)
		if err := s.deps.Repository.RevokeKey(ctx, id, k.RevokedBy, k.RevokedAt); err != nil {
			return err
		}
		return s.recordOf(ctx, "content.revoke_key", "key/"+id, keySummary{k.Name, true}, keySummary{k.Name, false})
	})
	if err != nil {
		return Key{}, fmt.Errorf("revoke key %s: %w", id, err)
	}
	return k, nil
}

// keySummary is what the audit keeps of a key.
type keySummary struct {
	Name    string `json:"name"`
	Trusted bool   `json:"trusted"`
}

// Trusted returns the keys as they are now; those of another id or revoked are refused with a fault.Invalid.
func (s *Service) Trusted(ctx context.Context) (packfile.Keys, error) {
	keys, err := s.deps.Repository.Keys(ctx)
	if err != nil {
		return nil, err
	}
	return func(id string) (ed25519.PublicKey, error) {
		for _, k := range keys {
			if k.ID != id {
				continue
			}
			if !k.Trusted() {
				return nil, refuse("signature", "content.key.revoked", fmt.Sprintf("is of key %s (%s), which was revoked", id, k.Name))
			}
			return k.Public, nil
		}
		return nil, refuse("signature", "content.key.unknown", fmt.Sprintf("is of key %s, which is not trusted here", id))
	}, nil
}
