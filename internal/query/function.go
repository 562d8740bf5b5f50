package query

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"regexp"
)

// shape says how the arguments of a filter function are written.
type shape int

const (
	argList  shape = iota // f(a, b, …)
	oneMatch              // f(text) or f(text*)
	bounds                // f[a, b) with any pair of brackets
	values                // f(a, b, …) or f(subquery)
)

// filterFuncs are the engine's filter functions.
var filterFuncs = map[string]shape{
	"contains_all": values, "contains_any": values, "in": values,
	"contains_common_case": argList, "equals_common_case": argList,
	"eq_field": argList, "le_field": argList, "lt_field": argList,
	"exact": oneMatch, "i": oneMatch,
	"ipv4_range": argList, "len_range": argList, "string_range": argList, "value_type": argList,
	"pattern_match": argList, "pattern_match_full": argList, "re": argList, "seq": argList,
	"range": bounds,
}

func filterFuncNames() []string { return slices.Sorted(maps.Keys(filterFuncs)) }

// function parses a filter function; its name without arguments is a word like any other.
func (r *rewriter) function(field string, kind shape) error {
	name := r.tok
	saved, edits := r.lexer, len(r.edits)
	if err := r.next(); err != nil {
		return err
	}
	if !r.tok.is("(") && !(kind == bounds && r.tok.is("[")) {
		r.lexer, r.edits = saved, r.edits[:edits]
		return r.phrase(field)
	}
	if field == "" {
		r.insert(name.pos, "message:")
	}
	switch kind {
	case oneMatch:
		return r.match(name)
	case bounds:
		return r.bounds(name)
	case values:
		return r.values(name)
	}
	return r.args(name)
}

// match parses f(text) and f(text*). i(…) over unspaced scripts becomes a pattern, see [unspaced].
func (r *rewriter) match(name token) error {
	if err := r.next(); err != nil {
		return err
	}
	var word token
	if !r.tok.is("*") {
		w, err := r.compound(false)
		if err != nil {
			return err
		}
		word = w
	}
	if r.tok.is("*") {
		if err := r.next(); err != nil {
			return err
		}
	}
	if name.is("i") && unspaced(word.text) && r.tok.is(")") {
		r.replace(name.pos, r.tok.end(), "~"+strconv.Quote("(?i)"+regexp.QuoteMeta(word.text)))
	}
	return r.expect(")", quoted(name.raw+"(…"))
}

func (r *rewriter) bounds(name token) error {
	if err := r.next(); err != nil {
		return err
	}
	for i := range 2 {
		if _, err := r.compound(false); err != nil {
			return err
		}
		if i == 0 {
			if err := r.expect(",", say("the lower bound of %s", name.raw)); err != nil {
				return err
			}
		}
	}
	if !r.tok.is(")", "]") {
		return errorAt(r.tok.pos, Text{}, "expected ')' or ']' after the upper bound of %s, found %s", name.raw, r.tok.describe())
	}
	return r.next()
}

func (r *rewriter) args(name token) error {
	if err := r.next(); err != nil {
		return err
	}
	for !r.tok.is(")") {
		if r.tok.is("*") {
			if err := r.next(); err != nil {
				return err
			}
		} else if arg, err := r.compound(false); err != nil {
			return err
		} else if arg.text == "@timestamp" {
			r.replace(arg.pos, arg.end(), engineTime)
		}
		if r.tok.is(")") {
			break
		}
		if err := r.expect(",", say("an argument of %s", name.raw)); err != nil {
			return err
		}
	}
	return r.next()
}

// values parses a list of values, or a subquery that ends in "| fields f" or "| uniq by (f)". A
// subquery runs over the same tenants and time as the query around it.
func (r *rewriter) values(name token) error {
	saved, edits := r.lexer, len(r.edits)
	first := r.args(name)
	if first == nil {
		return nil
	}
	at := r.tok.pos
	r.lexer, r.edits = saved, r.edits[:edits]
	if err := r.subquery(); err != nil {
		if strings.Contains(r.s[saved.off:], "|") {
			return err
		}
		return first
	}
	if !strings.Contains(r.s[saved.off:r.prev.pos], "|") {
		return errorAt(at, say("write %s(query | fields field)", name.raw), "a subquery must end in a fields or uniq pipe")
	}
	return nil
}

// subquery parses a whole query in parentheses.
func (r *rewriter) subquery() error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	open := r.tok
	if err := r.expect("(", quoted(r.prev.raw)); err != nil {
		return err
	}
	r.subqueries++
	if err := r.query(true); err != nil {
		return err
	}
	if !r.tok.is(")") {
		return errorAt(open.pos, Text{}, "'(' is never closed")
	}
	return r.next()
}
