package alert

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Key is what alerts are grouped by.
type Key string

// The keys.
const (
	ByRule     Key = "rule"
	ByHost     Key = "host"
	ByAddress  Key = "source_ip"
	ByUser     Key = "user"
	ByTenant   Key = "tenant"
	BySource   Key = "source"
	ByLevel    Key = "level"
	ByAssignee Key = "assignee"
)

// MaxGroups is how many groups are told at a time.
const MaxGroups = 500

// Group is the alerts that have one key. An alert with several users is in the group of each.
type Group struct {
	Key        string // as the filter takes it; empty for alerts without
	Label      string // for people, where it differs: the rule's title, the value as it was logged
	Count      int64
	Open       int64
	WorstLevel string
	Risk       int // the highest
	LastAt     time.Time
	Newest     string // id of the latest alert
}

// Groups is some of the groups, the riskiest first, and how many there are.
type Groups struct {
	Items  []Group
	Total  int
	Alerts int64 // in all groups together, each counted once
}

// Groups groups the alerts that the query selects. Offset and Limit are those of groups, at most [MaxGroups], which 0 stands for; the rest
// of its window and its order are not looked at.
func (s *Service) Groups(ctx context.Context, q Query, by Key) (Groups, error) {
	keys := []Key{ByRule, ByHost, ByAddress, ByUser, ByTenant, BySource, ByLevel, ByAssignee}
	if !slices.Contains(keys, by) {
		return Groups{}, &fault.Invalid{Field: "by", Code: "alert.group", Reason: "must be rule, host, source_ip, user, tenant, source, level or assignee"}
	}
	if q.Limit == 0 {
		q.Limit = MaxGroups
	}
	switch {
	case q.Limit < 1 || q.Limit > MaxGroups:
		return Groups{}, &fault.Invalid{Field: "limit", Code: "page.limit", Reason: "must be between 1 and 500"}
	case q.Offset < 0 || q.Offset > MaxOffset:
		return Groups{}, &fault.Invalid{Field: "offset", Code: "alert.offset", Reason: "must be between 0 and 1000000"}
	}
	return s.shelf.Groups(ctx, q, by)
}

// SortGroups puts the riskiest first: by risk, level, count and time, and then by key, so that no two stand equal.
func SortGroups(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Risk, a.Risk), cmp.Compare(LevelRank(b.WorstLevel), LevelRank(a.WorstLevel)),
			cmp.Compare(b.Count, a.Count), b.LastAt.Compare(a.LastAt), cmp.Compare(a.Key, b.Key))
	})
}

// Levels lists the levels, rising.
func Levels() []string { return []string{"informational", "low", "medium", "high", "critical"} }

// LevelRank is the place of a level among [Levels]; -1 for any other text.
func LevelRank(level string) int {
	switch level {
	case "critical":
		return 4
	case "high":
		return 3
	case "medium":
		return 2
	case "low":
		return 1
	case "informational":
		return 0
	}
	return -1
}

// Stats are figures about the alerts that a query selects.
type Stats struct {
	Total    int64
	ByLevel  map[string]int64
	ByState  map[State]int64
	Width    time.Duration // of a slice of OverTime
	OverTime []Slice       // by LastAt, oldest first; without the empty ones
	Rules    []Group       // the most frequent
	Entities []EntityCount
	Sources  []SourceCount
}

// Slice counts the alerts that last fired in a slice of time, by level.
type Slice struct {
	At     time.Time
	Levels map[string]int64
}

// EntityCount is how many alerts are about an entity.
type EntityCount struct {
	Entity     event.Field
	Count      int64
	WorstLevel string
}

// SourceCount is how many alerts came of a log source.
type SourceCount struct {
	Tenant tenant.ID
	Source string
	Count  int64
}

// Bounds of [Stats].
const (
	MaxTop     = 10
	MaxBuckets = 500
)

// Stats counts the alerts that the query selects, in about so many slices of time.
func (s *Service) Stats(ctx context.Context, q Query, buckets int) (Stats, error) {
	if buckets < 1 || buckets > MaxBuckets {
		return Stats{}, &fault.Invalid{Field: "buckets", Code: "search.buckets", Reason: "must be between 1 and 500"}
	}
	return s.shelf.Stats(ctx, q, func(from, to time.Time) time.Duration { return width(to.Sub(from), buckets) })
}

// width is the usual width of time nearest above a span cut into so many slices.
func width(span time.Duration, buckets int) time.Duration {
	const day = 24 * time.Hour
	for _, w := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 7 * day, 30 * day} {
		if w*time.Duration(buckets) >= span {
			return w
		}
	}
	return 365 * day
}

// Related is what else is known of the entities of an alert.
type Related struct {
	Entities []EntityTotal
	Alerts   []Alert // of the same tenant that share an entity, the latest first, without the alert itself
}

// EntityTotal is an entity and how many alerts of the tenant are about it, the alert itself included.
type EntityTotal struct {
	Entity event.Field
	Total  int64
}

// maxRelatedEntities bounds the entities of an alert that are looked up.
const maxRelatedEntities = 8

// Related finds the alerts that share an entity with one.
func (s *Service) Related(ctx context.Context, id string, limit int) (Related, error) {
	if limit < 1 || limit > MaxPage {
		return Related{}, &fault.Invalid{Field: "limit", Code: "page.limit", Reason: "must be between 1 and 500"}
	}
	d, err := s.Get(ctx, id)
	if err != nil {
		return Related{}, err
	}
	return s.shelf.Related(ctx, d.Alert, d.Distinct(maxRelatedEntities), limit)
}

// Distinct returns the alert's entities that differ once folded, the first n.
func (a Alert) Distinct(n int) []event.Field {
	var found []event.Field
	for _, e := range a.Entities {
		known := slices.ContainsFunc(found, func(f event.Field) bool { return f.Name == e.Name && Fold(f.Value) == Fold(e.Value) })
		if !known && Fold(e.Value) != "" && len(found) < n {
			found = append(found, e)
		}
	}
	return found
}

// Shared returns which of the entities the alert has too.
func (a Alert) Shared(entities []event.Field) []event.Field {
	return slices.DeleteFunc(slices.Clone(entities), func(e event.Field) bool {
		return !slices.ContainsFunc(a.Entities, func(f event.Field) bool { return f.Name == e.Name && Fold(f.Value) == Fold(e.Value) })
	})
}

// Precedents is how alerts of the same rule were judged before.
type Precedents struct {
	Here   []VerdictCount
	Recent []Alert // of the same tenant, closed last first
	// Elsewhere counts the verdicts of all other tenants. Only the provider, whose scope is all, is told.
	Elsewhere []VerdictCount
}

// VerdictCount is how often a verdict was given, and by how many tenants.
type VerdictCount struct {
	Verdict Verdict
	Count   int64
	Tenants int64
}

// Precedents looks up how alerts of an alert's rule were judged.
func (s *Service) Precedents(ctx context.Context, id string) (Precedents, error) {
	d, err := s.Get(ctx, id)
	if err != nil {
		return Precedents{}, err
	}
	return s.shelf.Precedents(ctx, d.Alert)
}
