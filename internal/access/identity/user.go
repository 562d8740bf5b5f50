package identity

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Locales a user may choose; the first is the default.
func locales() []string { return []string{"zh-CN", "en"} }

const (
	maxUsernameBytes = 64
	maxNameRunes     = 200
	maxMemberships   = 1000
)

// User is a person who may log in.
type User struct {
	ID           string
	Username     string // unique, case-folded, 1–64 of [a-z0-9._@-]
	Name         string
	PasswordHash string             // argon2id in PHC string format
	Provider     Role               // empty for customers' users
	Tenants      map[tenant.ID]Role // memberships of customers' users
	Locale       string             // "zh-CN" or "en"
	Disabled     bool
	// CredentialsAt is when the password was last set or the user last disabled: sessions begun before are over.
	CredentialsAt time.Time
	// LastLogin is when the password last let the user in, and LastLoginFrom from which address; zero where it never did.
	LastLogin     time.Time
	LastLoginFrom string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	UpdatedBy     string
	Version       int64
}

// Members are the users of one customer.
type Members struct {
	Users     int
	LastLogin time.Time // the latest of theirs; zero where none has logged in
}

// audited is what the audit trail shows of a user: never the password's hash, but when it was set.
func (u User) audited() map[string]any {
	return map[string]any{
		"username": u.Username, "name": u.Name, "role": u.Provider, "tenants": u.Tenants, "locale": u.Locale,
		"disabled": u.Disabled, "credentials_at": u.CredentialsAt,
	}
}

func (u User) validate() error {
	var bad fault.InvalidAll
	if !validUsername(u.Username) {
		bad = append(bad, fault.NewInvalid("username", "user.username", "must be 1–64 of a–z, 0–9 and . _ @ -"))
	}
	if n := utf8.RuneCountInString(u.Name); n < 1 || n > maxNameRunes || !utf8.ValidString(u.Name) ||
		strings.IndexFunc(u.Name, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		bad = append(bad, fault.NewInvalid("name", "user.name", "must be 1–200 printable characters"))
	}
	if !slices.Contains(locales(), u.Locale) {
		bad = append(bad, fault.NewInvalid("locale", "user.locale", "must be zh-CN or en"))
	}
	return append(bad, u.badRoles()...).ErrOrNil()
}

func (u User) badRoles() (bad fault.InvalidAll) {
	switch {
	case u.Provider != "" && len(u.Tenants) > 0:
		bad = append(bad, fault.NewInvalid("tenants", "user.role.both", "must be empty for the provider's staff"))
	case u.Provider == "" && len(u.Tenants) == 0:
		bad = append(bad, fault.NewInvalid("role", "user.role.none", "must be given where no customer is"))
	case u.Provider != "" && !u.Provider.ForProvider():
		bad = append(bad, fault.NewInvalid("role", "user.role.unknown", "must be provider_admin or provider_analyst"))
	}
	if len(u.Tenants) > maxMemberships {
		bad = append(bad, fault.NewInvalid("tenants", "user.tenants.many", "must be at most 1000"))
	}
	for _, id := range u.memberships() {
		if !id.Valid() || !u.Tenants[id].ForCustomer() {
			bad = append(bad, fault.NewInvalid("tenants", "user.tenants.role", "must be customers' ids with the role customer_viewer"))
			break
		}
	}
	return bad
}

func validUsername(s string) bool {
	return s != "" && len(s) <= maxUsernameBytes && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("._@-", r)
	}) < 0
}
