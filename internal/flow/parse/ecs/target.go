package ecs

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// Form says how a vendor's value becomes the value of an ECS field.
type Form uint8

// The forms.
const (
	None       Form = iota
	Plain           // as it is
	Lower           // in lower case
	Upper           // in upper case
	Address         // an IP address, or not mapped
	Host            // an IP address, else a name for the field beside it: source.ip or source.domain
	Endpoint        // "address:port", "address/port" or an address alone: <prefix>.ip and <prefix>.port
	Port            // a decimal port above 0
	Number          // decimal digits, or 0x… made decimal
	Status          // an HTTP status code
	Executable      // a path: <prefix>.executable and <prefix>.name
	Path            // a path: file.path and file.name
	Account         // DOMAIN\user: <prefix>.domain and <prefix>.name
	Hashes          // MD5=…,SHA256=…: <prefix>.hash.*
	Protocol        // IANA number or name: network.transport
	Outcome         // success or failure in many words: event.outcome
	URL             // url.original
	Time            // the event's own time; for the caller, never put

	// Those of the automatic parser, which look at the value.
	Peer      // an address with or without a port: <name>.ip, <name>.port; a host's name: <name>.domain
	UserID    // <name>.id, and <name>.name where it reads like a name
	Email     // <name>.email and <name>.name
	Login     // who logged in, unless the value says whether or when
	Method    // an HTTP method
	WebOrFile // a path: file.path or url.original
	FileName  // file.name, or file.path where it is a path
	Verb      // event.action
	Result    // event.outcome, a verdict for event.action, or an HTTP status
	Severity  // event.severity as a number, or log.level
	Domain    // a domain name without the dot of the root
	Machine   // a host's name
	Service   // a port by number, else network.protocol
	Digest    // <name>.hash.* by its length
)

// Target is the ECS field (or prefix of fields) a vendor's field maps to.
type Target struct {
	Form Form
	Name string
}

// Put maps one value and keeps what is already there. The values "-", "(null)", "N/A" and the like say that there is none.
func (t Target) Put(d *draft.Draft, v string) {
	if Empty(v) {
		return
	}
	switch t.Form {
	case Plain:
		d.SetIfAbsent(t.Name, v)
	case Address:
		d.SetIfAbsent(t.Name, IP(unwrap(v)))
	case Number:
		d.SetIfAbsent(t.Name, decimal(v))
	case Executable:
		if !d.Has(join(t.Name, ".executable")) {
			d.Add(join(t.Name, ".executable"), v)
			d.SetIfAbsent(join(t.Name, ".name"), base(v))
		}
	case Path:
		d.SetIfAbsent("file.path", v)
		d.SetIfAbsent("file.name", base(v))
	case Account:
		domain, name := split(unwrap(v))
		if i := strings.IndexByte(name, '('); i > 0 && name[len(name)-1] == ')' { // "kai(uid=0)"
			name = name[:i]
		}
		if name == "" || len(name) > 256 || name[0] == '{' {
			return
		}
		d.SetIfAbsent(join(t.Name, ".name"), name)
		d.SetIfAbsent(join(t.Name, ".domain"), domain)
		if i := strings.IndexByte(name, '@'); i > 0 && t.Name == "user" && strings.IndexByte(name[i:], '.') > 0 {
			d.SetIfAbsent("user.email", name)
		}
	case Hashes:
		putHashes(d, t.Name, v)
	case Protocol:
		transport, application, both := strings.Cut(v, "/")
		if transport = Transport(transport); !both && !carries(transport) {
			d.SetIfAbsent("network.protocol", transport) // "ssh" says what is carried
			return
		}
		d.SetIfAbsent("network.transport", transport)
		d.SetIfAbsent("network.protocol", strings.ToLower(application))
	default:
		t.putChecked(d, v)
	}
}

// putChecked maps the forms whose values are checked before they are believed.
func (t Target) putChecked(d *draft.Draft, v string) {
	switch t.Form {
	case Lower:
		d.SetIfAbsent(t.Name, strings.ToLower(v))
	case Upper:
		d.SetIfAbsent(t.Name, strings.ToUpper(v))
	case Host:
		if a := IP(v); a != "" {
			d.SetIfAbsent(t.Name+".ip", a)
		} else if len(v) < 256 && !strings.ContainsAny(v, " \t/") {
			d.SetIfAbsent(t.Name+".domain", v)
		}
	case Endpoint:
		putEndpoint(d, t.Name, v)
	case Port:
		if i := strings.IndexByte(v, ' '); i > 0 { // an unquoted value at the end of a list runs into the text behind it
			v = v[:i]
		}
		if n, err := strconv.ParseUint(v, 10, 16); err == nil && n > 0 {
			d.SetIfAbsent(t.Name, v)
		}
	case Status:
		if len(v) == 3 && v[0] >= '1' && v[0] <= '5' && numberOrTime(v) {
			d.SetIfAbsent(t.Name, v)
		} else if hasLetter(v) {
			d.SetIfAbsent("event.outcome", meaning(v))
		}
	case Outcome:
		d.SetIfAbsent("event.outcome", outcome(v))
	case URL:
		if i := strings.IndexByte(v, ' '); i > 2 && verb(v[:i]) { // "GET /x HTTP/1.1"
			path, _, _ := strings.Cut(strings.TrimLeft(v[i:], " "), " ")
			d.SetIfAbsent("http.request.method", v[:i])
			d.SetIfAbsent("url.original", path)
			return
		}
		if strings.Contains(v, "/") || strings.Contains(v, ".") {
			d.SetIfAbsent("url.original", v)
		}
	default:
		t.putLoose(d, v)
	}
}

// putEndpoint reads "10.0.0.1:443", "[::1]:443", "10.0.0.1/443" or an address alone.
func putEndpoint(d *draft.Draft, prefix, v string) {
	if a := IP(v); a != "" {
		d.SetIfAbsent(prefix+".ip", a)
		return
	}
	i := strings.LastIndexAny(v, ":/")
	if i <= 0 {
		return
	}
	a := IP(v[:i])
	if a == "" || d.Has(prefix+".ip") {
		return
	}
	d.Add(prefix+".ip", a)
	Target{Form: Port, Name: prefix + ".port"}.Put(d, v[i+1:])
}

// unwrap returns what "GUI(192.0.2.7)", "(kai)" and "<kai>" hold in their brackets; other values are returned as they are.
func unwrap(v string) string {
	if v[0] == '<' && v[len(v)-1] == '>' {
		return v[1 : len(v)-1]
	}
	if v[len(v)-1] != ')' {
		return v
	}
	i := strings.LastIndexByte(v, '(')
	if i < 0 || i > 0 && IP(v[i+1:len(v)-1]) == "" {
		return v
	}
	return v[i+1 : len(v)-1]
}

// Empty reports whether a vendor's value says that there is none.
func Empty(v string) bool {
	switch v {
	case "", "-", "--", "---", "?", "(null)", "null", "NULL", "N/A", "n/a", "NA", "none", "None", "NONE", "unknown", "Unknown", "UNKNOWN", "(none)", "undefined", "unset", "unspecified", "(empty)",
		"nil", "NOT_APPLICABLE", "Not Applicable", "not applicable", "NOT APPLICABLE", "not available", "Not Available", "[]", "{}", "无", "未知", "空":
		return true
	}
	return false
}

func outcome(v string) string {
	switch strings.ToLower(v) {
	case "success", "successful", "succeeded", "succeed", "ok", "yes", "true", "pass", "passed", "成功":
		return "success"
	case "failure", "failed", "fail", "error", "no", "false", "denied", "失败":
		return "failure"
	}
	return ""
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
		case ".id":
			return "user.id"
		case ".email":
			return "user.email"
		}
	case "source":
		switch suffix {
		case ".ip":
			return "source.ip"
		case ".port":
			return "source.port"
		case ".domain":
			return "source.domain"
		}
	case "destination":
		switch suffix {
		case ".ip":
			return "destination.ip"
		case ".port":
			return "destination.port"
		case ".domain":
			return "destination.domain"
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

// IP returns the address in v without brackets, zone or IPv4-in-IPv6 prefix, or "" where v is none.
func IP(v string) string {
	if len(v) > 48 {
		return ""
	}
	if len(v) > 2 && v[0] == '[' && v[len(v)-1] == ']' {
		v = v[1 : len(v)-1]
	}
	if !addressLike(v) {
		return ""
	}
	a, err := netip.ParseAddr(v)
	if err != nil {
		return ""
	}
	if a.Is4In6() {
		return a.Unmap().String()
	}
	if i := strings.IndexByte(v, '%'); i > 0 {
		return v[:i]
	}
	return v
}

// addressLike spares the parser, and its errors, most words.
func addressLike(v string) bool {
	for i := 0; i < len(v) && i < 5; i++ {
		switch c := v[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		case c == '.', c == ':':
			return true
		default:
			return false
		}
	}
	return false
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

// carries reports whether a protocol is one of those that stand on IP, by name or number.
func carries(v string) bool {
	switch v {
	case "tcp", "udp", "icmp", "ipv6-icmp", "icmpv6", "icmp6", "igmp", "sctp", "gre", "esp", "ah", "ospf", "ospfigp", "eigrp", "pim", "vrrp", "ipip", "ipv6", "dccp", "udplite", "l2tp", "rsvp", "ip":
		return true
	}
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != ""
}

// Transport returns the name of an IP protocol given by number or name, in lower case.
func Transport(v string) string {
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
