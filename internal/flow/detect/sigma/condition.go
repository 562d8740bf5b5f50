package sigma

import (
	"fmt"
	"strconv"
	"strings"
)

// Bounds on a condition.
const (
	maxConditionBytes = 16 << 10
	maxConditionDepth = 64
	maxConditions     = 64
)

func readConditions(n *yamlNode, searches []Search) ([]Expr, *problem) {
	if n == nil {
		return nil, fail("", "is missing")
	}
	items := []*yamlNode{n}
	if n.kind == yamlList {
		items = n.items
	}
	if len(items) == 0 || len(items) > maxConditions {
		return nil, fail("", fmt.Sprintf("must be text or a list of 1–%d", maxConditions))
	}
	var out []Expr
	for _, item := range items {
		if item.kind != yamlScalar || item.scalar.Kind == Null {
			return nil, fail("", "must be text")
		}
		e, p := parseCondition(item.scalar.Text, searches)
		if p != nil {
			return nil, p
		}
		out = append(out, e)
	}
	return out, nil
}

// conditionParser reads "or" over "and" over "not" over "N of pattern", names and parentheses.
type conditionParser struct {
	tokens   []string
	pos      int
	depth    int
	searches []Search
}

func parseCondition(s string, searches []Search) (Expr, *problem) {
	if len(s) > maxConditionBytes {
		return Expr{}, fail("", fmt.Sprintf("is longer than %d KiB", maxConditionBytes>>10))
	}
	tokens, p := conditionTokens(s)
	if p != nil {
		return Expr{}, p
	}
	c := conditionParser{tokens: tokens, searches: searches}
	e, p := c.or()
	if p != nil {
		return Expr{}, p
	}
	if t := c.peek(); t != "" {
		return Expr{}, fail("", fmt.Sprintf("unexpected %q", t))
	}
	return e, nil
}

func conditionTokens(s string) ([]string, *problem) {
	var tokens []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '(' || c == ')':
			tokens = append(tokens, s[i:i+1])
			i++
		case c == '|':
			return nil, fail("", "aggregations (| count() …) are no longer part of Sigma; write a correlation rule")
		case isNameByte(c):
			start := i
			for i < len(s) && isNameByte(s[i]) {
				i++
			}
			tokens = append(tokens, s[start:i])
		default:
			return nil, fail("", fmt.Sprintf("unexpected character %q", s[i:min(i+1, len(s))]))
		}
	}
	return tokens, nil
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c == '*' || c == '?' || c >= 0x80 ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (c *conditionParser) peek() string {
	if c.pos < len(c.tokens) {
		return c.tokens[c.pos]
	}
	return ""
}

// accept consumes the next token if it is the keyword, in any case.
func (c *conditionParser) accept(keyword string) bool {
	if strings.EqualFold(c.peek(), keyword) {
		c.pos++
		return true
	}
	return false
}

func (c *conditionParser) or() (Expr, *problem) {
	return c.chain("or", ExprOr, c.and)
}

func (c *conditionParser) and() (Expr, *problem) {
	return c.chain("and", ExprAnd, c.not)
}

func (c *conditionParser) chain(keyword string, op ExprOp, next func() (Expr, *problem)) (Expr, *problem) {
	first, p := next()
	if p != nil {
		return first, p
	}
	operands := []Expr{first}
	for c.accept(keyword) {
		e, p := next()
		if p != nil {
			return e, p
		}
		operands = append(operands, e)
	}
	if len(operands) == 1 {
		return first, nil
	}
	return Expr{Op: op, Operands: operands}, nil
}

func (c *conditionParser) not() (Expr, *problem) {
	if !c.accept("not") {
		return c.primary()
	}
	if c.depth++; c.depth > maxConditionDepth {
		return Expr{}, fail("", fmt.Sprintf("nested deeper than %d", maxConditionDepth))
	}
	e, p := c.not()
	c.depth--
	return Expr{Op: ExprNot, Operands: []Expr{e}}, p
}

func (c *conditionParser) primary() (Expr, *problem) {
	t := c.peek()
	switch {
	case t == "":
		return Expr{}, fail("", "ends where a search is expected")
	case t == "(":
		return c.parenthesis()
	case t == ")":
		return Expr{}, fail("", `unexpected ")"`)
	case c.pos+1 < len(c.tokens) && strings.EqualFold(c.tokens[c.pos+1], "of"):
		return c.quantified()
	}
	c.pos++
	for i := range c.searches {
		if c.searches[i].Name == t {
			return Expr{Op: ExprSearch, Name: t}, nil
		}
	}
	return Expr{}, fail("", fmt.Sprintf("names %q, which is no search of the rule", t))
}

func (c *conditionParser) parenthesis() (Expr, *problem) {
	c.pos++
	if c.depth++; c.depth > maxConditionDepth {
		return Expr{}, fail("", fmt.Sprintf("nested deeper than %d", maxConditionDepth))
	}
	e, p := c.or()
	if p != nil {
		return e, p
	}
	c.depth--
	if !c.accept(")") {
		return e, fail("", `a "(" is not closed`)
	}
	return e, nil
}

// quantified reads "1 of selection*", "all of them", "2 of filter_*".
func (c *conditionParser) quantified() (Expr, *problem) {
	e, p := c.resolved()
	e.Written = strings.Join(c.tokens[max(0, c.pos-3):min(c.pos, len(c.tokens))], " ")
	return e, p
}

// resolved is what a quantified term comes to.
func (c *conditionParser) resolved() (Expr, *problem) {
	quantifier, pattern := strings.ToLower(c.tokens[c.pos]), ""
	if c.pos += 2; c.pos < len(c.tokens) {
		pattern = c.tokens[c.pos]
	}
	c.pos++
	operands := c.matching(pattern)
	if len(operands) == 0 {
		return Expr{}, fail("", fmt.Sprintf("%q names no search of the rule", quantifier+" of "+pattern))
	}
	switch quantifier {
	case "all":
		return Expr{Op: ExprAnd, Operands: operands}, nil
	case "1", "any":
		return Expr{Op: ExprOr, Operands: operands}, nil
	}
	n, err := strconv.Atoi(quantifier)
	switch {
	case err != nil || n < 1:
		return Expr{}, fail("", fmt.Sprintf("%q is neither a number, any nor all", quantifier))
	case n > len(operands):
		return Expr{}, fail("", fmt.Sprintf("asks for %d of %q, which names %d", n, pattern, len(operands)))
	}
	return Expr{Op: ExprAtLeast, N: n, Operands: operands}, nil
}

// matching returns the searches a pattern names. "them" is all whose names do not begin with "_".
func (c *conditionParser) matching(pattern string) []Expr {
	them := strings.EqualFold(pattern, "them")
	var out []Expr
	for i := range c.searches {
		name := c.searches[i].Name
		if them && !strings.HasPrefix(name, "_") || !them && matchName(pattern, name) {
			out = append(out, Expr{Op: ExprSearch, Name: name})
		}
	}
	return out
}

// matchName matches "*" as any run of characters and everything else as itself.
func matchName(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(name, part)
		}
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name, rest = name[i+len(part):], after
	}
}
