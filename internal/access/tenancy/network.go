package tenancy

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of a customer's networks.
const (
	MaxNetworks     = 256
	maxNetworkRunes = 100
)

// Network is one that a customer calls its own.
type Network struct {
	Prefix netip.Prefix
	Name   string // may be empty
}

// Network tells whether an address is in a network that the customer calls its own, and the network's name: that of the narrowest.
func (d *Directory) Network(id tenant.ID, a netip.Addr) (name string, own bool) {
	for _, n := range (*d.all.Load())[id].Networks { // narrowest first
		if n.Prefix.Contains(a) {
			return n.Name, true
		}
	}
	return "", false
}

// narrowestFirst orders networks so that the first that contains an address is the one that says most.
func narrowestFirst(list []Network) []Network {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Network) int {
		return cmp.Or(cmp.Compare(b.Prefix.Bits(), a.Prefix.Bits()), a.Prefix.Addr().Compare(b.Prefix.Addr()))
	})
	return list
}

// FormatNetworks writes networks as text, one a line.
func FormatNetworks(list []Network) string {
	lines := make([]string, len(list))
	for i, n := range list {
		lines[i] = strings.TrimSpace(n.Prefix.String() + " " + n.Name)
	}
	return strings.Join(lines, "\n")
}

// ParseNetworks reads what [FormatNetworks] wrote.
func ParseNetworks(text string) (list []Network, err error) {
	for line := range strings.Lines(text) {
		cidr, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := NewNetwork(cidr, name)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// NewNetwork reads a network, or an address, that stands for the network it is in alone.
func NewNetwork(cidr, name string) (Network, error) {
	p, err := netip.ParsePrefix(strings.TrimSpace(cidr))
	if err != nil {
		a, err := netip.ParseAddr(strings.TrimSpace(cidr))
		if err != nil || a.Zone() != "" {
			return Network{}, fault.NewInvalid("networks", "tenant.networks.form", "each must be a network like 203.0.113.0/24, or an address")
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return Network{p.Masked(), strings.TrimSpace(name)}, nil
}

// checkNetworks refuses what nobody can call its own, and what is too much.
func checkNetworks(list []Network) *fault.Invalid {
	refuse := func(code, reason string) *fault.Invalid {
		return fault.NewInvalid("networks", code, reason)
	}
	if len(list) > MaxNetworks {
		return refuse("tenant.networks.many", "must be at most 256")
	}
	seen := map[netip.Prefix]bool{}
	for _, n := range list {
		least := 8
		if n.Prefix.Addr().Is6() {
			least = 16
		}
		switch {
		case !n.Prefix.IsValid() || n.Prefix.Bits() < least || n.Prefix.Addr().Is4In6():
			return refuse("tenant.networks.wide", "each must be an IPv4 network of /8, or an IPv6 network of /16, at the widest")
		case seen[n.Prefix]:
			return refuse("tenant.networks.twice", "none may stand there twice")
		case n.Name != "" && (utf8.RuneCountInString(n.Name) > maxNetworkRunes || !printable(n.Name)):
			return refuse("tenant.networks.name", "names must be at most 100 printable characters")
		}
		seen[n.Prefix] = true
	}
	return nil
}
