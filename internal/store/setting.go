package store

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// Setting returns a platform-wide setting; it is fault.ErrNotFound where it was never put.
func (s *Store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.ReadPlatform(ctx, func(ctx context.Context) error {
		value, err = s.from(ctx).Setting(ctx, name)
		return translate(err)
	})
	return value, err
}

// PutSetting keeps a platform-wide setting.
func (s *Store) PutSetting(ctx context.Context, name, value string) error {
	return s.Platform(ctx, func(ctx context.Context) error {
		return translate(s.from(ctx).PutSetting(ctx, sqlgen.PutSettingParams{Name: name, Value: value, UpdatedAt: time.Now().UnixMicro()}))
	})
}
