package alias

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// irregular maps names that their words do not tell, by the whole name and by its last segment in lower case without punctuation.
func irregular(n string) (Meaning, bool) {
	var buf [maxName]byte
	// W3C: s-ip is the server's, s_ip the source's
	switch n {
	case "s-ip", "s-port":
		return pick(n == "s-ip", of(ecs.Address, event.DestinationIP, 0), of(ecs.Port, event.DestinationPort, 0)), true
	case "cs-uri-stem", "cs_uri_stem":
		return of(ecs.URL, "", 0), true
	case "cs-uri-query", "cs_uri_query":
		return of(ecs.Plain, "url.query", 0), true
	case "cs(User-Agent)", "cs_user_agent":
		return of(ecs.Plain, "user_agent.original", 0), true
	}
	if m, ok := exception(n, fold(buf[:0], n)); ok {
		return m, true
	}
	if i := strings.LastIndexByte(n, '.'); i >= 0 {
		return exception(n[i+1:], fold(buf[:0], n[i+1:]))
	}
	return Meaning{}, false
}

// exception looks up a name n by its folded form.
func exception(n, folded string) (Meaning, bool) {
	switch folded {
	case "idorigh", "origh", "callingstationid", "rip", "station", "rhost", "clienthost", "raddr", "xclientip", "xrealip":
		return of(ecs.Peer, "source", 0), true
	case "ipsource", "ipsrc", "addrsrc", "calling", "framedipaddress":
		return of(ecs.Peer, "source", 1), true
	case "xforwardedfor", "xff", "httpxforwardedfor":
		return of(ecs.Peer, "source", 3), true
	case "idresph", "resph", "lip", "laddr", "ipdst", "ipdest", "vip", "virtualip":
		return of(ecs.Peer, "destination", 1), true
	case "locip", "remip", "locport", "remport":
		return ends(n), true
	case "sip", "sipaddr", "sipaddress", "saddr", "saddress", "sipv4", "sipv6", "sserver":
		m := of(ecs.Peer, "source", 0)
		m.Side = Single
		return m, true
	case "sport":
		m := of(ecs.Port, event.SourcePort, 0)
		m.Side = Single
		return m, true
	case "csip":
		return of(ecs.Peer, "source", 0), true
	case "cdport":
		return of(ecs.Port, event.DestinationPort, 0), true
	case "idorigp", "origp", "portsrc", "csport":
		return of(ecs.Port, event.SourcePort, 0), true
	case "idrespp", "respp", "portdst":
		return of(ecs.Port, event.DestinationPort, 0), true
	case "unauthuser", "xauthuser", "principalname", "userprincipalname", "principalemail", "actoralternateid", "useridentityusername", "remoteuser", "authuser":
		return of(ecs.Account, "user", 0), true
	case "uid", "auid", "euid":
		return pick(len(n) == 3, of(ecs.Number, "user.id", 1), Meaning{}), true
	case "userkey":
		return Meaning{}, true
	case "userlogin", "actorlogin", "loginuser", "用户名主机", "用户主机":
		return of(ecs.Login, "user", 1), true
	case "访问地址", "请求地址":
		return of(ecs.URL, "", 1), true
	case "comm", "imagefilename":
		return of(ecs.Executable, "process", 1), true
	case "actioni18nkey", "typeactioni18nkey", "audittypeactioni18nkey":
		return of(ecs.Verb, event.Action, 0), true
	case "timestampepochsecond", "timestampseconds", "rt", "isotimestamp":
		return of(ecs.Time, "", 0), true
	case "issuer":
		return of(ecs.Login, "user", 3), true
	case "t":
		return of(ecs.Time, "", 2), true
	case "summary":
		return of(ecs.Verb, event.Action, 3), true
	case "published":
		return of(ecs.Time, "", 1), true
	case "remotedestip", "hostdstip", "cdip":
		return of(ecs.Address, event.DestinationIP, 0), true
	case "rrname":
		return of(ecs.Domain, "dns.question.name", 0), true
	case "requestclientapplication":
		return of(ecs.Plain, "user_agent.original", 0), true
	case "policyid", "policyname":
		return of(ecs.Plain, "rule.name", 1), true
	case "servicename", "serviceid", "msgid", "eventid":
		return Meaning{}, true
	}
	return Meaning{}, false
}

func ends(n string) Meaning {
	var m Meaning
	if n[len(n)-1] == 't' || n[len(n)-1] == 'T' {
		m = of(ecs.Port, event.SourcePort, 0)
	} else {
		m = of(ecs.Peer, "source", 0)
	}
	m.Side = Local
	if n[0]|0x20 == 'r' {
		m.Side = Remote
	}
	return m
}

func pick(first bool, a, b Meaning) Meaning {
	if first {
		return a
	}
	return b
}

// fold appends s in lower case without punctuation; too long a name folds to nothing.
func fold(dst []byte, s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		case c == '_' || c == '-' || c == '.' || c == ' ' || c == '/' || c == '@' || c == ':' || c == '(' || c == ')':
			continue
		}
		if len(dst) == maxName {
			return ""
		}
		dst = append(dst, c)
	}
	return string(dst)
}
