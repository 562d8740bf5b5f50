package windows

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// form says how a vendor's value becomes the value of an ECS field.
type form uint8

const (
	none       form = iota
	plain           // as it is
	address         // an IP address, or not mapped
	number          // decimal, or 0x… made decimal
	executable      // a path: <prefix>.executable and <prefix>.name
	path            // a path: file.path, file.name, file.directory, file.extension
	account         // DOMAIN\user: <prefix>.domain and <prefix>.name
	hashes          // MD5=…,SHA256=…: <prefix>.hash.*
	protocol        // IANA number or name: network.transport
)

// target is the ECS field (or prefix of fields) a vendor's field maps to.
type target struct {
	form form
	name string
}

// put maps one value. Windows writes "-" where it has none.
func (t target) put(d *draft.Draft, v string) {
	if v == "" || v == "-" {
		return
	}
	switch t.form {
	case plain:
		d.SetIfAbsent(t.name, v)
	case address:
		d.SetIfAbsent(t.name, ip(v))
	case number:
		d.SetIfAbsent(t.name, decimal(v))
	case executable:
		if !d.Has(join(t.name, ".executable")) {
			d.Add(join(t.name, ".executable"), v)
			d.SetIfAbsent(join(t.name, ".name"), base(v))
		}
	case path:
		d.SetIfAbsent("file.path", v)
		d.SetIfAbsent("file.name", base(v))
	case account:
		domain, name := split(v)
		d.SetIfAbsent(join(t.name, ".name"), name)
		d.SetIfAbsent(join(t.name, ".domain"), domain)
	case hashes:
		putHashes(d, t.name, v)
	case protocol:
		d.SetIfAbsent("network.transport", transport(v))
	}
}

// join names the few prefixed fields without building strings per event.
func join(prefix, suffix string) string {
	switch prefix {
	case "process":
		switch suffix {
		case ".executable":
			return "process.executable"
		case ".name":
			return "process.name"
		}
	case "process.parent":
		switch suffix {
		case ".executable":
			return "process.parent.executable"
		case ".name":
			return "process.parent.name"
		}
	case "user":
		switch suffix {
		case ".name":
			return "user.name"
		case ".domain":
			return "user.domain"
		}
	}
	return prefix + suffix
}

func putHashes(d *draft.Draft, prefix, v string) {
	for v != "" {
		one := v
		if i := strings.IndexByte(v, ','); i >= 0 {
			one, v = v[:i], v[i+1:]
		} else {
			v = ""
		}
		kind, sum, ok := strings.Cut(one, "=")
		if !ok {
			continue
		}
		switch kind {
		case "MD5":
			d.SetIfAbsent(prefix+".hash.md5", strings.ToLower(sum))
		case "SHA1":
			d.SetIfAbsent(prefix+".hash.sha1", strings.ToLower(sum))
		case "SHA256":
			d.SetIfAbsent(prefix+".hash.sha256", strings.ToLower(sum))
		case "IMPHASH":
			if prefix == "process" {
				d.SetIfAbsent("process.pe.imphash", strings.ToLower(sum))
			}
		}
	}
}

// ip returns the address in v in its canonical text, or "".
func ip(v string) string {
	if len(v) > 48 {
		return ""
	}
	a, err := netip.ParseAddr(strings.Trim(v, "[]"))
	if err != nil {
		return ""
	}
	if a.Is4In6() {
		return a.Unmap().String()
	}
	return a.WithZone("").String()
}

func decimal(v string) string {
	if hex, ok := strings.CutPrefix(v, "0x"); ok {
		n, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			return ""
		}
		return strconv.FormatUint(n, 10)
	}
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return ""
		}
	}
	return v
}

func base(p string) string { return p[strings.LastIndexAny(p, `\/`)+1:] }

func split(v string) (domain, name string) {
	if i := strings.IndexByte(v, '\\'); i >= 0 {
		return v[:i], v[i+1:]
	}
	return "", v
}

func transport(v string) string {
	switch v {
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "1":
		return "icmp"
	case "58":
		return "ipv6-icmp"
	}
	return strings.ToLower(v)
}
