package alias

import (
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// person reads who acted, and who was acted upon.
func (r *reading) person() Meaning {
	if !r.only(user | name | id | email | actor | target | src | dst | client | server | login | remote | local | display | by | create | late | domain | action | host | addr | dev | process | evt | result | status | kind | method | request | app | attack) {
		return Meaning{}
	}
	switch {
	case r.any(by) && !r.any(method|kind|result|status):
		return of(ecs.UserID, "user", 1+r.far())
	case r.any(login) && !r.any(user|actor|email):
		return r.login()
	case r.any(kind | method | result | status | host | process | request | app | dev):
		return Meaning{}
	case r.any(domain) && r.any(user):
		return of(ecs.Plain, "user.domain", 0)
	case r.any(display) && r.any(name):
		return of(ecs.Plain, "user.full_name", 0)
	case r.any(target|dst|server) || r.whose&(target|dst) != 0 && r.whose&(src|actor) == 0:
		if r.any(id) || r.any(attack) {
			return Meaning{}
		}
		return of(ecs.Account, "user.target", 0)
	case r.any(email):
		rank := uint8(2)
		if r.any(user|actor) || r.whose&(actor|client) != 0 || r.up&(user|by) != 0 {
			rank = 1
		}
		return of(ecs.Email, "user", rank+r.far())
	case r.any(id) && !r.any(name):
		return of(ecs.UserID, "user", 1+r.far())
	case r.any(attack|create|late|evt) && !r.has(user|name):
		return Meaning{}
	case r.any(user):
		if r.has(user|name) || r.any(src) {
			return of(ecs.Account, "user", r.far())
		}
		return of(ecs.Account, "user", 1+r.far())
	case r.has(actor | name), r.any(actor) && r.leaf&noise == 0 && r.only(actor|src|action|remote):
		return of(ecs.Account, "user", 1)
	case r.any(name) && r.up&(actor|user|by) != 0:
		return of(ecs.Account, "user", r.far())
	}
	return Meaning{}
}

// far is 1 for a name below an object that is not known to be who acted.
func (r *reading) far() uint8 {
	if r.up == 0 || r.up&(actor|src|client|login|user|evt|noise|by) != 0 {
		return 0
	}
	return 1
}

func (r *reading) login() Meaning {
	switch {
	case r.any(id | kind | method | late | app | host | dev | domain):
		return Meaning{}
	case r.any(result | status):
		return of(ecs.Outcome, "", 0)
	case r.has(login | name):
		return of(ecs.Account, "user", 0)
	case r.only(login) && r.up&(user|actor) != 0, r.only(login) && r.top:
		return of(ecs.Login, "user", 1)
	}
	return Meaning{}
}

func (r *reading) dns() Meaning {
	w := r.leaf | r.up&(dns|query)
	switch {
	case r.any(host|dev) && !r.any(query|request):
		if r.any(name) {
			return of(ecs.Machine, event.HostName, 1)
		}
		return Meaning{}
	case r.any(response|server|ip|id|code|status|result|method|hash|process|file) || !r.only(query|dns|name|domain|request|kind|host):
		return Meaning{}
	case r.any(kind):
		if w&(dns|query) != 0 && r.any(query|dns|request) {
			return of(ecs.Plain, "dns.question.type", 0)
		}
		return Meaning{}
	case r.any(query) && r.any(name|domain|host), w&dns != 0 && r.any(query|request), r.has(dns | name), r.has(dns|domain) && r.top:
		return of(ecs.Domain, "dns.question.name", 0)
	case r.only(query) && r.top:
		return of(ecs.Domain, "dns.question.name", 2)
	}
	return Meaning{}
}

func (r *reading) process() Meaning {
	w := r.leaf | r.up&(process|parent)
	prefix := "process"
	if w&parent != 0 {
		if w&(process|command|id|path) == 0 {
			return Meaning{}
		}
		prefix = "process.parent"
	}
	if r.any(src | dst | target | client | server | evt | moment | user | result | status | attack | rule | kind) {
		if !r.only(process|parent|command|id|name|path|src|target|full|action) || r.any(kind) {
			return Meaning{}
		}
	}
	switch {
	case r.any(command):
		if r.only(command | process | parent | full | action | name) {
			return of(ecs.Plain, prefix+".command_line", 0)
		}
	case r.any(id):
		return of(ecs.Number, prefix+".pid", 0)
	case r.any(path):
		return of(ecs.Executable, prefix, 0)
	case r.has(process | name), r.only(process | parent | src | target | action), w&process != 0 && r.only(name):
		return of(ecs.Executable, prefix, 0)
	}
	return Meaning{}
}

func (r *reading) file() Meaning {
	switch {
	case !r.only(file|path|name|target|action|src|attack|full) || r.any(attack) && !r.any(path|name):
		return Meaning{}
	case r.any(path):
		return of(ecs.Path, "", 0)
	case r.any(name), r.up&file != 0:
		return of(ecs.FileName, "", 0)
	}
	return of(ecs.FileName, "", 1)
}

func (r *reading) web() Meaning {
	w := r.leaf | r.up&(web|request|response)
	switch {
	case r.any(link):
		if r.whose&(actor|target) != 0 || r.up&user != 0 || !r.only(link|path|name|request|client|target|full|web|dst|attack|evt) {
			return Meaning{}
		}
		switch {
		case r.any(path):
			return of(ecs.URL, "", 1)
		case r.any(web|request) || r.up&(web|request) != 0 || r.leaf&^fillers == link && r.top:
			return of(ecs.URL, "", 0)
		}
		return of(ecs.URL, "", 1)
	case r.any(path):
		return r.pathOf(w)
	case r.any(method):
		if !r.only(method | request | client | web | name | action) {
			return Meaning{}
		}
		if r.any(name) && !r.any(web|request) {
			return of(ecs.Verb, event.Action, 1)
		}
		return of(ecs.Method, "http.request.method", 0)
	case r.any(status | code):
		return r.statusOf(w)
	case r.only(web|request) && r.any(request):
		return of(ecs.URL, "", 2)
	case r.any(web) && r.any(host|domain):
		return of(ecs.Plain, "url.domain", 0)
	}
	return r.others()
}

func (r *reading) pathOf(w set) Meaning {
	switch {
	case !r.only(path | name | request | client | target | full | web | src):
		return Meaning{}
	case w&(web|request) != 0:
		return of(ecs.URL, "", 1)
	}
	return of(ecs.WebOrFile, "", 1)
}

func (r *reading) statusOf(w set) Meaning {
	switch {
	case !r.only(status | code | request | response | web | server | evt | action | result | login | target | client):
		return Meaning{}
	case r.any(code) && w&(web|response|status) != 0 && !r.any(result), r.any(status) && w&(web|response) != 0:
		return of(ecs.Status, "http.response.status_code", 0)
	case r.leaf == code && r.up == 0:
		return of(ecs.Result, "", 3)
	case r.any(code):
		return Meaning{}
	case r.any(action | evt | result | request):
		return of(ecs.Result, "", 1)
	}
	return of(ecs.Result, "", 2)
}

func (r *reading) others() Meaning {
	switch {
	case r.leaf == name && r.up&evt != 0 && r.up&(target|rule|user|host) == 0, r.any(kind|name) && r.only(kind|name) && r.up&action != 0 && r.up&^(action|fillers) == 0:
		return of(ecs.Verb, event.Action, 1)
	case r.leaf == evt && r.top:
		return of(ecs.Verb, event.Action, 1)
	case r.leaf == evt:
		return of(ecs.Verb, event.Action, 2)
	case r.leaf&^noise == app && r.top:
		return of(ecs.Service, "network.protocol", 2)
	case r.bare:
		return r.bareRole()
	case r.any(success) && r.only(success|login|action|result|evt):
		return of(ecs.Outcome, "", 0)
	case r.any(action | verdict):
		return r.verb()
	case r.any(result):
		if r.only(result | action | login | request | evt | kind) {
			return of(ecs.Outcome, "", 1)
		}
	case r.any(severity):
		if r.only(severity | attack | rule | evt | name) {
			return of(ecs.Severity, event.Severity, 1)
		}
	case r.any(evt | kind):
		return r.kindOf()
	case r.any(host | dev | agent | domain), r.leaf == name && r.up&(host|dev|agent) != 0:
		return r.machine()
	case r.any(bytes | packets):
		return r.volume()
	case r.any(rule):
		if r.any(id) && r.only(rule|id) {
			return of(ecs.Plain, "rule.id", 0)
		}
		if r.only(rule | name) {
			return of(ecs.Plain, "rule.name", 1)
		}
	case r.any(attack):
		if r.only(attack|name) && r.any(name) {
			return of(ecs.Plain, "rule.name", 2)
		}
	case r.any(iface):
		if r.only(iface | name | src | dst | inward | outward) {
			switch {
			case r.any(src | inward):
				return of(ecs.Plain, "observer.ingress.interface.name", 0)
			case r.any(dst | outward):
				return of(ecs.Plain, "observer.egress.interface.name", 0)
			}
		}
	case r.only(reason) && r.any(reason):
		return of(ecs.Plain, "event.reason", 0)
	}
	return Meaning{}
}

// bareRole reads "src", "client", "victim": an address where the value is one.
func (r *reading) bareRole() Meaning {
	w := r.leaf &^ fillers
	m := Meaning{}
	if r.up&(addr|ip) != 0 && r.leaf&(roles|remote|local) != 0 { // "addr.remote", "ip.src"
		r.leaf |= addr
		return r.address()
	}
	if r.up&port != 0 && r.leaf&(roles|remote|local) != 0 {
		r.leaf |= port
		return r.port()
	}
	switch {
	case !r.top && r.up&^noise&^evt != 0:
		return m
	case w == src, w == dst:
		m = of(ecs.Peer, map[bool]string{true: "source", false: "destination"}[w == src], 0)
	case w == client, w == attack|src, w == actor:
		m = of(ecs.Peer, "source", 1)
	case w == server, w == target:
		m = of(ecs.Peer, "destination", 1)
	case w == remote:
		m = of(ecs.Peer, "source", 1)
		m.Side = Remote
	case w == local:
		m = of(ecs.Peer, "source", 2)
		m.Side = Local
	case w == login:
		m = of(ecs.Login, "user", 1)
	case w == host, w == dev, w == dev|host, w == agent|host:
		return r.machine()
	}
	return m
}

func (r *reading) verb() Meaning {
	switch {
	case r.any(text):
		return Meaning{}
	case !r.only(action | verdict | name | evt | kind | result | request | dev | user | attack | success | rule | method):
		return Meaning{}
	case r.any(result) && !r.any(kind):
		return of(ecs.Outcome, "", 1)
	case r.has(verdict):
		return of(ecs.Verb, event.Action, 1)
	case r.up&(rule|target|actor|request|response|file) != 0:
		return of(ecs.Verb, event.Action, 2)
	case r.any(attack | rule | user | method), r.leaf&^kind == action && r.up&evt == 0:
		return of(ecs.Verb, event.Action, 1)
	}
	return of(ecs.Verb, event.Action, 0)
}

// kindOf reads event names and types, which serve for a verb where there is none.
func (r *reading) kindOf() Meaning {
	switch {
	case !r.only(evt | kind | name | action | id | attack):
		return Meaning{}
	case r.any(id):
		return Meaning{}
	case r.leaf&evt != 0 && r.any(name):
		return of(ecs.Verb, event.Action, 0)
	case r.leaf&evt != 0 && r.any(kind):
		return of(ecs.Verb, event.Action, 1)
	}
	return Meaning{}
}

func (r *reading) machine() Meaning {
	switch {
	case !r.only(host|dev|agent|domain|name|src|dst|client|server|target|remote|local|web|request) || r.any(agent) && !r.any(host|name):
		return Meaning{}
	case r.any(domain) && !r.any(host):
		switch {
		case r.any(dst):
			return of(ecs.Plain, "destination.domain", 0)
		case r.any(src):
			return of(ecs.Plain, "source.domain", 0)
		}
		return Meaning{}
	case r.leaf&web != 0:
		return of(ecs.Plain, "url.domain", 0)
	case r.any(dst | server | target):
		return of(ecs.Host, "destination", 1)
	case r.any(src | client | remote):
		return of(ecs.Host, "source", 1)
	case r.up&(web|request) != 0:
		return of(ecs.Plain, "url.domain", 1)
	case r.any(name) && r.any(host|dev):
		return of(ecs.Machine, event.HostName, r.far())
	case r.leaf == name:
		return of(ecs.Machine, event.HostName, 1)
	case r.up&(host|dev) != 0 && r.any(host):
		return of(ecs.Machine, event.HostName, 1)
	case r.top:
		return of(ecs.Machine, event.HostName, 1)
	}
	return Meaning{}
}

func (r *reading) volume() Meaning {
	unit := "bytes"
	if r.any(packets) {
		unit = "packets"
	}
	switch {
	case !r.only(bytes | packets | src | dst | client | server | inward | outward | name | id | late):
		return Meaning{}
	case r.any(src), r.any(client) && !r.any(inward), r.any(outward) && !r.any(dst|server):
		return of(ecs.Number, "source."+unit, 0)
	case r.any(dst), r.any(server), r.any(inward):
		return of(ecs.Number, "destination."+unit, 0)
	}
	return Meaning{}
}
