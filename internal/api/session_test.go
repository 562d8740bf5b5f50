package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/api"
)

func creds(username, password string) map[string]any {
	return map[string]any{"username": username, "password": password}
}

func TestLoginGivesATokenThatWorks(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rec := w.do(t, http.MethodPost, "/api/v1/login", call{body: creds("Admin", strongPassword)}, credentials{})
	login := into[api.Login](t, rec, http.StatusOK)
	if !strings.HasPrefix(login.Token, "isoc_") || login.ExpiresAt.Before(w.now) || login.User.Username != "admin" {
		t.Fatalf("login = %+v", login)
	}
	me := into[api.Me](t, as{w, credentials{bearer: login.Token}}.get(t, "/api/v1/me"), http.StatusOK)
	if me.Role != "provider_admin" || len(me.Tenants) != 2 || !slices.Contains(me.Permissions, "user.manage") {
		t.Fatalf("me = %+v", me)
	}
}

func TestMeTellsACustomersUserOnlyOfItsCustomer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := into[api.Me](t, w.viewerOf(w.one).get(t, "/api/v1/me"), http.StatusOK)
	if me.Role != "" || len(me.Tenants) != 1 || me.Tenants[0].Slug != w.one.slug || me.Tenants[0].Role != "customer_viewer" {
		t.Fatalf("me = %+v", me)
	}
	if slices.Contains(me.Permissions, "alert.judge") || !slices.Contains(me.Permissions, "alert.read") {
		t.Fatalf("permissions = %v", me.Permissions)
	}
}

func TestLoginFailsAlikeForAWrongNameAndAWrongPassword(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	var details []string
	for _, c := range []map[string]any{creds("admin", "wrong"), creds("nobody", "wrong")} {
		rec := w.do(t, http.MethodPost, "/api/v1/login", call{body: c}, credentials{})
		p := wrong(t, rec, http.StatusUnauthorized, "login_failed")
		details = append(details, p.Detail)
		if rec.Header().Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	}
	if details[0] != details[1] {
		t.Fatalf("the answers differ: %q", details)
	}
}

func TestLoginSlowsDownAfterFailuresWithRetryAfter(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for range 20 {
		rec := w.do(t, http.MethodPost, "/api/v1/login", call{body: creds("analyst", "wrong")}, credentials{})
		if rec.Code == http.StatusUnauthorized {
			continue
		}
		wrong(t, rec, http.StatusTooManyRequests, "quota")
		if s, err := strconv.Atoi(rec.Header().Get("Retry-After")); err != nil || s < 1 {
			t.Fatalf("Retry-After = %q", rec.Header().Get("Retry-After"))
		}
		return
	}
	t.Fatal("20 failures and no pause")
}

func TestSessionCookieIsOutOfReachOfScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rec := w.do(t, http.MethodPost, "/api/v1/session", call{body: creds("admin", strongPassword)}, credentials{})
	cookies := rec.Result().Cookies()
	if rec.Code != http.StatusOK || len(cookies) != 1 {
		t.Fatalf("%d, cookies %v", rec.Code, cookies)
	}
	c := cookies[0]
	if c.Name != "isoc_session" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure {
		t.Fatalf("cookie = %+v", c)
	}
	if strings.Contains(rec.Body.String(), c.Value) {
		t.Fatal("the body repeats the session")
	}
	into[api.Me](t, as{w, credentials{session: c.Value}}.get(t, "/api/v1/me"), http.StatusOK)
}

func TestLogoutEndsTheSessionOnTheServer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	browser := as{w, credentials{session: w.session(t, "admin", strongPassword)}}
	rec := browser.send(t, http.MethodDelete, "/api/v1/session", nil)
	if rec.Code != http.StatusNoContent || len(rec.Result().Cookies()) != 1 || rec.Result().Cookies()[0].MaxAge >= 0 {
		t.Fatalf("%d %v", rec.Code, rec.Result().Cookies())
	}
	wrong(t, browser.get(t, "/api/v1/me"), http.StatusUnauthorized, "unauthenticated")
	if rec := browser.send(t, http.MethodDelete, "/api/v1/session", nil); rec.Code != http.StatusNoContent {
		t.Fatalf("a second log-out: %d", rec.Code)
	}
	entries := w.chain(t, "tenant=provider&action=user.logout")
	if len(entries) != 1 || entries[0].Actor != "admin" || entries[0].Remote != "192.0.2.1" || entries[0].Session == "" {
		t.Fatalf("log-outs = %+v", entries)
	}
}

func TestAnotherSitesPageCannotUseTheSession(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	session := w.session(t, "admin", strongPassword)
	post := func(header http.Header, who credentials) *httptest.ResponseRecorder {
		return w.do(t, http.MethodPost, "/api/v1/tenants", call{body: map[string]any{"slug": "csrf" + strconv.Itoa(len(header)), "name": "x"}, header: header}, who)
	}
	wrong(t, post(http.Header{"Sec-Fetch-Site": {"cross-site"}}, credentials{session: session}), http.StatusForbidden, "cross_origin")
	wrong(t, post(http.Header{"Origin": {"https://evil.example"}}, credentials{session: session}), http.StatusForbidden, "cross_origin")
	rec := w.do(t, http.MethodPost, "/api/v1/session", call{body: creds("admin", strongPassword), header: http.Header{"Sec-Fetch-Site": {"cross-site"}}}, credentials{})
	wrong(t, rec, http.StatusForbidden, "cross_origin")
	if rec := post(http.Header{"Sec-Fetch-Site": {"same-origin"}, "X": {"1"}}, credentials{session: session}); rec.Code != http.StatusCreated {
		t.Fatalf("the own page: %d %s", rec.Code, rec.Body)
	}
	if rec := post(http.Header{"Sec-Fetch-Site": {"cross-site"}, "X": {"1"}, "Y": {"1"}}, credentials{bearer: w.adminBearer}); rec.Code != http.StatusCreated {
		t.Fatalf("a bearer token: %d %s", rec.Code, rec.Body)
	}
}

func TestANewPasswordEndsOtherSessionsAndTokensButNotTheBrowserThatSetIt(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	other := as{w, credentials{session: w.session(t, "analyst", strongPassword)}}
	browser := as{w, credentials{session: w.session(t, "analyst", strongPassword)}}
	const next = "another-good-password-9"
	wrong(t, browser.send(t, http.MethodPatch, "/api/v1/me", map[string]any{"password": next, "current_password": "wrong"}),
		http.StatusUnprocessableEntity, "invalid", "body.current_password")
	rec := browser.send(t, http.MethodPatch, "/api/v1/me", map[string]any{"password": next, "current_password": strongPassword})
	into[api.Me](t, rec, http.StatusOK)
	fresh := as{w, credentials{session: rec.Result().Cookies()[0].Value}}
	into[api.Me](t, fresh.get(t, "/api/v1/me"), http.StatusOK)
	for name, old := range map[string]as{"the other browser": other, "the old session": browser, "the token": w.analyst()} {
		if rec := old.get(t, "/api/v1/me"); rec.Code != http.StatusUnauthorized {
			t.Errorf("%s still works: %d", name, rec.Code)
		}
	}
}

func TestUpdateMeKeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := into[api.Me](t, w.admin().send(t, http.MethodPatch, "/api/v1/me", map[string]any{"locale": "en"}), http.StatusOK)
	if me.Locale != "en" || me.Name == "" {
		t.Fatalf("me = %+v", me)
	}
	wrong(t, w.admin().send(t, http.MethodPatch, "/api/v1/me", map[string]any{"locale": "tlh"}), http.StatusUnprocessableEntity, "invalid", "body.locale")
}

func TestTokensAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	made := into[api.FreshToken](t, w.admin().send(t, http.MethodPost, "/api/v1/tokens", map[string]any{"name": "ci", "days": 7}), http.StatusCreated)
	if d := made.ExpiresAt.Sub(w.now); d < 6*24*time.Hour || d > 8*24*time.Hour || made.Secret == "" {
		t.Fatalf("token = %+v", made)
	}
	into[api.Me](t, as{w, credentials{bearer: made.Secret}}.get(t, "/api/v1/me"), http.StatusOK)
	listed := w.admin().get(t, "/api/v1/tokens")
	if list := into[api.List[api.Token]](t, listed, http.StatusOK); !slices.ContainsFunc(list.Items, func(k api.Token) bool { return k.ID == made.ID }) {
		t.Fatal("the list lacks the new token")
	}
	if strings.Contains(listed.Body.String(), made.Secret) {
		t.Fatal("the list shows the secret")
	}
	wrong(t, w.analyst().send(t, http.MethodDelete, "/api/v1/tokens/"+made.ID, nil), http.StatusNotFound, "not_found")
	if rec := w.admin().send(t, http.MethodDelete, "/api/v1/tokens/"+made.ID, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("revoke: %d", rec.Code)
	}
	wrong(t, as{w, credentials{bearer: made.Secret}}.get(t, "/api/v1/me"), http.StatusUnauthorized, "unauthenticated")
	wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/tokens", map[string]any{"name": "x", "days": 900}), http.StatusUnprocessableEntity, "invalid", "body.days")
}

func TestBehindATrustedProxyTheCookieIsSecureAndTheTrailNamesTheCaller(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	forwarded := http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https"}}
	login := call{body: creds("admin", strongPassword), header: forwarded}
	cookie := func() *http.Cookie {
		return w.do(t, http.MethodPost, "/api/v1/session", login, credentials{}).Result().Cookies()[0]
	}
	if c := cookie(); c.Secure {
		t.Error("a header from a stranger made the cookie secure")
	}
	w.serve(t, api.Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	if c := cookie(); !c.Secure {
		t.Error("the cookie is not secure behind a proxy that speaks TLS")
	}
	entries := w.chain(t, "tenant=provider&action=user.login&limit=2")
	if len(entries) != 2 || entries[0].Remote != "198.51.100.7" || entries[1].Remote != "192.0.2.1" {
		t.Fatalf("log-ins = %+v", entries)
	}
}
