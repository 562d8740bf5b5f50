package query

import (
	"slices"
	"strings"
)

// Bounds of one query. They keep parsing cheap and its recursion shallow whatever a caller sends.
const (
	MaxBytes = 16 << 10
	maxDepth = 40
	maxPipes = 64
)

// edit replaces text[at:end] of the user's query.
type edit struct {
	at, end int
	text    string
}

// rewriter walks a query as the engine will read it, refuses what the engine would misread, and
// collects the edits that turn our dialect (bare words search message, @timestamp, CJK words) into
// the engine's.
type rewriter struct {
	lexer
	edits []edit
	depth int
	pipes []string // names of the outermost query's pipes, aliases resolved
	// baseEnd is the offset behind the filter and the filter pipes that directly follow it.
	baseEnd int
	// limit is the bound of a trailing limit pipe, 0 where there is none.
	limit      uint64
	subqueries int
	relative   bool // a _time filter depends on the moment of asking
	timed      bool // some _time filter is present
	// terms are the conditions of the outermost filter, which all must hold unless branched says that "or" joins some.
	terms    []Term
	branched bool
	listing  bool // the outermost filter is being read
}

func (r *rewriter) insert(at int, text string)       { r.replace(at, at, text) }
func (r *rewriter) replace(at, end int, text string) { r.edits = append(r.edits, edit{at, end, text}) }

func (r *rewriter) enter() error {
	r.depth++
	if r.depth > maxDepth {
		return errorAt(r.tok.pos, say("use in(…) or contains_any(…) for lists"), "nested deeper than %d levels", maxDepth)
	}
	return nil
}

func (r *rewriter) leave() { r.depth-- }

// expect takes one punctuation token.
func (r *rewriter) expect(kw string, after Text) error {
	if !r.tok.is(kw) {
		return errorAt(r.tok.pos, Text{}, "expected %q after %s, found %s", kw, after, r.tok.describe())
	}
	return r.next()
}

func (t token) describe() Text {
	if t.eof() {
		return say("the end of the query")
	}
	return quoted(t.raw)
}

// query parses a whole query, nested when it stands in parentheses.
func (r *rewriter) query(nested bool) error {
	if r.tok.is("options") {
		return errorAt(r.tok.pos, say(`put the word into quotes to search for it`), "query options are not available")
	}
	outer := r.listing
	r.listing = !nested
	err := r.or("")
	r.listing = outer
	if err != nil {
		return err
	}
	if !nested {
		r.baseEnd = r.prev.end()
	}
	leading := true
	for n := 1; r.tok.is("|"); n++ {
		if n > maxPipes {
			return errorAt(r.tok.pos, Text{}, "more than %d pipes", maxPipes)
		}
		if err := r.next(); err != nil {
			return err
		}
		name, err := r.pipe()
		if err != nil {
			return err
		}
		if nested {
			continue
		}
		r.pipes = append(r.pipes, name)
		if leading = leading && name == "filter"; leading {
			r.baseEnd = r.prev.end()
		}
	}
	return nil
}

// apply returns text[:end] with the edits made, and the function that maps an offset in the
// result back into the text.
func (r *rewriter) apply(end int) (string, func(int) int) {
	edits := slices.Clone(r.edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at - b.at })
	var b strings.Builder
	type anchor struct{ out, in int }
	anchors := []anchor{{0, 0}}
	at := 0
	for _, e := range edits {
		if e.at > end || e.end > end || e.at < at {
			continue
		}
		b.WriteString(r.s[at:e.at])
		anchors = append(anchors, anchor{b.Len(), e.at})
		b.WriteString(e.text)
		at = e.end
		anchors = append(anchors, anchor{b.Len(), at})
	}
	b.WriteString(r.s[at:end])
	back := func(out int) int {
		i := len(anchors) - 1
		for i > 0 && anchors[i].out > out {
			i--
		}
		in := anchors[i].in + out - anchors[i].out
		if i+1 < len(anchors) {
			in = min(in, anchors[i+1].in)
		}
		return min(in, end)
	}
	return b.String(), back
}
