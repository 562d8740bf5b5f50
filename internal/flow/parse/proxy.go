package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// parseSquid reads squid's native access log:
// "1700000000.123    45 192.0.2.7 TCP_MISS/200 5120 GET http://example.test/ kai HIER_DIRECT/198.51.100.3 text/html".
func parseSquid(w *work, msg, _ string) bool {
	if len(msg) < 40 || msg[0] < '0' || msg[0] > '9' {
		return false
	}
	stamp, rest := cutWord(msg)
	if len(stamp) != 14 || stamp[10] != '.' {
		return false
	}
	elapsed, rest := cutWord(rest)
	client, rest := cutWord(rest)
	result, rest := cutWord(rest)
	size, rest := cutWord(rest)
	method, rest := cutWord(rest)
	target, rest := cutWord(rest)
	user, rest := cutWord(rest)
	hierarchy, kind := cutWord(rest)
	code, status, ok := strings.Cut(result, "/")
	when, good := clock.Any(stamp, w.loc, w.received)
	if !ok || !good || numeric(elapsed) == "" || hierarchy == "" {
		return false
	}
	d := &w.d
	d.Event().Time = when
	ecs.Target{Form: ecs.Host, Name: "source"}.Put(d, client)
	ecs.Target{Form: ecs.Status, Name: "http.response.status_code"}.Put(d, status)
	d.SetIfAbsent("http.response.bytes", numeric(size))
	d.SetIfAbsent("http.request.method", method)
	w.proxyTarget(method, target)
	if user != "-" {
		d.SetIfAbsent(event.UserName, user)
	}
	if _, peer, ok := strings.Cut(hierarchy, "/"); ok {
		ecs.Target{Form: ecs.Host, Name: "destination"}.Put(d, peer)
	}
	if kind != "-" {
		d.SetIfAbsent("http.response.mime_type", kind)
	}
	d.SetIfAbsent("squid.result", code)
	d.Set(event.Category, "web")
	d.Set(event.Type, "access")
	action, outcome := "allowed", "success"
	if strings.Contains(code, "DENIED") {
		action, outcome = "denied", "failure"
	}
	d.Set(event.Action, action)
	d.Set(event.Outcome, outcome)
	w.dataset = "proxy.access"
	return true
}

// proxyTarget reads a URL, or the "host:port" of CONNECT.
func (w *work) proxyTarget(method, target string) {
	if method != "CONNECT" {
		w.url(target)
		return
	}
	w.d.SetIfAbsent("url.original", target)
	w.d.SetIfAbsent("url.domain", hostOf(target))
	if i := strings.LastIndexByte(target, ':'); i > 0 {
		ecs.Target{Form: ecs.Port, Name: event.DestinationPort}.Put(&w.d, target[i+1:])
	}
}
