package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/accesslog"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// parseAccessLog reads the access logs of web servers, also behind a syslog header.
func parseAccessLog(w *work, msg, _ string) bool {
	e, ok := accesslog.Parse(msg)
	if !ok {
		return false
	}
	if _, _, dated := clock.ISO(e.Remote, w.loc); dated { // a container runtime's line around it
		return false
	}
	d := &w.d
	ecs.Target{Form: ecs.Host, Name: "source"}.Put(d, e.Remote)
	d.SetIfAbsent(event.UserName, e.User)
	d.SetIfAbsent("http.request.method", e.Method)
	d.SetIfAbsent("http.response.status_code", e.Status)
	d.SetIfAbsent("http.response.body.bytes", numeric(e.Bytes))
	d.SetIfAbsent("http.request.referrer", e.Referrer)
	d.SetIfAbsent("user_agent.original", e.Agent)
	d.SetIfAbsent("http.version", strings.TrimPrefix(e.Protocol, "HTTP/"))
	if e.URL == "" {
		d.SetIfAbsent("http.request.line", e.Request)
	}
	w.url(e.URL)
	if e.VHost != "" {
		name, port, _ := strings.Cut(e.VHost, ":")
		d.SetIfAbsent("url.domain", name)
		ecs.Target{Form: ecs.Port, Name: event.DestinationPort}.Put(d, port)
	}
	d.Set(event.Category, "web")
	d.Set(event.Type, "access")
	outcome := "success"
	if e.Status >= "400" {
		outcome = "failure"
	}
	d.Set(event.Outcome, outcome)
	if t, _, ok := clock.CommonLog(e.Time, w.loc); ok {
		d.Event().Time = t
	} else if t, ok := clock.Any(e.Time, w.loc, w.received); ok {
		d.Event().Time = t
	}
	w.dataset = "web.access"
	return true
}

// url sets url.original, url.path and url.query, and the host of an absolute URL.
func (w *work) url(u string) {
	if u == "" {
		return
	}
	d := &w.d
	d.SetIfAbsent("url.original", u)
	path := u
	if i := strings.Index(u, "://"); i > 0 && i < 10 {
		rest := u[i+3:]
		slash := strings.IndexAny(rest, "/?")
		if slash < 0 {
			slash = len(rest)
		}
		d.SetIfAbsent("url.scheme", u[:i])
		d.SetIfAbsent("url.domain", hostOf(rest[:slash]))
		path = rest[slash:]
	}
	path, query, _ := strings.Cut(path, "?")
	d.SetIfAbsent("url.path", path)
	d.SetIfAbsent("url.query", query)
}

// hostOf drops user and port from the authority of a URL.
func hostOf(authority string) string {
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if i := strings.LastIndexByte(authority, ':'); i > 0 && numeric(authority[i+1:]) != "" {
		authority = authority[:i]
	}
	return authority
}
