package store

import (
	"context"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// Sessions keeps browser sessions for [scs.SessionManager]. Set its HashTokenInStore, so that a copy of the database opens
// no session.
type Sessions struct{ s *Store }

// Sessions returns the browser sessions.
func (s *Store) Sessions() Sessions { return Sessions{s} }

var (
	_ scs.Store    = Sessions{}
	_ scs.CtxStore = Sessions{}
)

// FindCtx implements [scs.CtxStore].
func (r Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = r.s.ReadPlatform(ctx, func(ctx context.Context) error {
		data, err = r.s.from(ctx).SessionData(ctx, token, time.Now().UnixMicro())
		return translate(err)
	})
	if errors.Is(err, fault.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx implements [scs.CtxStore]. It forgets expired sessions on the way.
func (r Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return r.s.Platform(ctx, func(ctx context.Context) error {
		q := r.s.from(ctx)
		if err := q.DeleteExpiredSessions(ctx, time.Now().UnixMicro()); err != nil {
			return translate(err)
		}
		return translate(q.PutSession(ctx, sqlgen.PutSessionParams{Hash: token, Data: data, ExpiresAt: micros(expiry)}))
	})
}

// DeleteCtx implements [scs.CtxStore].
func (r Sessions) DeleteCtx(ctx context.Context, token string) error {
	return r.s.Platform(ctx, func(ctx context.Context) error { return translate(r.s.from(ctx).DeleteSession(ctx, token)) })
}

// Find implements [scs.Store].
func (r Sessions) Find(token string) ([]byte, bool, error) {
	return r.FindCtx(context.Background(), token)
}

// Commit implements [scs.Store].
func (r Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return r.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements [scs.Store].
func (r Sessions) Delete(token string) error { return r.DeleteCtx(context.Background(), token) }
