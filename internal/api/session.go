package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
)

// Me is the caller: who, and what the caller may do for which customers.
type Me struct {
	ID            string       `json:"id"`
	Username      string       `json:"username"`
	Name          string       `json:"name"`
	Role          string       `json:"role" doc:"The provider role; empty for customers' users, whose roles stand with their tenants."`
	Locale        string       `json:"locale"`
	Permissions   []string     `json:"permissions" nullable:"false" doc:"What the caller may do for at least one customer."`
	Tenants       []Membership `json:"tenants" nullable:"false" doc:"Customers the caller may see; for the provider's staff all."`
	SyslogTLSPort int          `json:"syslog_tls_port" doc:"Port of syslog over TLS; 0 where there is none."`
	NetFlowPort   int          `json:"netflow_port" doc:"Port of NetFlow, IPFIX and sFlow, UDP; 0 where there is none."`
	SyslogPort    int          `json:"syslog_port" doc:"Shared syslog port of this installation, UDP and TCP; 0 where there is none."`
}

// Membership is one customer that a user may see, and as what.
type Membership struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
	Role string `json:"role"`
	Demo bool   `json:"demo" doc:"Made by the demonstration."`
}

// MePatch changes the caller's own account. Absent fields stay.
type MePatch struct {
	Name            *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Locale          *string `json:"locale,omitempty" enum:"zh-CN,en"`
	Password        *string `json:"password,omitempty" minLength:"1" maxLength:"1024" doc:"The new password; demands current_password."`
	CurrentPassword string  `json:"current_password,omitempty" maxLength:"1024"`
}

// cookieReply is an answer that sets the session cookie, unless SetCookie is empty.
type cookieReply[T any] struct {
	SetCookie string `header:"Set-Cookie"`
	Body      T
}

func (a *API) declareSession() {
	register(a, operation{
		id: "startSession", method: http.MethodPost, path: "/api/v1/session", tag: "session",
		summary: "Log in a browser",
	}, public(), a.startSession)
	register(a, operation{
		id: "endSession", method: http.MethodDelete, path: "/api/v1/session", tag: "session",
		summary: "Log out",
	}, public(), a.endSession)
	register(a, operation{
		id: "getMe", method: http.MethodGet, path: "/api/v1/me", tag: "session",
		summary: "Who the caller is and may do",
	}, self(), a.getMe)
	register(a, operation{
		id: "updateMe", method: http.MethodPatch, path: "/api/v1/me", tag: "session",
		summary: "Change the caller's own account",
	}, self(), a.updateMe)
}

func (a *API) startSession(ctx context.Context, in *struct{ Body Credentials }) (*cookieReply[Me], error) {
	user, ctx, err := a.prove(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	cookie, err := a.sessions.begin(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	me, err := a.describe(ctx, user)
	if err != nil {
		return nil, err
	}
	return &cookieReply[Me]{SetCookie: cookie, Body: me}, nil
}

// goodbye is the answer to a log-out.
type goodbye struct {
	SetCookie string `header:"Set-Cookie"`
}

// endSession is public: logging out when the session is over already is no fault.
func (a *API) endSession(ctx context.Context, in *struct {
	Session string `cookie:"isoc_session"`
}) (*goodbye, error) {
	user, _, err := a.sessions.find(ctx, in.Session)
	if err != nil {
		return nil, err
	}
	cookie, err := a.sessions.end(ctx, in.Session)
	if err != nil {
		return nil, err
	}
	if user != "" {
		ctx = identity.WithPrincipal(ctx, identity.Principal{Remote: metaFrom(ctx).remote, Session: shortName(in.Session)})
		if err := a.deps.Accounts.LoggedOut(ctx, user); err != nil {
			return nil, err
		}
	}
	return &goodbye{SetCookie: cookie}, nil
}

// authenticate finds the caller by bearer token or, without one, by session cookie.
func (a *API) authenticate(hc huma.Context) (context.Context, error) {
	return a.callerBy(hc, a.sessions.find)
}

// principalOf finds the caller of the session that the request's cookie names.
func (a *API) principalOf(ctx context.Context, hc huma.Context, find findSession) (identity.Principal, error) {
	cookie, err := huma.ReadCookie(hc, sessionCookie)
	if err != nil || cookie.Value == "" {
		return identity.Principal{}, fault.ErrUnauthenticated
	}
	user, begun, err := find(ctx, cookie.Value)
	if err != nil {
		return identity.Principal{}, err
	}
	if user == "" {
		return identity.Principal{}, fault.ErrUnauthenticated
	}
	p, err := a.deps.Accounts.SessionPrincipal(ctx, user, begun)
	if err != nil {
		return identity.Principal{}, err
	}
	p.Session = shortName(cookie.Value)
	return p, nil
}

// present finds the caller of a request that has been going on for long, as [API.authenticate] does, and leaves the session's
// idle time as it is.
func (a *API) present(hc huma.Context) (context.Context, error) {
	return a.callerBy(hc, a.sessions.peek)
}

// findSession returns whose session a cookie's token names and when it began; the user is empty where there is none.
type findSession func(ctx context.Context, token string) (user string, begun time.Time, err error)

func (a *API) callerBy(hc huma.Context, find findSession) (context.Context, error) {
	ctx := hc.Context()
	var p identity.Principal
	var err error
	if token := bearer(hc.Header("Authorization")); token != "" {
		p, err = a.deps.Tokens.ResolveToken(ctx, token)
	} else {
		p, err = a.principalOf(ctx, hc, find)
	}
	if err != nil {
		return nil, err
	}
	p.Remote = metaFrom(ctx).remote
	return identity.WithPrincipal(ctx, p), nil
}

func (a *API) getMe(ctx context.Context, _ *none) (*reply[Me], error) {
	p, _ := identity.From(ctx)
	user, err := a.deps.Accounts.User(ctx, p.UserID)
	if err != nil {
		return nil, fmt.Errorf("load own account: %w", err)
	}
	me, err := a.describe(ctx, user)
	if err != nil {
		return nil, err
	}
	return answer(me), nil
}

// updateMe changes the own account. A new password ends all sessions and tokens; the browser that set it gets a new session.
func (a *API) updateMe(ctx context.Context, in *struct {
	Session string `cookie:"isoc_session"`
	Body    MePatch
}) (*cookieReply[Me], error) {
	b := in.Body
	user, err := a.deps.Accounts.UpdateSelf(ctx, identity.SelfPatch{
		Name: b.Name, Locale: b.Locale, Password: b.Password, CurrentPassword: b.CurrentPassword,
	})
	if err != nil {
		return nil, err
	}
	out := &cookieReply[Me]{}
	if b.Password != nil && in.Session != "" {
		if _, err := a.sessions.end(ctx, in.Session); err != nil {
			return nil, err
		}
		if out.SetCookie, err = a.sessions.begin(ctx, user.ID); err != nil {
			return nil, err
		}
	}
	if out.Body, err = a.describe(ctx, user); err != nil {
		return nil, err
	}
	return out, nil
}

// describe says who a user is and may do. The context carries the user as the caller.
func (a *API) describe(ctx context.Context, u identity.User) (Me, error) {
	tenants, err := a.tenants(ctx, identity.ReadTenants, nil)
	if err != nil {
		return Me{}, err
	}
	me := Me{
		ID: u.ID, Username: u.Username, Name: u.Name, Role: string(u.Provider), Locale: u.Locale,
		Permissions: []string{}, Tenants: []Membership{}, SyslogPort: a.opts.SyslogPort, SyslogTLSPort: a.opts.SyslogTLSPort, NetFlowPort: a.opts.NetFlowPort,
	}
	p := u.Principal()
	for _, perm := range identity.Permissions() {
		if p.CanSomewhere(perm) {
			me.Permissions = append(me.Permissions, string(perm))
		}
	}
	for _, t := range tenants {
		role := u.Provider
		if role == "" {
			role = u.Tenants[t.ID]
		}
		me.Tenants = append(me.Tenants, Membership{ID: string(t.ID), Slug: t.Slug, Name: t.Name, Role: string(role), Demo: t.Demo})
	}
	return me, nil
}
