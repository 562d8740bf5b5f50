package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestProblemsAreWordedInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	chinese := http.Header{"Accept-Language": {"zh-CN,zh;q=0.9"}}
	me := w.admin()
	post := func(body map[string]any, h http.Header) api.Problem {
		return into[api.Problem](t, me.do(t, http.MethodPost, "/api/v1/tenants", call{body: body, header: h}, me.who), http.StatusUnprocessableEntity)
	}
	if p := post(map[string]any{"slug": "provider", "name": "x"}, chinese); p.Title != "请求有误" || p.Errors[0].Code != "tenant.slug" || p.Errors[0].Message == "" || !hasHan(p.Errors[0].Message) {
		t.Errorf("domain reason: %+v", p)
	}
	if p := post(map[string]any{"name": "x"}, chinese); p.Errors[0].Message != "缺少必填字段 slug" {
		t.Errorf("schema reason: %+v", p)
	}
	if p := post(map[string]any{"name": "x"}, nil); p.Title != "Invalid request" || hasHan(p.Errors[0].Message) {
		t.Errorf("English: %+v", p)
	}
	p := into[api.Problem](t, w.do(t, http.MethodGet, "/api/v1/me", call{header: chinese}, credentials{}), http.StatusUnauthorized)
	if p.Title != "未登录" {
		t.Errorf("401: %+v", p)
	}
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) >= 0
}

func TestUnreadableRequestsAreRefusedWithoutRepeatingThem(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	me := w.admin()
	send := func(path string, c call) (int, api.Problem, string) {
		rec := me.do(t, http.MethodPost, path, c, me.who)
		return rec.Code, into[api.Problem](t, rec, rec.Code), rec.Body.String()
	}
	const js = "application/json"
	status, p, body := send("/api/v1/login", call{raw: []byte(`{"username":"admin","password":"s3cret-word`), contentType: js})
	if status != 400 || p.Code != "bad_request" || strings.Contains(body, "s3cret") {
		t.Errorf("broken JSON: %d %s", status, body)
	}
	if status, p, body = send("/api/v1/users", call{body: map[string]any{"username": "x", "password": "s3cret-word", "role": "provider_admin", "nickname": "y"}}); status != 422 || strings.Contains(body, "s3cret") {
		t.Errorf("unknown property: %d %s", status, body)
	}
	if status, _, body = send("/api/v1/tenants", call{body: map[string]any{"slug": strings.Repeat("x", 9000), "name": "x"}}); status != 422 || len(body) > 2000 {
		t.Errorf("long value: %d, %d bytes", status, len(body))
	}
	if status, p, body = send("/api/v1/tenants", call{raw: nil, contentType: js}); status != 400 || p.Code != "bad_request" || len(p.Errors) != 1 {
		t.Errorf("no body: %d %s", status, body)
	}
	if status, p, body = send("/api/v1/tenants", call{raw: bytes.Repeat([]byte(" "), 2<<20), contentType: js}); status != 413 || p.Code != "too_large" {
		t.Errorf("large body: %d %s", status, body)
	}
	if status, p, body = send("/api/v1/tenants", call{raw: []byte("slug=x"), contentType: "application/x-www-form-urlencoded"}); status != 415 || p.Code != "unsupported_media_type" {
		t.Errorf("form: %d %s", status, body)
	}
}

func TestPathsThatDoNotExistAreProblemsToo(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for _, path := range []string{"/api/v1/nothing", "/api/v2/alerts", "/api/"} {
		rec := w.admin().get(t, path)
		wrong(t, rec, http.StatusNotFound, "not_found")
		if rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", path, rec.Header().Get("Content-Type"))
		}
	}
}

func TestAnswersAreNotCachedAndNameTheirRequest(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	rec := w.admin().get(t, "/api/v1/me")
	if rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("X-Content-Type-Options") != "nosniff" || rec.Header().Get("X-Request-Id") == "" {
		t.Fatalf("headers = %v", rec.Header())
	}
}

func TestAFailureInsideTellsNothingButItsNumber(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	must(t, w.archive.Close())
	rec := w.admin().send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": "x"})
	wrong(t, rec, http.StatusServiceUnavailable, "unavailable")
	if rec.Header().Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	a, err := api.New(api.Deps{Accounts: w.users, Sessions: w.store.Sessions(), Tokens: w.users}, api.Options{})
	must(t, err)
	w.Handler = a
	rec = w.admin().get(t, "/api/v1/health") // nothing stands behind it: the handler panics
	p := wrong(t, rec, http.StatusInternalServerError, "internal")
	if p.RequestID == "" || !strings.Contains(p.Detail, p.RequestID) || strings.Contains(rec.Body.String(), "nil pointer") {
		t.Fatalf("problem = %+v", p)
	}
}
