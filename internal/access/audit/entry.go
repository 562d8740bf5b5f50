package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Entry is one link of a tenant's chain. Hash covers every other field, PrevHash included, in the canonical
// form documented at [Entry.Sum], so that an edited, removed or inserted row breaks the chain at that row.
type Entry struct {
	Tenant   tenant.ID // tenant.Provider for the platform's own chain
	Seq      int64     // 1, 2, 3 … without gaps within a tenant
	At       time.Time // microsecond precision, UTC
	Actor    string    // username, or "system"
	ActorID  string
	Provider bool   // the actor is the provider's staff
	Remote   string // address without port
	Session  string
	Action   string // noun.verb: "alert.close", "event.search"
	Object   string // kind/id: "alert/01J…"
	Before   string // JSON or empty
	After    string // JSON or empty
	Reason   string
	PrevHash string // hex SHA-256; 64 zeros for the first
	Hash     string // hex SHA-256
}

// Genesis is the PrevHash of a chain's first entry.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// sumVersion opens the hashed form, so that a later form can never be mistaken for this one.
const sumVersion = "isoc-audit-1"

// Sum returns the hex SHA-256 of the entry's canonical form: sumVersion, then every field but Hash in the order of the
// struct, each as its length in bytes (8 bytes, big endian) and its bytes. Numbers are decimal, At is Unix
// microseconds, Provider "1" or "0". Lengths make the form unambiguous: no text can be moved from one field into the next.
func (e Entry) Sum() string {
	h := sha256.New()
	provider := "0"
	if e.Provider {
		provider = "1"
	}
	for _, f := range []string{
		sumVersion, e.Tenant.String(), strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMicro(), 10), e.Actor, e.ActorID,
		provider, e.Remote, e.Session, e.Action, e.Object, e.Before, e.After, e.Reason, e.PrevHash,
	} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		_, _ = h.Write(n[:]) // a hash never fails
		_, _ = h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// maxStateBytes bounds Before and After; maxTextBytes bounds every other text.
const (
	maxStateBytes = 64 << 10
	maxTextBytes  = 1 << 10
)

// clean makes text storable on every engine, and the same when it is read back: valid UTF-8 without NUL, bounded.
func clean(s string, limit int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "")
	}
	return s
}
