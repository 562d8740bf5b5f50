package alias

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// Meaning is what a vendor's name stands for.
type Meaning struct {
	ecs.Target
	// Rank is how sure that is: 0 the name says it, up to 3 a last resort. Of several names for one field the lower rank wins.
	Rank uint8
	// Side is set where the name only tells this end of a connection from the other.
	Side Side
}

// Side is an end of a connection as seen by who wrote the record.
type Side uint8

// The sides.
const (
	Either Side = iota
	Local
	Remote
	Single // "sip": the source's or, where the client has a name of its own, the server's
)

// maxRank is the rank of a last resort; what is less sure than that is not mapped.
const maxRank = 3

// Resolve returns what a name means. Irregular names are looked up; the others are cut into words, which say whose
// (source, client, 受害者 …) and what (address, port, 用户 …): an unknown word at the start is taken for a vendor's prefix, one
// after that for a meaning that is not known here, and nothing is mapped. The segments of a dotted path before the last
// say whose where the last does not. The zero Meaning has Form ecs.None.
func Resolve(n string) Meaning {
	if len(n) > 4*maxName {
		return Meaning{}
	}
	if t, ok := irregular(n); ok {
		return t
	}
	var sp splitter
	var parts [maxParts]part
	depth, above := 0, 0
	for n != "" {
		i := strings.LastIndexByte(n, '.')
		if depth < maxParts {
			seg := n[i+1:]
			if len(seg) > maxName {
				return Meaning{}
			}
			parts[depth] = sp.parse(seg)
			depth++
		} else {
			above++
		}
		n = n[:max(i, 0)]
	}
	if depth == 0 {
		return Meaning{}
	}
	return read(parts[:depth], above)
}

// reading is a name in words.
type reading struct {
	leaf  set // words of the last segment, without those that say nothing
	up    set // words of the segments before
	whose set // roles: of the last segment, else of the nearest that has any
	top   bool
	bare  bool // the last segment has nothing but a role
}

func read(parts []part, above int) Meaning {
	leaf := parts[0]
	if leaf.known == 0 || leaf.inner || leaf.words&bad != 0 {
		return Meaning{}
	}
	r := reading{leaf: leaf.words, top: len(parts) == 1}
	loss := uint8(min(above, 2))
	if leaf.lead > 1 {
		loss++
	}
	r.whose = leaf.words & roles
	for _, p := range parts[1:] {
		if p.words&bad != 0 {
			return Meaning{}
		}
		if p.known == 0 && !p.digits || p.inner || p.lead > 0 {
			loss++
		}
		r.up |= p.words
		if r.whose == 0 {
			r.whose = p.words & roles
		}
	}
	if r.up&^fillers == 0 && loss == 0 {
		r.top = true
	}
	r.bare = r.leaf&^(roles|remote|local|fillers) == 0
	m := r.meaning()
	if m.Form == ecs.None {
		return m
	}
	m.Rank += min(loss, 2)
	if leaf.digits && leaf.words&(ip|mac|hash) == 0 {
		m.Rank++
	}
	if m.Rank > maxRank {
		return Meaning{}
	}
	return m
}

func (r *reading) has(c set) bool { return r.leaf&c == c }
func (r *reading) any(c set) bool { return r.leaf&c != 0 }

// only reports whether the last segment has no words but those of c and such as say nothing.
func (r *reading) only(c set) bool { return r.leaf&^(c|fillers) == 0 }

func of(f ecs.Form, name string, rank uint8) Meaning {
	return Meaning{Target: ecs.Target{Form: f, Name: name}, Rank: rank}
}

func (r *reading) meaning() Meaning {
	switch {
	case r.any(hash):
		if r.only(hash|file|process|name|attack|src) && r.up&(parent|rule|agent) == 0 {
			return of(ecs.Digest, "file", 1)
		}
		return Meaning{}
	case r.any(proto) && !r.any(port) && r.only(proto|name|id|kind|ip):
		if r.any(app) {
			return of(ecs.Lower, "network.protocol", 0)
		}
		return of(ecs.Protocol, "", 0)
	case r.any(create|late) && r.only(create|late|kind) && !r.any(kind):
		return of(ecs.Time, "", 2)
	case r.any(mac) && r.only(mac|addr|src|dst|client|server|local|remote|target):
		if side := r.side(); side != "" {
			return of(ecs.Plain, side+".mac", 0)
		}
		return Meaning{}
	case r.any(moment):
		return r.when()
	case r.any(port):
		return r.port()
	case r.any(referrer) && r.only(referrer|link|request):
		return of(ecs.Plain, "http.request.referrer", 0)
	case r.has(user|agent) && r.only(user|agent|request|client|name):
		return of(ecs.Plain, "user_agent.original", 0)
	case r.any(ip), r.any(addr) && !r.any(email|link):
		return r.address()
	case r.any(query | dns):
		return r.dns()
	case r.any(process | parent | command), r.up&process != 0 && r.only(name|path|id|user) && !r.any(user):
		return r.process()
	case r.any(user | actor | email | login | by | display), r.up&(actor|user|by) != 0 && r.any(name|id) && r.only(name|id) && r.up&(host|dev|file|process) == 0:
		return r.person()
	case r.any(file), r.up&file != 0 && r.only(name|path):
		return r.file()
	case r.any(link | path | method | web | status | request | response | code):
		return r.web()
	}
	return r.others()
}

// side returns the prefix of the ECS fields of the party that the name is about.
func (r *reading) side() string {
	switch {
	case r.leaf&dst != 0:
		return "destination"
	case r.leaf&src != 0:
		return "source"
	case r.whose&targets != 0:
		return "destination"
	case r.whose&(sources|remote) != 0:
		return "source"
	}
	return ""
}

func (r *reading) address() Meaning {
	if !r.only(ip|addr|name|roles|remote|local|nat|user|web|process|request|response|late|domain|iface|inward|outward|id|evt) || r.any(domain|iface|process|id) && !r.any(src|dst|client|server) {
		return Meaning{}
	}
	if r.any(late | response | domain) {
		return Meaning{}
	}
	sure := uint8(0)
	if !r.any(ip) && r.any(user|login|host) && !r.any(src|dst|client|server|remote) {
		sure = 1 // "user address" may be anything
	}
	switch {
	case r.any(nat):
		if r.any(dst | server) {
			return of(ecs.Address, "destination.nat.ip", sure)
		}
		return of(ecs.Address, "source.nat.ip", sure)
	case r.any(src):
		return of(ecs.Peer, "source", sure)
	case r.any(dst):
		return of(ecs.Peer, "destination", sure)
	case r.any(local):
		m := of(ecs.Peer, "source", 1)
		m.Side = Local
		return m
	case r.any(remote):
		m := of(ecs.Peer, "source", 1) // a client is nearer than a remote, which may be a proxy
		m.Side = Remote
		return m
	case r.any(server):
		return of(ecs.Peer, "destination", sure)
	case r.any(sources), r.any(user):
		return of(ecs.Peer, "source", sure)
	case r.any(dev):
		return of(ecs.Address, "observer.ip", sure)
	case r.any(host | agent):
		return of(ecs.Address, "host.ip", sure)
	case r.any(target):
		return of(ecs.Peer, "destination", 1)
	}
	return r.addressAbove()
}

// addressAbove reads "ip" and "address" by what stands above them.
func (r *reading) addressAbove() Meaning {
	switch {
	case r.up&nat != 0:
		return Meaning{}
	case r.whose&dst != 0 && r.whose&src == 0:
		return of(ecs.Peer, "destination", 0)
	case r.whose&src != 0 && r.whose&dst == 0:
		return of(ecs.Peer, "source", 0)
	case r.whose&server != 0:
		return of(ecs.Peer, "destination", 1)
	case r.whose&(client|actor|login) != 0:
		return of(ecs.Peer, "source", 0)
	case r.whose&attack != 0, r.up&file != 0:
		return Meaning{}
	case r.up&remote != 0:
		m := of(ecs.Peer, "source", 0)
		m.Side = Remote
		return m
	case r.up&local != 0:
		m := of(ecs.Peer, "source", 1)
		m.Side = Local
		return m
	case r.whose&dev != 0:
		return of(ecs.Address, "observer.ip", 1)
	case r.whose&(host|agent) != 0:
		return of(ecs.Address, "host.ip", 1)
	case r.whose&target != 0:
		return of(ecs.Peer, "destination", 2)
	case r.up&user != 0:
		return of(ecs.Peer, "source", 1)
	case r.any(web): // "cs-ip", "sc-ip" say little
		return of(ecs.Peer, "source", 2)
	}
	return of(ecs.Peer, "source", 1)
}

func (r *reading) port() Meaning {
	if !r.only(port | roles | remote | local | nat | proto | id | host | ip) {
		return Meaning{}
	}
	if r.any(nat) || r.up&nat != 0 {
		if r.any(dst|server) || r.whose&dst != 0 {
			return of(ecs.Port, "destination.nat.port", 0)
		}
		return of(ecs.Port, "source.nat.port", 0)
	}
	switch {
	case r.any(src):
		return of(ecs.Port, event.SourcePort, 0)
	case r.any(dst):
		return of(ecs.Port, event.DestinationPort, 0)
	case r.any(local), r.up&local != 0:
		m := of(ecs.Port, event.SourcePort, 1)
		m.Side = Local
		return m
	case r.any(remote), r.up&remote != 0:
		m := of(ecs.Port, event.SourcePort, 0)
		m.Side = Remote
		return m
	}
	switch r.side() {
	case "source":
		return of(ecs.Port, event.SourcePort, 0)
	case "destination":
		return of(ecs.Port, event.DestinationPort, 0)
	}
	if r.any(app) {
		return of(ecs.Port, event.DestinationPort, 1)
	}
	return Meaning{}
}

// when ranks the times of a record: when it happened before when it was stored or changed.
func (r *reading) when() Meaning {
	if !r.only(moment|create|late|inward|dev|login|attack|query|request|response|action|host|agent|result|severity|local|kind|file|server|code|app|process|src|user|login) || r.any(result|severity|kind|code|process|user) {
		return Meaning{}
	}
	rank := uint8(0)
	switch {
	case r.any(late) && !r.any(create):
		rank = 2
	case r.any(response | file):
		rank = 2
	case r.any(create | request | query | action | host | agent | server | login | attack):
		rank = 1
	}
	if r.up&(file|process|user|target|host|actor|response|iface|rule|app) != 0 {
		rank += 2
	} else if r.whose&(target|actor) != 0 {
		rank++
	}
	return of(ecs.Time, "", rank)
}
