package learned

import (
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Reason says why a parser is proposed.
type Reason string

// The reasons.
const (
	New   Reason = "new"   // no parser claims enough of what the source sends
	Drift Reason = "drift" // the source no longer sends what its own parser was made for
)

// State is where a proposal stands.
type State string

// The states. Only an open proposal is decided; a source has one at most.
const (
	Open     State = "open"
	Approved State = "approved"
	Rejected State = "rejected"
)

// Head is a proposal without what it proposes.
type Head struct {
	ID     string
	Tenant tenant.ID
	Source string
	Reason Reason
	State  State
	Shape  string // of the formats proposed: one that was rejected is not proposed again
	Figures
	CreatedAt time.Time
	DecidedAt time.Time // zero while open
	DecidedBy string
	Note      string
	// PackVersion is the version of the source's pack that it became, 0 for none.
	PackVersion int64
	Version     int64
}

// Figures are what lists show of a proposal.
type Figures struct {
	Lines     int // looked at
	Unclaimed int // of them, those that no pack claims
	Covered   int // of the unclaimed, read by the pack to be
	Formats   int
	Fields    int
	Mapped    int // fields with a name of the common schema
}

// Stored is a proposal as it is kept: content is packed by [pack].
type Stored struct {
	Head
	Content []byte
}

// PackHead is one version of a source's own parser pack, without its text.
type PackHead struct {
	Tenant    tenant.ID
	Source    string
	Version   int64
	ID        string // as it stands under isoc.parser, the same for every version
	Active    bool
	Formats   int
	Proposal  string // it was made of
	CreatedAt time.Time
	CreatedBy string
	ChangedAt time.Time
	ChangedBy string
}

// StoredPack is a version as it is kept: content is packed by [pack].
type StoredPack struct {
	PackHead
	Content []byte
}

// Ref names the version of a source's pack that is in force.
type Ref struct {
	Tenant  tenant.ID
	Source  string
	Version int64
	ID      string
	Since   time.Time
}

// Template is a shape that messages of a source have, and how often.
type Template struct {
	ID     string
	Text   string
	Count  int64 // where a source sends many messages, an estimate from some of them
	After  int64 // messages of the source that came before its first
	First  time.Time
	Last   time.Time
	Sample string
}
