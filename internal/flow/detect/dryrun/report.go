package dryrun

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of a run. Beyond one of them the run ends early and says so: what it tells of the time until then is true.
const (
	MaxDays   = 30
	maxTime   = 10 * time.Minute
	maxEvents = 20_000_000
	maxHits   = 1_000_000

	maxExamples = 10
	maxTop      = 10
	maxDistinct = 20_000  // values counted of a field; later ones are not
	maxGroups   = 100_000 // alerts told apart; beyond, each hit counts as one
)

// Why a run ended before its time was read.
const (
	EarlyTime   = "time"
	EarlyEvents = "events"
	EarlyHits   = "hits"
	EarlyParts  = "parts" // of a correlation: too many events could still have part
)

// Report is what a run found so far.
type Report struct {
	Progress float64 // 0–1, by time
	Events   int64   // of the time that was read
	Matched  int64   // of these; the others cannot fire and the archive left them out
	Hits     int64   // events the rule fired on, and no exception is about
	Excepted int64   // events it fired on that an exception of today is about
	Known    int64   // events it fired on that the text before had fired on, see [Task]
	Alerts   int64   // the hits would have become
	Until    time.Time
	Days     []Day
	Tenants  map[tenant.ID]int64 // hits
	Top      []Top
	Examples []Example // the latest
	Early    string    // empty, or which bound was met
	Raised   int64     // hits that were raised, see [Task]
}

// Day is what was read of one day, in UTC.
type Day struct {
	Day     time.Time
	Events  int64
	Hits    int64
	Covered bool // the archive has events of it, and the run got to its end
}

// Top is the most frequent values of a field among the hits.
type Top struct {
	Field  string
	Values []archive.Hits
}

// Example is a hit with its event, nil where a correlation was completed by an event that had gone when its window closed.
type Example struct {
	Finding detect.Finding
	Event   *event.Event
}

// PerDay is how often a day sees something, over the days that have events.
func (r *Report) PerDay(n int64) float64 {
	days := 0
	for _, d := range r.Days {
		if d.Events > 0 {
			days++
		}
	}
	if days == 0 {
		return 0
	}
	return float64(n) / float64(days)
}

// tally gathers a report. Its owner alone calls it.
type tally struct {
	scope  Scope
	group  Grouper
	spared func(rule string, ev *event.Event) bool // nil also where parts were asked of before
	by     []string                                // fields that a correlation groups by
	held   int                                     // events that windows may still name
	// census is how many events there are, in times that follow each other; nil where all are read and can be counted.
	census []archive.Bucket

	report Report
	days   map[time.Time]*Day
	top    map[string]map[string]uint64
	groups map[string]span
}

// Grouper tells which findings are one alert: those of one key, none further than window from the others.
type Grouper struct {
	Key    func(detect.Finding) string
	Window time.Duration
}

type span struct{ last time.Time }

func newTally(s Scope, g Grouper, spared func(string, *event.Event) bool, of *Compound) *tally {
	t := &tally{scope: s, group: g, spared: spared, days: map[time.Time]*Day{}, top: map[string]map[string]uint64{}, groups: map[string]span{}}
	if of != nil {
		t.spared, t.by = nil, of.correlation.GroupBy
	}
	t.report.Tenants = map[tenant.ID]int64{}
	for d := dayOf(s.From); d.Before(s.To); d = d.AddDate(0, 0, 1) {
		t.days[d] = &Day{Day: d}
	}
	return t
}

func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// add counts one piece, and returns what it hits. What the rule of the id before fired on is known and no hit.
func (t *tally) add(p Piece, before string) (hits []detect.Finding) {
	t.report.Matched += int64(len(p.Events))
	t.count(p)
	known := map[int]bool{}
	for i, f := range p.Findings {
		if before != "" && f.Rule.ID == before {
			known[p.At[i]] = true
		}
	}
	for i, f := range p.Findings {
		switch {
		case before != "" && f.Rule.ID == before:
		case known[p.At[i]]:
			t.report.Known++
		case t.hit(f, p.event(i)):
			hits = append(hits, f)
		}
	}
	t.report.Until = p.Until
	if whole := t.scope.To.Sub(t.scope.From); whole > 0 {
		t.report.Progress = float64(p.Until.Sub(t.scope.From)) / float64(whole)
	}
	for at, d := range t.days {
		d.Covered = d.Events > 0 && !p.Until.Before(earlier(at.AddDate(0, 0, 1), t.scope.To))
	}
	return hits
}

// count adds the events of the time the piece is about.
func (t *tally) count(p Piece) {
	if t.census == nil {
		for _, ev := range p.Events {
			if d := t.days[dayOf(ev.Time)]; d != nil {
				d.Events++
			}
		}
		t.report.Events += int64(len(p.Events))
		return
	}
	for len(t.census) > 0 && t.census[0].At.Before(p.Until) {
		n := int64(t.census[0].Count)
		if d := t.days[dayOf(t.census[0].At)]; d != nil {
			d.Events += n
		}
		t.report.Events += n
		t.census = t.census[1:]
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// hit counts a finding, unless an exception is about it.
func (t *tally) hit(f detect.Finding, ev *event.Event) bool {
	if t.spared != nil && t.spared(f.Rule.ID, ev) {
		t.report.Excepted++
		return false
	}
	t.report.Hits++
	t.report.Tenants[f.Tenant]++
	if d := t.days[dayOf(f.Time)]; d != nil {
		d.Hits++
	}
	for _, e := range f.Entities {
		if !slices.Contains(t.by, e.Name) {
			t.most(e.Name, e.Value)
		}
	}
	for _, m := range f.Matches {
		if t.by != nil && m.Selection == correlate.GroupBy {
			t.most(m.Field, m.Value)
		}
	}
	t.alert(f)
	if t.report.Examples = append(t.report.Examples, Example{f, ev}); len(t.report.Examples) > maxExamples {
		t.report.Examples = slices.Delete(t.report.Examples, 0, 1)
	}
	return true
}

func (t *tally) most(field, value string) {
	values := t.top[field]
	if values == nil {
		values = map[string]uint64{}
		t.top[field] = values
	}
	if _, known := values[value]; known || len(values) < maxDistinct {
		values[value]++
	}
}

// alert counts the hit on the alert it would stand on, as [Grouper] has it. Events come in the order of their times.
func (t *tally) alert(f detect.Finding) {
	key := f.Tenant.String() + "\x00" + t.group.Key(f)
	s, ok := t.groups[key]
	if ok && !f.Time.After(s.last.Add(t.group.Window)) {
		s.last = f.Time
		t.groups[key] = s
		return
	}
	t.report.Alerts++
	if ok || len(t.groups) < maxGroups {
		t.groups[key] = span{f.Time}
	}
}

// early tells which bound the run has met, if any.
func (t *tally) early(took time.Duration) string {
	switch {
	case took > maxTime:
		return EarlyTime
	case t.report.Matched >= maxEvents:
		return EarlyEvents
	case t.report.Hits >= maxHits:
		return EarlyHits
	case t.held >= maxParts:
		return EarlyParts
	}
	return ""
}

// snapshot is a copy that stands still.
func (t *tally) snapshot() Report {
	r := t.report
	r.Tenants = maps.Clone(r.Tenants)
	r.Examples = slices.Clone(r.Examples)
	slices.Reverse(r.Examples)
	r.Days, r.Top = nil, nil
	for _, at := range slices.SortedFunc(maps.Keys(t.days), time.Time.Compare) {
		r.Days = append(r.Days, *t.days[at])
	}
	names := slices.Clone(t.by)
	for _, name := range []string{event.HostName, event.UserName, event.SourceIP, event.DestinationIP, "process.executable"} {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if values := frequent(t.top[name]); len(values) > 0 {
			r.Top = append(r.Top, Top{name, values})
		}
	}
	return r
}

func frequent(counts map[string]uint64) []archive.Hits {
	all := make([]archive.Hits, 0, len(counts))
	for v, n := range counts {
		all = append(all, archive.Hits{Value: v, Count: n})
	}
	slices.SortFunc(all, func(a, b archive.Hits) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return all[:min(len(all), maxTop)]
}
