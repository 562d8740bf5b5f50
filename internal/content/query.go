package content

import (
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	defaultPage = 50
	maxPage     = 500
	maxOffset   = 1_000_000
	maxText     = 200 // runes of a search text
)

// Sort is the order of a list of rules. Rules that stand equal are by title and id.
type Sort string

// The orders; all but ByTitle begin with the highest.
const (
	ByTitle   Sort = "title"
	ByLevel   Sort = "level"
	ByDay     Sort = "day"
	ByWeek    Sort = "week"
	ByLast    Sort = "last"
	ByFalsity Sort = "falsity"   // the share of false positives among what was judged
	ByNoise   Sort = "noise"     // what it does or would do to a queue
	ByCost    Sort = "cost"      // its part of the time that matching takes
	ByRight   Sort = "precision" // the share of true positives among what was judged true or false
)

// Fired selects rules by when they last fired.
type Fired string

// The spans.
const (
	FiredDay   Fired = "24h"
	FiredWeek  Fired = "7d"
	FiredNever Fired = "never" // no alert is kept
)

// A rule is noisy where at least minJudged of its alerts were judged and at least half of those were false positives.
const minJudged = 5

// Record is what came of a rule as far as whoever asks may know.
type Record struct {
	Day, Week, Total    int64     // alerts that last fired in the last 24 hours and 7 days; all that are kept
	True, Benign, False int64     // how they were judged
	Undecided           int64     // closed as duplicate or undetermined
	Shadow              int64     // firings in the shadow within 7 days
	LastAt              time.Time // in the shadow, too
	Cost                float64   // part of all matching, 0 to 1
}

// Noise counts alerts and firings in the shadow of 7 days.
func (r Record) Noise() int64 { return r.Week + r.Shadow }

// Judged counts the alerts whose verdict tells of the rule.
func (r Record) Judged() int64 { return r.True + r.Benign + r.False }

// Noisy reports whether the rule is more often wrong than not.
func (r Record) Noisy() bool { return r.Judged() >= minJudged && 2*r.False >= r.Judged() }

// RuleQuery selects rules. Empty filters let everything through.
type RuleQuery struct {
	Text      string // found in title, Chinese title, id, author, tags or path, whatever the case; at most 200 characters
	Levels    []string
	Status    string
	Product   string
	Tactic    string  // with a dash or an underscore
	Technique string  // such as T1110, which includes T1110.001
	Pack      string  // pack id: rules of that version, active or not; without it, one rule of each id
	States    []State // none means those that run, or with a pack all that stand
	Any       bool    // of any state
	Origin    Origin
	Fired     Fired
	Noisy     bool
	Slow      float64 // only those whose cost is at least this; 0 lets all through
	Sort      Sort    // empty means by title
	Offset    int
	Limit     int // 1–500; 0 means 50
	// Refusals also tells of what is refused.
	Refusals bool
	// Records are the rules' records by id, for filters, orders and rows.
	Records map[string]Record
	// Devices are the customers whose devices' rules are listed, too.
	Devices []tenant.ID
}

// RulePage is one page of rules.
type RulePage struct {
	Rules []Rule
	Total int // rules the filters let through, on all pages
	// States counts what the other filters let through of each state.
	States   map[State]int
	Products []Count // of the rules whatever the filters, the most frequent first
	Packs    []Count // by pack id
}

// Count is how many rules have a value.
type Count struct {
	Value, Label string
	Count        int
}

func (q RuleQuery) normal() (RuleQuery, error) {
	q.Text = strings.ToLower(strings.TrimSpace(q.Text))
	q.Product = strings.ToLower(q.Product)
	q.Tactic = strings.ReplaceAll(strings.ToLower(q.Tactic), "-", "_")
	q.Technique = strings.ToLower(q.Technique)
	if q.Limit == 0 {
		q.Limit = defaultPage
	}
	if q.Sort == "" {
		q.Sort = ByTitle
	}
	if len(q.States) == 0 && q.Pack == "" && !q.Any {
		q.States = []State{Enabled, Shadow}
	}
	switch {
	case len([]rune(q.Text)) > maxText:
		return q, fault.NewInvalid("q", "content.query.long", "must be at most 200 characters")
	case q.Limit < 1 || q.Limit > maxPage:
		return q, fault.NewInvalid("limit", "page.limit", "must be 1–500")
	case q.Offset < 0 || q.Offset > maxOffset:
		return q, fault.NewInvalid("offset", "alert.offset", "must be between 0 and 1000000")
	case slices.ContainsFunc(q.States, func(s State) bool { return !slices.Contains(append(lively(), Off, Refused), s) }):
		return q, fault.NewInvalid("state", "content.query.state", "must be draft, testing, shadow, enabled, deprecated, off, refused or all")
	case !slices.Contains([]Origin{"", OfPack, OfOwn, OfOverlay, OfDevice}, q.Origin):
		return q, fault.NewInvalid("origin", "content.query.origin", "must be pack, own, overlay or device")
	case !slices.Contains([]Fired{"", FiredDay, FiredWeek, FiredNever}, q.Fired):
		return q, fault.NewInvalid("fired", "content.query.fired", "must be 24h, 7d or never")
	case !slices.Contains([]Sort{ByTitle, ByLevel, ByDay, ByWeek, ByLast, ByFalsity, ByNoise, ByCost, ByRight}, q.Sort):
		return q, fault.NewInvalid("sort", "content.query.sort", "must be title, level, day, week, last, falsity, noise, cost or precision")
	}
	for _, l := range q.Levels {
		if levelRank(l) < 0 {
			return q, fault.NewInvalid("level", "content.query.level", "must be informational, low, medium, high or critical")
		}
	}
	return q, nil
}

func levelRank(level string) int {
	return slices.Index([]string{"informational", "low", "medium", "high", "critical"}, level)
}
