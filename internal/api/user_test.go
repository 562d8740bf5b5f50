package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestUserOfACustomerIsMadeBySlugAndLogsIn(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rec := w.admin().send(t, http.MethodPost, "/api/v1/users", map[string]any{
		"username": "Zhang.San", "name": "张三", "password": strongPassword, "tenants": []any{map[string]any{"id": w.one.slug, "role": "customer_viewer"}},
	})
	u := into[api.User](t, rec, http.StatusCreated)
	if u.Username != "zhang.san" || len(u.Tenants) != 1 || u.Tenants[0].ID != w.one.id || u.Locale != "zh-CN" {
		t.Fatalf("user = %+v", u)
	}
	if strings.Contains(rec.Body.String(), "argon2") {
		t.Fatal("the answer shows the password's hash")
	}
	w.session(t, "zhang.san", strongPassword)
	off := into[api.User](t, w.admin().send(t, http.MethodPatch, "/api/v1/users/"+u.ID, map[string]any{"disabled": true, "version": 1}), http.StatusOK)
	if !off.Disabled {
		t.Fatalf("user = %+v", off)
	}
	wrong(t, w.do(t, http.MethodPost, "/api/v1/login", call{body: creds("zhang.san", strongPassword)}, credentials{}), http.StatusUnauthorized, "login_failed")
}

func TestRoleOfACustomersUserGoesWithoutSaying(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for username, extra := range map[string]map[string]any{"silent": {}, "said": {"role": "customer_viewer"}} {
		body := map[string]any{"username": username, "password": strongPassword, "tenants": []any{map[string]any{"id": w.one.slug}}}
		for k, v := range extra {
			body[k] = v
		}
		u := into[api.User](t, w.admin().send(t, http.MethodPost, "/api/v1/users", body), http.StatusCreated)
		if u.Role != "" || len(u.Tenants) != 1 || u.Tenants[0].Role != "customer_viewer" {
			t.Errorf("%s: %+v", username, u)
		}
	}
}

func TestUserRefusalsNameTheFieldAndKeepThePassword(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for name, c := range map[string]struct {
		body   map[string]any
		status int
		code   string
		at     string
	}{
		"short password":       {map[string]any{"username": "a", "password": "hunter2", "role": "provider_analyst"}, 422, "invalid", "body.password"},
		"no role":              {map[string]any{"username": "a", "password": strongPassword}, 422, "invalid", "body.role"},
		"both roles":           {map[string]any{"username": "a", "password": strongPassword, "role": "provider_admin", "tenants": []any{map[string]any{"id": w.one.id, "role": "customer_viewer"}}}, 422, "invalid", "body.tenants"},
		"no customer":          {map[string]any{"username": "a", "password": strongPassword, "tenants": []any{map[string]any{"id": "nowhere", "role": "customer_viewer"}}}, 422, "invalid", "body.tenants[0].id"},
		"name in use":          {map[string]any{"username": "admin", "password": strongPassword, "role": "provider_admin"}, 409, "taken", "body.username"},
		"password as a number": {map[string]any{"username": "a", "password": 12345678901, "role": "provider_admin"}, 422, "invalid", "body.password"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.admin().send(t, http.MethodPost, "/api/v1/users", c.body)
			wrong(t, rec, c.status, c.code, c.at)
			for _, secret := range []string{"hunter2", "12345678901", strongPassword} {
				if strings.Contains(rec.Body.String(), secret) {
					t.Errorf("the refusal repeats the password: %s", rec.Body)
				}
			}
		})
	}
}

func TestUserChangedMeanwhileIsAConflict(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	patch := map[string]any{"name": "Somebody", "version": 1}
	into[api.User](t, w.admin().send(t, http.MethodPatch, "/api/v1/users/"+w.one.viewer, patch), http.StatusOK)
	p := wrong(t, w.admin().send(t, http.MethodPatch, "/api/v1/users/"+w.one.viewer, patch), http.StatusConflict, "conflict")
	if p.By != "admin" || p.Version != 2 {
		t.Fatalf("problem = %+v", p)
	}
	wrong(t, w.admin().send(t, http.MethodPatch, "/api/v1/users/nobody", patch), http.StatusNotFound, "not_found")
}

func TestUserListTellsTheLastLoginAndWhoHasToWait(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		user := func(name string) api.User {
			t.Helper()
			for _, u := range into[api.List[api.User]](t, w.admin().get(t, "/api/v1/users"), http.StatusOK).Items {
				if u.Username == name {
					return u
				}
			}
			t.Fatalf("no %s", name)
			return api.User{}
		}
		before := user("analyst")
		if before.LastLogin != nil || before.LastFrom != "" || before.Slowed != nil {
			t.Fatalf("before any log-in: %+v", before)
		}
		w.session(t, "analyst", strongPassword)
		after := user("analyst")
		if after.LastLogin == nil || after.LastLogin.Before(w.now) || after.LastFrom == "" || after.Version != before.Version {
			t.Errorf("after a log-in: %+v", after)
		}
		for range 5 {
			w.do(t, http.MethodPost, "/api/v1/login", call{body: creds("analyst", "wrong-wrong-wrong")}, credentials{})
		}
		slowed := user("analyst")
		if slowed.Slowed == nil || !slowed.Slowed.After(*after.LastLogin) || !slowed.LastLogin.Equal(*after.LastLogin) {
			t.Errorf("after failed log-ins: %+v", slowed)
		}
	})
}
