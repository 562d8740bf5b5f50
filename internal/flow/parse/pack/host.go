package pack

import (
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// Host is the parser at work on one record, as a pack sees it. It serves one goroutine.
type Host interface {
	// Draft is the event under construction.
	Draft() *draft.Draft
	// Location is the zone of times without one, Received when the record came.
	Location() *time.Location
	Received() time.Time
	// SetMessage says what the record's own words are.
	SetMessage(text string)
	// Unset takes out the fields of a name that stand before the before-th, and returns how many there were.
	Unset(name string, before int) int
	// SetTime takes text as the event's time where it is one and none is known.
	SetTime(text string)
	// SetDataset names the stream.
	SetDataset(name string)
	// JSON parses an object, or an array of one; the value lives until the next call.
	JSON(text string) (*fastjson.Value, bool)
	// Header reads a syslog header and returns what follows it.
	Header(text string) (rest string, ok bool)
	// Stamp reads a time at the head of text, bracketed or bare, takes it as the event's, and returns what follows it.
	Stamp(text string) (rest string, ok bool)
	// EachParam calls fn for the parameters of the structured data of the innermost syslog header.
	EachParam(fn func(name, value string))
	// Native runs a parser written in Go. CEF and LEEF add header and extension only; Settle maps them.
	Native(name, text string) bool
	// Settle gives fields from the from-th on the meaning that their standard ("cef", "leef") gives them.
	Settle(standard string, from int)
	// Automatic reads text by structure alone; Aliases names the fields from the from-th on as the automatic parser does,
	// but those of the names excepted, which are without the prefix.
	Automatic(text string)
	Aliases(from int, prefix string, except map[string]bool)
	// Memory is what packs keep from record to record.
	Memory() *Memory
	// Tracing reports whether steps are recorded by Step.
	Tracing() bool
	Step(name, result string, ok bool)
}
