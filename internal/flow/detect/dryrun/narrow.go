package dryrun

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/query"
)

// maxNarrow bounds the text of a narrowing query in bytes; what an engine is asked of every event has to stay cheap.
const maxNarrow = 8 << 10

// Narrow returns a query that selects, of what another does (nil for everything), each archived event that any of the rules may fire on, and
// as few others as their clues allow ([sigma.Clues]); nil where nothing is known of one of them. Events whose values the archive had to
// shorten, or whose fields it folded, are always selected.
func Narrow(of *query.Query, rules []*sigma.Rule, opts sigma.Options) *query.Query {
	asked := []string{strconv.Quote(archive.Cut) + ":*", strconv.Quote(archive.Folded) + ":*"}
	room := maxNarrow
	for i, r := range rules {
		clues := narrowed(sigma.Clues(r, opts), room/(len(rules)-i))
		if clues == "" {
			return nil
		}
		room -= len(clues)
		asked = append(asked, clues)
	}
	if len(rules) == 0 || room < 0 {
		return nil
	}
	text := "(" + strings.Join(asked, " or ") + ")"
	if of != nil {
		text = "(" + of.String() + ") " + text
	}
	q, err := query.Parse(text)
	if err != nil {
		return nil // nothing is lost without
	}
	return q
}

// narrowed asks for the clues of one rule: the most telling set, and of the others as many as fit.
func narrowed(sets [][]sigma.Clue, room int) string {
	var all []string
	for i, set := range sets {
		text := shows(set)
		if room -= len(text); room < 0 && i > 0 {
			break
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, " ") + ")"
}

// shows asks for one clue of a set. Clues on the same fields are one expression.
func shows(set []sigma.Clue) string {
	var order []string
	texts := map[string][]string{}
	whole := map[string][]string{}
	fields := map[string][]string{}
	for _, c := range set {
		k := strings.Join(c.Fields, "\x00")
		if fields[k] == nil {
			fields[k] = c.Fields
			order = append(order, k)
		}
		if c.Whole {
			whole[k] = append(whole[k], c.Text)
		} else {
			texts[k] = append(texts[k], regexp.QuoteMeta(c.Text))
		}
	}
	var any []string
	for _, k := range order {
		for _, name := range fields[k] {
			name = strconv.Quote(query.Name(name))
			if len(texts[k]) > 0 {
				any = append(any, name+":~"+strconv.Quote("(?i)(?:"+strings.Join(texts[k], "|")+")"))
			}
			for _, text := range whole[k] { // a word of the value, which may be a list
				any = append(any, name+":"+strconv.Quote(text))
			}
		}
	}
	return "(" + strings.Join(any, " or ") + ")"
}
