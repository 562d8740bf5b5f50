package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of an answer on feeds: what is asked of the archive for each source.
const (
	mostFeeds = 20 // sources whose fields are looked at, those with most records first
	mostSorts = 12 // of the records of one source; of more, all records with these datasets are looked at
)

// telling are the fields by whose values records of one sort are found among those of a source.
var telling = []string{event.Dataset, "winlog.channel", "winlog.event_id"}

// Feed is a source that sent events of a rule's log source lately.
type Feed struct {
	Source   string
	Records  uint64 // of the log source, within [Others]
	Datasets []Dataset
	// Looked says that the fields of its events were read; they are for the sources that sent most.
	Looked   bool
	Unmapped []Field // those that the rule asks for, and none of these events carries
}

// Field is a field of a rule.
type Field struct {
	Name  string   // as the rule writes it
	Means []string // the event fields it would be
}

// Feeds tells which sources of a customer sent events within [Others] that a rule looks at, most records first, and which of the
// rule's fields their events lack. Partial says that they sent too many sorts of record to look at each.
func (s *Service) Feeds(ctx context.Context, id tenant.ID, rule *sigma.Rule) (feeds []Feed, partial bool, err error) {
	from := s.now().Add(-Others)
	sent, err := s.read(ctx, id, "", "*", from)
	if err != nil {
		return nil, false, fmt.Errorf("records of sources: %w", err)
	}
	by := map[string][]sort{}
	for _, k := range sent.sorts {
		if k.source != "" && k.profile.Accepts(rule.LogSource) {
			by[k.source] = append(by[k.source], k)
		}
	}
	for source, sorts := range by {
		f := Feed{Source: source, Datasets: datasets(sorts)}
		for _, k := range sorts {
			f.Records += k.records
		}
		feeds = append(feeds, f)
	}
	slices.SortFunc(feeds, func(a, b Feed) int { return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Source, b.Source)) })
	asked := fieldsOf(rule)
	for i := range feeds[:min(len(feeds), mostFeeds)] {
		f := &feeds[i]
		q, err := query.Parse(filterOf(f.Source, by[f.Source]))
		if err != nil {
			return nil, false, fmt.Errorf("records of source: %w", err)
		}
		has, err := s.archive.FieldNames(ctx, archive.Selection{Tenants: []tenant.ID{id}, Query: q, From: from})
		if err != nil {
			return nil, false, fmt.Errorf("fields of source: %w", err)
		}
		f.Looked, f.Unmapped = true, unmapped(asked, has)
	}
	return feeds, sent.partial, nil
}

// filterOf finds the records of a source that are of some sorts.
func filterOf(source string, sorts []sort) string {
	own := query.Exactly(event.IsocSource, source)
	var any []string
	for _, k := range sorts {
		filter := k.filter
		if len(sorts) > mostSorts {
			filter = query.Exactly(event.Dataset, k.dataset)
		}
		if filter == "" {
			return own
		}
		if filter = "(" + filter + ")"; !slices.Contains(any, filter) {
			any = append(any, filter)
		}
	}
	if len(any) > mostSorts {
		return own
	}
	return own + " (" + strings.Join(any, " or ") + ")"
}

// fieldsOf are the fields that a rule asks for, each once.
func fieldsOf(r *sigma.Rule) []Field {
	var out []Field
	add := func(name string) {
		if name != "" && !slices.ContainsFunc(out, func(f Field) bool { return f.Name == name }) {
			out = append(out, Field{name, logsource.Fields(r.LogSource, name)})
		}
	}
	for _, s := range r.Detection.Searches {
		for _, g := range s.Groups {
			for _, item := range g {
				add(item.Field)
				if slices.Contains(item.Modifiers, "fieldref") {
					for _, v := range item.Values {
						add(v.Text)
					}
				}
			}
		}
	}
	return out
}

// unmapped are the fields of which no event has any.
func unmapped(asked []Field, has []archive.Hits) []Field {
	names := map[string]bool{event.Timestamp: true, event.Message: true}
	for _, h := range has {
		names[h.Value] = true
		names[strings.ReplaceAll(h.Value, " ", "")] = true
	}
	return slices.DeleteFunc(slices.Clone(asked), func(f Field) bool {
		return slices.ContainsFunc(f.Means, func(n string) bool { return names[n] })
	})
}
