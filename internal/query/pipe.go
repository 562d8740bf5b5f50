package query

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// effect says what a pipe does to the rows, which decides how a search is run.
type effect int

const (
	perRow  effect = iota // one row in, at most one row out: the search can page newest-first
	reshape               // rows are counted, ordered, joined or multiplied: runs as it stands
	bounded               // keeps the first N rows
)

// pipeSpec describes one pipe of the engine.
type pipeSpec struct {
	name   string // canonical name
	effect effect
	// body parses what follows the name; nil means the generic walk.
	body func(r *rewriter) error
}

// pipeSpecs lists the pipes tenants may use, under every name the engine knows for them.
func pipeSpecs() map[string]pipeSpec {
	specs := map[string]pipeSpec{
		"filter":            {"filter", perRow, func(r *rewriter) error { return r.or("") }},
		"fields":            {"fields", perRow, nil},
		"delete":            {"delete", perRow, nil},
		"rename":            {"rename", perRow, nil},
		"copy":              {"copy", perRow, nil},
		"math":              {"math", perRow, nil},
		"drop_empty_fields": {"drop_empty_fields", perRow, nil},
		"time_add":          {"time_add", perRow, nil},
		"extract":           {"extract", perRow, after(literal, "from", "from")},
		"extract_regexp":    {"extract_regexp", perRow, after(literal, "from", "from")},
		"format":            {"format", perRow, after(literal, "as", "as")},
		"replace":           {"replace", perRow, after(literalPair, "at", "at")},
		"replace_regexp":    {"replace_regexp", perRow, after(literalPair, "at", "at")},
		"collapse_nums":     {"collapse_nums", perRow, after(nothing, "at", "at")},
		"decolorize":        {"decolorize", perRow, unless(nothing, "")},
		"unpack_json":       {"unpack_json", perRow, unless(nothing, "from", "fields", "result_prefix", "keep_original_fields", "skip_empty_results")},
		"unpack_logfmt":     {"unpack_logfmt", perRow, unless(nothing, "from", "fields", "result_prefix", "keep_original_fields", "skip_empty_results")},
		"unpack_syslog":     {"unpack_syslog", perRow, unless(nothing, "from", "offset", "result_prefix", "keep_original_fields")},
		"unpack_words":      {"unpack_words", perRow, unless(nothing, "from", "drop_duplicates", "as")},
		"split":             {"split", perRow, unless(literal, "from", "as")},
		"pack_json":         {"pack_json", perRow, unless(packed, "as")},
		"pack_logfmt":       {"pack_logfmt", perRow, unless(packed, "as")},
		"len":               {"len", perRow, unless(measured, "as")},
		"hash":              {"hash", perRow, unless(measured, "as")},
		"json_array_len":    {"json_array_len", perRow, unless(measured, "as")},
		"limit":             {"limit", bounded, limit},
		"offset":            {"offset", reshape, nil},
		"sort":              {"sort", reshape, nil},
		"stats":             {"stats", reshape, nil},
		"running_stats":     {"running_stats", reshape, nil},
		"total_stats":       {"total_stats", reshape, nil},
		"uniq":              {"uniq", reshape, nil},
		"top":               {"top", reshape, nil},
		"first":             {"first", reshape, nil},
		"last":              {"last", reshape, nil},
		"sample":            {"sample", reshape, nil},
		"unroll":            {"unroll", reshape, nil},
		"facets":            {"facets", reshape, nil},
		"field_names":       {"field_names", reshape, nil},
		"field_values":      {"field_values", reshape, nil},
		"union":             {"union", reshape, func(r *rewriter) error { return r.subquery() }},
	}
	for alias, name := range map[string]string{
		"where": "filter", "keep": "fields", "drop": "delete", "del": "delete", "rm": "delete", "mv": "rename",
		"cp": "copy", "eval": "math", "head": "limit", "skip": "offset", "order": "sort",
	} {
		specs[alias] = specs[name]
	}
	return specs
}

// refused are the engine's pipes that tenants may not use, with the reason.
func refused(name string) (Text, bool) {
	reason, ok := map[string]Text{
		"join":              say("it holds the whole other side in memory; use in(query | fields field) or stats by"),
		"stream_context":    say("it reads by internal streams; search the time around the event instead"),
		"generate_sequence": say("it makes up rows"),
		"block_stats":       say("it shows internals of the storage"),
		"blocks_count":      say("it shows internals of the storage"),
		"query_stats":       say("the cost of every search is in its answer"),
		"set_stream_fields": say("streams are internal"),
		"stats_remote":      say("it is internal to clusters"),
	}[name]
	return reason, ok
}

func statsFuncs() []string {
	return []string{"avg", "count", "count_empty", "count_uniq", "count_uniq_hash", "histogram", "json_values", "max", "median",
		"min", "quantile", "rate", "rate_sum", "row_any", "row_max", "row_min", "sum", "sum_len", "uniq_values", "values"}
}

// pipe parses one pipe and returns its canonical name. The engine takes an unknown name for a word
// to search for, which silently finds nothing; here it is an error.
func (r *rewriter) pipe() (string, error) {
	name := r.tok
	if name.eof() || name.is("|", ")") {
		return "", errorAt(name.pos, say("remove the '|' or name a pipe such as stats, sort, fields"), "a pipe is missing before %s", name.describe())
	}
	text := strings.ToLower(name.text)
	specs := pipeSpecs()
	spec, known := specs[text]
	if name.quoted() {
		known = false
	}
	if reason, ok := refused(text); ok && !name.quoted() {
		return "", errorAt(name.pos, reason, "pipe %q is not available", text)
	}
	if known {
		if err := r.next(); err != nil {
			return "", err
		}
		if spec.body != nil {
			if err := spec.body(r); err != nil {
				return "", err
			}
		}
		return spec.name, r.walk(name)
	}
	if !name.quoted() && (slices.Contains(statsFuncs(), text) || text == "by") {
		return "stats", r.walk(name) // "stats" may be left out
	}
	names := append(slices.Sorted(maps.Keys(specs)), statsFuncs()...)
	hint := say("to filter rows write | filter %s", name.raw)
	if found := Near(text, names); len(found) > 0 {
		hint = say("did you mean %s? to filter rows write | filter %s", found, name.raw)
	}
	return "", errorAt(name.pos, hint, "unknown pipe %s", name.describe())
}

// walk takes the rest of a pipe: it follows nested filters in if(…), and maps our names to the engine's.
func (r *rewriter) walk(name token) error {
	for depth := 0; ; {
		switch {
		case r.tok.eof():
			if depth > 0 {
				return errorAt(name.pos, Text{}, "'(' is never closed in pipe %q", name.raw)
			}
			return nil
		case r.tok.is("|") && depth == 0:
			return nil
		case r.tok.is("("):
			depth++
		case r.tok.is(")"):
			if depth == 0 {
				return nil
			}
			depth--
		case r.tok.is("if"):
			if err := r.condition(); err != nil {
				return err
			}
			continue
		}
		if err := r.name(); err != nil {
			return err
		}
	}
}

// name takes one token of a pipe.
func (r *rewriter) name() error {
	t := r.tok
	if err := r.next(); err != nil {
		return err
	}
	switch {
	case t.text == "_stream" || t.text == "_stream_id":
		return errorAt(t.pos, Text{}, "%s is internal", t.text)
	case t.text == engineMessage:
		r.replace(t.pos, t.end(), event.Message)
	case t.quoted() && t.text == event.Timestamp:
		r.replace(t.pos, t.end(), engineTime)
	case t.is("@"):
		if r.tok.space || !r.tok.is("timestamp") {
			return errorAt(t.pos, say("put names with '@' into quotes"), "unexpected '@'")
		}
		r.replace(t.pos, r.tok.end(), engineTime)
		return r.next()
	}
	return nil
}

// condition parses if (filter).
func (r *rewriter) condition() error {
	if err := r.next(); err != nil {
		return err
	}
	if !r.tok.is("(") {
		return nil // the engine says what is missing
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	return r.group("")
}

// limit parses "limit N" and remembers N.
func limit(r *rewriter) error {
	t := r.tok
	if t.eof() || t.is("|", ")") {
		return nil // the engine's default
	}
	n, err := strconv.ParseUint(t.text, 10, 64)
	if err != nil {
		return errorAt(t.pos, say("write | limit 100"), "%s is no number of rows", t.describe())
	}
	if r.depth == 0 {
		r.limit = n
	}
	return r.next()
}

// atEnd reports whether the pipe ends here.
func (r *rewriter) atEnd() bool { return r.tok.eof() || r.tok.is("|", ")") }

// after parses the pipe's own part and, unless keyword follows, adds "keyword message": the engine's
// default would be its own message field, which is empty here.
func after(own func(*rewriter) error, keyword, add string) func(*rewriter) error {
	return func(r *rewriter) error {
		if err := own(r); err != nil {
			return err
		}
		if !r.tok.is(keyword) {
			r.insert(r.prev.end(), " "+add+" "+event.Message)
		}
		return nil
	}
}

// unless is [after] for pipes whose keyword may be left out: the message is added only where the pipe
// ends or one of the stop words follows.
func unless(own func(*rewriter) error, add string, stops ...string) func(*rewriter) error {
	return func(r *rewriter) error {
		if err := own(r); err != nil {
			return err
		}
		if r.atEnd() || r.tok.is(stops...) {
			r.insert(r.prev.end(), " "+add+" "+event.Message)
		}
		return nil
	}
}

func nothing(r *rewriter) error {
	if r.tok.is("if") {
		return r.condition()
	}
	return nil
}

// literal parses a pattern or separator, whose text is taken as it is.
func literal(r *rewriter) error {
	if err := nothing(r); err != nil {
		return err
	}
	if r.atEnd() {
		return errorAt(r.tok.pos, Text{}, "a text in quotes is missing")
	}
	_, err := r.compound(false)
	return err
}

func literalPair(r *rewriter) error {
	if err := nothing(r); err != nil {
		return err
	}
	if err := r.expect("(", quoted(r.prev.raw)); err != nil {
		return err
	}
	for i := range 2 {
		if _, err := r.compound(false); err != nil {
			return err
		}
		if i == 0 {
			if err := r.expect(",", say("the text to replace")); err != nil {
				return err
			}
		}
	}
	return r.expect(")", say("the replacement"))
}

// packed parses the optional list of fields.
func packed(r *rewriter) error {
	if !r.tok.is("fields") {
		return nil
	}
	if err := r.next(); err != nil {
		return err
	}
	if err := r.expect("(", quoted("fields")); err != nil {
		return err
	}
	for !r.tok.is(")") {
		if r.tok.eof() {
			return errorAt(r.tok.pos, Text{}, "'(' is never closed")
		}
		if err := r.name(); err != nil {
			return err
		}
	}
	return r.next()
}

// measured parses one field, with or without parentheses.
func measured(r *rewriter) error {
	parens := r.tok.is("(")
	if parens {
		if err := r.next(); err != nil {
			return err
		}
	}
	t, err := r.compound(false)
	if err != nil {
		return err
	}
	if t.text == event.Timestamp {
		r.replace(t.pos, t.end(), engineTime)
	}
	if parens {
		return r.expect(")", quoted(t.raw))
	}
	return nil
}
