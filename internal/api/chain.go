package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/isoc-project/isoc/internal/api/i18n"
)

// meta is what the edge knows of a request before any operation is chosen.
type meta struct {
	requestID string
	remote    string // caller's address without port
	secure    bool   // the caller reached us, or our proxy, over TLS
	lang      i18n.Lang
}

type metaKey struct{}

func metaFrom(ctx context.Context) meta {
	m, _ := ctx.Value(metaKey{}).(meta)
	return m
}

// chain wraps the operations in what every request passes: naming, recovery, the cross-origin check.
func (a *API) chain(next http.Handler) http.Handler {
	csrf := a.crossOrigin(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := a.meta(r)
		r = r.WithContext(context.WithValue(r.Context(), metaKey{}, m))
		h := w.Header()
		h.Set("X-Request-Id", m.requestID)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		defer a.recover(w, r)
		csrf.ServeHTTP(w, r)
	})
}

// recover answers 500 where a handler panicked. [http.ErrAbortHandler] goes on up, as the server wants.
func (a *API) recover(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	a.log.ErrorContext(r.Context(), "request panicked", "request_id", metaFrom(r.Context()).requestID,
		"method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	a.refuse(w, r, fmt.Errorf("panic: %v", v))
}

// crossOrigin refuses state changes that a browser sends from another site. Requests with a bearer token are
// exempt: a browser never adds one by itself.
func (a *API) crossOrigin(next http.Handler) http.Handler {
	check := http.NewCrossOriginProtection()
	check.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, errCrossOrigin)
	}))
	checked := check.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if bearer(r.Header.Get("Authorization")) != "" {
			next.ServeHTTP(w, r)
			return
		}
		checked.ServeHTTP(w, r)
	})
}

func (a *API) meta(r *http.Request) meta {
	m := meta{
		requestID: newRequestID(),
		secure:    r.TLS != nil,
		lang:      a.catalogue.Negotiate(r.Header.Get("Accept-Language")),
	}
	var trusted bool
	m.remote, trusted = remote(r, a.opts.TrustedProxies)
	if trusted && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		m.secure = true
	}
	return m
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// remote is the caller's address without port, and whether a trusted proxy is the peer. Behind trusted proxies
// it is the last address of X-Forwarded-For that is none of them; what stands left of it is hearsay.
func remote(r *http.Request, proxies []netip.Prefix) (addr string, proxied bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr, false
	}
	current := peer.Addr().Unmap()
	if !within(current, proxies) {
		return current.String(), false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		current = hop.Unmap()
		if !within(current, proxies) {
			break
		}
	}
	return current.String(), true
}

func within(addr netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// bearer returns the token of an Authorization header, or "".
func bearer(header string) string {
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
