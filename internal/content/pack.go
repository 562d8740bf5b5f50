package content

import "time"

// BuiltinName is the name of the pack that ships with the product. Nobody else may import under it.
const BuiltinName = "isoc"

// OwnPack is the id and the name of the pack that holds what was written or changed here: always in force, before every other, and
// in no list of packs.
const OwnPack = "@own"

// Pack is one version of a named set of rules. At most one version of a name is active; the others are staged, or were active before.
type Pack struct {
	ID         string // ULID
	Name       string
	Version    int64  // 1, 2, 3 … within the name
	Digest     string // hex SHA-256 over the rule files and the engine's verdict on each
	ImportedAt time.Time
	ImportedBy string // username, or "system" for the built-in pack
	Rules      int    // rules that stand
	Refused    int    // documents that do not; their reasons are the pack's refusals
	Active     bool
	Builtin    bool
	// Release is the version the maker gave it: semantic for a signed pack, a date for SigmaHQ's ("r2025-10-01"), else empty.
	Release string
	// Signer is the id of the key that signed it, empty where nobody did.
	Signer string
	// Origin says where it came from: the address of a feed, "folder", "file", or empty for the built-in pack.
	Origin string
	// ActivatedAt is when it was last made active; zero where it never was.
	ActivatedAt time.Time
	Details     Details
}

// Details are what the manifest of a signed pack says for people.
type Details struct {
	Title   string    `json:"title,omitempty"`
	TitleZH string    `json:"title_zh,omitempty"`
	Author  string    `json:"author,omitempty"`
	Licence string    `json:"licence,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// ImportOptions say how an archive is taken.
type ImportOptions struct {
	// Name of the pack. A signed pack has its own, and may be expected to have this one; SigmaHQ's archive is called so where none is given.
	Name string
	// Fallback is the name where neither the caller nor the archive gives one.
	Fallback string
	// Unsigned takes an archive that nobody signed.
	Unsigned bool
	// Force takes a version that is older than one that is here, and an unsigned archive in place of a signed pack.
	Force bool
	// Activate makes it active at once; else it is staged, for somebody to look at what would change.
	Activate bool
	Origin   string
}

// Refusal says why one document of a pack is not among its rules.
type Refusal struct {
	File   string `json:"file"`
	Rule   string `json:"rule,omitempty"`  // id as written
	Title  string `json:"title,omitempty"` // as written
	Reason string `json:"reason"`
}

// Imported is the outcome of an import.
type Imported struct {
	Pack     Pack
	Refusals []Refusal
	Ignored  int  // files that are no YAML, or hidden, or samples
	Failing  int  // rules whose samples fail, which will stay in [Testing]
	Existing bool // the same content was there already; nothing was stored
}

// Kind is what a document is.
type Kind string

// The kinds.
const (
	KindRule        Kind = "rule"        // of single events
	KindCorrelation Kind = "correlation" // of what rules find together
	KindFilter      Kind = "filter"      // a condition that rules must also meet
)

// Rule is one rule of a pack as it is listed: a document of any kind.
type Rule struct {
	ID       string
	Kind     Kind
	Pack     string // pack id
	PackName string
	Path     string // file within the pack
	Title    string
	TitleZH  string // Chinese title where the rule has one ("isoc.title_zh"), else empty
	Level    string
	Status   string
	Author   string
	Product  string
	Category string
	Service  string
	Tags     []string
	State    State
	Reason   string // why it is refused
	Origin   Origin
	Version  int64 // of the text written here; 0 for a pack's text
	// Overrides counts the customers that have it otherwise.
	Overrides int
	// RunsSomewhere says that one of these has it run.
	RunsSomewhere bool
	// Failing is how many of the samples beside a pack's rule failed at the import: it stays in [Testing] until somebody decides.
	Failing int
}

// inForce reports whether its text is the one that counts under its id.
func (r *Rule) inForce() bool { return r.State != Off && r.State != Refused }

// Detail is a rule with everything a person wants to know of it. Texts in Chinese are empty where the rule has none.
type Detail struct {
	Rule
	Source           string // the rule's YAML document
	Description      string
	DescriptionZH    string
	Advice           string // what to do when it fires
	AdviceZH         string
	License          string
	Date             string
	Modified         string
	References       []string
	FalsePositives   []string
	FalsePositivesZH []string
}

// Source is one rule as the engine loads it.
type Source struct {
	Pack string // pack id
	File string // "NAME/PATH", for messages
	Rule string // rule id
	// TitleZH is the rule's Chinese title where it has one, else empty.
	TitleZH string
	YAML    []byte
	Status  string
	Failing bool // its pack's samples failed at the import
	// State is the platform's, Overrides what customers have instead.
	State     State
	Overrides []Override
}
