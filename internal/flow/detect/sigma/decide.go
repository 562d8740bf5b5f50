package sigma

import "strings"

// folds reports whether the test compares folded values.
func (t *test) folds() bool {
	switch t.op {
	case opEqual, opPrefix, opSuffix, opContains, opGlob:
		return !t.cased
	}
	return false
}

// holds asks one value, folded where the test folds. References, regular expressions and presence are asked elsewhere.
func (t *test) holds(v string) bool {
	switch t.op {
	case opGlob:
		return t.glob.match(v)
	case opNet:
		return t.net.Contains(parseAddress(v))
	case opCompare:
		n, ok := t.part.of(v)
		return ok && t.cmp.holds(n, t.num)
	}
	return compareText(t.op, v, t.text)
}

// compareText asks whether v equals, begins with, ends with or contains text.
func compareText(op operator, v, text string) bool {
	switch op {
	case opEqual:
		return v == text
	case opPrefix:
		return strings.HasPrefix(v, text)
	case opSuffix:
		return strings.HasSuffix(v, text)
	case opContains:
		return strings.Contains(v, text)
	}
	return false
}
