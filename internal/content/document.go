package content

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxDepth bounds the nesting of a rule; SigmaHQ's deepest is 7.
const maxDepth = 32

// errNotSigma is the reason for documents that are YAML of another kind.
var errNotSigma = errors.New("is not a Sigma rule: it has neither detection, correlation nor filter")

// document is one YAML document of a file: what it says of itself, and its text.
type document struct {
	file   string
	source []byte
	root   *yaml.Node // the top mapping
}

// splitDocuments cuts a YAML stream at its document markers. A marker stands at the beginning of a line, where neither a
// block scalar nor a quoted one may continue, so text never looks like one. Chunks without content are left out.
func splitDocuments(data []byte) [][]byte {
	var docs [][]byte
	start := 0
	for at := 0; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if isMarker(data[at:end]) {
			docs = appendDocument(docs, data[start:at])
			start = at + 3
		}
		at = end
	}
	return appendDocument(docs, data[start:])
}

func isMarker(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return false
	}
	return len(line) == 3 || strings.IndexByte(" \t\r\n", line[3]) >= 0
}

func appendDocument(docs [][]byte, chunk []byte) [][]byte {
	for line := range bytes.Lines(chunk) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return append(docs, bytes.TrimLeft(chunk, " \t\r\n"))
		}
	}
	return docs
}

// readDocuments reads a file. The error says that the file cannot be read as YAML mappings at all, which refuses the
// import it belongs to; whether a mapping is a rule is asked later.
func readDocuments(file string, data []byte) ([]document, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8 text")
	}
	var out []document
	for _, chunk := range splitDocuments(data) {
		var n yaml.Node
		if err := yaml.Unmarshal(chunk, &n); err != nil {
			return nil, fmt.Errorf("is not readable as YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		}
		if n.Kind != yaml.DocumentNode || len(n.Content) == 0 {
			continue
		}
		root := n.Content[0]
		if root.Kind != yaml.MappingNode {
			return nil, errors.New("is not a Sigma rule: the document is no mapping")
		}
		if tooDeep(root, maxDepth) {
			return nil, fmt.Errorf("is nested deeper than %d levels", maxDepth)
		}
		out = append(out, document{file: file, source: chunk, root: root})
	}
	return out, nil
}

func tooDeep(n *yaml.Node, left int) bool {
	if left == 0 {
		return true
	}
	for _, c := range n.Content { // aliases are not followed
		if tooDeep(c, left-1) {
			return true
		}
	}
	return false
}

// isSigma reports whether the mapping means to be a rule, rather than YAML of another kind that lies in the same folder.
func (d *document) isSigma() bool {
	for _, key := range []string{"detection", "correlation", "filter", "action"} {
		if child(d.root, key) != nil {
			return true
		}
	}
	return child(d.root, "title") != nil && child(d.root, "logsource") != nil
}

// kind tells what the document means to be.
func (d *document) kind() Kind {
	switch {
	case child(d.root, "correlation") != nil:
		return KindCorrelation
	case child(d.root, "filter") != nil:
		return KindFilter
	}
	return KindRule
}

// rule reads what the list of rules shows. The id is the engine's to say.
func (d *document) rule() Rule {
	log := child(d.root, "logsource")
	return Rule{
		ID:       text(d.root, "id"),
		Kind:     d.kind(),
		Path:     d.file,
		Title:    text(d.root, "title"),
		TitleZH:  text(child(d.root, "isoc"), "title_zh"),
		Level:    levelOf(text(d.root, "level")),
		Status:   strings.ToLower(text(d.root, "status")),
		Author:   text(d.root, "author"),
		Product:  strings.ToLower(text(log, "product")),
		Category: strings.ToLower(text(log, "category")),
		Service:  strings.ToLower(text(log, "service")),
		Tags:     texts(d.root, "tags"),
	}
}

// levelOf is the level the engine gives a rule: medium where it states none.
func levelOf(written string) string {
	if written == "" {
		return "medium"
	}
	return strings.ToLower(written)
}

// detail adds to a rule what only its text tells. Source is the text; one that cannot be read adds nothing.
func detail(r Rule, source string) Detail {
	out := Detail{Rule: r, Source: source}
	docs, err := readDocuments(r.Path, []byte(source))
	if err != nil || len(docs) == 0 {
		return out
	}
	root := docs[0].root
	own := child(root, "isoc")
	out.Description, out.DescriptionZH = text(root, "description"), text(own, "description_zh")
	out.Advice, out.AdviceZH = text(own, "advice"), text(own, "advice_zh")
	out.License, out.Date, out.Modified = text(root, "license"), text(root, "date"), text(root, "modified")
	out.References = texts(root, "references")
	out.FalsePositives, out.FalsePositivesZH = texts(root, "falsepositives"), texts(own, "falsepositives_zh")
	return out
}

// child returns the value under a key of a mapping, or nil. It may be called on nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text returns the scalar under a key, trimmed, or "".
func text(n *yaml.Node, key string) string {
	v := child(n, key)
	if v == nil || v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(v.Value)
}

// texts returns the scalars of the list under a key, or a lone scalar as a list of one.
func texts(n *yaml.Node, key string) []string {
	v := child(n, key)
	if v == nil {
		return nil
	}
	if v.Kind == yaml.ScalarNode {
		if s := text(n, key); s != "" {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, c := range v.Content {
		if v.Kind == yaml.SequenceNode && c.Kind == yaml.ScalarNode && c.Value != "" {
			out = append(out, strings.TrimSpace(c.Value))
		}
	}
	return out
}
