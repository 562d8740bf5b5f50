package communityid_test

import (
	"net/netip"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/wire/communityid"
)

// The vectors are those of the specification's reference implementation (corelight/pycommunityid).
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		src, dst     string
		proto        uint8
		sport, dport uint16
		want, seeded string
	}{
		{"128.232.110.120", "66.35.250.204", 6, 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{"66.35.250.204", "128.232.110.120", 6, 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{"192.168.1.52", "8.8.8.8", 17, 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
		{"192.168.0.89", "192.168.0.1", 1, 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{"192.168.0.1", "192.168.0.89", 1, 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 58, 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
		{"192.168.170.8", "192.168.170.56", 132, 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=", "1:Y1/0jQg6e+I3ZwZZ9LP65DNbTXU="},
	} {
		f := communityid.Flow{
			Source: netip.MustParseAddr(c.src), Destination: netip.MustParseAddr(c.dst), Protocol: c.proto,
			SourcePort: c.sport, DestinationPort: c.dport,
		}
		if got := f.ID(); got != c.want {
			t.Errorf("%+v: %s, want %s", f, got, c.want)
		}
		if got := f.Seeded(1); got != c.seeded {
			t.Errorf("%+v with seed 1: %s, want %s", f, got, c.seeded)
		}
	}
}

func TestMappedAndUnlikeAddresses(t *testing.T) {
	f := communityid.Flow{
		Source: netip.MustParseAddr("::ffff:128.232.110.120"), Destination: netip.MustParseAddr("66.35.250.204"),
		Protocol: 6, SourcePort: 34855, DestinationPort: 80,
	}
	if got := f.ID(); got != "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" {
		t.Errorf("mapped: %s", got)
	}
	f.Source = netip.MustParseAddr("2001:db8::1")
	if got := f.ID(); got != "" {
		t.Errorf("addresses of two families have the id %s", got)
	}
	if got := (communityid.Flow{}).ID(); got != "" {
		t.Errorf("no addresses have the id %s", got)
	}
}

// One-way messages have an id for each direction; a protocol without ports ignores them.
func TestWithoutPorts(t *testing.T) {
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	there, back := communityid.Flow{Source: a, Destination: b, Protocol: 1, SourcePort: 3, DestinationPort: 1}, communityid.Flow{Source: b, Destination: a, Protocol: 1, SourcePort: 3, DestinationPort: 1}
	if there.ID() == back.ID() {
		t.Error("unreachable messages of both directions have one id")
	}
	gre := communityid.Flow{Source: a, Destination: b, Protocol: 47}
	with := gre
	with.SourcePort = 7
	if gre.ID() != with.ID() {
		t.Error("ports of GRE change the id")
	}
}
