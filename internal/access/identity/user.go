package identity

import (
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
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
	CreatedAt     time.Time
	UpdatedAt     time.Time
	UpdatedBy     string
	Version       int64
}
