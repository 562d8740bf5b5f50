package learn

import (
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// row is a line taken apart.
type row struct {
	*entry
	structure string
	recipe    Recipe
	fields    []event.Field
}

// group is the lines of one structure.
type group struct {
	dialect dialect
	rows    []row
}

// What a line must be to count as of a dialect.
const (
	trialLines = 120  // on which dialects are compared
	fits       = 0.35 // least share of a line that known names and their values are
	maxRounds  = 3    // dialects of one source, beside JSON and text
)

// leastLines is how many lines a structure or a template needs.
func leastLines(of int) int { return max(3, of/50) }

// group sorts lines by structure; what has none is the rest.
func sorted(list []*entry, s *scratch) (groups []group, rest []*entry) {
	object := group{dialect: dialect{structure: JSON}}
	for _, e := range list {
		if names := declared(e.text); names != nil {
			s.declared = names
			continue
		}
		if f := object.dialect.read(s, e.text); len(f) > 0 {
			object.rows = append(object.rows, row{e, JSON, Recipe{}, slices.Clone(f)})
			continue
		}
		rest = append(rest, e)
	}
	if len(object.rows) > 0 {
		groups = append(groups, object)
	}
	for range maxRounds {
		if len(rest) < 3 {
			break
		}
		g, left, ok := best(rest, s)
		if !ok || len(g.rows) < leastLines(len(list)) {
			break
		}
		groups, rest = append(groups, g), left
	}
	return groups, rest
}

// best finds the dialect that takes the most of the lines apart.
func best(list []*entry, s *scratch) (g group, rest []*entry, ok bool) {
	trial := spread(list, trialLines)
	var top dialect
	most := 0.0
	for _, d := range dialects(trial, s.declared) {
		if total := d.score(trial, s); total > most*1.001 {
			top, most = d, total
		}
	}
	if most == 0 {
		return g, list, false
	}
	known := top.known(list, s)
	g.dialect = top
	for _, e := range list {
		if fields := top.read(s, e.text); known.fit(&top, e.text, fields) > 0 {
			g.rows = append(g.rows, row{e, top.structure, top.recipe, slices.Clone(fields)})
			continue
		}
		rest = append(rest, e)
	}
	return g, rest, len(g.rows) > 0
}

// spread takes n of the entries, evenly.
func spread(list []*entry, n int) []*entry {
	if len(list) <= n {
		return list
	}
	out := make([]*entry, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// strictly are the separators that are tried where names hold blanks, or where other characters stand between pairs.
var (
	strictPairs  = [...]string{", ", ",", "; ", ";", "|", "||", "\t", "&", "^", "~", "#", "$", "\x01", "\x1e", "\x1f", " "}
	strictAssign = [...]string{"=", ":", "=>", "->", "：", "==", "~"}
	separators   = [...]string{"\t", "|", ",", ";", "^", "~", "||", "|!", "|^|", "##", "#", "$$", "::", "\x01", "\x1e", "\x1f", "^^", "^|^", "~|~", "@@", "!", "§", "¦", "`", "$"}
)

// dialects are those that may be of a source's lines.
func dialects(list []*entry, declared []string) []dialect {
	out := []dialect{{structure: KV}, {structure: Colon}}
	if declared != nil {
		for _, sep := range []string{" ", "\t"} {
			out = append(out, dialect{structure: Columns, recipe: Recipe{Separator: sep, Quoted: true}, header: declared})
		}
	}
	in := func(sep string, least int) bool {
		n := 0
		for _, e := range list {
			if strings.Count(e.text, sep) >= least {
				n++
			}
		}
		return n >= max(3, len(list)/20)
	}
	for _, a := range strictAssign {
		if !in(a, 3) {
			continue
		}
		for _, p := range strictPairs {
			if p != a && in(p, 2) {
				out = append(out, dialect{structure: KV, recipe: Recipe{Pairs: p, Assign: a}})
			}
		}
	}
	seps := separators[:]
	for _, run := range punctuation(list) {
		if !slices.Contains(seps, run) {
			seps = append(slices.Clone(seps), run)
		}
	}
	for _, sep := range seps {
		if in(sep, 3) {
			out = append(out, dialect{structure: Columns, recipe: Recipe{Separator: sep, Quoted: len(sep) == 1}})
		}
	}
	return out
}

// punctuation are the runs of two to four marks that stand often in the lines.
func punctuation(list []*entry) []string {
	count := map[string]int{}
	for _, e := range list {
		start := -1
		for i := 0; i <= len(e.text); i++ {
			if i < len(e.text) && strings.IndexByte("!#$%&*+-/;<=>?@\\^_`|~:", e.text[i]) >= 0 {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 && i-start >= 2 && i-start <= 4 {
				count[e.text[start:i]]++
			}
			start = -1
		}
	}
	var out []string
	for run, n := range count {
		if n >= 3*len(list) {
			out = append(out, run)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 6)]
}

// names is what a batch of lines tells of the names of a dialect: which come again, and of columns, which numbers of them do.
type names struct {
	count  map[string]int
	least  int
	cells  map[int]int
	empty  float64 // share of columns that are never filled
	spaced float64 // share of lines in which names seem to hold blanks
}

func (d *dialect) known(list []*entry, s *scratch) *names {
	k := &names{count: map[string]int{}, cells: map[int]int{}, least: max(2, len(list)/50)}
	filled := map[int]bool{}
	width := 0
	for _, e := range list {
		if d.structure == Columns {
			cells := d.split(s, e.text)
			k.cells[len(cells)]++
			width = max(width, len(cells))
			for i, c := range cells {
				if c != "" {
					filled[i] = true
				}
			}
			continue
		}
		seen := map[string]bool{}
		for _, f := range d.read(s, e.text) {
			if !seen[f.Name] {
				seen[f.Name] = true
				k.count[f.Name]++
			}
		}
		if d.structure == KV && d.recipe.Pairs == "" && blanks(e.text) {
			k.spaced += 1 / float64(len(list))
		}
	}
	if width > 0 {
		k.empty = 1 - float64(len(filled))/float64(width)
	}
	return k
}

// fit is how much of a line a dialect reads, 0 where the line is not of it.
func (k *names) fit(d *dialect, text string, fields []event.Field) float64 {
	if d.structure == Columns {
		return k.fitColumns(d, text, fields)
	}
	least, stable, bytes := 3, 0, 0
	if d.structure == Colon {
		least = 2
	}
	for _, f := range fields {
		if k.count[f.Name] >= k.least && lettered(f.Name) {
			stable++
			bytes += len(f.Name) + len(f.Value) + 2
		}
	}
	if stable < least || stable*10 < len(fields)*6 {
		return 0
	}
	score := min(1, float64(bytes)/float64(len(text)+1)) * float64(stable) / float64(len(fields))
	if score < fits {
		return 0
	}
	switch {
	case d.recipe.Pairs != "":
		score *= 0.98
	case d.structure == KV:
		score *= 1 - 0.2*k.spaced
	}
	return score
}

func (k *names) fitColumns(d *dialect, text string, fields []event.Field) float64 {
	n, long, pairs := strings.Count(text, d.recipe.Separator)+1, 0, 0
	least := 4
	if d.recipe.Separator == "," || d.recipe.Separator == ";" {
		least = 5
	}
	if d.recipe.Quoted {
		n = min(n, 512)
	}
	if n < least {
		return 0
	}
	typed := 0
	for _, f := range fields {
		switch kindOf(f.Value) {
		case tWord, tText, tDomain:
		default:
			typed++
		}
		if len(f.Value) > 24 && strings.Count(f.Value, " ") > 4 {
			long++
		}
		if strings.IndexByte(f.Value, '=') > 0 {
			pairs++
		}
	}
	if long*3 > len(fields) || len(fields) < 3 {
		return 0
	}
	again := 0
	for _, c := range k.cells {
		again += c
	}
	width := n
	if strings.IndexByte(text, '"') >= 0 && d.recipe.Quoted {
		var s scratch
		width = len(d.split(&s, text))
	}
	if c := k.cells[width]; c < max(2, again/20) || d.header != nil && width != len(d.header) {
		return 0
	}
	score := 0.7*(1-k.empty) + 0.1*float64(typed)/float64(len(fields)) + 0.01*float64(min(len(d.recipe.Separator), 4))
	if d.header != nil {
		score += 0.2
	}
	if pairs*2 > len(fields) {
		score *= 0.3
	}
	return score
}

// score is how much of the lines a dialect reads.
func (d *dialect) score(list []*entry, s *scratch) float64 {
	k := d.known(list, s)
	total := 0.0
	for _, e := range list {
		total += k.fit(d, e.text, d.read(s, e.text))
	}
	return total
}

func lettered(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 {
			return true
		}
	}
	return false
}
