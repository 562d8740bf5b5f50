package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// parseDNS reads the query logs of dnsmasq and BIND.
func parseDNS(w *work, msg, app string) bool {
	switch {
	case strings.HasPrefix(app, "dnsmasq"):
		return w.dnsmasq(msg)
	case app == "named" || strings.Contains(msg[:min(len(msg), 200)], "client "):
		return w.bind(msg)
	}
	return false
}

// dnsmasq reads "query[A] example.test from 192.0.2.7" and "reply example.test is 198.51.100.3", also with
// the serial number and address that --log-queries=extra puts before.
func (w *work) dnsmasq(msg string) bool {
	if first, rest := cutWord(msg); numeric(first) != "" {
		peer, after := cutWord(rest)
		if addr, _, ok := strings.Cut(peer, "/"); ok {
			w.d.SetIfAbsent(event.SourceIP, ecs.IP(addr))
			msg = after
		}
	}
	verb, rest := cutWord(msg)
	name, rest := cutWord(rest)
	how, value := cutWord(rest)
	d := &w.d
	switch {
	case strings.HasPrefix(verb, "query[") && how == "from":
		d.Set("dns.type", "query")
		d.Set("dns.question.type", strings.TrimSuffix(verb[6:], "]"))
		d.SetIfAbsent(event.SourceIP, ecs.IP(value))
		d.Set(event.Action, "dns_query")
	case how == "is" && (verb == "reply" || verb == "cached" || verb == "config" || strings.HasPrefix(verb, "/")):
		d.Set("dns.type", "answer")
		d.SetIfAbsent("dns.resolved_ip", ecs.IP(value))
		d.SetIfAbsent("dns.answers.data", value)
		d.Set(event.Action, "dns_answer")
	case how == "to" && verb == "forwarded":
		d.SetIfAbsent(event.DestinationIP, ecs.IP(value))
		d.Set(event.Action, "dns_forwarded")
	default:
		return false
	}
	d.Set("dns.question.name", strings.TrimSuffix(name, "."))
	w.dnsClass()
	return true
}

// bind reads "client @0x7f 192.0.2.7#53124 (example.test): query: example.test IN A +E(0)K (192.0.2.1)", with the
// time and category that named's own files have before it.
func (w *work) bind(msg string) bool {
	at := strings.Index(msg, "client ")
	q := strings.Index(msg, ": query: ")
	denied := false
	if q < 0 {
		if q = strings.Index(msg, "): query (cache) '"); q < 0 {
			return false
		}
		denied = true
	}
	if at < 0 || at > q {
		return false
	}
	who := strings.Fields(msg[at+7 : q])
	d := &w.d
	for _, f := range who {
		if addr, port, ok := strings.Cut(f, "#"); ok {
			d.SetIfAbsent(event.SourceIP, ecs.IP(addr))
			ecs.Target{Form: ecs.Port, Name: event.SourcePort}.Put(d, strings.TrimRight(port, ":"))
			break
		}
	}
	if !d.Has(event.SourceIP) {
		return false
	}
	if denied {
		name, kind, _ := strings.Cut(strings.TrimPrefix(msg[q:], "): query (cache) '"), "/")
		d.Set("dns.question.name", name)
		kind, _, _ = strings.Cut(kind, "/")
		d.Set("dns.question.type", kind)
		d.Set(event.Outcome, "failure")
	} else {
		w.bindQuestion(msg[q+len(": query: "):])
	}
	d.Set("dns.type", "query")
	d.Set(event.Action, "dns_query")
	if t, _, ok := clock.CommonLog(msg[:at], w.loc); ok {
		d.Event().Time = t
	}
	w.dnsClass()
	return true
}

func (w *work) bindQuestion(s string) {
	d := &w.d
	name, rest := cutWord(s)
	class, rest := cutWord(rest)
	kind, rest := cutWord(rest)
	d.Set("dns.question.name", strings.TrimSuffix(name, "."))
	d.Set("dns.question.class", class)
	d.Set("dns.question.type", kind)
	if i := strings.LastIndexByte(rest, '('); i >= 0 {
		d.SetIfAbsent(event.DestinationIP, ecs.IP(strings.Trim(rest[i:], "() ")))
	}
}

func (w *work) dnsClass() {
	w.d.Set(event.Category, "network")
	w.d.Set(event.Type, "protocol")
	w.d.Set("network.protocol", "dns")
	w.dataset = "dns.query"
}

// cutWord cuts the first word off s.
func cutWord(s string) (first, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], strings.TrimLeft(s[i+1:], " ")
	}
	return s, ""
}
