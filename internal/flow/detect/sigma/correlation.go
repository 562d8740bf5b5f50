package sigma

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CorrelationType is what a correlation asks of the events of a window.
type CorrelationType string

// The types of Sigma 2.1. A median is a percentile.
const (
	EventCount      CorrelationType = "event_count"
	ValueCount      CorrelationType = "value_count"
	ValueSum        CorrelationType = "value_sum"
	ValueAvg        CorrelationType = "value_avg"
	ValuePercentile CorrelationType = "value_percentile"
	ValueMedian     CorrelationType = "value_median"
	Temporal        CorrelationType = "temporal"
	TemporalOrdered CorrelationType = "temporal_ordered"
)

// Correlation is one correlation document as written. Rules are named as the document names them, by id or by name; what they
// are is found out when a set is compiled.
type Correlation struct {
	Meta
	File     string // where it was read from; only for messages
	Type     CorrelationType
	Rules    []string // of an ordered one the steps, which may repeat a rule
	GroupBy  []string
	Timespan time.Duration
	// Bounds must all hold of the count; none where a temporal correlation states none.
	Bounds []Bound
	// Fields are what values are taken of; several together are one value. Percentile is of value_percentile.
	Fields     []string
	Percentile float64
	// Expr is the condition of a temporal correlation in words, over the names in Rules; nil for none.
	Expr    *Expr
	Written string // Expr as written
	Aliases []Alias
	Until   string // a rule that ends an ordered sequence; ours, not of the specification
	// Generate says that firings of the rules are alerts of their own; Generates that those of some are, which is ours.
	Generate  bool
	Generates []string
}

// Bound is one comparison of a condition.
type Bound struct {
	Op    BoundOp
	Value float64
}

// BoundOp is how a count is compared.
type BoundOp string

// The comparisons.
const (
	GT  BoundOp = "gt"
	GTE BoundOp = "gte"
	LT  BoundOp = "lt"
	LTE BoundOp = "lte"
	EQ  BoundOp = "eq"
	NEQ BoundOp = "neq"
)

// Holds compares a count with the bound.
func (b Bound) Holds(v float64) bool {
	switch b.Op {
	case GT:
		return v > b.Value
	case GTE:
		return v >= b.Value
	case LT:
		return v < b.Value
	case LTE:
		return v <= b.Value
	case EQ:
		return v == b.Value
	}
	return v != b.Value
}

// Alias is a name for fields that are called differently in the events of different rules.
type Alias struct {
	Name   string
	Fields []AliasField // in the order of the file
}

// AliasField is what the alias means in events of one rule.
type AliasField struct{ Rule, Field string }

// Bounds on a correlation. What more than maxCorrelated rules fire does not fit the engine's masks.
const (
	maxCorrelated   = 31
	maxGroupBy      = 8
	maxAliases      = 16
	maxTimespan     = 31 * 24 * time.Hour
	maxReference    = 256
	maxCount        = 10_000
	medianAsPercent = 50
)

var correlationTypes = []CorrelationType{EventCount, ValueCount, ValueSum, ValueAvg, ValuePercentile, ValueMedian, Temporal, TemporalOrdered}

var correlationKeys = []string{"type", "rules", "group-by", "timespan", "maxspan", "condition", "aliases", "generate", "until"}

// readCorrelation returns what it could read even where there is a problem, for the message.
func readCorrelation(d *yamlNode) (*Correlation, *problem) {
	c := &Correlation{Meta: readMeta(d)}
	if p := checkMeta(d, &c.Meta); p != nil {
		return c, p
	}
	if d.get("detection") != nil {
		return c, fail("detection", "stands beside a correlation; write two documents")
	}
	if p := c.read(d.get("correlation")); p != nil {
		return c, p.in("correlation")
	}
	for _, n := range []*yamlNode{d.get("generate"), d.get("correlation").get("generate")} {
		if p := c.readGenerate(n); p != nil {
			return c, p.in("generate")
		}
	}
	return c, nil
}

// readGenerate reads true, false, or a list of rules: some of the correlation's may be rules in their own right, and others only its parts.
func (c *Correlation) readGenerate(n *yamlNode) *problem {
	switch {
	case n == nil:
		return nil
	case n.kind == yamlScalar && n.scalar.Kind == Bool:
		c.Generate = n.scalar.Text == "true"
		return nil
	case n.kind != yamlList:
		return fail("", "must be true, false, or a list of the correlation's rules")
	}
	refs, p := references(n)
	for _, r := range refs {
		if !slices.Contains(c.Rules, r) && r != c.Until {
			return fail("", fmt.Sprintf("%q is none of the correlation's rules", r))
		}
	}
	c.Generates = refs
	return p
}

func (c *Correlation) read(n *yamlNode) *problem {
	if n.kind != yamlMap {
		return fail("", "must be a map")
	}
	for _, k := range n.keys {
		if !slices.Contains(correlationKeys, k) {
			return fail(k, "is no key of a correlation; those are "+strings.Join(correlationKeys, ", "))
		}
	}
	c.Type = CorrelationType(strings.ToLower(text(n.get("type"))))
	if !slices.Contains(correlationTypes, c.Type) {
		return fail("type", fmt.Sprintf("%q is none of event_count, value_count, value_sum, value_avg, value_percentile, value_median, temporal, temporal_ordered", string(c.Type)))
	}
	for _, step := range []func(*yamlNode) *problem{c.readRules, c.readGroupBy, c.readTimespan, c.readAliases, c.readCondition, c.readUntil} {
		if p := step(n); p != nil {
			return p
		}
	}
	return nil
}

func (c *Correlation) temporal() bool { return c.Type == Temporal || c.Type == TemporalOrdered }

func (c *Correlation) readRules(n *yamlNode) *problem {
	rules, p := references(n.get("rules"))
	if p != nil {
		return p.in("rules")
	}
	if len(rules) == 0 {
		return fail("rules", "names no rule")
	}
	if len(rules) > maxCorrelated {
		return fail("rules", fmt.Sprintf("names more than %d rules", maxCorrelated))
	}
	if c.Type != TemporalOrdered {
		for i, r := range rules {
			if slices.Contains(rules[:i], r) {
				return fail("rules", fmt.Sprintf("names %q twice", r))
			}
		}
	}
	if c.temporal() && len(rules) < 2 {
		return fail("rules", "a temporal correlation needs two rules at least")
	}
	c.Rules = rules
	return nil
}

// references reads a list of ids or names, or one.
func references(n *yamlNode) ([]string, *problem) {
	if n == nil {
		return nil, fail("", "is missing")
	}
	if n.kind == yamlMap {
		return nil, fail("", "must be a list of ids or names")
	}
	items := []*yamlNode{n}
	if n.kind == yamlList {
		items = n.items
	}
	var out []string
	for i, item := range items {
		s := strings.TrimSpace(text(item))
		if s == "" || len(s) > maxReference {
			return nil, fail(fmt.Sprint(i), "must be the id or name of a rule")
		}
		out = append(out, s)
	}
	return out, nil
}

func (c *Correlation) readGroupBy(n *yamlNode) *problem {
	by := n.get("group-by")
	if by == nil {
		return nil // one group for all
	}
	fields, p := fieldNamesOf(by)
	if p != nil {
		return p.in("group-by")
	}
	if len(fields) > maxGroupBy {
		return fail("group-by", fmt.Sprintf("names more than %d fields", maxGroupBy))
	}
	c.GroupBy = fields
	return nil
}

// fieldNamesOf reads a list of field names, or one.
func fieldNamesOf(n *yamlNode) ([]string, *problem) {
	items := []*yamlNode{n}
	if n.kind == yamlList {
		items = n.items
	}
	var out []string
	for _, item := range items {
		s := stripBlanks(text(item))
		if s == "" || len(s) > maxReference || strings.Contains(s, "|") {
			return nil, fail("", "must be field names, without modifiers")
		}
		if slices.Contains(out, s) {
			return nil, fail("", fmt.Sprintf("names %q twice", s))
		}
		out = append(out, s)
	}
	return out, nil
}

func (c *Correlation) readTimespan(n *yamlNode) *problem {
	key := "timespan"
	if n.get("maxspan") != nil {
		if n.get("timespan") != nil {
			return fail("maxspan", "stands beside timespan, which means the same")
		}
		key = "maxspan"
	}
	v := n.get(key)
	if v == nil {
		return fail(key, "is missing")
	}
	span, p := parseTimespan(strings.TrimSpace(text(v)))
	c.Timespan = span
	return p.in(key)
}

// parseTimespan reads a number and a unit: s, m, h, d, w, or M for 30 days.
func parseTimespan(s string) (time.Duration, *problem) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'M': 30 * 24 * time.Hour}
	bad := fail("", fmt.Sprintf("%q is no number followed by s, m, h, d, w or M", s))
	if len(s) < 2 || len(s) > 10 {
		return 0, bad
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
	switch {
	case !ok || err != nil:
		return 0, bad
	case n == 0:
		return 0, fail("", "must be longer than nothing")
	case n > uint64(maxTimespan/unit):
		return 0, fail("", fmt.Sprintf("is longer than %d days", int(maxTimespan.Hours()/24)))
	}
	return time.Duration(n) * unit, nil
}

func (c *Correlation) readAliases(n *yamlNode) *problem {
	a := n.get("aliases")
	if a == nil {
		return nil
	}
	if a.kind != yamlMap || len(a.keys) > maxAliases {
		return fail("aliases", fmt.Sprintf("must be a map of at most %d names", maxAliases))
	}
	for i, name := range a.keys {
		m := a.items[i]
		if m.kind != yamlMap || len(m.keys) == 0 {
			return fail("aliases."+name, "must be a map of rules to fields")
		}
		alias := Alias{Name: name}
		for j, rule := range m.keys {
			field := stripBlanks(text(m.items[j]))
			if field == "" || strings.Contains(field, "|") {
				return fail("aliases."+name+"."+rule, "must be a field name")
			}
			if !slices.Contains(c.Rules, rule) {
				return fail("aliases."+name, fmt.Sprintf("%q is none of the correlation's rules", rule))
			}
			alias.Fields = append(alias.Fields, AliasField{Rule: rule, Field: field})
		}
		c.Aliases = append(c.Aliases, alias)
	}
	return nil
}

func (c *Correlation) readCondition(n *yamlNode) *problem {
	cond := n.get("condition")
	switch {
	case cond == nil && c.temporal():
		return nil
	case cond == nil:
		return fail("condition", "is missing")
	case cond.kind == yamlScalar && c.temporal():
		return c.readExpr(cond).in("condition")
	case cond.kind != yamlMap:
		return fail("condition", "must be a map of comparisons")
	}
	return c.readBounds(cond).in("condition")
}

// readExpr reads a condition in words. In an ordered one, what must not happen has a key of its own.
func (c *Correlation) readExpr(n *yamlNode) *problem {
	var names []Search
	for _, r := range c.Rules {
		if !slices.ContainsFunc(names, func(s Search) bool { return s.Name == r }) {
			names = append(names, Search{Name: r})
		}
	}
	e, p := parseCondition(text(n), names)
	if p != nil {
		return &problem{path: p.path, reason: strings.ReplaceAll(p.reason, "search of the rule", "rule of the correlation")}
	}
	c.Expr, c.Written = &e, text(n)
	if negates(&e) && c.Type == TemporalOrdered {
		return fail("", "an order with not is undecided: say with until what ends the sequence")
	}
	if e.Holds(func(string) bool { return false }) {
		return fail("", "holds where none of the rules fires")
	}
	return nil
}

func negates(e *Expr) bool {
	return e.Op == ExprNot || slices.ContainsFunc(e.Operands, func(o Expr) bool { return negates(&o) })
}

// Negates reports whether the condition asks that a rule did not fire.
func (c *Correlation) Negates() bool { return c.Expr != nil && negates(c.Expr) }

// Holds evaluates the condition over names that stand in it.
func (e *Expr) Holds(fired func(name string) bool) bool {
	n := 0
	for i := range e.Operands {
		if e.Operands[i].Holds(fired) {
			n++
		}
	}
	switch e.Op {
	case ExprSearch:
		return fired(e.Name)
	case ExprNot:
		return n == 0
	case ExprAnd:
		return n == len(e.Operands)
	case ExprOr:
		return n > 0
	}
	return n >= e.N
}

func (c *Correlation) readBounds(n *yamlNode) *problem {
	c.Percentile = medianAsPercent
	for i, k := range n.keys {
		v := n.items[i]
		switch k {
		case "field":
			fields, p := fieldNamesOf(v)
			if p != nil {
				return p.in(k)
			}
			c.Fields = fields
		case "percentile":
			f, err := strconv.ParseFloat(text(v), 64)
			if err != nil || !(f > 0 && f <= 100) || c.Type != ValuePercentile {
				return fail(k, "must be a number above 0 and up to 100, of a value_percentile")
			}
			c.Percentile = f
		case string(GT), string(GTE), string(LT), string(LTE), string(EQ), string(NEQ):
			f, err := strconv.ParseFloat(text(v), 64)
			if err != nil || f-f != 0 {
				return fail(k, "must be a number")
			}
			c.Bounds = append(c.Bounds, Bound{BoundOp(k), f})
		default:
			return fail(k, "is none of gt, gte, lt, lte, eq, neq, field, percentile")
		}
	}
	return c.checkBounds()
}

func (c *Correlation) checkBounds() *problem {
	values := strings.HasPrefix(string(c.Type), "value_")
	switch {
	case len(c.Bounds) == 0:
		return fail("", "compares with nothing: one of gt, gte, lt, lte, eq, neq is missing")
	case values && len(c.Fields) == 0:
		return fail("field", "is missing")
	case !values && len(c.Fields) > 0:
		return fail("field", "belongs to correlations of values")
	case c.Type != ValueCount && len(c.Fields) > 1:
		return fail("field", "must be one field")
	case c.Type == ValueSum || c.Type == ValueAvg || c.Type == ValuePercentile || c.Type == ValueMedian:
		return nil
	}
	for _, b := range c.Bounds {
		if b.Value < 0 || b.Value > maxCount || b.Value != float64(int(b.Value)) {
			return fail(string(b.Op), fmt.Sprintf("must be a whole number of at most %d", maxCount))
		}
	}
	for v := 1; v <= maxCount+1; v++ {
		if c.Within(float64(v)) {
			return c.checkTemporalBounds()
		}
	}
	return fail("", "holds of no count from 1: what has no event has no group, and cannot be seen")
}

func (c *Correlation) checkTemporalBounds() *problem {
	for _, b := range c.Bounds {
		if c.Type == TemporalOrdered && b.Op != GTE && b.Op != GT && b.Op != EQ {
			return fail(string(b.Op), "has no meaning for steps in order")
		}
		if c.temporal() && b.Value > float64(len(c.Rules)) {
			return fail(string(b.Op), fmt.Sprintf("asks for more than the %d rules", len(c.Rules)))
		}
	}
	return nil
}

// Within reports whether every bound holds of the count.
func (c *Correlation) Within(v float64) bool {
	for _, b := range c.Bounds {
		if !b.Holds(v) {
			return false
		}
	}
	return true
}

func (c *Correlation) readUntil(n *yamlNode) *problem {
	u := n.get("until")
	if u == nil {
		return nil
	}
	if c.Type != TemporalOrdered {
		return fail("until", "belongs to temporal_ordered")
	}
	s := strings.TrimSpace(text(u))
	if s == "" || len(s) > maxReference {
		return fail("until", "must be the id or name of a rule")
	}
	c.Until = s
	return nil
}
