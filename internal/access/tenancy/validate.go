package tenancy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of a customer's settings.
const (
	DefaultRetentionDays = 180
	MaxRetentionDays     = 3650
	MaxEventsPerSecond   = 10_000_000
	maxSlugBytes         = 63
	maxNameRunes         = 200
)

func (t *Tenant) validate() error {
	var bad fault.InvalidAll
	if !validSlug(t.Slug) {
		bad = append(bad, fault.NewInvalid("slug", "tenant.slug", "must be 1–63 of a–z, 0–9 and -, begin with a letter or digit, and not look like an id or a reserved word"))
	}
	if n := utf8.RuneCountInString(t.Name); n < 1 || n > maxNameRunes || !printable(t.Name) {
		bad = append(bad, fault.NewInvalid("name", "tenant.name", "must be 1–200 printable characters"))
	}
	if t.State != Active && t.State != Suspended {
		bad = append(bad, fault.NewInvalid("state", "tenant.state", "must be active or suspended"))
	}
	if t.RetentionDays < 1 || t.RetentionDays > MaxRetentionDays {
		bad = append(bad, fault.NewInvalid("retention_days", "tenant.retention_days", "must be 1–3650"))
	}
	if t.EventsPerSecond < 0 || t.EventsPerSecond > MaxEventsPerSecond {
		bad = append(bad, fault.NewInvalid("events_per_second", "tenant.events_per_second", "must be 0–10000000"))
	}
	if err := checkNetworks(t.Networks); err != nil {
		bad = append(bad, err)
	}
	return bad.ErrOrNil()
}

// validSlug keeps slugs apart from ids and from the platform's own name: all three stand in the same places.
func validSlug(s string) bool {
	if s == "" || len(s) > maxSlugBytes || s[0] == '-' || s == tenant.Provider.String() {
		return false
	}
	if tenant.ID(strings.ToUpper(s)).Valid() {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) < 0
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
