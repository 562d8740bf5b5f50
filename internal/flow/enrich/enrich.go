package enrich

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// Names of the fields that enrichment adds.
const (
	RelatedIP    = "related.ip"
	RelatedUser  = "related.user"
	RelatedHosts = "related.hosts"
	Direction    = "network.direction"
	SourceScope  = "source.scope"      // "private", "public", "loopback" …
	DestScope    = "destination.scope" // the same of the destination
)

// maxRelated bounds each related list.
const maxRelated = 16

// Enricher enriches events. It holds no state and is safe for concurrent use.
type Enricher struct{}

// New returns an Enricher.
func New() *Enricher { return &Enricher{} }

// Enrich adds related.ip, related.user and related.hosts, the scope of source and destination address, and the
// network's direction as seen from the private ranges. Fields already there are kept; applied twice it adds nothing new.
func (*Enricher) Enrich(ev *event.Event) {
	if ev.Has(RelatedIP) || ev.Has(RelatedUser) || ev.Has(RelatedHosts) {
		return
	}
	var related struct{ ips, users, hosts list }
	var src, dst string
	for i := range ev.Fields {
		f := &ev.Fields[i]
		switch f.Name {
		case event.SourceIP:
			src = first(src, f.Value)
			related.ips.add(f.Value)
		case event.DestinationIP:
			dst = first(dst, f.Value)
			related.ips.add(f.Value)
		case event.HostIP, "client.ip", "server.ip", "source.nat.ip", "destination.nat.ip", "dns.resolved_ip":
			related.ips.add(f.Value)
		case event.UserName, "user.target.name", "user.effective.name", "destination.user.name", "source.user.name":
			related.users.add(f.Value)
		case event.HostName, "source.domain", "destination.domain", "dns.question.name", "url.domain":
			related.hosts.add(f.Value)
		}
	}
	related.ips.put(ev, RelatedIP)
	related.users.put(ev, RelatedUser)
	related.hosts.put(ev, RelatedHosts)
	direction(ev, src, dst)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// list is a small set in order.
type list struct {
	items [maxRelated]string
	n     int
}

func (l *list) add(v string) {
	if v != "" && v != "-" && l.n < maxRelated && !slices.Contains(l.items[:l.n], v) {
		l.items[l.n] = v
		l.n++
	}
}

func (l *list) put(ev *event.Event, name string) {
	for _, v := range l.items[:l.n] {
		ev.Add(name, v)
	}
}

func direction(ev *event.Event, src, dst string) {
	s, d := Scope(src), Scope(dst)
	ev.SetIfAbsent(SourceScope, s)
	ev.SetIfAbsent(DestScope, d)
	if s == "" || d == "" || ev.Has(Direction) {
		return
	}
	switch in, out := s != Public, d != Public; {
	case in && out:
		ev.Add(Direction, "internal")
	case in:
		ev.Add(Direction, "outbound")
	case out:
		ev.Add(Direction, "inbound")
	default:
		ev.Add(Direction, "external")
	}
}

// Scopes of an address.
const (
	Private   = "private"
	Public    = "public"
	Loopback  = "loopback"
	LinkLocal = "link-local"
	Multicast = "multicast"
	Reserved  = "reserved"
)

// Scope classes an address; what is no address has none.
func Scope(s string) string {
	if s == "" || strings.IndexByte(s, '.') < 0 && strings.IndexByte(s, ':') < 0 {
		return ""
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	a = a.Unmap()
	switch {
	case a.IsLoopback():
		return Loopback
	case a.IsLinkLocalUnicast():
		return LinkLocal
	case a.IsMulticast():
		return Multicast
	case a.IsPrivate(), sharedRange(a):
		return Private
	case a.IsUnspecified(), a.Is4() && a.As4()[0] >= 240, a.Is4() && a.As4()[0] == 0:
		return Reserved
	}
	return Public
}

// sharedRange is carrier-grade NAT, 100.64.0.0/10.
func sharedRange(a netip.Addr) bool {
	if !a.Is4() {
		return false
	}
	b := a.As4()
	return b[0] == 100 && b[1]&0xc0 == 64
}
