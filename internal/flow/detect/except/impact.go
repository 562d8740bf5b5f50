package except

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of counting an impact.
const (
	MaxDays = 30
	// MaxFirings is how many kept firings are looked at, the latest.
	MaxFirings  = 1000
	maxExamples = 5
	maxTop      = 5
	countTime   = 10 * time.Second // for counting in the archive; what is not counted by then is left out
)

// Firing is one firing that an alert keeps.
type Firing struct {
	Alert   string // id
	Rule    string
	Title   string
	EventID string
	Time    time.Time
}

// Firings are what alerts tell about what fired.
type Firings struct {
	Kept   []Firing // the latest, at most as many as asked for
	Alerts int64    // alerts that fired in the time
	Total  int64    // firings these alerts count, kept or not
}

// History finds what a rule's alerts keep of their firings; without a rule those of all.
type History interface {
	Firings(ctx context.Context, id tenant.ID, rule string, since time.Time, limit int) (Firings, error)
}

// Archive is what of the archive an impact is counted in.
type Archive interface {
	Search(ctx context.Context, s archive.Search) (archive.Result, error)
	Histogram(ctx context.Context, h archive.HistogramQuery) (archive.Histogram, error)
}

// Impact is what an exception would have kept back, had it stood these days.
type Impact struct {
	From, To time.Time
	Alerts   int64 // of the rule in this time
	Firings  int64 // these alerts count
	// Checked are the firings whose events were looked at: the latest that alerts keep, as far as the archive has them. Missing are
	// those it no longer has.
	Checked, Missing int
	Suppressed       int // of the checked
	// Silenced are alerts of which every checked firing is suppressed; AlertsChecked those with a checked firing.
	AlertsChecked, Silenced int
	// Events and AllEvents count archived events that the filter selects, and all; Counted is false where that took too long.
	Events, AllEvents uint64
	Counted           bool
	// Everything says that the filter does not tell any event from another: it selects all there are, or one without any field.
	Everything bool
	Examples   []Example // firings it would suppress, the latest first
	Spared     []Example // firings it would not
	Top        []Top     // most frequent values among the suppressed
}

// Example is a firing with its event.
type Example struct {
	Firing Firing
	Event  event.Event
}

// Top is the most frequent values of a field.
type Top struct {
	Field  string
	Values []archive.Hits
}

// Assessor counts impacts.
type Assessor struct {
	history History
	archive Archive
	now     func() time.Time
}

// NewAssessor returns an assessor; now may be nil for the wall clock.
func NewAssessor(h History, a Archive, now func() time.Time) *Assessor {
	if now == nil {
		now = time.Now
	}
	return &Assessor{h, a, now}
}

// Assess counts what a filter would have kept back of a rule's alerts, or with an empty rule of all, in the last days. It asks the
// events themselves with the very filter that detection would ask.
func (s *Assessor) Assess(ctx context.Context, id tenant.ID, rule, filter string, days int) (Impact, error) {
	if days < 1 || days > MaxDays {
		return Impact{}, fault.NewInvalid("days", "exception.days", "must be between 1 and 30")
	}
	f, err := Compile(filter)
	if err != nil {
		return Impact{}, err
	}
	now := s.now().UTC()
	out := Impact{From: now.AddDate(0, 0, -days), To: now}
	fired, err := s.history.Firings(ctx, id, rule, out.From, MaxFirings)
	if err != nil {
		return Impact{}, fmt.Errorf("firings of rule %q: %w", rule, err)
	}
	out.Alerts, out.Firings = fired.Alerts, fired.Total
	events, err := s.events(ctx, id, fired.Kept)
	if err != nil {
		return Impact{}, err
	}
	out.check(f, fired.Kept, events)
	if err := s.count(ctx, id, filter, &out); err != nil {
		return Impact{}, err
	}
	empty := &event.Event{Tenant: id, Time: now}
	out.Everything = f.Match(empty) && (!out.Counted || out.Events == out.AllEvents) || out.Counted && out.AllEvents > 1 && out.Events == out.AllEvents
	return out, nil
}

// events finds the events of firings, by id.
func (s *Assessor) events(ctx context.Context, id tenant.ID, firings []Firing) (map[string]*event.Event, error) {
	found := make(map[string]*event.Event, len(firings))
	if len(firings) == 0 {
		return found, nil
	}
	from, to := firings[0].Time, firings[0].Time
	quoted := make([]string, 0, len(firings))
	for _, f := range firings {
		if f.Time.Before(from) {
			from = f.Time
		}
		if f.Time.After(to) {
			to = f.Time
		}
		quoted = append(quoted, query.Quote(f.EventID))
	}
	slices.Sort(quoted)
	q, err := query.Parse(event.EventID + ":in(" + strings.Join(slices.Compact(quoted), ",") + ")")
	if err != nil {
		return nil, fmt.Errorf("query firings: %w", err)
	}
	page, err := s.archive.Search(ctx, archive.Search{
		Tenants: []tenant.ID{id}, Query: q, From: from.Add(-time.Second), To: to.Add(time.Second), Limit: archive.MaxLimit,
	})
	if err != nil {
		return nil, fmt.Errorf("find events of firings: %w", err)
	}
	for i := range page.Events {
		found[page.Events[i].ID] = archive.Restored(&page.Events[i])
	}
	return found, nil
}

func (i *Impact) check(f *query.Filter, firings []Firing, events map[string]*event.Event) {
	open := map[string]bool{} // alerts with a checked firing; true where one is not suppressed
	top := map[string]map[string]uint64{}
	for _, fired := range firings {
		ev := events[fired.EventID]
		if ev == nil {
			i.Missing++
			continue
		}
		i.Checked++
		if !f.Match(ev) {
			open[fired.Alert] = true
			if len(i.Spared) < maxExamples {
				i.Spared = append(i.Spared, Example{fired, *ev})
			}
			continue
		}
		open[fired.Alert] = open[fired.Alert] || false
		i.Suppressed++
		if len(i.Examples) < maxExamples {
			i.Examples = append(i.Examples, Example{fired, *ev})
		}
		for _, name := range topFields() {
			if v := ev.Value(name); v != "" {
				if top[name] == nil {
					top[name] = map[string]uint64{}
				}
				top[name][v]++
			}
		}
	}
	i.AlertsChecked = len(open)
	for _, left := range open {
		if !left {
			i.Silenced++
		}
	}
	for _, name := range topFields() {
		if values := mostFrequent(top[name], maxTop); len(values) > 0 {
			i.Top = append(i.Top, Top{name, values})
		}
	}
}

// topFields are whom and what suppressed firings are about.
func topFields() []string {
	return []string{event.HostName, event.UserName, event.SourceIP, event.DestinationIP, "process.executable"}
}

func mostFrequent(counts map[string]uint64, limit int) []archive.Hits {
	all := make([]archive.Hits, 0, len(counts))
	for v, n := range counts {
		all = append(all, archive.Hits{Value: v, Count: n})
	}
	slices.SortFunc(all, func(a, b archive.Hits) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return all[:min(len(all), limit)]
}

// count asks the archive how many events the filter selects of how many.
func (s *Assessor) count(ctx context.Context, id tenant.ID, filter string, out *Impact) error {
	bounded, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	q, err := query.Parse(filter)
	if err != nil {
		return fmt.Errorf("filter of exception: %w", err)
	}
	for _, c := range []struct {
		query *query.Query
		into  *uint64
	}{{q, &out.Events}, {query.All(), &out.AllEvents}} {
		h, err := s.archive.Histogram(bounded, archive.HistogramQuery{Tenants: []tenant.ID{id}, Query: c.query, From: out.From, To: out.To, Buckets: 1})
		if err != nil {
			if ctx.Err() == nil && (bounded.Err() != nil || errors.Is(err, fault.ErrUnavailable)) {
				return nil
			}
			return fmt.Errorf("count events: %w", err)
		}
		*c.into = h.Total
	}
	out.Counted = true
	return nil
}
