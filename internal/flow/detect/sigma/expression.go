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

// match asks a value. It also takes the value as it is if that is ASCII and else folded, and what folds it, called only where that helps.
func (e *expression) match(raw, search string, fold func() string) bool {
	if len(raw) < e.gate.minBytes || !e.gate.open(search) {
		return false
	}
	switch {
	case e.chain == nil:
		return e.re.MatchString(raw)
	case e.chain.folded:
		return e.chain.match(fold())
	}
	return e.chain.match(raw)
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
	eachRun(subs, func(need []string, part *syntax.Regexp) {
		if part != nil {
			need = required(part)
		}
		if need != nil && (best == nil || shortest(need) > shortest(best)) {
			best = need
		}
	})
	return best
}

// eachRun calls fn with the parts of a concatenation: neighbours that stand for a few texts are one, given by those texts.
func eachRun(subs []*syntax.Regexp, fn func(need []string, part *syntax.Regexp)) {
	run := []string{""}
	flush := func() {
		if shortest(run) > 0 {
			fn(run, nil)
		}
		run = []string{""}
	}
	for _, s := range subs {
		texts := fewTexts(s)
		if texts == nil {
			flush()
			fn(nil, s)
			continue
		}
		if len(run)*len(texts) > maxNeeds {
			flush()
		}
		run = product(run, texts)
	}
	flush()
}

func product(heads, tails []string) []string {
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// maxClassTexts bounds the characters of a class that is taken apart.
const maxClassTexts = 4

// fewTexts returns all folded texts re matches, where they are few: fixed text, or one of a few characters.
func fewTexts(re *syntax.Regexp) []string {
	if s, ok := fixedText(re); ok {
		return []string{s}
	}
	switch re.Op {
	case syntax.OpCapture:
		return fewTexts(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 1 && re.Max == 1 {
			return fewTexts(re.Sub[0])
		}
	case syntax.OpCharClass:
		var out []string
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if r >= utf8.RuneError || len(out) > 2*maxClassTexts {
					return nil
				}
				if s := string(literal.FoldRune(r)); !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
		if len(out) > 0 && len(out) <= maxClassTexts {
			return out
		}
	}
	return nil
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
