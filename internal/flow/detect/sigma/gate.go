package sigma

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// gate is cheap conditions that a value must meet if an expression is to match it.
type gate struct {
	minBytes int                // no match is shorter
	needs    [][]literal.Finder // of each, one must be there; the most telling first
	char     byte               // must be there count times; folded, ASCII
	count    int
	run      *runGate
}

// runGate asks for n neighbouring bytes of a class.
type runGate struct {
	class [256]bool
	n     int
}

// Bounds on what a gate keeps.
const (
	maxGateNeeds = 4
	minGateCount = 2
	minGateRun   = 8
)

func newGate(re *syntax.Regexp) gate {
	g := gate{minBytes: minLength(re), run: longestRun(re)}
	needs := allRequired(re)
	slices.SortStableFunc(needs, func(a, b []string) int { return shortest(b) - shortest(a) })
	for _, need := range needs[:min(len(needs), maxGateNeeds)] {
		var finders []literal.Finder
		for _, text := range need {
			finders = append(finders, literal.NewFinder(text))
		}
		g.needs = append(g.needs, finders)
	}
	for c, n := range charCounts(re) {
		if n >= minGateCount && (n > g.count || n == g.count && c < g.char) {
			g.char, g.count = c, n
		}
	}
	return g
}

// open reports whether the value, which is ASCII or folded, may match.
func (g *gate) open(s string) bool {
	if g.run != nil && !g.run.in(s) {
		return false
	}
	for _, need := range g.needs {
		if !slices.ContainsFunc(need, func(f literal.Finder) bool { return f.In(s) }) {
			return false
		}
	}
	return g.count == 0 || g.enough(s)
}

func (g *gate) enough(s string) bool {
	n := strings.Count(s, string(rune(g.char)))
	if 'a' <= g.char && g.char <= 'z' {
		n += strings.Count(s, string(rune(g.char-'a'+'A')))
	}
	return n >= g.count
}

// in looks at every n-th byte first, since one of them is in any run of n.
func (r *runGate) in(s string) bool {
	for i := r.n - 1; i < len(s); i += r.n {
		if !r.class[s[i]] {
			continue
		}
		begin, end := i, i+1
		for begin > 0 && i-begin < r.n && r.class[s[begin-1]] {
			begin--
		}
		for end < len(s) && end-begin < r.n && r.class[s[end]] {
			end++
		}
		if end-begin >= r.n {
			return true
		}
	}
	return false
}

// allRequired returns sets of folded literals; every match holds one of each set.
func allRequired(re *syntax.Regexp) [][]string {
	switch {
	case re.Op == syntax.OpCapture, re.Op == syntax.OpPlus, re.Op == syntax.OpRepeat && re.Min >= 1:
		return allRequired(re.Sub[0])
	case re.Op != syntax.OpConcat:
		if need := required(re); need != nil {
			return [][]string{need}
		}
		return nil
	}
	var out [][]string
	eachRun(re.Sub, func(need []string, part *syntax.Regexp) {
		if part != nil {
			out = append(out, allRequired(part)...)
		} else {
			out = append(out, need)
		}
	})
	return out
}

// charCounts returns how often folded ASCII characters stand in every match, at least.
func charCounts(re *syntax.Regexp) map[byte]int {
	const most = 1 << 10
	out := map[byte]int{}
	add := func(from map[byte]int, times int) {
		for c, n := range from {
			out[c] = min(out[c]+n*times, most)
		}
	}
	if text, ok := fixedText(re); ok {
		for i := range len(text) {
			if text[i] < utf8.RuneSelf {
				out[text[i]]++
			}
		}
		return out
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		add(charCounts(re.Sub[0]), 1)
	case syntax.OpRepeat:
		add(charCounts(re.Sub[0]), re.Min)
	case syntax.OpConcat:
		for _, s := range re.Sub {
			add(charCounts(s), 1)
		}
	case syntax.OpAlternate:
		add(charCounts(re.Sub[0]), 1)
		for _, s := range re.Sub[1:] {
			counts := charCounts(s)
			for c, n := range out {
				out[c] = min(n, counts[c])
			}
		}
	}
	return out
}

// longestRun finds the longest stretch of one class that every match holds, if it is long enough to tell much.
func longestRun(re *syntax.Regexp) *runGate {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return longestRun(re.Sub[0])
	case syntax.OpConcat:
		var best *runGate
		for _, s := range re.Sub {
			if r := longestRun(s); r != nil && (best == nil || r.n > best.n) {
				best = r
			}
		}
		return best
	case syntax.OpRepeat:
		if re.Min >= minGateRun && re.Sub[0].Op == syntax.OpCharClass {
			return classRun(re.Sub[0].Rune, re.Min)
		}
		if re.Min >= 1 {
			return longestRun(re.Sub[0])
		}
	}
	return nil
}

// classRun makes the gate of n characters of a class. Characters beyond ASCII count as any byte beyond it.
func classRun(ranges []rune, n int) *runGate {
	g := &runGate{n: n}
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1] && r < utf8.RuneSelf; r++ {
			folded := byte(literal.FoldRune(r))
			g.class[folded] = true
			if 'a' <= folded && folded <= 'z' {
				g.class[folded-'a'+'A'] = true
			}
		}
		if ranges[i+1] >= utf8.RuneSelf {
			for b := utf8.RuneSelf; b < 256; b++ {
				g.class[b] = true
			}
			g.class['k'], g.class['s'], g.class['K'], g.class['S'] = true, true, true, true // what the Kelvin sign and the long s fold to
		}
	}
	return g
}

// minLength returns a lower bound in bytes on what re matches.
func minLength(re *syntax.Regexp) int {
	const enough = 1 << 20
	n := 0
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		n = 1
	case syntax.OpCapture, syntax.OpPlus:
		n = minLength(re.Sub[0])
	case syntax.OpRepeat:
		n = re.Min * minLength(re.Sub[0])
	case syntax.OpConcat:
		for _, s := range re.Sub {
			n = min(n+minLength(s), enough)
		}
	case syntax.OpAlternate:
		n = minLength(re.Sub[0])
		for _, s := range re.Sub[1:] {
			n = min(n, minLength(s))
		}
	}
	return min(n, enough)
}
