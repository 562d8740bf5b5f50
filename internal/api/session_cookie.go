package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

const (
	sessionCookie  = "isoc_session"
	sessionUser    = "user"
	sessionBegun   = "begun"
	sessionTouched = "touched"

	sessionLife = 12 * time.Hour // from log-in, however busy
	sessionIdle = time.Hour      // without a request

	// touchEvery bounds how often a session in use is written back: the idle time is exact to this.
	touchEvery = time.Minute
)

// sessions keeps browser sessions on the server; the cookie holds nothing but a random name, and the store
// nothing but that name's hash.
type sessions struct {
	manager *scs.SessionManager
	secure  bool
	now     func() time.Time
}

func newSessions(store scs.Store, o Options) *sessions {
	m := scs.New()
	m.Store = store
	m.HashTokenInStore = true
	m.Lifetime, m.IdleTimeout = sessionLife, sessionIdle
	return &sessions{manager: m, secure: o.SecureCookies, now: o.Now}
}

// begin starts a session for a user under a fresh name and returns the Set-Cookie header that carries it.
func (s *sessions) begin(ctx context.Context, user string) (string, error) {
	ctx, err := s.manager.Load(ctx, "")
	if err != nil {
		return "", fmt.Errorf("start session: %w", err)
	}
	s.manager.Put(ctx, sessionUser, user)
	s.manager.Put(ctx, sessionBegun, s.now().UnixMicro())
	s.manager.Put(ctx, sessionTouched, s.now().Unix())
	name, _, err := s.manager.Commit(ctx)
	if err != nil {
		return "", fmt.Errorf("keep session: %w", err)
	}
	c := s.cookie(ctx, name)
	c.Expires = s.manager.Deadline(ctx)
	return c.String(), nil
}

// find returns the user of the session that a cookie value names, and when it began; "" where there is none.
// It keeps a session in use from idling out.
func (s *sessions) find(ctx context.Context, name string) (user string, begun time.Time, err error) {
	if name == "" {
		return "", time.Time{}, nil
	}
	ctx, err = s.manager.Load(ctx, name)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("load session: %w", err)
	}
	user = s.manager.GetString(ctx, sessionUser)
	if user == "" {
		return "", time.Time{}, nil
	}
	touched := time.Unix(s.manager.GetInt64(ctx, sessionTouched), 0)
	if s.now().Sub(touched) >= touchEvery {
		s.manager.Put(ctx, sessionTouched, s.now().Unix())
		if _, _, err := s.manager.Commit(ctx); err != nil {
			return "", time.Time{}, fmt.Errorf("keep session: %w", err)
		}
	}
	return user, time.UnixMicro(s.manager.GetInt64(ctx, sessionBegun)), nil
}

// peek is [sessions.find] for who only looks whether the session is still there: it does not keep it from idling out.
func (s *sessions) peek(ctx context.Context, name string) (user string, begun time.Time, err error) {
	ctx, err = s.manager.Load(ctx, name)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("load session: %w", err)
	}
	return s.manager.GetString(ctx, sessionUser), time.UnixMicro(s.manager.GetInt64(ctx, sessionBegun)), nil
}

// end forgets a session and returns the Set-Cookie header that makes the browser forget it too.
func (s *sessions) end(ctx context.Context, name string) (string, error) {
	loaded, err := s.manager.Load(ctx, name)
	if err != nil {
		return "", fmt.Errorf("load session: %w", err)
	}
	if err := s.manager.Destroy(loaded); err != nil {
		return "", fmt.Errorf("end session: %w", err)
	}
	c := s.cookie(ctx, "")
	c.MaxAge = -1
	return c.String(), nil
}

func (s *sessions) cookie(ctx context.Context, name string) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: name, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: s.secure || metaFrom(ctx).secure,
	}
}

// shortName names a session in the audit trail without giving it away.
func shortName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:4])
}
