package sigma

import (
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// partKind is what a [part] stands for.
type partKind uint8

const (
	partText partKind = iota
	partAny           // "*": any run of characters, also none
	partOne           // "?": exactly one character
	partDash          // one of the characters windash treats alike
)

// part is a piece of a pattern.
type part struct {
	kind partKind
	text string // of partText: never empty
}

// pattern is a value of a rule with its wildcards told apart from its text.
type pattern []part

// parsePattern reads "*" and "?" as wildcards and a backslash as escaping only them and itself:
// `\*` is an asterisk, `\\*` a backslash before a wildcard, `\d` and a trailing `\` are what they look like.
func parsePattern(s string) pattern {
	var p pattern
	var text []byte
	flush := func() {
		if len(text) > 0 {
			p = append(p, part{kind: partText, text: string(text)})
			text = text[:0]
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '*' || s[i+1] == '?' || s[i+1] == '\\'):
			i++
			text = append(text, s[i])
		case c == '*':
			flush()
			if len(p) == 0 || p[len(p)-1].kind != partAny {
				p = append(p, part{kind: partAny})
			}
		case c == '?':
			flush()
			p = append(p, part{kind: partOne})
		default:
			text = append(text, c)
		}
	}
	flush()
	return p
}

// plain returns the text of a pattern without wildcards.
func (p pattern) plain() (string, bool) {
	switch {
	case len(p) == 0:
		return "", true
	case len(p) == 1 && p[0].kind == partText:
		return p[0].text, true
	}
	return "", false
}

func textPattern(s string) pattern {
	if s == "" {
		return nil
	}
	return pattern{{kind: partText, text: s}}
}

func (p pattern) openStart() pattern {
	if len(p) > 0 && p[0].kind == partAny {
		return p
	}
	return append(pattern{{kind: partAny}}, p...)
}

func (p pattern) openEnd() pattern {
	if len(p) > 0 && p[len(p)-1].kind == partAny {
		return p
	}
	return append(p[:len(p):len(p)], part{kind: partAny})
}

// fold folds the text parts; wildcards stay.
func (p pattern) fold() pattern {
	out := make(pattern, len(p))
	for i, q := range p {
		out[i] = part{kind: q.kind, text: literal.Fold(q.text)}
	}
	return out
}

// shape tells what a pattern asks of a value: to equal, begin with, end with or contain the text, to be there, or more.
func (p pattern) shape() (op operator, text string) {
	if s, ok := p.plain(); ok {
		return opEqual, s
	}
	kinds := make([]byte, len(p))
	for i, q := range p {
		kinds[i] = "t*?-"[q.kind]
		if q.kind == partText {
			text = q.text
		}
	}
	switch string(kinds) {
	case "*":
		return opPresent, ""
	case "t*":
		return opPrefix, text
	case "*t":
		return opSuffix, text
	case "*t*":
		return opContains, text
	}
	return opGlob, ""
}

// String is a canonical form: equal patterns give equal strings.
func (p pattern) String() string {
	var b strings.Builder
	for _, q := range p {
		switch q.kind {
		case partAny:
			b.WriteString("*")
		case partOne:
			b.WriteString("?")
		case partDash:
			b.WriteString(`\-`)
		default:
			b.WriteString(strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(q.text))
		}
	}
	return b.String()
}
