package enrich

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
	"github.com/isoc-project/isoc/internal/flow/wire/communityid"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Names of the fields that enrichment adds.
const (
	RelatedIP    = "related.ip"
	RelatedUser  = "related.user"
	RelatedHosts = "related.hosts"
	Direction    = "network.direction"
	CommunityID  = "network.community_id"
	SourceScope  = "source.scope"      // "private", "public", "loopback" …
	DestScope    = "destination.scope" // the same of the destination
	SourceNet    = "isoc.source.network"
	DestNet      = "isoc.destination.network" // the customer's name for the network
)

// SourceCountry is where the source's public address is registered; the other ends have the like.
const SourceCountry = "source.geo.country_iso_code"

// maxRelated bounds each related list.
const maxRelated = 16

// Places tells where public addresses are registered.
type Places interface {
	Of(a netip.Addr) geo.Place
}

// Networks tells whether an address is in a network that a customer calls its own, and the network's name.
type Networks interface {
	Network(id tenant.ID, a netip.Addr) (name string, own bool)
}

// Context is what is known beside the event; each may be nil.
type Context struct {
	Places   Places
	Networks Networks
}

// Enricher enriches events. It holds no state and is safe for concurrent use.
type Enricher struct{ with Context }

// New returns an Enricher that knows nothing beside the event.
func New() *Enricher { return &Enricher{} }

// With returns an Enricher that knows places and networks.
func With(with Context) *Enricher { return &Enricher{with} }

// The ends of a connection.
const (
	source = iota
	destination
	client
	server
	numEnds
)

// ends are the fields of each end.
var ends = [numEnds]struct{ country, name, as, org, scope, network string }{
	{SourceCountry, "source.geo.country_name", "source.as.number", "source.as.organization.name", SourceScope, SourceNet},
	{"destination.geo.country_iso_code", "destination.geo.country_name", "destination.as.number", "destination.as.organization.name", DestScope, DestNet},
	{"client.geo.country_iso_code", "client.geo.country_name", "client.as.number", "client.as.organization.name", "", ""},
	{"server.geo.country_iso_code", "server.geo.country_name", "server.as.number", "server.as.organization.name", "", ""},
}

// end is what an event says of one.
type end struct {
	ip             string
	port           string
	geo, as, scope bool // it says so itself
}

// seen is what one walk over the fields finds.
type seen struct {
	ends                    [numEnds]end
	ips, users, hosts       list
	transport               string
	hasIPs, hasUsers        bool
	hasHosts                bool
	hasDirection, hasFlowID bool
}

// Enrich adds related.ip, related.user and related.hosts, the scope of source and destination address, country and autonomous system of
// public addresses, the network's direction as the customer's networks see it, and the community id. Fields already there are kept;
// applied twice it adds nothing new.
func (e *Enricher) Enrich(ev *event.Event) {
	var s seen
	for i := range ev.Fields {
		s.look(&ev.Fields[i])
	}
	if !s.hasIPs {
		s.ips.put(ev, RelatedIP)
	}
	if !s.hasUsers {
		s.users.put(ev, RelatedUser)
	}
	if !s.hasHosts {
		s.hosts.put(ev, RelatedHosts)
	}
	e.addresses(ev, &s)
}

func (s *seen) look(f *event.Field) {
	switch f.Name {
	case event.SourceIP:
		s.address(source, f.Value)
	case event.DestinationIP:
		s.address(destination, f.Value)
	case "client.ip":
		s.address(client, f.Value)
	case "server.ip":
		s.address(server, f.Value)
	case event.HostIP, "source.nat.ip", "destination.nat.ip", "dns.resolved_ip":
		s.ips.add(f.Value)
	case event.UserName, "user.target.name", "user.effective.name", "destination.user.name", "source.user.name":
		s.users.add(f.Value)
	case event.HostName, "source.domain", "destination.domain", "dns.question.name", "url.domain":
		s.hosts.add(f.Value)
	case event.SourcePort:
		s.ends[source].port = f.Value
	case event.DestinationPort:
		s.ends[destination].port = f.Value
	case "network.transport", "network.iana_number":
		if s.transport == "" {
			s.transport = f.Value
		}
	default:
		s.said(f.Name)
	}
}

// said notes what needs no adding.
func (s *seen) said(name string) {
	switch name {
	case RelatedIP:
		s.hasIPs = true
	case RelatedUser:
		s.hasUsers = true
	case RelatedHosts:
		s.hasHosts = true
	case Direction:
		s.hasDirection = true
	case CommunityID:
		s.hasFlowID = true
	case SourceScope:
		s.ends[source].scope = true
	case DestScope:
		s.ends[destination].scope = true
	case SourceCountry, "source.geo.country_name":
		s.ends[source].geo = true
	case "destination.geo.country_iso_code", "destination.geo.country_name":
		s.ends[destination].geo = true
	case "client.geo.country_iso_code", "client.geo.country_name":
		s.ends[client].geo = true
	case "server.geo.country_iso_code", "server.geo.country_name":
		s.ends[server].geo = true
	case "source.as.number", "source.as.organization.name":
		s.ends[source].as = true
	case "destination.as.number", "destination.as.organization.name":
		s.ends[destination].as = true
	case "client.as.number", "client.as.organization.name":
		s.ends[client].as = true
	case "server.as.number", "server.as.organization.name":
		s.ends[server].as = true
	}
}

func (s *seen) address(of int, value string) {
	if s.ends[of].ip == "" {
		s.ends[of].ip = value
	}
	s.ips.add(value)
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

// addresses adds what follows from the ends of the connection.
func (e *Enricher) addresses(ev *event.Event, s *seen) {
	var addrs [numEnds]netip.Addr
	var inside [numEnds]bool
	for i := range s.ends {
		at := &s.ends[i]
		a, ok := address(at.ip)
		if !ok {
			continue
		}
		addrs[i] = a
		scope := scopeOf(a)
		if names := &ends[i]; names.scope != "" {
			if !at.scope {
				ev.Add(names.scope, scope)
			}
			inside[i] = !outside(scope)
			if e.with.Networks != nil {
				if name, own := e.with.Networks.Network(ev.Tenant, a); own {
					inside[i] = true
					ev.SetIfAbsent(names.network, name)
				}
			}
		}
		if scope == Public && e.with.Places != nil && (!at.geo || !at.as) {
			place(ev, i, at, e.with.Places.Of(a))
		}
	}
	if !addrs[source].IsValid() || !addrs[destination].IsValid() {
		return
	}
	if !s.hasDirection {
		ev.Add(Direction, direction(inside[source], inside[destination]))
	}
	if !s.hasFlowID {
		flow(ev, s, addrs[source], addrs[destination])
	}
}

func place(ev *event.Event, i int, at *end, p geo.Place) {
	if !at.geo && p.Country != "" {
		ev.Add(ends[i].country, p.Country)
		if p.Name != "" {
			ev.Add(ends[i].name, p.Name)
		}
	}
	if !at.as && p.AS != "" {
		ev.Add(ends[i].as, p.AS)
		if p.Org != "" {
			ev.Add(ends[i].org, p.Org)
		}
	}
}

func direction(in, out bool) string {
	switch {
	case in && out:
		return "internal"
	case in:
		return "outbound"
	case out:
		return "inbound"
	}
	return "external"
}

// flow adds the community id of what has two addresses, two ports and a transport that knows ports.
func flow(ev *event.Event, s *seen, src, dst netip.Addr) {
	f := communityid.Flow{Source: src, Destination: dst, Protocol: transport(s.transport)}
	if f.Protocol == 0 {
		return
	}
	from, err := strconv.ParseUint(s.ends[source].port, 10, 16)
	if err != nil {
		return
	}
	to, err := strconv.ParseUint(s.ends[destination].port, 10, 16)
	if err != nil {
		return
	}
	f.SourcePort, f.DestinationPort = uint16(from), uint16(to)
	if id := f.ID(); id != "" {
		ev.Add(CommunityID, id)
	}
}

// transport is IANA's number of the transports that know ports.
func transport(name string) uint8 {
	switch name {
	case "tcp", "6", "TCP":
		return 6
	case "udp", "17", "UDP":
		return 17
	case "sctp", "132", "SCTP":
		return 132
	}
	return 0
}
