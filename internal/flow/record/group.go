package record

import (
	"net/netip"
	"strings"
	"time"
)

// Group is what the inbox holds of one sender that no source claims.
type Group struct {
	Name    string // see [GroupOf]
	Input   string
	Sender  string // empty for the group that senders beyond the bound share
	Records int
	Bytes   int64
	First   time.Time
	Last    time.Time
	Sample  []byte // the start of the newest record
}

// GroupOf names the inbox group of a record: a token of [a-z0-9-] made of its input and its sender's address.
func GroupOf(r *Record) string {
	sender := r.Remote
	if addr, err := netip.ParseAddr(sender); err == nil {
		sender = addr.Unmap().WithZone("").String()
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		default:
			return '-'
		}
	}, strings.ToLower(r.Input+"-"+sender))
}
