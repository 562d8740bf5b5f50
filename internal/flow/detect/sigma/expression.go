package sigma

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// maxExpressionBytes bounds one regular expression as written.
const maxExpressionBytes = 8 << 10

// expression is a regular expression with what every match of it must hold, so that most values are turned down unread.
type expression struct {
	re    *regexp.Regexp
	need  []string // folded; every match holds one of them; nil if nothing is known
	gate  gate
	chain *chain // decides by itself what the expression does, where its shape allows
}

// newExpression compiles the RE2 syntax, which is PCRE without look-around and back-references. Matching takes time
// linear in the value. Where the item also says contains, startswith or endswith, start and end tell which sides are open.
func newExpression(source, flags string, start, end bool) (*expression, *problem) {
	if len(source) > maxExpressionBytes {
		return nil, fail("", fmt.Sprintf("the regular expression is longer than %d KiB", maxExpressionBytes>>10))
	}
	full := source
	if start != end {
		if full = "(?:" + source + ")"; start {
			full += `\z`
		} else {
			full = `\A` + full
		}
	}
	if flags != "" {
		full = "(?" + flags + ")" + full
	}
	re, err := regexp.Compile(full)
	if err != nil {
		return nil, fail("", "regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	e := &expression{re: re}
	if tree, err := syntax.Parse(full, syntax.Perl); err == nil {
		e.need = required(tree)
		e.gate = newGate(tree)
		e.chain = newChain(tree)
	}
	return e, nil
}

// match asks a value; it has the value folded only where that helps.
func (e *expression) match(raw string, fold func() string) bool {
	if len(raw) < e.gate.minBytes {
		return false
	}
	if e.chain != nil {
		if e.chain.folded {
			raw = fold()
		}
		return e.chain.match(raw)
	}
	return e.gate.open(fold()) && e.re.MatchString(raw)
}

// maxNeeds bounds the alternatives kept for one expression; more tell little.
const maxNeeds = 16

// required returns folded literals of which every match of re holds at least one, or nil.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min >= 1 {
			return required(re.Sub[0])
		}
		return nil
	case syntax.OpConcat:
		return requiredOfConcat(re.Sub)
	case syntax.OpAlternate:
		return requiredOfAlternate(re.Sub)
	}
	if s, ok := fixedText(re); ok && s != "" {
		return []string{s}
	}
	return nil
}

func requiredOfAlternate(subs []*syntax.Regexp) []string {
	var out []string
	for _, s := range subs {
		need := required(s)
		if need == nil {
			return nil
		}
		if out = append(out, need...); len(out) > maxNeeds {
			return nil
		}
	}
	return out
}

// requiredOfConcat picks the most telling run of fixed text or part: the one whose shortest literal is longest.
func requiredOfConcat(subs []*syntax.Regexp) (best []string) {
	consider := func(need []string) {
		if need != nil && (best == nil || shortest(need) > shortest(best)) {
			best = need
		}
	}
	run := ""
	for _, s := range subs {
		if text, ok := fixedText(s); ok {
			run += text
			continue
		}
		if run != "" {
			consider([]string{run})
		}
		run = ""
		consider(required(s))
	}
	if run != "" {
		consider([]string{run})
	}
	return best
}

func shortest(list []string) int {
	n := len(list[0])
	for _, s := range list[1:] {
		n = min(n, len(s))
	}
	return n
}

// fixedText returns the one folded text re matches, if there is only one: a literal, a class of letters that fold alike,
// or something of no width.
func fixedText(re *syntax.Regexp) (string, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return "", true
	case syntax.OpLiteral:
		return literal.Fold(string(re.Rune)), !slices.Contains(re.Rune, utf8.RuneError)
	case syntax.OpCharClass:
		return classText(re.Rune)
	case syntax.OpCapture:
		return fixedText(re.Sub[0])
	}
	return "", false
}

func classText(ranges []rune) (string, bool) {
	if len(ranges) == 0 {
		return "", false
	}
	folded := literal.FoldRune(ranges[0])
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 1 || ranges[i+1] >= utf8.RuneError {
			return "", false
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if literal.FoldRune(r) != folded {
				return "", false
			}
		}
	}
	return string(folded), true
}
