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

// Document is one document of a text. At most one of Rule, Correlation and Filter is there; none where it was refused.
type Document struct {
	Line        int
	Rule        *sigma.Rule
	Correlation *sigma.Correlation
	Filter      *sigma.Filter
}

// Meta is what the document says of itself; nil where it was refused.
func (d *Document) Meta() *sigma.Meta {
	switch {
	case d.Rule != nil:
		return &d.Rule.Meta
	case d.Correlation != nil:
		return &d.Correlation.Meta
	case d.Filter != nil:
		return &d.Filter.Meta
	}
	return nil
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

// Taken are the documents that the engine takes.
func (r *Report) Taken() sigma.Documents {
	var out sigma.Documents
	for _, d := range r.Documents {
		switch {
		case d.Rule != nil:
			out.Rules = append(out.Rules, d.Rule)
		case d.Correlation != nil:
			out.Correlations = append(out.Correlations, d.Correlation)
		case d.Filter != nil:
			out.Filters = append(out.Filters, d.Filter)
		}
	}
	return out
}

// InForce says which rule a correlation or a filter means that is not in its own text.
type InForce func(ref string) (sigma.Meta, bool)

// Check reads a text. Input is bounded as by [sigma.ParseDocuments]; nothing in it makes Check fail. Known may be nil: no rule is in force then.
func Check(text []byte, known InForce) Report {
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n")) // as YAML and editors count lines
	chunks := split(text)
	if len(text) > maxText || len(chunks) > maxDocuments {
		return Report{Issues: []Issue{whole(fmt.Sprintf("is more than %d KiB or %d documents", maxText>>10, maxDocuments))}}
	}
	if len(chunks) == 0 {
		return Report{Issues: []Issue{whole("the text holds no rule")}}
	}
	var r Report
	outlines := make([]*sigma.Outline, len(chunks))
	for i, c := range chunks {
		d, issues := Document{Line: c.line}, []Issue(nil)
		outlines[i], issues = d.read(strconv.Itoa(i), c)
		r.Documents = append(r.Documents, d)
		r.Issues = append(r.Issues, issues...)
	}
	taken := r.Taken()
	for _, bad := range taken.Check(sigma.Options{}) {
		i, err := strconv.Atoi(bad.File)
		if err != nil || outlines[i] == nil {
			continue
		}
		r.Issues = append(r.Issues, refusal(outlines[i], bad, chunks[i].line))
		r.Documents[i] = Document{Line: chunks[i].line}
	}
	for i := range r.Documents {
		if meta := r.Documents[i].Meta(); meta != nil {
			a := advice{outline: outlines[i], document: &r.Documents[i], meta: meta, text: &taken, known: known}
			r.Issues = append(r.Issues, a.all()...)
		}
	}
	slices.SortStableFunc(r.Issues, func(a, b Issue) int { return a.Line - b.Line })
	r.Issues = r.Issues[:min(len(r.Issues), maxIssues)]
	return r
}

// whole is an error of the text as a whole.
func whole(reason string) Issue {
	return Issue{Severity: Error, Code: Refused, Reason: reason, Place: sigma.Place{Line: 1, Column: 1, End: 1}}
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

// read fills the document, or says why it is refused.
func (d *Document) read(name string, c chunk) (*sigma.Outline, []Issue) {
	outline, err := sigma.NewOutline(c.data)
	var bad *sigma.SyntaxError
	if errors.As(err, &bad) {
		bad.Line += c.line - 1
		return nil, []Issue{{Severity: Error, Code: Refused, Reason: bad.Reason, Place: bad.Place}}
	}
	docs, refused := sigma.ParseDocuments(name, c.data)
	switch {
	case len(refused) > 0:
		return outline, []Issue{refusal(outline, refused[0], c.line)}
	case docs.Len() != 1:
		return outline, []Issue{refusal(outline, sigma.Refusal{Reason: "is no Sigma rule"}, c.line)}
	case len(docs.Rules) > 0:
		d.Rule = docs.Rules[0]
	case len(docs.Correlations) > 0:
		d.Correlation = docs.Correlations[0]
	default:
		d.Filter = docs.Filters[0]
	}
	return outline, nil
}

func refusal(o *sigma.Outline, r sigma.Refusal, line int) Issue {
	p, _ := o.Find(r.Field)
	p.Line += line - 1
	return Issue{Severity: Error, Code: Refused, Path: r.Field, Reason: strings.TrimSpace(r.Reason), Place: p}
}
