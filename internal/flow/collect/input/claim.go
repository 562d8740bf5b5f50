package input

import (
	"net/netip"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/syslogframe"
)

// claim finds the source of a syslog record: by a token in its structured data, else by its sender's address, else by the own port
// it came in at. A record nobody claims keeps an empty tenant and goes to the inbox.
//
// A token is overwritten with asterisks in the record: events are searchable by people who may not have the secret.
func claim(reg *collect.Registry, r *record.Record, addr netip.Addr, port int) {
	src, ok := byToken(reg, r.Raw)
	if !ok {
		src, ok = reg.BySender(addr)
	}
	if !ok && port != 0 {
		src, ok = reg.ByPort(port)
	}
	if ok {
		r.Tenant, r.Source = src.Tenant, src.ID
	}
}

func byToken(reg *collect.Registry, raw []byte) (*collect.Source, bool) {
	start, end, ok := syslogframe.Token(raw)
	if !ok {
		return nil, false
	}
	token := string(raw[start:end])
	src, ok := reg.ByToken(token)
	if ok || strings.HasPrefix(token, collect.TokenPrefix) {
		for i := start; i < end; i++ {
			raw[i] = '*'
		}
	}
	return src, ok
}

// truncated are the envelope fields of a record that was cut.
func truncated(cut bool) []event.Field {
	if !cut {
		return nil
	}
	return []event.Field{{Name: collect.Truncated, Value: "true"}}
}
