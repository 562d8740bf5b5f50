package collect

import (
	"net/netip"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Source is one sender (or group of alike senders) of a tenant, and how its records are to be read.
type Source struct {
	ID     string
	Tenant tenant.ID
	Name   string
	// Kind is what the operator says the sender is, usually one of [Kinds]. It is a hint to the parser, never a filter.
	Kind string
	// TokenHash is the hex SHA-256 of the source's token. The token itself is shown once, at creation and rotation.
	TokenHash string
	TokenHint string         // the token's first 8 characters, to recognise it by
	Senders   []netip.Prefix // syslog senders that belong to this source
	// CertNames are names of client certificates (subject alternative or common name, in small letters) whose syslog over TLS belongs
	// to this source.
	CertNames []string
	Port      int    // own syslog port (UDP and TCP), 0 for none
	TimeZone  string // IANA name for records without an offset; "" means UTC
	Encoding  string // "auto" (UTF-8, else GB18030), "utf-8", "gb18030", "utf-16"
	Disabled  bool
	// ExpectMinutes is how often the operator says the source sends at least; 0 lets its own habit decide.
	ExpectMinutes int
	// VerdictsFrom is the level from which the source's own verdicts raise alerts, one of [VerdictFloors]; "" is as configured for all.
	VerdictsFrom string
	CreatedAt    time.Time
	UpdatedAt    time.Time
	UpdatedBy    string // username of the last writer
	Version      int64
}

// Activity is what a source has done lately, kept in memory and flushed to the store every few seconds.
type Activity struct {
	Source   string
	Tenant   tenant.ID
	LastSeen time.Time
	Records  int64 // accepted since the source was made
	Unparsed int64 // of those, claimed by no parser
	// Dropped counts datagrams over the tenant's quota since the process started; it is not stored.
	Dropped int64
}
