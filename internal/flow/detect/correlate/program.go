package correlate

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// Times of the engine; DESIGN.md says what for.
const (
	Lateness  = 5 * time.Minute  // how much later than its group's newest event one may come and be judged in full
	MaxAhead  = 5 * time.Minute  // an event that claims a later time than this after its receipt stands at its receipt
	idleGrace = time.Hour        // a quiet group of a sliding window is kept so much longer than its window
	idleClose = 2 * time.Minute  // the same, of a window that is judged as it closes
	sweepStep = 10 * time.Second // how often, by receipt, quiet groups are looked for
)

// Bounds on a program and on a group.
const (
	maxDepth      = 8  // correlations of correlations
	maxFeeds      = 64 // ways one rule feeds correlations, through others included
	maxSequences  = 64 // orders that one condition allows
	keepLeast     = 256
	keepMost      = 10_000 // entries of a group, where a condition counts or adds up
	keepRanked    = 1_024  // where it ranks values
	keepTemporal  = 512    // where it asks which rules fired
	untilBit      = 31
	maxConditions = 12 // rules of an ordered correlation with a condition
)

// Program is correlations resolved against the rules of a set. It is immutable.
type Program struct {
	rules  []*rule           // each after those it is made of
	feeds  map[string][]feed // by id of a rule of single events
	silent map[string]bool   // ids whose firings only feed correlations
}

// mode is when a rule is judged.
type mode uint8

const (
	sliding mode = iota // at each event: what became true stays true as more comes
	closing             // when its window has closed: what is true now may not be once more comes
)

// rule is one correlation resolved.
type rule struct {
	*sigma.Correlation
	info      detect.RuleInfo
	mode      mode
	parts     []part // by bit
	names     map[string]uint32
	sequences [][]uint32 // of an ordered one: masks in order, any of which completes
	span      int64      // ns
	late      int64      // ns, of this rule
	idle      int64      // ns by receipt
	keep      int        // entries of a group
	digest    [16]byte
	silent    bool // its firings only feed others
	inner     bool // others are made of it
	depth     int
}

// part is one place in the list of rules.
type part struct {
	id, title string
}

// Options tell how correlations are compiled.
type Options struct {
	// Pack names the pack a file is of; nil says that all files are of one. A correlation without generate silences the rules of
	// its own pack that it names: whether rules of others raise alerts is not its author's to say.
	Pack func(file string) string
	// MaxEntries bounds the entries of a group below what its rule is given; 0 does not.
	MaxEntries int
}

// Compile resolves correlations against each other and the rules of a set. Each that cannot be used is refused with the reason, and
// costs no other but those that are made of it.
func Compile(docs []*sigma.Correlation, rules []*sigma.Rule, opts Options) (*Program, []sigma.Refusal) {
	if opts.Pack == nil {
		opts.Pack = func(string) string { return "" }
	}
	c := &compiler{opts: opts, index: newIndex(docs, rules), made: map[*sigma.Correlation]*rule{}, open: map[*sigma.Correlation]bool{},
		failed: map[*sigma.Correlation]bool{}, program: &Program{feeds: map[string][]feed{}, silent: map[string]bool{}}}
	seen := map[string]bool{}
	for _, r := range rules {
		seen[r.ID] = true
	}
	for _, d := range docs {
		if seen[d.ID] {
			c.refuse(d, "id", "is also that of another rule")
			continue
		}
		seen[d.ID] = true
	}
	for _, d := range docs {
		if !c.failed[d] {
			c.compile(d)
		}
	}
	c.silence(docs)
	c.feed(rules)
	return c.program, c.refused
}

// Len is the number of correlations.
func (p *Program) Len() int { return len(p.rules) }

// Has reports whether the correlation is in the program.
func (p *Program) Has(id string) bool {
	for i := range p.rules {
		if p.rules[i].ID == id {
			return true
		}
	}
	return false
}

// Horizon is how long after its time an event may still be named by a firing, where nothing is late.
func (p *Program) Horizon() time.Duration {
	var sum int64
	for _, r := range p.rules {
		sum += r.span + r.late + r.idle
	}
	return time.Duration(sum)
}

// Silent reports whether firings of the rule only feed correlations and are no alerts.
func (p *Program) Silent(rule string) bool { return p.silent[rule] }

// Feeds reports whether a correlation is made of firings of the rule.
func (p *Program) Feeds(rule string) bool { return len(p.feeds[rule]) > 0 }

type compiler struct {
	opts    Options
	index   *index
	made    map[*sigma.Correlation]*rule
	open    map[*sigma.Correlation]bool // being compiled
	failed  map[*sigma.Correlation]bool
	refused []sigma.Refusal
	program *Program
}

func (c *compiler) refuse(d *sigma.Correlation, field, reason string) {
	c.failed[d] = true
	c.refused = append(c.refused, sigma.Refusal{File: d.File, Rule: d.ID, Title: d.Title, Field: field, Reason: reason})
}

// compile makes the rule after those it is made of; nil if it is refused.
func (c *compiler) compile(d *sigma.Correlation) *rule {
	if r := c.made[d]; r != nil || c.failed[d] {
		return r
	}
	if c.open[d] {
		return nil
	}
	c.open[d] = true
	defer delete(c.open, d)
	r := &rule{Correlation: d, info: d.Info(), names: map[string]uint32{}, span: int64(d.Timespan), late: int64(Lateness), depth: 1}
	refs := d.Rules
	if d.Until != "" {
		refs = append(slices.Clone(refs), d.Until)
	}
	delay := int64(0)
	for i, ref := range refs {
		field := "correlation.rules"
		if i == len(d.Rules) {
			field = "correlation.until"
		}
		t, reason := c.index.find(ref, d, c.opts.Pack)
		if reason != "" {
			c.refuse(d, field, reason)
			return nil
		}
		if t.correlation != nil {
			if c.open[t.correlation] {
				c.refuse(d, field, fmt.Sprintf("%q is made of this correlation, a circle", ref))
				return nil
			}
			inner := c.compile(t.correlation)
			if inner == nil {
				c.refuse(d, field, fmt.Sprintf("%q is refused itself", ref))
				return nil
			}
			r.depth = max(r.depth, inner.depth+1)
			inner.inner = true
			delay = max(delay, inner.delay())
		}
		if i < len(d.Rules) {
			r.parts = append(r.parts, part{id: t.id(), title: t.title()})
			r.names[ref] |= 1 << i
		}
	}
	r.late += delay
	if field, reason := r.settle(); reason != "" {
		c.refuse(d, field, reason)
		return nil
	}
	if c.opts.MaxEntries > 0 {
		r.keep = min(r.keep, c.opts.MaxEntries)
	}
	c.made[d] = r
	c.program.rules = append(c.program.rules, r)
	return r
}

// delay is how far behind its newest event a firing may stand.
func (r *rule) delay() int64 {
	if r.mode == closing {
		return r.span + r.late
	}
	return r.late
}

// settle works out how the rule is judged.
func (r *rule) settle() (field, reason string) {
	if r.depth > maxDepth {
		return "correlation.rules", fmt.Sprintf("correlations of correlations go deeper than %d", maxDepth)
	}
	for _, b := range r.Bounds {
		if b.Op != sigma.GT && b.Op != sigma.GTE {
			r.mode = closing
		}
	}
	if r.Negates() {
		r.mode = closing
	}
	switch r.Type {
	case sigma.Temporal:
		r.keep = keepTemporal
	case sigma.TemporalOrdered:
		r.mode, r.keep = sliding, keepTemporal
		if field, reason = r.order(); reason != "" {
			return field, reason
		}
	case sigma.ValueSum, sigma.ValueAvg:
		r.keep = keepMost
	case sigma.ValuePercentile, sigma.ValueMedian:
		r.keep = keepRanked
	default:
		most := 0.0
		for _, b := range r.Bounds {
			most = max(most, b.Value)
		}
		r.keep = min(max(4*int(most), keepLeast), keepMost+1)
	}
	r.idle = r.span + r.late + int64(idleGrace)
	if r.mode == closing {
		r.idle = r.span + r.late + int64(idleClose)
	}
	text, _ := json.Marshal([]any{1, r.Type, r.GroupBy, r.Timespan, r.Bounds, r.Fields, r.Percentile, r.Written, r.Aliases, r.Until, r.ids(), r.late})
	sum := sha256.Sum256(text)
	copy(r.digest[:], sum[:])
	return "", ""
}

func (r *rule) ids() (ids []string) {
	for _, p := range r.parts {
		ids = append(ids, p.id)
	}
	return ids
}

// order works out in which orders the steps complete the rule: all in theirs, or where there is a condition every smallest
// choice of steps that meets it.
func (r *rule) order() (field, reason string) {
	n := len(r.Rules)
	if len(r.Bounds) == 0 && r.Expr == nil {
		var all []uint32
		for _, ref := range r.Rules {
			all = append(all, r.names[ref])
		}
		for i := range all { // a step is one place, though its rule may have several
			all[i] = 1 << i
		}
		r.sequences = [][]uint32{all}
		return "", ""
	}
	if len(r.names) != n {
		return "correlation.rules", "a rule stands twice, which a condition cannot tell apart"
	}
	if n > maxConditions {
		return "correlation.rules", fmt.Sprintf("an order with a condition takes at most %d rules", maxConditions)
	}
	var least []uint32
	for mask := uint32(1); mask < 1<<n; mask++ {
		if !r.fired(mask) || slices.ContainsFunc(least, func(l uint32) bool { return l&mask == l }) {
			continue
		}
		least = append(least, mask)
	}
	if len(least) > maxSequences {
		return "correlation.condition", fmt.Sprintf("allows more than %d orders", maxSequences)
	}
	for _, mask := range least {
		var seq []uint32
		for i := range n {
			if mask&(1<<i) != 0 {
				seq = append(seq, 1<<i)
			}
		}
		r.sequences = append(r.sequences, seq)
	}
	return "", ""
}

// fired reports whether the rules of the mask are those that a temporal condition asks for.
func (r *rule) fired(mask uint32) bool {
	switch {
	case r.Expr != nil:
		return r.Expr.Holds(func(name string) bool { return mask&r.names[name] != 0 })
	case len(r.Bounds) > 0:
		return r.Within(float64(bits.OnesCount32(mask &^ (1 << untilBit))))
	}
	return bits.OnesCount32(mask) == len(r.parts)
}

// silence finds the rules whose firings only feed correlations of their own pack.
func (c *compiler) silence(docs []*sigma.Correlation) {
	loud := map[string]bool{}
	for _, d := range docs {
		refs := d.Rules
		if d.Until != "" {
			refs = append(slices.Clone(refs), d.Until)
		}
		for _, ref := range refs {
			t, reason := c.index.find(ref, d, c.opts.Pack)
			if reason != "" || c.opts.Pack(t.file()) != c.opts.Pack(d.File) {
				continue
			}
			if d.Generate || slices.Contains(d.Generates, ref) {
				loud[t.id()] = true
			}
			c.program.silent[t.id()] = true
		}
	}
	for id := range loud {
		delete(c.program.silent, id)
	}
	for _, r := range c.program.rules {
		r.silent = c.program.silent[r.ID]
	}
}

// target is what a reference names.
type target struct {
	rule        *sigma.Rule
	correlation *sigma.Correlation
}

func (t target) id() string    { return t.meta().ID }
func (t target) title() string { return t.meta().Title }

func (t target) meta() *sigma.Meta {
	if t.correlation != nil {
		return &t.correlation.Meta
	}
	return &t.rule.Meta
}

func (t target) file() string {
	if t.correlation != nil {
		return t.correlation.File
	}
	return t.rule.File
}

// index finds rules and correlations by id and by name.
type index struct {
	ids   map[string]target
	names map[string][]target
}

func newIndex(docs []*sigma.Correlation, rules []*sigma.Rule) *index {
	x := &index{ids: map[string]target{}, names: map[string][]target{}}
	add := func(t target) {
		m := t.meta()
		if id := strings.ToLower(m.ID); x.ids[id] == (target{}) {
			x.ids[id] = t
		}
		if m.Name != "" {
			x.names[m.Name] = append(x.names[m.Name], t)
		}
	}
	for _, r := range rules {
		add(target{rule: r})
	}
	for _, d := range docs {
		add(target{correlation: d})
	}
	return x
}

// find resolves a reference of a document: an id, else a name, of the same file before the same pack before any other.
func (x *index) find(ref string, d *sigma.Correlation, pack func(string) string) (target, string) {
	if t, ok := x.ids[strings.ToLower(ref)]; ok {
		return t, ""
	}
	all := x.names[ref]
	for _, near := range []func(target) bool{
		func(t target) bool { return t.file() == d.File },
		func(t target) bool { return pack(t.file()) == pack(d.File) },
		func(target) bool { return true },
	} {
		var found []target
		for _, t := range all {
			if near(t) {
				found = append(found, t)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], ""
		case len(found) > 1:
			return target{}, fmt.Sprintf("%q is the name of %d rules; use an id", ref, len(found))
		}
	}
	return target{}, fmt.Sprintf("%q is no rule that is in force", ref)
}

// placeholder stands for a rule of which only id and digest are known.
func placeholder(id string) *sigma.Correlation {
	return &sigma.Correlation{Meta: sigma.Meta{ID: id}}
}
