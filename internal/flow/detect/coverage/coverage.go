package coverage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// How far back records are looked at.
const (
	// Reach is the time before a source's last record.
	Reach = 7 * 24 * time.Hour
	// Others is the time before now in which the other sources sent what they still feed.
	Others = 24 * time.Hour

	fresh  = 5 * time.Minute // how long what was read of the archive stays true enough
	mostOf = 512             // readings kept
)

// Basis says what a report rests on.
type Basis string

// The bases. Nothing is guessed from a name: without records only a kind that names its log source says what to expect.
const (
	Records Basis = "records" // what the source sent
	Kind    Basis = "kind"    // nothing came yet: what sources of its kind send
	Unknown Basis = "unknown" // nothing came, and the kind does not tell
)

// Source is a log source as far as coverage goes.
type Source struct {
	Tenant   tenant.ID
	ID, Kind string
	LastSeen time.Time // zero where nothing came yet
	Living   bool      // it sends, well or badly
}

// Report is which rules rest on a source.
type Report struct {
	Basis    Basis
	From     time.Time // of the records looked at
	Count    uint64    // of these records
	Partial  bool      // they were of too many sorts to look at each: there may be more rules
	Datasets []Dataset // what they are, most records first
	Rules    []Rule    // those that rest on it alone first, then for the most part, then the gravest
}

// Dataset is one sort of record.
type Dataset struct {
	Name    string
	Records uint64
}

// Rule is a rule that looks at events of the source.
type Rule struct {
	Meta *sigma.Meta
	Sole bool // no other living source feeds it
	Main bool // others do, but more comes from this one than from all of them
}

// Sole counts the rules that rest on the source alone.
func (r *Report) Sole() int {
	return slices.IndexFunc(append(slices.Clone(r.Rules), Rule{}), func(x Rule) bool { return !x.Sole })
}

// Main counts the rules that rest on the source for the most part, beside those that rest on it alone.
func (r *Report) Main() (n int) {
	for _, x := range r.Rules {
		if x.Main {
			n++
		}
	}
	return n
}

// Service makes reports. It is safe for concurrent use.
type Service struct {
	archive archive.Reader
	rules   func() *sigma.Set
	now     func() time.Time

	mu       sync.Mutex
	readings map[string]reading
}

// NewService returns a service over the archive and the rules in force. Now may be nil for the wall clock.
func NewService(a archive.Reader, rules func() *sigma.Set, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{archive: a, rules: rules, now: now, readings: map[string]reading{}}
}

// Of tells which rules rest on a source; all are the sources of its customer.
func (s *Service) Of(ctx context.Context, src Source, all []Source) (Report, error) {
	if src.LastSeen.IsZero() {
		return s.expected(ctx, src, all)
	}
	own, err := s.read(ctx, src.Tenant, src.ID+" "+src.LastSeen.Truncate(time.Hour).String(), event.IsocSource+":="+strconv.Quote(src.ID), src.LastSeen.Add(-Reach))
	if err != nil {
		return Report{}, fmt.Errorf("records of source: %w", err)
	}
	r := Report{Basis: Records, From: src.LastSeen.Add(-Reach).UTC(), Partial: own.partial}
	sent := own.of(src.ID)
	for _, k := range sent {
		r.Count += k.records
	}
	r.Datasets = datasets(sent)
	return s.fill(ctx, r, src, all, func(want logsource.Source) (float64, bool) { return perDay(sent, want, Reach) })
}

func (s *Service) expected(ctx context.Context, src Source, all []Source) (Report, error) {
	wants, ok := kinds[src.Kind]
	if !ok {
		return Report{Basis: Unknown}, nil
	}
	return s.fill(ctx, Report{Basis: Kind}, src, all, func(want logsource.Source) (float64, bool) { return 0, wants(want) })
}

// fill asks the rules in force which of them want the source, and which of these others feed.
func (s *Service) fill(ctx context.Context, r Report, src Source, all []Source, feeds func(logsource.Source) (float64, bool)) (Report, error) {
	living := map[string]bool{}
	for _, o := range all {
		living[o.ID] = o.Living && o.ID != src.ID
	}
	others, err := s.read(ctx, src.Tenant, "", "*", s.now().Add(-Others))
	if err != nil {
		return Report{}, fmt.Errorf("records of other sources: %w", err)
	}
	rest := slices.DeleteFunc(slices.Clone(others.sorts), func(k sort) bool { return !living[k.source] })
	var lately []sort // of the source itself, where it sends: then the same day is compared
	if src.Living {
		lately = others.of(src.ID)
	}
	wanted := map[logsource.Source]struct{ here, elsewhere, most bool }{}
	s.rules().Rules(func(rule *sigma.Rule) {
		w, known := wanted[rule.LogSource]
		if !known {
			var own, theirs float64
			own, w.here = feeds(rule.LogSource)
			theirs, w.elsewhere = perDay(rest, rule.LogSource, Others)
			if n, ok := perDay(lately, rule.LogSource, Others); ok {
				own = n
			}
			w.most = w.elsewhere && own > theirs
			wanted[rule.LogSource] = w
		}
		if w.here {
			r.Rules = append(r.Rules, Rule{&rule.Meta, !w.elsewhere, w.most})
		}
	})
	slices.SortStableFunc(r.Rules, func(a, b Rule) int {
		if a.Sole != b.Sole {
			if a.Sole {
				return -1
			}
			return 1
		}
		if a.Main != b.Main {
			if a.Main {
				return -1
			}
			return 1
		}
		return cmp.Or(gravity(b.Meta.Level)-gravity(a.Meta.Level), cmp.Compare(a.Meta.Title, b.Meta.Title), cmp.Compare(a.Meta.ID, b.Meta.ID))
	})
	return r, nil
}

func gravity(l detect.Level) int {
	return slices.Index([]detect.Level{detect.Informational, detect.Low, detect.Medium, detect.High, detect.Critical}, l)
}

func fed(sorts []sort, want logsource.Source) bool {
	return slices.ContainsFunc(sorts, func(k sort) bool { return k.profile.Accepts(want) })
}

// perDay is how many records a day a rule's log source accepts of those of a span, and whether any.
func perDay(sorts []sort, want logsource.Source, of time.Duration) (records float64, any bool) {
	for i := range sorts {
		if sorts[i].profile.Accepts(want) {
			records += float64(sorts[i].records)
			any = true
		}
	}
	return records / (of.Hours() / 24), any
}

func datasets(sorts []sort) []Dataset {
	by := map[string]uint64{}
	for _, k := range sorts {
		by[k.dataset] += k.records
	}
	list := make([]Dataset, 0, len(by))
	for name, n := range by {
		list = append(list, Dataset{name, n})
	}
	slices.SortFunc(list, func(a, b Dataset) int { return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Name, b.Name)) })
	return list
}

// sort is records that detection treats alike.
type sort struct {
	source  string
	dataset string
	profile logsource.Profile
	records uint64
	filter  string // finds its records, as far as values of signatures tell
}

// reading is what the archive held at a moment.
type reading struct {
	at      time.Time
	sorts   []sort
	partial bool
}

func (r reading) of(source string) []sort {
	return slices.DeleteFunc(slices.Clone(r.sorts), func(k sort) bool { return k.source != source })
}

// read groups the events of a filter by what detection classifies them by.
func (s *Service) read(ctx context.Context, id tenant.ID, part, filter string, from time.Time) (reading, error) {
	key := id.String() + " " + part
	now := s.now()
	s.mu.Lock()
	r, ok := s.readings[key]
	s.mu.Unlock()
	// Nobody is given what another read before it is clear that the archive would answer.
	if ok && now.Sub(r.at) < fresh && tenant.ScopeFrom(ctx).Allows(id) {
		return r, nil
	}
	q, err := query.Parse(filter + grouped)
	if err != nil {
		return reading{}, err
	}
	found, err := s.archive.Search(ctx, archive.Search{Tenants: []tenant.ID{id}, Query: q, From: from, Limit: archive.MaxRows})
	if err != nil {
		return reading{}, err
	}
	r = reading{at: now, partial: found.Truncated}
	for i := range found.Events {
		r.sorts = append(r.sorts, sorted(&found.Events[i]))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.readings) >= mostOf {
		clear(s.readings)
	}
	s.readings[key] = r
	return r, nil
}

const counted = "records"

// grouped is the pipe behind a filter: by every value that a signature reads, and for every field whose presence it reads how often it is there.
var grouped = func() string {
	by := make([]string, 0, 16)
	for _, name := range append([]string{event.IsocSource}, logsource.SignedValues()...) {
		by = append(by, strconv.Quote(name))
	}
	counts := []string{"count() as " + counted}
	for i, name := range logsource.SignedFields() {
		counts = append(counts, "count("+strconv.Quote(name)+") as has"+strconv.Itoa(i))
	}
	return " | stats by (" + strings.Join(by, ", ") + ") " + strings.Join(counts, ", ")
}()

// sorted reads one row of [grouped] as the event it stands for.
func sorted(row *event.Event) sort {
	var k sort
	var only []string
	like := &event.Event{}
	signs := logsource.SignedFields()
	for _, f := range row.Fields {
		switch {
		case f.Name == event.IsocSource:
			k.source = f.Value
		case f.Name == counted:
			k.records, _ = strconv.ParseUint(f.Value, 10, 64)
		case strings.HasPrefix(f.Name, "has"):
			if i, err := strconv.Atoi(f.Name[len("has"):]); err == nil && i < len(signs) && f.Value != "0" {
				like.Add(signs[i], "x")
			}
		default:
			values := event.Unfold(f)
			if values == nil {
				values = []string{f.Value}
			}
			for _, v := range values {
				like.Add(f.Name, v)
			}
		}
		if f.Name == event.Dataset {
			k.dataset = f.Value
		}
		if f.Value != "" && slices.Contains(telling, f.Name) {
			only = append(only, query.Exactly(f.Name, f.Value))
		}
	}
	k.filter = strings.Join(only, " ")
	k.profile = logsource.Sign(like).Profile()
	return k
}
