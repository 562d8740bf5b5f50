package enrich

import (
	"net/netip"
	"strings"
)

// Scopes of an address: IANA's registries of special purposes, by what they mean to somebody who reads a log.
const (
	Public        = "public"
	Private       = "private"    // RFC 1918; unique local (RFC 4193) and site-local
	CarrierNAT    = "cgnat"      // 100.64.0.0/10, RFC 6598
	Loopback      = "loopback"   // the host itself
	LinkLocal     = "link-local" // 169.254.0.0/16, fe80::/10
	Multicast     = "multicast"
	Broadcast     = "broadcast"     // 255.255.255.255
	Documentation = "documentation" // for examples, RFC 5737, 3849 and 9637
	Benchmarking  = "benchmarking"  // RFC 2544 and 5180
	SixToFour     = "6to4"          // 2002::/16 and its relays
	Teredo        = "teredo"        // 2001::/32
	NAT64         = "nat64"         // 64:ff9b::/96 and 64:ff9b:1::/48
	Reserved      = "reserved"      // nobody's
)

// outside reports whether packets of a scope come over the internet. Addresses of documentation are others' in every example.
func outside(scope string) bool {
	switch scope {
	case Public, Documentation, SixToFour, Teredo, NAT64:
		return true
	}
	return false
}

// address reads an IP address; IPv4 mapped into IPv6 counts as IPv4.
func address(s string) (netip.Addr, bool) {
	if s == "" || strings.IndexByte(s, '.') < 0 && strings.IndexByte(s, ':') < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	return a.Unmap().WithZone(""), true
}

// Scope classes an address; what is no address has none.
func Scope(s string) string {
	if a, ok := address(s); ok {
		return scopeOf(a)
	}
	return ""
}

func scopeOf(a netip.Addr) string {
	if a.Is4() {
		return scope4(a.As4())
	}
	switch {
	case a.IsLoopback():
		return Loopback
	case a.IsLinkLocalUnicast():
		return LinkLocal
	case a.IsMulticast():
		return Multicast
	case a.IsPrivate():
		return Private
	}
	for _, r := range special6 {
		if r.prefix.Contains(a) {
			return r.scope
		}
	}
	return Public
}

func scope4(b [4]byte) string {
	switch b[0] {
	case 0:
		return Reserved
	case 10:
		return Private
	case 100:
		if b[1]&0xc0 == 64 {
			return CarrierNAT
		}
	case 127:
		return Loopback
	case 169:
		if b[1] == 254 {
			return LinkLocal
		}
	case 172:
		if b[1]&0xf0 == 16 {
			return Private
		}
	case 192:
		return scope192(b)
	case 198:
		switch {
		case b[1]&0xfe == 18:
			return Benchmarking
		case b[1] == 51 && b[2] == 100:
			return Documentation
		}
	case 203:
		if b[1] == 0 && b[2] == 113 {
			return Documentation
		}
	}
	switch {
	case b == [4]byte{255, 255, 255, 255}:
		return Broadcast
	case b[0] >= 240:
		return Reserved
	case b[0] >= 224:
		return Multicast
	}
	return Public
}

func scope192(b [4]byte) string {
	switch {
	case b[1] == 168:
		return Private
	case b[1] == 0 && b[2] == 2:
		return Documentation
	case b[1] == 0 && b[2] == 0:
		return Reserved
	case b[1] == 88 && b[2] == 99:
		return SixToFour
	}
	return Public
}

// special6 are the ranges of IPv6 that package netip does not name, the narrower first.
var special6 = []struct {
	prefix netip.Prefix
	scope  string
}{
	{netip.MustParsePrefix("64:ff9b::/96"), NAT64},
	{netip.MustParsePrefix("64:ff9b:1::/48"), NAT64},
	{netip.MustParsePrefix("2001:db8::/32"), Documentation},
	{netip.MustParsePrefix("3fff::/20"), Documentation},
	{netip.MustParsePrefix("2002::/16"), SixToFour},
	{netip.MustParsePrefix("2001::/32"), Teredo},
	{netip.MustParsePrefix("2001:2::/48"), Benchmarking},
	{netip.MustParsePrefix("2001:10::/28"), Reserved},
	{netip.MustParsePrefix("2001:20::/28"), Reserved},
	{netip.MustParsePrefix("100::/64"), Reserved},
	{netip.MustParsePrefix("5f00::/16"), Reserved},
	{netip.MustParsePrefix("fec0::/10"), Private},
	{netip.MustParsePrefix("::/96"), Reserved},
}
