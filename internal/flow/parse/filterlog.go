package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/wire/delimited"
)

// parseFilterlog reads the packet log of pfSense and OPNsense: rule,sub,anchor,tracker,interface,reason,action,direction,version, then
// fields by IP version and protocol.
func parseFilterlog(w *work, msg, app string) bool {
	if app != "filterlog" {
		return false
	}
	w.cells = delimited.Split(msg, ',', w.cells[:0])
	c := w.cells
	if len(c) < 17 {
		return false
	}
	proto, at := 16, 18
	if c[8] == "6" {
		proto, at = 12, 15
	} else if c[8] != "4" {
		return false
	}
	if len(c) < at+2 {
		return false
	}
	d := &w.d
	d.SetIfAbsent("rule.id", c[3])
	d.SetIfAbsent("observer.ingress.interface.name", c[4])
	d.SetIfAbsent("event.reason", c[5])
	d.SetIfAbsent("network.transport", strings.ToLower(c[proto]))
	ecs.Target{Form: ecs.Address, Name: event.SourceIP}.Put(d, c[at])
	ecs.Target{Form: ecs.Address, Name: event.DestinationIP}.Put(d, c[at+1])
	if t := d.Value("network.transport"); (t == "tcp" || t == "udp") && len(c) >= at+4 {
		ecs.Target{Form: ecs.Port, Name: event.SourcePort}.Put(d, c[at+2])
		ecs.Target{Form: ecs.Port, Name: event.DestinationPort}.Put(d, c[at+3])
	}
	d.Set(event.Category, "network")
	d.Set(event.Action, c[6])
	d.Set(event.Type, "denied")
	if c[6] == "pass" {
		d.Set(event.Type, "allowed")
	}
	w.dataset = linux.Firewall
	return true
}
