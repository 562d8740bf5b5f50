package input

import (
	"net/netip"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/syslogframe"
)

// claim finds the source of a syslog record: by a token in its structured data, else by a name of the certificate that its sender showed,
// else by its sender's address, else by the own port it came in at. A record nobody claims keeps an empty tenant and goes to the inbox. So does one with a token that is nobody's
// any more: its sender's address may well be another customer's, who must not see it.
//
// A token is overwritten with asterisks in the record: events are searchable by people who may not have the secret.
func claim(reg *collect.Registry, r *record.Record, from sender) {
	src, named := byToken(reg, r.Raw)
	if !named {
		src = from.source(reg)
	}
	if src != nil {
		r.Tenant, r.Source = src.Tenant, src.ID
	}
}

// sender is what is known of who sent a record, besides what the record says.
type sender struct {
	addr  netip.Addr
	port  int      // the own port it came in at, or 0
	names []string // of its certificate, where it has shown one
}

func (s sender) source(reg *collect.Registry) *collect.Source {
	for _, name := range s.names {
		if src, ok := reg.ByCertName(name); ok {
			return src
		}
	}
	src, ok := reg.BySender(s.addr)
	if !ok && s.port != 0 {
		src, _ = reg.ByPort(s.port)
	}
	return src
}

// byToken returns the source of the first token that is one's; named says that raw has a token at all, of a source or not.
func byToken(reg *collect.Registry, raw []byte) (src *collect.Source, named bool) {
	syslogframe.EachToken(raw, func(start, end int) bool {
		token := string(raw[start:end])
		if !strings.HasPrefix(token, collect.TokenPrefix) {
			return true // some other program's
		}
		named = true
		if src == nil {
			src, _ = reg.ByToken(token)
		}
		for i := start; i < end; i++ {
			raw[i] = '*'
		}
		return true
	})
	return src, named
}

// truncated are the envelope fields of a record that was cut.
func truncated(cut bool) []event.Field {
	if !cut {
		return nil
	}
	return []event.Field{{Name: collect.Truncated, Value: "true"}}
}
