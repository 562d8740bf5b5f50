package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// w3cFields bounds the fields read of one line.
const w3cFields = 28

// parseW3C reads the access and error logs of IIS. Which fields it writes is a setting that the lines do not tell, so the
// method is the anchor: server address before it, then path, query, port, user and client after it.
func parseW3C(w *work, msg, _ string) bool {
	if len(msg) < 40 || msg[4] != '-' || msg[10] != ' ' {
		return false
	}
	when, _, ok := clock.ISO(msg, w.loc)
	if !ok {
		return false
	}
	var f [w3cFields]string
	n := fields(msg, f[:])
	if !w.w3cError(f[:n]) && !w.w3cAccess(f[:n]) {
		return false
	}
	d := &w.d
	d.Event().Time = when
	d.Set(event.Category, "web")
	d.Set(event.Type, "access")
	if s := d.Value("http.response.status_code"); s >= "400" {
		d.Set(event.Outcome, "failure")
	} else if s != "" {
		d.Set(event.Outcome, "success")
	}
	return true
}

// w3cAccess reads date time [site] [server] s-ip method stem query port user c-ip [version] agent [cookie] [referrer] [host] status ….
func (w *work) w3cAccess(f []string) bool {
	m := 2
	for m < len(f) && m < 7 && !httpMethod(f[m]) {
		m++
	}
	if m+8 > len(f) || !httpMethod(f[m]) || numeric(f[m+3]) == "" || !strings.HasPrefix(f[m+1], "/") && f[m+1] != "*" {
		return false
	}
	client := ecs.IP(f[m+5])
	if client == "" {
		return false
	}
	status := m + 6
	for status < len(f) && !status3(f[status]) {
		status++
	}
	if status == len(f) {
		return false
	}
	d := &w.d
	ecs.Target{Form: ecs.Address, Name: event.DestinationIP}.Put(d, f[m-1])
	d.SetIfAbsent("http.request.method", f[m])
	d.SetIfAbsent("url.original", f[m+1])
	d.SetIfAbsent("url.path", f[m+1])
	ecs.Target{Form: ecs.Plain, Name: "url.query"}.Put(d, f[m+2])
	ecs.Target{Form: ecs.Port, Name: event.DestinationPort}.Put(d, f[m+3])
	ecs.Target{Form: ecs.Account, Name: "user"}.Put(d, f[m+4])
	d.SetIfAbsent(event.SourceIP, client)
	agent := m + 6
	if strings.HasPrefix(f[agent], "HTTP/") {
		d.SetIfAbsent("http.version", f[agent][5:])
		agent++
	}
	if agent < status {
		ecs.Target{Form: ecs.Plain, Name: "user_agent.original"}.Put(d, strings.ReplaceAll(f[agent], "+", " "))
	}
	for i := agent + 1; i < status; i++ {
		if strings.Contains(f[i], "://") {
			d.SetIfAbsent("http.request.referrer", f[i])
		}
	}
	d.SetIfAbsent("http.response.status_code", f[status])
	w.dataset = "web.access"
	return true
}

// w3cError reads HTTPERR: date time c-ip c-port s-ip s-port version method url status site reason queue.
func (w *work) w3cError(f []string) bool {
	if len(f) < 12 || numeric(f[3]) == "" || numeric(f[5]) == "" {
		return false
	}
	src, dst := ecs.IP(f[2]), ecs.IP(f[4])
	if src == "" || dst == "" {
		return false
	}
	d := &w.d
	d.SetIfAbsent(event.SourceIP, src)
	d.SetIfAbsent(event.SourcePort, f[3])
	d.SetIfAbsent(event.DestinationIP, dst)
	d.SetIfAbsent(event.DestinationPort, f[5])
	d.SetIfAbsent("http.version", strings.TrimPrefix(f[6], "HTTP/"))
	ecs.Target{Form: ecs.Plain, Name: "http.request.method"}.Put(d, f[7])
	ecs.Target{Form: ecs.Plain, Name: "url.original"}.Put(d, f[8])
	ecs.Target{Form: ecs.Status, Name: "http.response.status_code"}.Put(d, f[9])
	ecs.Target{Form: ecs.Plain, Name: "event.reason"}.Put(d, f[11])
	w.dataset = "web.error"
	return true
}

// fields splits s at blanks into dst and returns how many there were, at most len(dst).
func fields(s string, dst []string) int {
	n := 0
	for n < len(dst) {
		var f string
		if f, s = cutWord(s); f == "" {
			break
		}
		dst[n] = f
		n++
	}
	return n
}

func httpMethod(s string) bool {
	switch s {
	case "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "DEBUG", "SEARCH", "RPC_IN_DATA", "RPC_OUT_DATA":
		return true
	}
	return false
}

func status3(s string) bool { return len(s) == 3 && s[0] >= '1' && s[0] <= '5' && numeric(s) != "" }
