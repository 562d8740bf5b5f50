package lint

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// maxIssues bounds what is told of one text.
const maxIssues = 200

// Severity says whether a text with the issue can be used.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the engine refuses the rule
	Warning Severity = "warning" // the rule can be used as it is
)

// Refused is the code of errors: the engine's reason says what is wrong.
const Refused = "refused"

// Issue is one thing wrong in a text.
type Issue struct {
	Severity Severity
	Code     string   // "field.unknown"; the same thing has the same code always
	Args     []string // what the text of the code names, in its order
	Path     string   // "detection.selection.Image|endswith", within its document
	Reason   string   // in English
	sigma.Place
}

// Document is one document of a text.
type Document struct {
	Line int
	Rule *sigma.Rule // nil where it was refused
}

// Report is what a text is found to be.
type Report struct {
	Documents []Document
	Issues    []Issue // errors and warnings in the order of the text
}

// Refused reports whether anything in the text is an error.
func (r *Report) Refused() bool {
	return slices.ContainsFunc(r.Issues, func(i Issue) bool { return i.Severity == Error })
}

// Rules are the rules that the engine takes.
func (r *Report) Rules() []*sigma.Rule {
	var rules []*sigma.Rule
	for _, d := range r.Documents {
		if d.Rule != nil {
			rules = append(rules, d.Rule)
		}
	}
	return rules
}

// Check reads a text. Input is bounded as by [sigma.ParseRules]; nothing in it makes Check fail.
func Check(text []byte) Report {
	var r Report
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")) // as YAML and editors count lines
	chunks := split(text)
	if len(text) > maxText || len(chunks) > maxDocuments {
		r.Issues = append(r.Issues, Issue{Severity: Error, Code: Refused, Reason: fmt.Sprintf("is more than %d KiB or %d documents", maxText>>10, maxDocuments), Place: sigma.Place{Line: 1, Column: 1, End: 1}})
		return r
	}
	var outlines []*sigma.Outline
	for i, c := range chunks {
		outline, rule, issues := read(strconv.Itoa(i), c)
		outlines = append(outlines, outline)
		r.Documents = append(r.Documents, Document{Line: c.line, Rule: rule})
		r.Issues = append(r.Issues, issues...)
	}
	if len(chunks) == 0 {
		r.Issues = append(r.Issues, Issue{Severity: Error, Code: Refused, Reason: "the text holds no rule", Place: sigma.Place{Line: 1, Column: 1, End: 1}})
	}
	for _, bad := range sigma.Check(r.Rules(), sigma.Options{}) {
		i, err := strconv.Atoi(bad.File)
		if err != nil || outlines[i] == nil {
			continue
		}
		r.Issues = append(r.Issues, refusal(outlines[i], bad, chunks[i].line))
		r.Documents[i].Rule = nil
	}
	slices.SortStableFunc(r.Issues, func(a, b Issue) int { return a.Line - b.Line })
	r.Issues = r.Issues[:min(len(r.Issues), maxIssues)]
	return r
}

// Bounds of a text, as of a file.
const (
	maxText      = 512 << 10
	maxDocuments = 256
)

// chunk is one document of a text.
type chunk struct {
	line int // of the text at which it begins, from 1
	data []byte
}

// split cuts a text at its document markers, which stand alone at the beginning of a line. Chunks without content are left out.
func split(text []byte) []chunk {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var out []chunk
	start, first, line := 0, 1, 1
	flush := func(end int) {
		if hasContent(text[start:end]) {
			out = append(out, chunk{first, text[start:end]})
		}
	}
	for at := 0; at < len(text); line++ {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if m := bytes.TrimRight(text[at:end], " \t\r\n"); bytes.Equal(m, []byte("---")) || bytes.Equal(m, []byte("...")) {
			flush(at)
			start, first = end, line+1
		}
		at = end
	}
	flush(len(text))
	return out
}

func hasContent(data []byte) bool {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return true
		}
	}
	return false
}

// read reads one document.
func read(name string, c chunk) (*sigma.Outline, *sigma.Rule, []Issue) {
	outline, err := sigma.NewOutline(c.data)
	var bad *sigma.SyntaxError
	if errors.As(err, &bad) {
		bad.Line += c.line - 1
		return nil, nil, []Issue{{Severity: Error, Code: Refused, Reason: bad.Reason, Place: bad.Place}}
	}
	rules, refused := sigma.ParseRules(name, c.data)
	if len(refused) > 0 {
		return outline, nil, []Issue{refusal(outline, refused[0], c.line)}
	}
	if len(rules) != 1 {
		return outline, nil, []Issue{refusal(outline, sigma.Refusal{Reason: "is no Sigma rule"}, c.line)}
	}
	a := advice{outline: outline, rule: rules[0], line: c.line}
	a.all()
	return outline, rules[0], a.issues
}

func refusal(o *sigma.Outline, r sigma.Refusal, line int) Issue {
	p, _ := o.Find(r.Field)
	p.Line += line - 1
	return Issue{Severity: Error, Code: Refused, Path: r.Field, Reason: strings.TrimSpace(r.Reason), Place: p}
}
