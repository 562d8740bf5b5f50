package demo

import (
	"fmt"
	"time"
)

// firewallMinute writes what passes the two edges, and what is refused there.
func firewallMinute(w *writer) {
	for _, f := range []struct {
		source          Key
		name, in, desks string
		server          string
	}{
		{hisFirewall, "HIS-FW01", "192.0.2.10", "10.10.3.", "10.10.1.21"},
		{facFirewall, "FAC-FW01", "192.0.2.130", "10.30.3.", "10.30.1.11"},
	} {
		say := func(at time.Time, s session) {
			s.firewall = f.name
			w.add(f.source, at, w.day.rfc5424(f.source, program{priLocal0, f.name, "fortigate", 0}, at, s.kv(at)))
		}
		w.times(string(f.source)+"/out", 5, func(d dice, at time.Time) {
			s := session{from: f.desks + two(d.between(11, 34)), to: fmt.Sprintf("203.0.113.%d", d.between(2, 60)), sport: d.port(), dport: 443, proto: 6, service: "HTTPS",
				action: "accept", policy: 7, sent: d.between(600, 90_000), received: d.between(2_000, 900_000), sec: d.between(1, 180), inside: true}
			if d.chance(.2) {
				s.to, s.dport, s.proto, s.service, s.sent, s.received, s.sec = "198.51.100.53", 53, 17, "DNS", d.between(60, 90), d.between(90, 300), 1
			}
			say(at, s)
		})
		w.times(string(f.source)+"/in", 2.2, func(d dice, at time.Time) {
			say(at, session{from: d.visitor(), to: f.server, sport: d.port(), dport: 443, proto: 6, service: "HTTPS", action: "accept", policy: 2,
				sent: d.between(500, 9_000), received: d.between(2_000, 120_000), sec: d.between(1, 60)})
		})
		// The Internet knocks all day long, mostly at doors that nobody has.
		d := cast(w.day.seed, string(f.source)+"/knock", w.minute)
		for range d.poisson(.8) {
			at := w.start.Add(time.Duration(d.IntN(60_000)) * time.Millisecond)
			say(at, session{from: d.visitor(), to: f.in, sport: d.port(), dport: pick(d, []int{8080, 8443, 5060, 1900, 81, 8088, 7547, 60001, 25565}),
				proto: 6, service: "other", action: "deny", policy: 0, sent: 60})
		}
	}
}

// dnsMinute writes the queries that the hospital's name server answers.
func dnsMinute(w *writer) {
	w.times("dns", 6, func(d dice, at time.Time) {
		name := pick(d, []string{
			"his-app01.hospital.example", "dc01.hospital.example", "mail.hospital.example", "update.vendor.example", "time.vendor.example", "www.news.example",
			"pacs01.hospital.example", "cdn.media.example", "img.media.example", "api.insurance.example", "static.vendor.example",
		})
		from := "10.10.3." + two(d.between(11, 34))
		w.add(hisDNS, at, rfc3164(program{priDaemon, "ns01", "named", 2588}, at,
			fmt.Sprintf("client @0x7f97e40eb500 %s#%d (%s): query: %s IN %s + (10.10.0.53)", from, d.port(), name, name, pick(d, []string{"A", "A", "A", "AAAA"}))))
	})
}

// proxyMinute writes what the factory's people read on the web.
func proxyMinute(w *writer) {
	w.times("proxy", 4.5, func(d dice, at time.Time) {
		from, to := "10.30.3."+two(d.between(11, 28)), fmt.Sprintf("203.0.113.%d", d.between(2, 60))
		name := pick(d, []string{"www.news.example", "supplier.example", "cad.vendor.example", "mail.factory.example", "update.vendor.example", "maps.example", "bank.example"})
		stamp := fmt.Sprintf("%d.%03d", at.Unix(), at.Nanosecond()/1e6)
		line := fmt.Sprintf("%s %6d %s TCP_TUNNEL/200 %d CONNECT %s:443 %s HIER_DIRECT/%s -", stamp, d.between(40, 60000), from, d.between(900, 400_000), name, pick(d, facPeople()), to)
		if d.chance(.3) {
			line = fmt.Sprintf("%s %6d %s %s %d GET http://%s/%s %s HIER_DIRECT/%s text/html", stamp, d.between(4, 900), from,
				pick(d, []string{"TCP_MISS/200", "TCP_MISS/200", "TCP_HIT/200", "TCP_MISS/304", "TCP_DENIED/403"}), d.between(300, 60_000), name, d.hex(6), pick(d, facPeople()), to)
		}
		w.add(facProxy, at, []byte(line))
	})
}

// vpnMinute writes who dials in to the factory.
func vpnMinute(w *writer) {
	w.times("vpn", .35, func(d dice, at time.Time) {
		people := facPeople()
		i := d.between(0, len(people)-1)
		who, from, inner := people[i], fmt.Sprintf("198.51.100.%d", 100+i), "10.30.9."+two(d.between(11, 60)) // each dials in from home
		here := at.In(local())
		head := fmt.Sprintf(`date=%s time=%s devname="FAC-VPN01" devid="DEMOVPN" type="event" subtype="vpn" level="information" vd="root"`, here.Format("2006-01-02"), here.Format("15:04:05"))
		line := head + fmt.Sprintf(` logid="0101039424" logdesc="SSL VPN tunnel up" action="tunnel-up" tunneltype="ssl-tunnel" remip=%s tunnelip=%s user="%s" group="staff" msg="SSL tunnel established"`, from, inner, who)
		switch {
		case d.chance(.35):
			line = head + fmt.Sprintf(` logid="0101039425" logdesc="SSL VPN tunnel down" action="tunnel-down" tunneltype="ssl-tunnel" remip=%s tunnelip=%s user="%s" group="staff" duration=%d sentbyte=%d rcvdbyte=%d msg="SSL tunnel shutdown"`,
				from, inner, who, d.between(300, 26000), d.between(9e4, 9e6), d.between(9e4, 9e6))
		case d.chance(.1):
			line = head + fmt.Sprintf(` logid="0101039426" logdesc="SSL VPN login fail" action="ssl-login-fail" remip=%s user="%s" group="N/A" reason="sslvpn_login_permission_denied" msg="SSL user failed to logged in"`, from, who)
		}
		w.add(facVPN, at, rfc3164(program{priLocal7, "FAC-VPN01", "vpn", 0}, at, line))
	})
}

// switchMinute writes ports that go up and down as people come and go.
func switchMinute(w *writer) {
	w.times("switch", .45, func(d dice, at time.Time) {
		port, state := d.between(1, 48), pick(d, []string{"up", "down"})
		name := fmt.Sprintf("GigabitEthernet1/0/%d", port)
		w.add(facSwitch, at, rfc3164(program{189, "FAC-CORE01", fmt.Sprint(2000 + w.minute), 0}, at, fmt.Sprintf("%%LINK-3-UPDOWN: Interface %s, changed state to %s", name, state)))
		w.add(facSwitch, at.Add(time.Second), rfc3164(program{189, "FAC-CORE01", fmt.Sprint(2001 + w.minute), 0}, at.Add(time.Second),
			fmt.Sprintf("%%LINEPROTO-5-UPDOWN: Line protocol on Interface %s, changed state to %s", name, state)))
	})
}
