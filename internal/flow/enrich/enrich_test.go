package enrich

import (
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestEnrichRelatesAndDirects(t *testing.T) {
	t.Parallel()
	ev := event.Event{Fields: []event.Field{
		{Name: "source.ip", Value: "203.0.113.9"}, {Name: "destination.ip", Value: "10.0.0.5"},
		{Name: "user.name", Value: "kai"}, {Name: "user.effective.name", Value: "root"}, {Name: "user.target.name", Value: "kai"},
		{Name: "host.name", Value: "web1"},
	}}
	New().Enrich(&ev)
	want := []event.Field{
		{Name: "related.ip", Value: "203.0.113.9"}, {Name: "related.ip", Value: "10.0.0.5"},
		{Name: "related.user", Value: "kai"}, {Name: "related.user", Value: "root"}, {Name: "related.hosts", Value: "web1"},
		{Name: "source.scope", Value: "documentation"}, {Name: "destination.scope", Value: "private"}, {Name: "network.direction", Value: "inbound"},
	}
	if diff := cmp.Diff(want, ev.Fields[6:]); diff != "" {
		t.Errorf("added fields (-want +got):\n%s", diff)
	}
	n := len(ev.Fields)
	New().Enrich(&ev)
	if len(ev.Fields) != n {
		t.Errorf("a second pass added %d fields", len(ev.Fields)-n)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"10.1.2.3": Private, "172.16.0.1": Private, "172.32.0.1": Public, "192.168.1.1": Private, "fd00::1": Private, "fec0::1": Private,
		"100.64.0.1": CarrierNAT, "100.127.255.255": CarrierNAT, "100.128.0.1": Public,
		"8.8.8.8": Public, "2001:4860::1": Public, "::ffff:8.8.8.8": Public, "192.0.3.1": Public, "198.20.0.1": Public, "223.255.255.255": Public,
		"127.0.0.1": Loopback, "::1": Loopback, "169.254.1.1": LinkLocal, "fe80::1": LinkLocal, "fe80::1%eth0": LinkLocal,
		"239.1.1.1": Multicast, "ff02::1": Multicast, "255.255.255.255": Broadcast, "240.0.0.1": Reserved, "0.0.0.0": Reserved, "::": Reserved,
		"192.0.2.1": Documentation, "198.51.100.9": Documentation, "203.0.113.9": Documentation, "2001:db8::1": Documentation, "3fff::1": Documentation,
		"198.18.0.1": Benchmarking, "198.19.255.255": Benchmarking, "2001:2::1": Benchmarking,
		"2002:808:808::1": SixToFour, "192.88.99.1": SixToFour, "2001::1": Teredo, "64:ff9b::808:808": NAT64, "100::1": Reserved,
		"": "", "web1": "", "1.2.3": "", "a:b": "",
	} {
		if got := Scope(addr); got != want {
			t.Errorf("Scope(%q) = %q, want %q", addr, got, want)
		}
	}
}

// ground is what is known of some addresses and networks.
type ground struct{}

func (ground) Of(a netip.Addr) geo.Place {
	switch a.String() {
	case "8.8.8.8":
		return geo.Place{Country: "US", Name: "United States", AS: "15169", Org: "GOOGLE"}
	case "114.114.114.114":
		return geo.Place{Country: "CN"}
	case "203.0.113.9", "10.0.0.5", "100.64.0.1":
		return geo.Place{Country: "XX", Name: "nobody's address has a country"}
	}
	return geo.Place{}
}

func (ground) Network(id tenant.ID, a netip.Addr) (string, bool) {
	return "DMZ", id == "01J0000000000000000000000A" && netip.MustParsePrefix("114.114.114.0/24").Contains(a)
}

// added enriches an event of the customer with networks, and returns what that added but related fields.
func added(t *testing.T, id tenant.ID, pairs ...string) string {
	t.Helper()
	ev := event.Event{Tenant: id}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		ev.Add(name, value)
	}
	e := With(Context{Places: ground{}, Networks: ground{}})
	e.Enrich(&ev)
	n := len(ev.Fields)
	if e.Enrich(&ev); len(ev.Fields) != n {
		t.Errorf("a second pass added %v", ev.Fields[n:])
	}
	var list []string
	for _, f := range ev.Fields[len(pairs):] {
		if !strings.HasPrefix(f.Name, "related.") {
			list = append(list, f.Name+"="+f.Value)
		}
	}
	return strings.Join(list, " ")
}

func TestPlacesNetworksAndFlows(t *testing.T) {
	t.Parallel()
	const one, two = "01J0000000000000000000000A", "01J0000000000000000000000B"
	for _, c := range []struct {
		name string
		id   tenant.ID
		in   []string
		want string
	}{
		{"a public address", two, []string{"source.ip=8.8.8.8"}, "source.scope=public source.geo.country_iso_code=US source.geo.country_name=United States source.as.number=15169 source.as.organization.name=GOOGLE"},
		{"client and server", two, []string{"client.ip=8.8.8.8", "server.ip=114.114.114.114"}, "client.geo.country_iso_code=US client.geo.country_name=United States client.as.number=15169 client.as.organization.name=GOOGLE server.geo.country_iso_code=CN"},
		{"nobody's address has no place", two, []string{"source.ip=203.0.113.9", "destination.ip=100.64.0.1"}, "source.scope=documentation destination.scope=cgnat network.direction=inbound"},
		{"a place that the event tells stays", two, []string{"source.ip=8.8.8.8", "source.geo.country_iso_code=DE", "source.as.number=7"}, "source.scope=public"},
		{"outside, to a customer without networks", two, []string{"source.ip=9.9.9.9", "destination.ip=114.114.114.114"}, "source.scope=public destination.scope=public destination.geo.country_iso_code=CN network.direction=external"},
		{"inside, at one that calls the network its own", one, []string{"source.ip=9.9.9.9", "destination.ip=114.114.114.114"}, "source.scope=public destination.scope=public isoc.destination.network=DMZ destination.geo.country_iso_code=CN network.direction=inbound"},
		{"a direction that the device tells stays", one, []string{"source.ip=9.9.9.9", "destination.ip=114.114.114.114", "network.direction=egress"}, "source.scope=public destination.scope=public isoc.destination.network=DMZ destination.geo.country_iso_code=CN"},
		{"a flow", two, []string{"source.ip=128.232.110.120", "source.port=34855", "destination.ip=66.35.250.204", "destination.port=80", "network.transport=tcp"}, "source.scope=public destination.scope=public network.direction=external network.community_id=1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"ports that are none", two, []string{"source.ip=10.0.0.1", "source.port=99999", "destination.ip=10.0.0.2", "destination.port=80", "network.transport=tcp"}, "source.scope=private destination.scope=private network.direction=internal"},
		{"related fields alone keep nothing else away", two, []string{"related.ip=8.8.8.8", "source.ip=10.0.0.1"}, "source.scope=private"},
	} {
		if got := added(t, c.id, c.in...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// BenchmarkEnrich is a firewall's event of 27 fields, with addresses that repeat as those of a network do.
func BenchmarkEnrich(b *testing.B) {
	places, err := geo.Open(geo.Files{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	addrs := make([]string, 4096)
	for i := range addrs {
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], rng.Uint32())
		addrs[i] = netip.AddrFrom4(a).String()
	}
	base := []event.Field{
		{Name: "source.ip", Value: ""}, {Name: "destination.ip", Value: "10.0.0.5"}, {Name: "source.port", Value: "34855"},
		{Name: "destination.port", Value: "443"}, {Name: "network.transport", Value: "tcp"}, {Name: "user.name", Value: "kai"}, {Name: "host.name", Value: "web1"},
	}
	for i := range 20 {
		base = append(base, event.Field{Name: "fortinet.firewall.field" + strconv.Itoa(i), Value: "v"})
	}
	for name, e := range map[string]*Enricher{"alone": New(), "places": With(Context{Places: places, Networks: ground{}})} {
		b.Run(name, func(b *testing.B) {
			ev := event.Event{Fields: make([]event.Field, 0, 64)}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ev.Fields = append(ev.Fields[:0], base...)
				ev.Fields[0].Value = addrs[i%len(addrs)]
				e.Enrich(&ev)
			}
		})
	}
}
