package collect

import (
	"cmp"
	"net/netip"
	"slices"
)

// index finds the source of a record. It is built once and never changed.
type index struct {
	all      map[string]*Source // by id, disabled ones included
	byToken  map[string]*Source // by hash
	byPort   map[int]*Source
	byCert   map[string]*Source // by name of a client certificate
	byPrefix map[netip.Prefix]*Source
	bits4    []int // lengths of IPv4 prefixes in use, longest first
	bits6    []int
}

func newIndex(sources []Source) *index {
	x := &index{
		all:      make(map[string]*Source, len(sources)),
		byToken:  make(map[string]*Source, len(sources)),
		byPort:   make(map[int]*Source),
		byCert:   make(map[string]*Source),
		byPrefix: make(map[netip.Prefix]*Source),
	}
	for i := range sources {
		s := &sources[i]
		x.all[s.ID] = s
		if s.Disabled {
			continue
		}
		x.byToken[s.TokenHash] = s
		if s.Port != 0 {
			x.byPort[s.Port] = s
		}
		for _, name := range s.CertNames {
			x.byCert[name] = s
		}
		for _, p := range s.Senders {
			x.addSender(p, s)
		}
	}
	longestFirst := func(a, b int) int { return cmp.Compare(b, a) }
	slices.SortFunc(x.bits4, longestFirst)
	slices.SortFunc(x.bits6, longestFirst)
	return x
}

func (x *index) addSender(p netip.Prefix, s *Source) {
	bits := &x.bits6
	if p.Addr().Is4() {
		bits = &x.bits4
	}
	if !slices.Contains(*bits, p.Bits()) {
		*bits = append(*bits, p.Bits())
	}
	x.byPrefix[p.Masked()] = s
}

// sender returns the source with the longest prefix that contains the address.
func (x *index) sender(addr netip.Addr) *Source {
	addr = addr.Unmap().WithZone("")
	bits := x.bits6
	if addr.Is4() {
		bits = x.bits4
	}
	for _, n := range bits {
		if p, err := addr.Prefix(n); err == nil {
			if s := x.byPrefix[p]; s != nil {
				return s
			}
		}
	}
	return nil
}
