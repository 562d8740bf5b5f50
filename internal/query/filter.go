package query

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/isoc-project/isoc/internal/event"
)

const (
	engineTime    = "_time"
	engineMessage = "_msg"
)

// or parses filters joined by "or" up to "|", ")" or the end. field is the field the filters
// stand under, empty where bare words search the message.
func (r *rewriter) or(field string) error {
	for {
		if err := r.and(field); err != nil {
			return err
		}
		if !r.tok.is("or") {
			return nil
		}
		r.branched = r.branched || r.listing && r.depth == 0
		if err := r.operator(); err != nil {
			return err
		}
	}
}

func (r *rewriter) and(field string) error {
	for {
		start := r.tok.pos
		if err := r.filter(field); err != nil {
			return err
		}
		if r.listing && r.depth == 0 {
			r.terms = append(r.terms, Term{start, r.prev.end()})
		}
		switch {
		case r.tok.is("or", "|", ")"), r.tok.eof():
			return nil
		case r.tok.is("and"):
			if err := r.operator(); err != nil {
				return err
			}
		}
	}
}

// operator takes "and" or "or" and insists on something to follow.
func (r *rewriter) operator() error {
	op := r.tok
	if err := r.next(); err != nil {
		return err
	}
	if r.tok.eof() || r.tok.is("|", ")") {
		return errorAt(op.pos, say(`put the word into quotes to search for it: "%s"`, op.raw), "nothing follows %q", op.raw)
	}
	return nil
}

// filter parses one filter.
func (r *rewriter) filter(field string) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := r.adjacent(); err != nil {
		return err
	}
	start := r.tok
	switch {
	case start.eof() || start.is("|", ")", ","):
		return r.missing(field)
	case start.is("{"):
		return errorAt(start.pos, say(`write event.dataset:="linux.auth"`), "stream selectors are not available")
	case start.is("*"):
		return r.star(field)
	case start.is("("):
		return r.group(field)
	case start.is("not", "!", "-"):
		if err := r.next(); err != nil {
			return err
		}
		return r.filter(field)
	case start.is(">", "<", "=", "!=", "~", "!~"):
		r.qualify(field)
		return r.comparison(field)
	case start.is("@"):
		return r.timestamp(field)
	case field == "" && (start.is(engineTime) || start.quoted() && start.text == event.Timestamp):
		return r.timeOrPhrase(start)
	}
	if fn, ok := filterFuncs[strings.ToLower(start.text)]; ok && !start.quoted() {
		return r.function(field, fn)
	}
	return r.phrase(field)
}

// qualify makes a filter without a field search the message.
func (r *rewriter) qualify(field string) {
	if field == "" {
		r.insert(r.tok.pos, event.Message+":")
	}
}

func (r *rewriter) missing(field string) error {
	if field != "" {
		return errorAt(r.tok.pos, say("write %s:* for any value", field), "the value of field %q is missing", field)
	}
	if r.tok.eof() && strings.TrimSpace(r.s) == "" {
		return errorAt(0, say("write * for everything"), "the query is empty")
	}
	return errorAt(r.tok.pos, say("write * for everything"), "a filter is missing before %s", r.tok.describe())
}

// adjacent refuses tokens glued to the one before, which the engine would refuse without a place.
func (r *rewriter) adjacent() error {
	prev := r.prev
	if r.tok.space || prev.raw == "" || r.tok.eof() || r.tok.is(")") {
		return nil
	}
	if prev.is("|", ":", "(", "!", "-") || r.tok.is("(") && prev.is("not", "and", "or") {
		return nil
	}
	switch {
	case r.tok.is("="):
		return errorAt(r.tok.pos, say("write %s:=value", r.glued()), "a field is followed by ':'")
	case r.tok.is(">", "<", "!=", "~", "!~", "=~"):
		return errorAt(r.tok.pos, say("write %s:%svalue", r.glued(), r.tok.raw), "a field is followed by ':'")
	case r.tok.is("("):
		return errorAt(prev.pos, hintNear(prev.text, filterFuncNames()), "unknown filter function %q", prev.text)
	case r.tok.is("*") || prev.is("*"):
		return errorAt(r.tok.pos, say(`write field:~"start.*end" for a pattern inside a word`), "'*' may only stand at the end of a word, or at both ends")
	case prev.is("@") || r.tok.is("@"):
		return errorAt(r.tok.pos, say("put text with '@' into quotes"), "unexpected '@'")
	}
	return errorAt(r.tok.pos, say("put the whole text into quotes"), "white space or ':' is missing between %s and %s", prev.describe(), r.tok.describe())
}

// glued returns the text that stands before the current token without a space between.
func (r *rewriter) glued() string {
	text := r.s[:r.tok.pos]
	return text[strings.LastIndexFunc(text, unicode.IsSpace)+1:]
}

func (r *rewriter) group(field string) error {
	if err := r.next(); err != nil {
		return err
	}
	open := r.prev
	if err := r.or(field); err != nil {
		return err
	}
	if !r.tok.is(")") {
		return errorAt(open.pos, Text{}, "'(' is never closed")
	}
	return r.next()
}

// star parses '*' (everything, or any value of a field) and '*part*'.
func (r *rewriter) star(field string) error {
	star := r.tok
	if err := r.next(); err != nil {
		return err
	}
	if r.tok.space || r.tok.eof() || r.tok.is(")", "|") {
		if field == "" { // the engine's own '*' means "has a message" in some places
			r.replace(star.pos, star.end(), "in(*)")
		}
		return nil
	}
	if field == "" {
		r.insert(star.pos, event.Message+":")
	}
	if _, err := r.compound(false); err != nil {
		return err
	}
	if r.tok.space || !r.tok.is("*") {
		return errorAt(r.tok.pos, say(`write *part* or ~"part$"`), "the closing '*' is missing")
	}
	return r.next()
}

// comparison parses the operators >, >=, <, <=, =, !=, ~ and !~ with their value.
func (r *rewriter) comparison(field string) error {
	op := r.tok
	if err := r.next(); err != nil {
		return err
	}
	if op.is(">", "<") && !r.tok.space && r.tok.is("=") {
		if err := r.next(); err != nil {
			return err
		}
	}
	if field == "" && r.tok.space {
		return errorAt(op.pos, say("write field:%svalue without spaces", op.raw), "a field is followed by ':'")
	}
	if r.tok.eof() || r.tok.is("|", ")") {
		return errorAt(r.tok.pos, Text{}, "the value after %q is missing", op.raw)
	}
	if _, err := r.compound(false); err != nil {
		return err
	}
	if op.is("=", "!=") && !r.tok.space && r.tok.is("*") {
		return r.next()
	}
	return nil
}

// compound reads a quoted token, or word and glue tokens without space between. With field set it
// stops at ':', which then ends a field name.
func (r *rewriter) compound(field bool) (token, error) {
	first := r.tok
	if first.quoted() {
		return first, r.next()
	}
	part := func(t token) bool { return t.word() || t.glue() && !(field && t.is(":")) }
	if !part(first) {
		if first.eof() {
			return first, errorAt(first.pos, Text{}, "unexpected end of the query")
		}
		return first, errorAt(first.pos, say("put the text into quotes"), "unexpected %s", first.describe())
	}
	whole := token{pos: first.pos, space: first.space}
	for {
		whole.raw += r.tok.raw
		if err := r.next(); err != nil {
			return whole, err
		}
		if r.tok.space || r.tok.quoted() || !part(r.tok) {
			break
		}
	}
	whole.text = whole.raw
	if len(whole.raw) == 1 && !first.word() {
		return whole, errorAt(first.pos, say("put it into quotes"), "%q cannot stand alone", whole.raw)
	}
	return whole, nil
}

// phrase parses a field with its filter, or a word, phrase or prefix.
func (r *rewriter) phrase(field string) error {
	word, err := r.compound(field == "")
	if err != nil {
		return err
	}
	if field == "" && r.tok.is(":") {
		return r.fielded(word)
	}
	if field == "" {
		r.insert(word.pos, event.Message+":")
	}
	end := word.end()
	if !r.tok.space && r.tok.is("*") {
		end = r.tok.end()
		if err := r.next(); err != nil {
			return err
		}
	}
	switch {
	case unspaced(word.text):
		r.replace(word.pos, end, "*"+strconv.Quote(word.text)+"*")
	case field != "" && addressField(field):
		return r.network(word)
	}
	return nil
}

// fielded parses what follows "name:".
func (r *rewriter) fielded(name token) error {
	if err := r.next(); err != nil {
		return err
	}
	switch name.text {
	case "_stream", "_stream_id":
		return errorAt(name.pos, say(`write event.dataset:="linux.auth"`), "%s is internal", name.text)
	case engineMessage:
		r.replace(name.pos, name.end(), event.Message)
	case "":
		return errorAt(name.pos, Text{}, "the field name is empty")
	}
	return r.filter(name.text)
}

// network turns a CIDR under an address field into a range filter; as text it would never match.
func (r *rewriter) network(word token) error {
	p, err := netip.ParsePrefix(word.text)
	isNetwork := err == nil
	if !isNetwork {
		return nil
	}
	if !p.Addr().Is4() {
		return errorAt(word.pos, say(`match the first groups: "2001:db8"* or ~"^2001:db8:"`), "networks of IPv6 addresses are not available")
	}
	r.replace(word.pos, word.end(), "ipv4_range("+strconv.Quote(word.text)+")")
	return nil
}

func addressField(name string) bool { return name == "ip" || strings.HasSuffix(name, ".ip") }

// timestamp parses @timestamp where it is not quoted.
func (r *rewriter) timestamp(field string) error {
	at := r.tok
	if err := r.next(); err != nil {
		return err
	}
	if field != "" || r.tok.space || !r.tok.is("timestamp") {
		return errorAt(at.pos, say("put text with '@' into quotes"), "unexpected '@'")
	}
	name := token{text: event.Timestamp, raw: event.Timestamp, pos: at.pos}
	if err := r.next(); err != nil {
		return err
	}
	if !r.tok.is(":") {
		return errorAt(at.pos, say(`put it into quotes: "@timestamp"`), "unexpected '@'")
	}
	r.replace(name.pos, name.end(), engineTime)
	return r.time()
}

func (r *rewriter) timeOrPhrase(name token) error {
	if err := r.next(); err != nil {
		return err
	}
	if r.tok.is(":") {
		r.replace(name.pos, name.end(), engineTime)
		return r.time()
	}
	r.insert(name.pos, event.Message+":")
	return nil
}

// unspaced reports whether the text begins or ends in a script written without spaces. The engine
// finds words between non-letters only, so such text must be searched as part of a longer run.
func unspaced(s string) bool {
	if s == "" {
		return false
	}
	runes := []rune(s)
	for _, c := range []rune{runes[0], runes[len(runes)-1]} {
		if unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
			unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return true
		}
	}
	return false
}

func hintNear(s string, names []string) Text {
	found := Near(s, names)
	if len(found) == 0 {
		return say("put the text into quotes to search for it")
	}
	return say("did you mean %s?", found)
}
