package except

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of exceptions.
const (
	// MaxLife is how far ahead an exception may end: none lives on unseen.
	MaxLife = 366 * 24 * time.Hour
	// Soon is how long before its end an exception is shown as expiring.
	Soon = 7 * 24 * time.Hour
	// MaxPerTenant bounds the exceptions of one customer, expired ones included.
	MaxPerTenant = 1000

	maxQuery  = 8 << 10
	maxReason = 1000 // characters
	maxRule   = 256
	maxTitle  = 512 // bytes
)

// Exception says which events of a customer a rule is not to fire on.
type Exception struct {
	ID        string
	Tenant    tenant.ID
	Rule      string // id; empty means every rule of the customer
	RuleTitle string // as it was when the exception was made, for when the rule is gone
	Query     string // filter of the search language
	Reason    string
	Alert     string // id of the alert it was drafted from; may be empty
	ExpiresAt time.Time
	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	UpdatedBy string
	Version   int64
	// Hits counts findings it kept from becoming alerts, LastHit when the last was: both lag by some seconds, and those of
	// the last seconds before a kill -9 are counted once, twice or not at all.
	Hits    int64
	LastHit time.Time // zero where it has none
}

// State is where an exception stands in its life.
type State string

// The states. An expiring one is in force as an active one is.
const (
	Active   State = "active"
	Expiring State = "expiring"
	Expired  State = "expired"
)

// State tells where the exception stands at a moment.
func (e Exception) State(now time.Time) State {
	switch {
	case !now.Before(e.ExpiresAt):
		return Expired
	case e.ExpiresAt.Sub(now) <= Soon:
		return Expiring
	}
	return Active
}

// Fault says why an exception cannot take effect, or nothing: a filter that was accepted once and that a changed engine refuses.
func (e Exception) Fault() string {
	if _, err := query.CompileFilter(e.Query); err != nil {
		return err.Error()
	}
	return ""
}

// validate checks what people may set. The error of a filter is a *query.Error with the place.
func (e *Exception) validate(now time.Time) error {
	e.Reason = strings.TrimSpace(e.Reason)
	var all fault.InvalidAll
	if n := utf8.RuneCountInString(e.Reason); n == 0 || n > maxReason {
		all = append(all, fault.NewInvalid("reason", "exception.reason", "must be 1–1000 characters"))
	}
	if !e.ExpiresAt.After(now) || e.ExpiresAt.Sub(now) > MaxLife {
		all = append(all, fault.NewInvalid("expires_at", "exception.expiry", "must lie ahead, by a year at most"))
	}
	if len(e.Rule) > maxRule || strings.ContainsFunc(e.Rule, func(c rune) bool { return c < ' ' }) {
		all = append(all, fault.NewInvalid("rule", "exception.rule", "is not the id of a rule"))
	}
	if err := all.ErrOrNil(); err != nil {
		return err
	}
	if len(e.RuleTitle) > maxTitle {
		e.RuleTitle = strings.ToValidUTF8(e.RuleTitle[:maxTitle], "")
	}
	_, err := Compile(e.Query)
	return err
}

// Compile is the check a filter passes before an exception may have it. What it refuses is a *query.Error, or a fault.Invalid of
// the field query.
func Compile(filter string) (*query.Filter, error) {
	if len(filter) > maxQuery {
		return nil, fault.NewInvalid("query", "exception.query.long", "must be at most 8 KiB")
	}
	f, err := query.CompileFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("filter of exception: %w", err)
	}
	return f, nil
}

// audited is what the audit trail shows of an exception.
func (e Exception) audited() any {
	return struct {
		Rule      string `json:"rule,omitempty"`
		Query     string `json:"query"`
		Reason    string `json:"reason"`
		ExpiresAt string `json:"expires_at"`
		Alert     string `json:"alert,omitempty"`
		Hits      int64  `json:"hits,omitempty"`
	}{e.Rule, e.Query, e.Reason, e.ExpiresAt.UTC().Format(time.RFC3339), e.Alert, e.Hits}
}
