package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// AddKey implements [content.KeyRepository].
func (c Content) AddKey(ctx context.Context, k content.Key) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		keys, err := t.Keys(ctx)
		if err != nil {
			return translate(err)
		}
		for _, have := range keys {
			if have.ID == k.ID {
				return &fault.Taken{Field: "public_key", Value: k.ID}
			}
		}
		return translate(t.InsertKey(ctx, sqlgen.InsertKeyParams{
			ID: k.ID, Name: k.Name, PublicKey: base64.StdEncoding.EncodeToString(k.Public), AddedAt: micros(k.AddedAt), AddedBy: k.AddedBy,
		}))
	})
}

// Keys implements [content.KeyRepository].
func (c Content) Keys(ctx context.Context) (keys []content.Key, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).Keys(ctx)
		for _, r := range rows {
			public, err := base64.StdEncoding.DecodeString(r.PublicKey)
			if err != nil {
				return fmt.Errorf("key %s: %w", r.ID, err)
			}
			keys = append(keys, content.Key{
				ID: r.ID, Name: r.Name, Public: public, AddedAt: at(r.AddedAt), AddedBy: r.AddedBy, RevokedAt: at(r.RevokedAt), RevokedBy: r.RevokedBy,
			})
		}
		return translate(err)
	})
	return keys, err
}

// RevokeKey implements [content.KeyRepository].
func (c Content) RevokeKey(ctx context.Context, id, by string, when time.Time) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		n, err := c.s.from(ctx).RevokeKey(ctx, sqlgen.RevokeKeyParams{At: micros(when), ByUser: by, ID: id})
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}
