// Package flatjson writes the JSON objects that decoders of binary protocols make of what they read: flat, under ECS names.
package flatjson

import (
	"encoding/json"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Object writes members of a JSON object. Members without a value are left out.
type Object struct{ dst []byte }

// Begin begins an object at the end of dst.
func Begin(dst []byte) Object { return Object{dst: append(dst, '{')} }

// End ends the object and returns all that was written. Members beyond those of the object may be given as they are, each with a comma before it.
func (o *Object) End(rest []byte) []byte { return append(append(o.dst, rest...), '}') }

func (o *Object) key(name string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, `":`...)
}

// Raw adds a member that is JSON already.
func (o *Object) Raw(member string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, member...)
}

// Text adds text.
func (o *Object) Text(name, v string) {
	if v != "" {
		o.key(name)
		o.dst = Quote(o.dst, v)
	}
}

// Texts adds a list of texts.
func (o *Object) Texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	o.key(name)
	for i, v := range list {
		o.dst = append(o.dst, "[,"[min(i, 1)])
		o.dst = Quote(o.dst, v)
	}
	o.dst = append(o.dst, ']')
}

// Number adds a number that is not zero.
func (o *Object) Number(name string, v uint64) {
	if v != 0 {
		o.Count(name, v)
	}
}

// Count adds a number that says something as zero too.
func (o *Object) Count(name string, v uint64) {
	o.key(name)
	o.dst = strconv.AppendUint(o.dst, v, 10)
}

// Bool adds a truth.
func (o *Object) Bool(name string, v bool) {
	o.key(name)
	o.dst = strconv.AppendBool(o.dst, v)
}

// Time adds a moment.
func (o *Object) Time(name string, t time.Time) {
	o.key(name)
	o.dst = append(o.dst, '"')
	o.dst = t.UTC().AppendFormat(o.dst, "2006-01-02T15:04:05.999999999Z07:00")
	o.dst = append(o.dst, '"')
}

// Addr adds an address.
func (o *Object) Addr(name string, a netip.Addr) {
	if a.IsValid() {
		o.key(name)
		o.dst = append(o.dst, '"')
		o.dst = a.Unmap().AppendTo(o.dst)
		o.dst = append(o.dst, '"')
	}
}

// MAC adds a hardware address of six bytes, as ECS writes it. One of zeros is none.
func (o *Object) MAC(name string, mac []byte) {
	if len(mac) == 6 && string(mac) != "\x00\x00\x00\x00\x00\x00" {
		o.Text(name, strings.ToUpper(strings.ReplaceAll(net.HardwareAddr(mac).String(), ":", "-")))
	}
}

// Quote appends text of a sender as a JSON string.
func Quote(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			out, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd")) // a string always marshals
			return append(dst, out...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
