package sigma

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Documents is what files of rules hold, by kind.
type Documents struct {
	Rules        []*Rule
	Correlations []*Correlation
	Filters      []*Filter
}

// Len is the number of documents of all kinds.
func (d *Documents) Len() int { return len(d.Rules) + len(d.Correlations) + len(d.Filters) }

// Add appends those of another file.
func (d *Documents) Add(o Documents) {
	d.Rules, d.Correlations, d.Filters = append(d.Rules, o.Rules...), append(d.Correlations, o.Correlations...), append(d.Filters, o.Filters...)
}

// Check says of each document that could not be used why, without compiling. Only what a document says itself is judged, not
// whether the rules that it names are there.
func (d *Documents) Check(opts Options) []Refusal {
	refused := Check(d.Rules, opts)
	for _, f := range d.Filters {
		if p := f.check(opts.Placeholders); p != nil {
			refused = append(refused, p.refusal(f.File, &f.Meta))
		}
	}
	return refused
}

// ParseDocuments reads every document of one file: rules, correlations and filters. Each is either read or refused, so one bad
// document does not cost the others; a file that is not YAML is one refusal. Whether the rules that correlations and filters name are there
// is asked when a set is compiled: files are read in any order. The file name is for messages, and for names that several
// files use. Input is bounded to 512 KiB.
func ParseDocuments(file string, data []byte) (Documents, []Refusal) {
	var out Documents
	docs, p := readYAML(data)
	if p != nil {
		return out, []Refusal{p.refusal(file, nil)}
	}
	if len(docs) == 0 {
		return out, []Refusal{fail("", "the file holds no document").refusal(file, nil)}
	}
	var refused []Refusal
	digest := Digest(data)
	for _, d := range docs {
		var meta *Meta
		switch {
		case d.kind == yamlMap && d.get("correlation") != nil:
			var c *Correlation
			if c, p = readCorrelation(d); p == nil {
				c.File = file
				out.Correlations = append(out.Correlations, c)
			}
			meta = &c.Meta
		case d.kind == yamlMap && d.get("filter") != nil:
			var f *Filter
			if f, p = readFilter(d); p == nil {
				f.File = file
				out.Filters = append(out.Filters, f)
			}
			meta = &f.Meta
		default:
			var r *Rule
			if r, p = readRule(d); p == nil {
				r.File = file
				out.Rules = append(out.Rules, r)
			}
			meta = &r.Meta
		}
		if p != nil {
			refused = append(refused, p.refusal(file, meta))
		} else {
			meta.Digest = digest
		}
	}
	return out, refused
}

// Digest names a text: another text has another name.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// ParseRules reads a file as [ParseDocuments] does and refuses what is no rule of single events.
func ParseRules(file string, data []byte) ([]*Rule, []Refusal) {
	docs, refused := ParseDocuments(file, data)
	for _, c := range docs.Correlations {
		refused = append(refused, fail("correlation", "is not a rule of single events").refusal(file, &c.Meta))
	}
	for _, f := range docs.Filters {
		refused = append(refused, fail("filter", "is not a rule of single events").refusal(file, &f.Meta))
	}
	return docs.Rules, refused
}

// ParseRule reads a file of exactly one rule. The error is a [Refusal].
func ParseRule(data []byte) (*Rule, error) {
	rules, refused := ParseRules("", data)
	switch {
	case len(refused) > 0:
		return nil, refused[0]
	case len(rules) > 1:
		return nil, Refusal{Reason: fmt.Sprintf("the file holds %d rules, not one", len(rules))}
	}
	return rules[0], nil
}

// readRule returns what it could read of the rule even where there is a problem, for the message.
func readRule(d *yamlNode) (*Rule, *problem) {
	r := &Rule{}
	if d.kind != yamlMap {
		return r, fail("", "a rule is a map of keys")
	}
	r.Meta = readMeta(d)
	if p := refuseKind(d); p != nil {
		return r, p
	}
	if p := checkMeta(d, &r.Meta); p != nil {
		return r, p
	}
	src, p := readLogSource(d.get("logsource"))
	if p != nil {
		return r, p.in("logsource")
	}
	r.LogSource = src
	r.Detection, p = readDetection(d.get("detection"))
	return r, p.in("detection")
}

// refuseKind recognises documents that are no rule.
func refuseKind(d *yamlNode) *problem {
	switch {
	case d.get("action") != nil:
		return fail("action", "action documents (global, repeat, reset) are no longer part of Sigma; write each rule out")
	case d.get("detection") == nil && d.get("logsource") == nil:
		return &problem{reason: "is no Sigma rule", foreign: true}
	case d.get("detection") == nil:
		return fail("detection", "is missing")
	}
	return nil
}

func readMeta(d *yamlNode) Meta {
	m := Meta{
		ID:             text(d.get("id")),
		Name:           text(d.get("name")),
		Title:          text(d.get("title")),
		Status:         strings.ToLower(text(d.get("status"))),
		Level:          detect.Level(strings.ToLower(text(d.get("level")))),
		Description:    text(d.get("description")),
		Author:         text(d.get("author")),
		License:        text(d.get("license")),
		Date:           text(d.get("date")),
		Modified:       text(d.get("modified")),
		Tags:           texts(d.get("tags")),
		References:     texts(d.get("references")),
		FalsePositives: texts(d.get("falsepositives")),
		Fields:         texts(d.get("fields")),
	}
	if m.Level == "" {
		m.Level = detect.Medium
	}
	return m
}

func checkMeta(d *yamlNode, m *Meta) *problem {
	if m.Title == "" {
		return fail("title", "is missing")
	}
	switch m.Level {
	case detect.Informational, detect.Low, detect.Medium, detect.High, detect.Critical:
	default:
		return fail("level", fmt.Sprintf("%q is none of informational, low, medium, high, critical", string(m.Level)))
	}
	if id := d.get("id"); id != nil && (id.kind != yamlScalar || m.ID == "" || strings.ContainsFunc(m.ID, unicode.IsControl)) {
		return fail("id", "must be a UUID")
	}
	if m.ID == "" {
		m.ID = derivedID(m)
	}
	return nil
}

// derivedID gives a rule without id one that stays the same as long as its name, or else its title, does.
func derivedID(m *Meta) string {
	name := m.Name
	if name == "" {
		name = m.Title
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("sigma:"+name)).String()
}

func readLogSource(n *yamlNode) (logsource.Source, *problem) {
	if n == nil {
		return logsource.Source{}, fail("", "is missing")
	}
	if n.kind != yamlMap {
		return logsource.Source{}, fail("", "must be a map")
	}
	for _, k := range []string{"product", "category", "service"} {
		if v := n.get(k); v != nil && v.kind != yamlScalar {
			return logsource.Source{}, fail(k, "must be text")
		}
	}
	s := logsource.Source{Product: lower(n.get("product")), Category: lower(n.get("category")), Service: lower(n.get("service"))}
	if s == (logsource.Source{}) {
		return s, fail("", "names none of product, category and service")
	}
	return s, nil
}

func lower(n *yamlNode) string { return strings.ToLower(strings.TrimSpace(text(n))) }

// text is the text of a scalar, "" for anything else.
func text(n *yamlNode) string {
	if n == nil || n.kind != yamlScalar {
		return ""
	}
	return n.scalar.Text
}

// texts is a list of scalars, or a scalar as a list of one.
func texts(n *yamlNode) []string {
	if n == nil {
		return nil
	}
	if n.kind == yamlScalar {
		if n.scalar.Text == "" {
			return nil
		}
		return []string{n.scalar.Text}
	}
	var out []string
	for _, i := range n.items {
		if s := text(i); s != "" && n.kind == yamlList {
			out = append(out, s)
		}
	}
	return out
}
