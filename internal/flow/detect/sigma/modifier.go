package sigma

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// draft is one value of an item while modifiers are applied to it.
type draft struct {
	kind    ValueKind
	raw     string // as written, placeholders filled in
	pattern pattern
}

// reading is an item's modifiers, read from left to right.
type reading struct {
	values     [][]draft // one entry a written value; encodings make several drafts of one
	all        bool
	negated    bool
	cased      bool
	start, end bool     // the value may go on before, after
	op         operator // opEqual until a type modifier changes it
	cmp        comparison
	part       timePart
	flags      string // of a regular expression
	exists     bool
}

// modifierFunc applies one modifier.
type modifierFunc func(r *reading) *problem

// modifiers is the table of Sigma 2.1, appendix "modifiers". It is never written to.
var modifiers = map[string]modifierFunc{
	"all":          func(r *reading) *problem { r.all = true; return nil },
	"neq":          func(r *reading) *problem { r.negated = true; return nil },
	"cased":        func(r *reading) *problem { r.cased = true; return nil },
	"contains":     func(r *reading) *problem { return r.open(true, true) },
	"startswith":   func(r *reading) *problem { return r.open(false, true) },
	"endswith":     func(r *reading) *problem { return r.open(true, false) },
	"re":           func(r *reading) *problem { return r.become(opRegex) },
	"i":            func(r *reading) *problem { return r.flag("i") },
	"m":            func(r *reading) *problem { return r.flag("m") },
	"s":            func(r *reading) *problem { return r.flag("s") },
	"ignorecase":   func(r *reading) *problem { return r.flag("i") },
	"multiline":    func(r *reading) *problem { return r.flag("m") },
	"dotall":       func(r *reading) *problem { return r.flag("s") },
	"cidr":         func(r *reading) *problem { return r.become(opNet) },
	"fieldref":     func(r *reading) *problem { return r.become(opRef) },
	"exists":       func(r *reading) *problem { r.exists = true; return r.become(opPresent) },
	"expand":       func(*reading) *problem { return nil }, // done before all others
	"lt":           func(r *reading) *problem { r.cmp = isLess; return r.compare() },
	"lte":          func(r *reading) *problem { r.cmp = isLessOrEqual; return r.compare() },
	"gt":           func(r *reading) *problem { r.cmp = isGreater; return r.compare() },
	"gte":          func(r *reading) *problem { r.cmp = isGreaterOrEqual; return r.compare() },
	"minute":       func(r *reading) *problem { r.part = partMinute; return r.become(opCompare) },
	"hour":         func(r *reading) *problem { r.part = partHour; return r.become(opCompare) },
	"day":          func(r *reading) *problem { r.part = partDay; return r.become(opCompare) },
	"week":         func(r *reading) *problem { r.part = partWeek; return r.become(opCompare) },
	"month":        func(r *reading) *problem { r.part = partMonth; return r.become(opCompare) },
	"year":         func(r *reading) *problem { r.part = partYear; return r.become(opCompare) },
	"windash":      func(r *reading) *problem { return r.transform(windash) },
	"wide":         func(r *reading) *problem { return r.encode(utf16LE) },
	"utf16le":      func(r *reading) *problem { return r.encode(utf16LE) },
	"utf16be":      func(r *reading) *problem { return r.encode(utf16BE) },
	"utf16":        (*reading).utf16,
	"base64":       (*reading).base64,
	"base64offset": (*reading).base64offset,
}

func (r *reading) open(start, end bool) *problem {
	if r.op != opEqual && r.op != opRegex && r.op != opRef {
		return fail("", "cannot be combined with the modifiers before it")
	}
	r.start, r.end = r.start || start, r.end || end
	if r.op != opEqual {
		return nil
	}
	return r.transform(func(p pattern) pattern {
		if start {
			p = p.openStart()
		}
		if end {
			p = p.openEnd()
		}
		return p
	})
}

func (r *reading) become(op operator) *problem {
	if r.op != opEqual || (r.start || r.end) && op != opRef {
		return fail("", "cannot be combined with the modifiers before it")
	}
	r.op = op
	return nil
}

func (r *reading) flag(f string) *problem {
	if r.op != opRegex {
		return fail("", "stands without re before it")
	}
	r.flags += f
	return nil
}

func (r *reading) compare() *problem {
	if r.op == opCompare && r.part != wholeValue {
		return nil
	}
	return r.become(opCompare)
}

func (r *reading) transform(f func(pattern) pattern) *problem {
	if r.op != opEqual {
		return fail("", "applies to text only")
	}
	for _, drafts := range r.values {
		for i := range drafts {
			drafts[i].pattern = f(drafts[i].pattern)
		}
	}
	return nil
}

// spread replaces each draft by several, after dashes have been spelt out.
func (r *reading) spread(f func(pattern) ([]pattern, *problem)) *problem {
	if r.op != opEqual {
		return fail("", "applies to text only")
	}
	for i, drafts := range r.values {
		var next []draft
		for _, d := range drafts {
			spelt, ok := d.pattern.spellOut(4)
			if !ok {
				return fail("", "an encoded value has more than 4 dashes under windash")
			}
			for _, s := range spelt {
				patterns, p := f(s)
				if p != nil {
					return p
				}
				for _, q := range patterns {
					next = append(next, draft{kind: Text, raw: d.raw, pattern: q})
				}
			}
		}
		r.values[i] = next
	}
	return nil
}

func (r *reading) encode(f func(string) string) *problem {
	return r.spread(func(p pattern) ([]pattern, *problem) { return []pattern{p.mapText(f)}, nil })
}

func (r *reading) utf16() *problem {
	return r.spread(func(p pattern) ([]pattern, *problem) {
		return []pattern{append(textPattern(byteOrderMark), p.mapText(utf16LE)...).merge()}, nil
	})
}

func (r *reading) base64() *problem {
	return r.spread(func(p pattern) ([]pattern, *problem) {
		s, ok := p.plain()
		if !ok {
			return nil, fail("", "a value with wildcards cannot be encoded as base64")
		}
		return []pattern{textPattern(base64.StdEncoding.EncodeToString([]byte(s)))}, nil
	})
}

func (r *reading) base64offset() *problem {
	return r.spread(func(p pattern) ([]pattern, *problem) {
		s, ok := p.plain()
		if !ok {
			return nil, fail("", "a value with wildcards cannot be encoded as base64")
		}
		var out []pattern
		for _, enc := range base64Offsets(s) {
			out = append(out, textPattern(enc))
		}
		if len(out) < 3 {
			return nil, fail("", fmt.Sprintf("the value %q is too short for base64offset", s))
		}
		return out, nil
	})
}

// merge joins neighbouring text parts.
func (p pattern) merge() pattern {
	var out pattern
	for _, q := range p {
		out = out.join(q)
	}
	return out
}

// readModifiers fills placeholders in and applies the item's modifiers in their order.
func readModifiers(item Item, placeholders map[string][]string) (*reading, *problem) {
	r := &reading{op: opEqual}
	expand := slices.Contains(item.Modifiers, "expand")
	for _, v := range item.Values {
		raws := []string{v.Text}
		if expand && v.Kind == Text {
			var p *problem
			if raws, p = fillPlaceholders(v.Text, placeholders); p != nil {
				return nil, p
			}
		}
		drafts := make([]draft, len(raws))
		for i, raw := range raws {
			drafts[i] = draft{kind: v.Kind, raw: raw, pattern: parsePattern(raw)}
		}
		r.values = append(r.values, drafts)
	}
	for _, name := range item.Modifiers {
		apply, ok := modifiers[name]
		if !ok {
			return nil, fail("", fmt.Sprintf("unknown modifier %q", name))
		}
		if p := apply(r); p != nil {
			return nil, fail("", fmt.Sprintf("modifier %q: %s", name, p.reason))
		}
	}
	return r, nil
}

// maxExpanded bounds what the placeholders of one value may grow to.
const maxExpanded = 10_000

// fillPlaceholders replaces each %name% by its values; `\%` is a percent sign.
func fillPlaceholders(s string, values map[string][]string) ([]string, *problem) {
	out := []string{""}
	add := func(tails ...string) *problem {
		if len(out)*len(tails) > maxExpanded {
			return fail("", fmt.Sprintf("placeholders make more than %d values", maxExpanded))
		}
		var next []string
		for _, o := range out {
			for _, t := range tails {
				next = append(next, o+t)
			}
		}
		out = next
		return nil
	}
	for s != "" {
		switch name, ok := placeholder(s); {
		case strings.HasPrefix(s, `\%`):
			add("%")
			s = s[2:]
		case ok:
			fill, known := values[name]
			if !known || len(fill) == 0 {
				return nil, fail("", "placeholder %"+name+"% has no value here")
			}
			if p := add(fill...); p != nil {
				return nil, p
			}
			s = s[len(name)+2:]
		default:
			n := 1 + strings.IndexAny(s[1:]+"%", `%\`)
			add(s[:n])
			s = s[n:]
		}
	}
	return out, nil
}

// placeholder returns the name if s begins with "%name%".
func placeholder(s string) (string, bool) {
	if s == "" || s[0] != '%' {
		return "", false
	}
	name, _, ok := strings.Cut(s[1:], "%")
	if !ok || name == "" || strings.Trim(literal.Fold(name), "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return "", false
	}
	return name, true
}
