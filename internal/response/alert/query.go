package alert

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of a list.
const (
	MaxPage   = 500
	MaxOffset = 1_000_000
)

// Sort is the order of a list.
type Sort string

// The orders. Both end in the id, so that no two alerts stand equal.
const (
	Newest  Sort = "newest" // as raised, the latest first
	Riskest Sort = "risk"   // the highest risk first, then as [Newest]
)

// Query selects alerts. Empty fields select all; Tenants empty means every tenant the scope allows.
type Query struct {
	Tenants  []tenant.ID
	States   []State
	Levels   []string
	Verdicts []Verdict
	Rule     string   // rule id
	Text     string   // part of the rule's title or of an entity's value, case-insensitive
	Titled   []string // rules that count as found by Text, for the title a reader knows them by
	// Techniques and Tactics select alerts of rules that have one of them in ATT&CK: a technique as "t1110", which stands for its
	// sub-techniques too, or "t1110.001"; a tactic as "credential-access".
	Techniques, Tactics []string
	Entities            []event.Field // all must hold; an empty value asks for alerts without that field
	Without             []event.Field // none may hold; an empty value asks for alerts with that field
	Assignee            *string       // username; empty for nobody's
	Source              *string       // id of the log source; empty for alerts that know none
	From, To            time.Time     // bounds of LastAt, To exclusive
	// RaisedFrom selects alerts raised at or after it; MovedFrom, those whose state somebody other than NotBy changed at or after it.
	RaisedFrom, MovedFrom time.Time
	NotBy                 string
	Until                 string // only alerts with this id or an earlier one
	Sort                  Sort   // empty means Newest
	Limit                 int    // 1–MaxPage; 0 means 50
	Cursor                string // from an earlier page in the same order
	Offset                int    // rows to skip, instead of a cursor
}

// Page is one page of alerts.
type Page struct {
	Items  []Alert
	Cursor string // empty on the last page
	Total  int64  // how many the query selects in all
	// Newest is the id of the latest alert that the query would select without Until; empty where it selects none.
	Newest string
}

// Cursor is the place of an alert in an order.
type Cursor struct {
	Risk int // of Riskest only
	ID   string
}

// CursorOf returns where an alert stands in the order.
func (s Sort) CursorOf(a Alert) string {
	if s == Riskest {
		return strconv.Itoa(a.Risk) + "." + a.ID
	}
	return a.ID
}

// ReadCursor understands what [Sort.CursorOf] made for the same order. Anything else is a *fault.Invalid.
func (s Sort) ReadCursor(text string) (Cursor, error) {
	c := Cursor{ID: text}
	if s == Riskest {
		risk, id, ok := strings.Cut(text, ".")
		n, err := strconv.Atoi(risk)
		if !ok || err != nil || n < 0 || n > MaxRisk {
			return Cursor{}, badCursor()
		}
		c = Cursor{Risk: n, ID: id}
	}
	if _, err := ulid.ParseStrict(c.ID); err != nil {
		return Cursor{}, badCursor()
	}
	return c, nil
}

func badCursor() error {
	return &fault.Invalid{Field: "cursor", Code: "paging.cursor", Reason: "is not a cursor of this list"}
}

func (q *Query) complete() error {
	if q.Limit == 0 {
		q.Limit = 50
	}
	if q.Sort == "" {
		q.Sort = Newest
	}
	switch {
	case q.Limit < 1 || q.Limit > MaxPage:
		return &fault.Invalid{Field: "limit", Code: "page.limit", Reason: "must be between 1 and 500"}
	case q.Offset < 0 || q.Offset > MaxOffset:
		return &fault.Invalid{Field: "offset", Code: "alert.offset", Reason: "must be between 0 and 1000000"}
	case q.Offset > 0 && q.Cursor != "":
		return &fault.Invalid{Field: "offset", Code: "alert.offset.cursor", Reason: "excludes a cursor"}
	case q.Sort != Newest && q.Sort != Riskest:
		return &fault.Invalid{Field: "sort", Code: "alert.sort", Reason: "must be newest or risk"}
	}
	if q.Cursor == "" {
		return nil
	}
	_, err := q.Sort.ReadCursor(q.Cursor)
	return err
}

// Bounds of folded values and titles in bytes: they stand in indexes.
const (
	maxFolded = 256
	maxTitle  = 1000
)

// Fold is the form in which entity values are compared, grouped and looked up: lower case, without control characters, bounded.
func Fold(value string) string { return foldTo(value, maxFolded) }

// FoldTitle is [Fold] for titles of rules, which may be longer.
func FoldTitle(title string) string { return foldTo(title, maxTitle) }

func foldTo(value string, most int) string {
	folded := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, strings.ToValidUTF8(value, "\uFFFD"))
	if len(folded) > most {
		folded = strings.ToValidUTF8(folded[:most], "")
	}
	return folded
}
