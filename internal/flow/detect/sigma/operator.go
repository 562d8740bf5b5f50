package sigma

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// operator is what a [test] asks of the values of a field. A field with several values passes when any value does.
type operator uint8

const (
	opPresent  operator = iota // the field is there, even empty
	opEqual                    // text
	opPrefix                   // text
	opSuffix                   // text
	opContains                 // text
	opGlob                     // glob
	opRegex                    // re
	opNet                      // net
	opCompare                  // number, after part
	opRef                      // the other field's value, by ref
)

// comparison is how an [opCompare] compares.
type comparison uint8

const (
	isEqual comparison = iota
	isLess
	isLessOrEqual
	isGreater
	isGreaterOrEqual
)

// test is one question to an event, before its field is mapped. Tests with the same key ask the same.
type test struct {
	field string // the rule's name; "" is the whole event
	op    operator
	cased bool // compare as written instead of folded
	text  string
	find  literal.Finder // of a folded text under opContains
	glob  *glob
	re    *expression
	net   netip.Prefix
	cmp   comparison
	num   number
	part  timePart
	ref   string // the other field of opRef
	refOp operator
	key   string // identity, without the field
}

// identify fills the key.
func (t *test) identify(detail string) *test {
	flags := []byte{byte('a' + t.op), '-', byte('0' + t.cmp), byte('0' + t.part), byte('a' + t.refOp), ' '}
	if t.cased {
		flags[1] = 'c'
	}
	t.key = string(flags) + detail
	if t.op == opContains && !t.cased {
		t.find = literal.NewFinder(t.text)
	}
	return t
}

// number is a decimal number: exact where it is an integer of at most 18 digits, else a float.
type number struct {
	whole   int64
	float   float64
	isWhole bool
}

// parseNumber reads decimal text only: no hexadecimal, infinity, underscore or blank.
func parseNumber(s string) (number, bool) {
	if s == "" || len(s) > 64 || strings.Trim(s, "+-.0123456789eE") != "" {
		return number{}, false
	}
	if len(s) <= 18 {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return number{whole: n, float: float64(n), isWhole: true}, true
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return number{float: f}, err == nil
}

func (c comparison) holds(a, b number) bool {
	order := 0
	switch {
	case a.isWhole && b.isWhole && a.whole < b.whole, !(a.isWhole && b.isWhole) && a.float < b.float:
		order = -1
	case a.isWhole && b.isWhole && a.whole > b.whole, !(a.isWhole && b.isWhole) && a.float > b.float:
		order = 1
	}
	switch c {
	case isLess:
		return order < 0
	case isLessOrEqual:
		return order <= 0
	case isGreater:
		return order > 0
	case isGreaterOrEqual:
		return order >= 0
	}
	return order == 0
}

// parseAddress reads an address, invalid where s is none; an IPv4 address mapped into IPv6 counts as IPv4.
func parseAddress(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.WithZone("").Unmap()
}

// parseNet reads a network, or an address as the network of one.
func parseNet(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), true
}
