package content

import "time"

// Version is one text that a rule had here. Versions are never changed, and only those of a removed draft are ever removed.
type Version struct {
	Rule   string
	Number int64 // 1, 2, 3 …
	Source string
	Note   string // what its author says of the change
	Author string
	At     time.Time
	// Base is the pack's text that it was written over; empty for a rule of our own.
	Base string
}

// Head is the version in force of a rule that was written or changed here.
type Head struct {
	Number int64
	Base   string
}

// PackText is the text that a pack brings for a rule, whatever was changed here.
type PackText struct {
	Pack, PackName, Path string
	Source               string
	Samples              string // the file beside it, empty where there is none
}

// FormerText is a text that a rule has or had: a version written here, or what a version of a pack brings.
type FormerText struct {
	Source   string
	Version  int64  // of those written here; 0 for a pack's
	PackName string // and which of its versions
	Release  string // as its maker calls it, else the number of the import
}

// Origin says where the text of a rule comes from.
type Origin string

// The origins.
const (
	OfPack    Origin = "pack"
	OfOwn     Origin = "own"     // written here
	OfOverlay Origin = "overlay" // a pack's rule, changed here
	OfDevice  Origin = "device"  // a device's own, known by its verdicts; it has no text here
)

// Choice settles an overlay.
type Choice string

// The choices.
const (
	Theirs Choice = "theirs" // the pack's text counts again
	Ours   Choice = "ours"   // ours stays, and what the pack has now is known
)

// Overlay is a pack's rule that was changed here. The texts are set where one is asked for.
type Overlay struct {
	Rule, Title, PackName string
	Base, Theirs, Ours    string
	Gone                  bool // no active pack has the rule any more
	Changed               bool // the pack's text is not the one ours was written over
	Conflict              bool // and what it changed touches what we changed
}
