package correlate

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/tenant"
)

// feed is one way in which a firing counts in a correlation.
type feed struct {
	rule    int32
	mask    uint32
	group   [][]string // event fields of each group-by field, best first
	values  [][]string // of the fields whose values count
	numeric bool
	up      []feed // in which this correlation's firing counts in turn
}

// Contribution is what one event adds to one group of one correlation.
type Contribution struct {
	rule  int32
	mask  uint32
	key   string // values of the group, folded, each ended by a zero byte
	value uint64 // digest of a value that is counted, or bits of a number
	trial bool   // of a rule that is only on trial
	up    []Contribution
}

// Item is what one event adds to correlations, worked out where the event is at hand. What is left to do depends on order.
type Item struct {
	Tenant   tenant.ID
	Time     time.Time // of the event, not beyond [MaxAhead] after its receipt
	Index    int       // place in the batch
	Source   string
	Entities []event.Field

	adds []Contribution
}

// Empty reports whether the item adds nothing.
func (i *Item) Empty() bool { return len(i.adds) == 0 }

const (
	maxValueBytes = 512 // of one value in a group's key; a longer one is told apart by its digest
	missing       = "-" // what Windows and web servers write where there is nothing
)

// feed works out for each rule how its firings count.
func (c *compiler) feed(rules []*sigma.Rule) {
	byTarget := map[string][]int{} // id → rules made of it
	for i, r := range c.program.rules {
		refs := r.Rules
		if r.Until != "" {
			refs = append(slices.Clone(refs), r.Until)
		}
		for _, ref := range refs {
			if t, reason := c.index.find(ref, r.Correlation, c.opts.Pack); reason == "" && !slices.Contains(byTarget[t.id()], i) {
				byTarget[t.id()] = append(byTarget[t.id()], i)
			}
		}
	}
	f := &feeder{compiler: c, by: byTarget}
	for _, r := range rules {
		if len(byTarget[r.ID]) == 0 || c.program.feeds[r.ID] != nil {
			continue
		}
		f.ways = 0
		c.program.feeds[r.ID] = f.of(r.ID, nil, r.LogSource)
		if f.ways > maxFeeds {
			c.refused = append(c.refused, sigma.Refusal{File: r.File, Rule: r.ID, Title: r.Title, Reason: fmt.Sprintf("counts in correlations in more than %d ways; the others are left out", maxFeeds)})
		}
	}
}

type feeder struct {
	*compiler
	by   map[string][]int
	ways int
}

// step is one correlation on the way up from a rule, with the references in it that lead down.
type step struct {
	rule *rule
	refs []string
}

// of lists the correlations that a firing of id counts in. path leads from the correlation with that id down to the rule.
func (f *feeder) of(id string, path []step, source logsource.Source) (feeds []feed) {
	for _, i := range f.by[id] {
		if f.ways++; f.ways > maxFeeds {
			return feeds
		}
		r := f.program.rules[i]
		here := step{rule: r}
		add := feed{rule: int32(i), numeric: r.Type == sigma.ValueSum || r.Type == sigma.ValueAvg || r.Type == sigma.ValuePercentile || r.Type == sigma.ValueMedian}
		for at, ref := range r.Rules {
			if t, reason := f.index.find(ref, r.Correlation, f.opts.Pack); reason == "" && t.id() == id {
				add.mask |= 1 << at
				here.refs = append(here.refs, ref)
			}
		}
		if r.Until != "" {
			if t, reason := f.index.find(r.Until, r.Correlation, f.opts.Pack); reason == "" && t.id() == id {
				add.mask |= 1 << untilBit
			}
		}
		way := append([]step{here}, path...)
		for _, name := range r.GroupBy {
			add.group = append(add.group, fieldsOf(way, name, source))
		}
		for _, name := range r.Fields {
			add.values = append(add.values, fieldsOf(way, name, source))
		}
		add.up = f.of(r.ID, way, source)
		feeds = append(feeds, add)
	}
	return feeds
}

// fieldsOf follows a name through the aliases on the way down to the event fields it means.
func fieldsOf(way []step, name string, source logsource.Source) []string {
	for _, s := range way {
		name = s.alias(name)
	}
	return logsource.Fields(source, name)
}

func (s step) alias(name string) string {
	for _, a := range s.rule.Aliases {
		if a.Name != name {
			continue
		}
		for _, f := range a.Fields {
			if slices.Contains(s.refs, f.Rule) {
				return f.Field
			}
		}
	}
	return name
}

// Begin makes an item for an event, to which [Program.Add] adds. received is the record's.
func Begin(ev *event.Event, received time.Time, index int) Item {
	t := ev.Time
	if t.After(received.Add(MaxAhead)) || t.IsZero() {
		t = received
	}
	return Item{Tenant: ev.Tenant, Time: t, Index: index}
}

// Add adds a firing of the rule on the event to the item. A field that groups or counts and is not there means that the event
// does not count in that correlation; nor does it in those that except, which may be nil, says yes to. A rule that is in the shadow at the
// customer counts only in correlations that are so too.
func (p *Program) Add(item *Item, rule string, ev *event.Event, standing *policy.Snapshot, except func(correlation string) bool) {
	feeds := p.feeds[rule]
	if len(feeds) == 0 {
		return
	}
	before := len(item.adds)
	switch standing.Decide(ev.Tenant, rule) {
	case policy.Raise:
		item.adds = p.contribute(item.adds, feeds, ev, except, nil)
	case policy.Shadow:
		item.adds = p.contribute(item.adds, feeds, ev, except, func(correlation string) bool { return standing.Decide(ev.Tenant, correlation) == policy.Shadow })
	}
	if before == 0 && len(item.adds) > 0 {
		item.Source = ev.Value(event.IsocSource)
		item.Entities = detect.EntitiesOf(ev)
	}
}

// contribute adds what a firing adds by feeds to a list. trial, nil for a rule that counts, tells which correlations count one that does not.
func (p *Program) contribute(to []Contribution, feeds []feed, ev *event.Event, except, trial func(correlation string) bool) []Contribution {
	for i := range feeds {
		f := &feeds[i]
		if id := p.rules[f.rule].ID; except != nil && except(id) || trial != nil && !trial(id) {
			continue
		}
		c := Contribution{rule: f.rule, mask: f.mask, trial: trial != nil}
		var ok bool
		if c.key, ok = keyOf(f.group, ev); !ok {
			continue
		}
		if len(f.values) > 0 {
			if c.value, ok = f.valueOf(ev); !ok {
				continue
			}
		}
		if len(f.up) > 0 {
			c.up = p.contribute(nil, f.up, ev, except, nil) // in which of them its firing counts is asked when it fires
		}
		to = merge(to, c)
	}
	return to
}

// merge adds a contribution, or what it says to the one of the same rule and group: two rules that fire on one event are one event.
func merge(to []Contribution, c Contribution) []Contribution {
	for i := range to {
		if to[i].rule == c.rule && to[i].key == c.key {
			to[i].mask |= c.mask
			to[i].trial = to[i].trial || c.trial
			return to
		}
	}
	return append(to, c)
}

func keyOf(group [][]string, ev *event.Event) (string, bool) {
	if len(group) == 0 {
		return "", true
	}
	var key []byte
	for _, names := range group {
		v, ok := valueOf(names, ev)
		if !ok {
			return "", false
		}
		key = append(append(key, v...), 0)
	}
	return string(key), true
}

// valueOf is the first of the fields that the event has, in the form in which values are the same.
func valueOf(names []string, ev *event.Event) (string, bool) {
	for _, n := range names {
		if v, ok := ev.Get(n); ok {
			if v == "" || v == missing {
				return "", false
			}
			return normal(v), true
		}
	}
	return "", false
}

// normal folds case, for users, hosts and domains differ by it from source to source, and writes addresses in one form.
func normal(v string) string {
	if strings.ContainsAny(v, ":.") && len(v) < 48 {
		if a, err := netip.ParseAddr(v); err == nil {
			return a.Unmap().String()
		}
	}
	if strings.IndexByte(v, 0) >= 0 {
		v = strings.ReplaceAll(v, "\x00", " ")
	}
	v = literal.Fold(v)
	if len(v) > maxValueBytes {
		sum := sha256.Sum256([]byte(v))
		v = fmt.Sprintf("%s…%x", strings.ToValidUTF8(v[:maxValueBytes/2], ""), sum[:8])
	}
	return v
}

// valueOf is the number, or the digest of the values together: of 10,000 values two are taken for one once in 10^11.
func (f *feed) valueOf(ev *event.Event) (uint64, bool) {
	if f.numeric {
		v, ok := valueOf(f.values[0], ev)
		if !ok {
			return 0, false
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil || n-n != 0 {
			return 0, false
		}
		return math.Float64bits(n), true
	}
	key, ok := keyOf(f.values, ev)
	if !ok {
		return 0, false
	}
	sum := sha256.Sum256([]byte(key))
	return binary.LittleEndian.Uint64(sum[:]), true
}
