package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// parseWebError reads the error logs of nginx and Apache.
func parseWebError(w *work, msg, _ string) bool {
	if len(msg) < 30 {
		return false
	}
	if msg[0] == '[' && w.apacheError(msg) || msg[4] == '/' && w.nginxError(msg) {
		w.d.Set(event.Category, "web")
		w.d.Set(event.Type, "error")
		w.dataset = "web.error"
		return true
	}
	return false
}

// nginxError reads `2024/06/14 09:23:53 [error] 19#19: *17 user "x" was not found, client: 192.0.2.1, server: _, request: "GET / HTTP/1.1", host: "h"`.
func (w *work) nginxError(msg string) bool {
	when, n, ok := clock.ISO(msg, w.loc)
	level, rest, found := strings.Cut(msg[n:], "] ")
	if !ok || !found || !strings.HasPrefix(level, " [") || len(level) > 12 {
		return false
	}
	pid, rest, found := strings.Cut(rest, "#")
	if !found || numeric(pid) == "" {
		return false
	}
	d := &w.d
	d.Event().Time = when
	d.SetIfAbsent("log.level", level[2:])
	d.SetIfAbsent(event.ProcessPID, pid)
	if v, ok := listed(rest, ", client: "); ok {
		ecs.Target{Form: ecs.Address, Name: event.SourceIP}.Put(d, v)
	}
	if v, ok := listed(rest, ", server: "); ok && v != "_" {
		d.SetIfAbsent("url.domain", v)
	}
	if _, request, ok := strings.Cut(rest, `, request: "`); ok {
		request, _, _ = strings.Cut(request, `"`)
		if method, target, ok := strings.Cut(request, " "); ok && httpMethod(method) {
			d.SetIfAbsent("http.request.method", method)
			if i := strings.LastIndex(target, " HTTP/"); i >= 0 {
				target = target[:i]
			}
			w.url(target)
		}
	}
	w.nginxMail(rest)
	if user, after, ok := strings.Cut(rest, `user "`); ok && user != "" {
		user, after, _ = strings.Cut(after, `"`)
		if strings.HasPrefix(after, " was not found") || strings.HasPrefix(after, ": password mismatch") {
			d.SetIfAbsent(event.UserName, user)
			d.Set(event.Action, "web_login")
			d.Set(event.Outcome, "failure")
		}
	}
	return true
}

// nginxMail reads what nginx says as a proxy of mail: `*15 client 192.0.2.1:53044 connected to 0.0.0.0:25` and `*15 client login failed: "…"
// while in http auth state, client: 192.0.2.1, server: 0.0.0.0:25, login: "kai"`.
func (w *work) nginxMail(rest string) {
	d := &w.d
	if _, login, ok := strings.Cut(rest, `, login: "`); ok {
		login, _, _ = strings.Cut(login, `"`)
		d.SetIfAbsent(event.UserName, login)
	}
	switch {
	case strings.Contains(rest, " client login failed: "):
		d.Set(event.Action, "mail_login")
		d.Set(event.Outcome, "failure")
	case strings.Contains(rest, " client logged in, "):
		d.Set(event.Action, "mail_login")
		d.Set(event.Outcome, "success")
	default:
		if _, client, ok := strings.Cut(rest, " client "); ok {
			if client, _, ok = strings.Cut(client, " connected to "); ok {
				ecs.Target{Form: ecs.Endpoint, Name: "source"}.Put(d, client)
			}
		}
	}
}

// listed returns the value that follows a mark, up to the next comma.
func listed(s, mark string) (string, bool) {
	_, v, ok := strings.Cut(s, mark)
	v, _, _ = strings.Cut(v, ",")
	return v, ok
}

// apacheError reads "[Thu Jun 13 12:24:49.880562 2024] [auth_basic:error] [pid 10:tid 1401] [client 192.0.2.1:50229] AH01618: user x not found: /".
func (w *work) apacheError(msg string) bool {
	stamp, rest, ok := strings.Cut(msg[1:], "] [")
	if !ok {
		return false
	}
	when, good := clock.Any(stamp, w.loc, w.received)
	module, rest, ok := strings.Cut(rest, "] ")
	if !good || !ok || !apacheLevel(module[strings.LastIndexByte(module, ':')+1:]) {
		return false
	}
	d := &w.d
	d.Event().Time = when
	if i := strings.LastIndexByte(module, ':'); i >= 0 {
		d.SetIfAbsent("apache.module", module[:i])
		module = module[i+1:]
	}
	d.SetIfAbsent("log.level", module)
	if _, pid, ok := strings.Cut(rest, "[pid "); ok {
		end := strings.IndexAny(pid, ":]")
		if end > 0 {
			d.SetIfAbsent(event.ProcessPID, numeric(pid[:end]))
		}
	}
	if _, client, ok := strings.Cut(rest, "[client "); ok {
		client, rest, _ = strings.Cut(client, "]")
		ecs.Target{Form: ecs.Endpoint, Name: "source"}.Put(d, client)
	}
	code, text, ok := strings.Cut(strings.TrimLeft(rest, " "), ": ")
	if ok && strings.HasPrefix(code, "AH") && numeric(code[2:]) != "" {
		d.SetIfAbsent(event.Code, code)
		if user, ok := strings.CutPrefix(text, "user "); ok {
			user, _ = cutWord(user)
			d.SetIfAbsent(event.UserName, strings.TrimRight(user, ":"))
			d.Set(event.Action, "web_login")
			d.Set(event.Outcome, "failure")
		}
	}
	return true
}

// apacheLevel reports whether Apache writes the level so: many others write a time and a level in brackets.
func apacheLevel(s string) bool {
	switch s {
	case "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug":
		return true
	}
	return len(s) == 6 && strings.HasPrefix(s, "trace")
}

// parseHAProxy reads HAProxy's HTTP log: client:port [time] frontend backend/server timers status bytes - - flags counts queues "request".
func parseHAProxy(w *work, msg, _ string) bool {
	endpoint, rest := cutWord(msg)
	if !strings.HasPrefix(rest, "[") || strings.IndexByte(endpoint, ':') < 0 {
		return false
	}
	stamp, rest, ok := strings.Cut(rest[1:], "] ")
	when, n, good := clock.CommonLog(stamp, w.loc)
	if !ok || !good || n != len(stamp) {
		return false
	}
	var f [12]string
	got := fields(rest, f[:])
	if got < 8 || !strings.Contains(f[1], "/") || !status3(f[3]) {
		return false
	}
	d := &w.d
	ecs.Target{Form: ecs.Endpoint, Name: "source"}.Put(d, endpoint)
	if !d.Has(event.SourceIP) {
		return false
	}
	d.Event().Time = when
	d.SetIfAbsent("http.response.status_code", f[3])
	d.SetIfAbsent("http.response.bytes", numeric(f[4]))
	d.SetIfAbsent("haproxy.frontend", f[0])
	d.SetIfAbsent("haproxy.backend", f[1])
	if _, request, ok := strings.Cut(rest, ` "`); ok {
		request = strings.TrimSuffix(strings.TrimSpace(request), `"`)
		if method, target, ok := strings.Cut(request, " "); ok && httpMethod(method) {
			d.SetIfAbsent("http.request.method", method)
			target, _ = cutWord(target)
			w.url(target)
		}
	}
	d.Set(event.Category, "web")
	d.Set(event.Type, "access")
	w.dataset = "web.access"
	return true
}
