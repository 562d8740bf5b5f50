package content

import (
	"encoding/base64"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
)

const (
	defaultPage = 50
	maxPage     = 500
	maxText     = 200 // runes of a search text
)

// RuleQuery selects rules. Empty filters let everything through.
type RuleQuery struct {
	Text   string // found in title, Chinese title, id, author, tags or path, whatever the case; at most 200 characters
	Levels []string
	Status string
	Pack   string // pack id: rules of that version, active or not; without it, the rules that count
	Cursor string // of the page before
	Limit  int    // 1–500; 0 means 50
	After  Place  // where the page begins; set from Cursor by the service
}

// Place is a position in the order of rules: by title, then id, then pack.
type Place struct{ Title, ID string }

// RulePage is one page of rules.
type RulePage struct {
	Rules  []Rule
	Cursor string // of the next page; empty on the last
	Total  int    // rules the filters let through, on all pages
}

func (q RuleQuery) normal() (RuleQuery, error) {
	q.Text = strings.TrimSpace(q.Text)
	if len([]rune(q.Text)) > maxText {
		return q, fault.NewInvalid("q", "content.query.long", "must be at most 200 characters")
	}
	if q.Limit == 0 {
		q.Limit = defaultPage
	}
	if q.Limit < 1 || q.Limit > maxPage {
		return q, fault.NewInvalid("limit", "page.limit", "must be 1–500")
	}
	for _, l := range q.Levels {
		if !strings.Contains(" informational low medium high critical ", " "+l+" ") {
			return q, fault.NewInvalid("level", "content.query.level", "must be informational, low, medium, high or critical")
		}
	}
	if q.Cursor == "" {
		return q, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	title, id, ok := strings.Cut(string(raw), "\x00")
	if err != nil || !ok || id == "" {
		return q, fault.NewInvalid("cursor", "page.cursor", "is not one of this list")
	}
	q.After = Place{Title: title, ID: id}
	return q, nil
}

func cursorOf(r Rule) string {
	return base64.RawURLEncoding.EncodeToString([]byte(r.Title + "\x00" + r.ID))
}
