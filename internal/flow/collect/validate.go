package collect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	maxNameRunes = 200
	maxSenders   = 256
	maxCertNames = 64
	// maxCertName is the longest name of a certificate that counts, in bytes.
	maxCertName = 255
	// maxExpectMinutes is thirty days.
	maxExpectMinutes = 30 * 24 * 60
)

// tidy fills in defaults and brings values into the form they are kept in.
func (s *Source) tidy() {
	s.Name = strings.TrimSpace(s.Name)
	if s.Kind = strings.ToLower(strings.TrimSpace(s.Kind)); s.Kind == "" {
		s.Kind = Kinds()[0]
	}
	s.Encoding = canonical(s.Encoding)
	names := []string{}
	for _, name := range s.CertNames {
		if name = strings.ToLower(strings.TrimSpace(name)); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	s.CertNames = names
}

// validate returns a [fault.InvalidAll] that names every wrong field.
func (s *Source) validate() error {
	var bad fault.InvalidAll
	refuse := func(wrong bool, field, code, reason string) {
		if wrong {
			bad = append(bad, fault.NewInvalid(field, code, reason))
		}
	}
	n := utf8.RuneCountInString(s.Name)
	refuse(n == 0 || n > maxNameRunes || !utf8.ValidString(s.Name), "name", "source.name.length", "must be 1–200 characters")
	refuse(!validKind(s.Kind), "kind", "source.kind.unknown", "must be one word of a–z, 0–9, _, . and -")
	refuse(!known(Encodings(), s.Encoding), "encoding", "source.encoding.unknown", "must be one of "+strings.Join(Encodings(), ", "))
	refuse(s.Port < 0 || s.Port > 65535, "port", "source.port.range", "must be 1–65535, or 0 for none")
	refuse(s.ExpectMinutes < 0 || s.ExpectMinutes > maxExpectMinutes, "expect_minutes", "source.expect_minutes.range", "must be 0–43200")
	refuse(!known(VerdictFloors(), s.VerdictsFrom), "verdicts_from", "source.verdicts_from.unknown", "must be informational, low, medium, high, critical or off, or empty for as configured")
	refuse(!validZone(s.TimeZone), "time_zone", "source.time_zone.unknown", "must be an IANA time zone such as Asia/Shanghai")
	refuse(len(s.Senders) > maxSenders, "senders", "source.senders.many", "must be at most 256")
	refuse(len(s.CertNames) > maxCertNames, "cert_names", "source.cert_names.many", "must be at most 64")
	for i, name := range s.CertNames {
		refuse(!validCertName(name), fmt.Sprintf("cert_names[%d]", i), "source.cert_names.format", "must be 1–255 bytes without control characters")
	}
	return bad.ErrOrNil()
}

func validCertName(name string) bool {
	return name != "" && len(name) <= maxCertName && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

func validZone(name string) bool {
	if name == "Local" { // the server's zone is not a property of the source
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// parseSenders reads addresses and CIDRs. An address stands for itself alone; host bits of a CIDR are cleared.
func parseSenders(texts []string) ([]netip.Prefix, error) {
	var bad fault.InvalidAll
	var list []netip.Prefix
	for i, text := range texts {
		p, err := parseSender(strings.TrimSpace(text))
		if err != nil {
			bad = append(bad, fault.NewInvalid(fmt.Sprintf("senders[%d]", i), "source.senders.format", "must be an address or a CIDR such as 192.0.2.0/24"))
			continue
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, bad.ErrOrNil()
}

func parseSender(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("address %q: %w", text, fault.ErrInvalid)
		}
		addr = addr.Unmap()
		return addr.Prefix(addr.BitLen())
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, err
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, fmt.Errorf("prefix %q: %w", text, fault.ErrInvalid)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// checkOthers refuses senders, names of certificates and ports that others have. Customers' senders must not overlap at all, for a record
// must never reach the wrong one; within a customer only the same prefix twice is refused. Who the other is is said only to callers
// whose scope allows it.
func checkOthers(s *Source, others []Source, scope tenant.Scope) error {
	for i := range others {
		o := &others[i]
		if o.ID == s.ID {
			continue
		}
		if s.Port != 0 && s.Port == o.Port {
			return &fault.Taken{Field: "port", Value: fmt.Sprint(s.Port)}
		}
		for n, name := range s.CertNames {
			if slices.Contains(o.CertNames, name) {
				return fault.NewInvalid(fmt.Sprintf("cert_names[%d]", n), "source.cert_names.taken", takenName(name, o, scope))
			}
		}
		for n, mine := range s.Senders {
			for _, theirs := range o.Senders {
				if clash(mine, theirs, s.Tenant == o.Tenant) {
					return fault.NewInvalid(fmt.Sprintf("senders[%d]", n), "source.senders.taken", takenReason(mine, theirs, o, scope))
				}
			}
		}
	}
	return nil
}

func takenName(name string, o *Source, scope tenant.Scope) string {
	if !scope.Allows(o.Tenant) {
		return fmt.Sprintf("%s is in use elsewhere", name)
	}
	return fmt.Sprintf("%s is a name of source %q of tenant %s", name, o.Name, o.Tenant)
}

func clash(a, b netip.Prefix, sameTenant bool) bool {
	if sameTenant {
		return a == b
	}
	return a.Overlaps(b)
}

func takenReason(mine, theirs netip.Prefix, o *Source, scope tenant.Scope) string {
	if !scope.Allows(o.Tenant) {
		return fmt.Sprintf("%s overlaps senders that are in use elsewhere", mine)
	}
	return fmt.Sprintf("%s overlaps %s of source %q of tenant %s", mine, theirs, o.Name, o.Tenant)
}
