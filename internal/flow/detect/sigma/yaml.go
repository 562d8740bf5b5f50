package sigma

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on what a file of rules may hold; the largest of SigmaHQ's is 288 KiB.
const (
	maxFileBytes = 512 << 10
	maxNodes     = 50_000 // after aliases are followed
	maxDepth     = 24
	maxBrackets  = 512 // opened and not closed, those in text included: the parser's memory grows with the square of them
)

// yamlKind is the shape of a [yamlNode].
type yamlKind uint8

const (
	yamlScalar yamlKind = iota
	yamlMap
	yamlList
)

// yamlNode is YAML with types resolved, aliases followed and duplicates refused.
type yamlNode struct {
	kind   yamlKind
	scalar Value
	keys   []string // of a map, beside items
	items  []*yamlNode
}

func (n *yamlNode) get(key string) *yamlNode {
	if n == nil || n.kind != yamlMap {
		return nil
	}
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

// readYAML returns the documents of a file; empty ones are left out. A panic of the parser on hostile input is a problem, not a crash.
func readYAML(data []byte) (docs []*yamlNode, p *problem) {
	if p := checkText(data); p != nil {
		return nil, p
	}
	defer func() {
		if r := recover(); r != nil {
			docs, p = nil, fail("", fmt.Sprintf("not valid YAML: %v", r))
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fail("", "not valid YAML: "+firstLine(err.Error()))
	}
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		r := yamlReader{anchors: map[string]ast.Node{}}
		n, p := r.node(d.Body, 0)
		if p != nil {
			return nil, p
		}
		if n.kind == yamlScalar && n.scalar.Kind == Null {
			continue
		}
		docs = append(docs, n)
	}
	return docs, nil
}

// checkText refuses what no parser should see.
func checkText(data []byte) *problem {
	if len(data) > maxFileBytes {
		return fail("", fmt.Sprintf("file is larger than %d KiB", maxFileBytes>>10))
	}
	if !utf8.Valid(data) {
		return fail("", "the file is not UTF-8")
	}
	if openBrackets(data) > maxBrackets {
		return fail("", fmt.Sprintf("more than %d brackets are opened and not closed", maxBrackets))
	}
	return nil
}

// openBrackets is the most brackets and braces that are open at once, were none of them text.
func openBrackets(data []byte) int {
	open, most := 0, 0
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
			most = max(most, open)
		case ']', '}':
			open = max(open-1, 0)
		}
	}
	return most
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

type yamlReader struct {
	anchors map[string]ast.Node
	open    []string // aliases being followed
	nodes   int
}

func (r *yamlReader) node(n ast.Node, depth int) (*yamlNode, *problem) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, fail("", fmt.Sprintf("more than %d YAML nodes", maxNodes))
	}
	if depth > maxDepth {
		return nil, fail("", fmt.Sprintf("nested deeper than %d", maxDepth))
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return r.mapping(n.Values, depth)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		return r.sequence(n, depth)
	case *ast.AnchorNode:
		r.anchors[scalarText(n.Name)] = n.Value
		return r.node(n.Value, depth)
	case *ast.AliasNode:
		return r.alias(n, depth)
	case *ast.TagNode:
		return r.tagged(n, depth)
	default:
		return scalar(n)
	}
}

func (r *yamlReader) alias(n *ast.AliasNode, depth int) (*yamlNode, *problem) {
	name := scalarText(n.Value)
	target, ok := r.anchors[name]
	if !ok {
		return nil, fail("", "alias *"+name+" names no anchor")
	}
	for _, o := range r.open {
		if o == name {
			return nil, fail("", "alias *"+name+" contains itself")
		}
	}
	r.open = append(r.open, name)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	return r.node(target, depth+1)
}

func (r *yamlReader) tagged(n *ast.TagNode, depth int) (*yamlNode, *problem) {
	v, p := r.node(n.Value, depth)
	if p != nil {
		return nil, p
	}
	switch tag := n.Start.Value; tag {
	case "!!str":
		if v.kind == yamlScalar {
			v.scalar = Value{Kind: Text, Text: scalarText(n.Value)}
		}
		return v, nil
	case "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
		return v, nil
	default:
		return nil, fail("", "YAML tag "+tag+" is not supported")
	}
}

func (r *yamlReader) mapping(values []*ast.MappingValueNode, depth int) (*yamlNode, *problem) {
	out := &yamlNode{kind: yamlMap}
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		if v.Key.Type() == ast.MergeKeyType {
			return nil, fail("", "YAML merge keys (<<) are not supported")
		}
		key := scalarText(v.Key)
		if seen[key] {
			return nil, fail(key, "the key stands twice")
		}
		seen[key] = true
		item, p := r.node(v.Value, depth+1)
		if p != nil {
			return nil, p.in(key)
		}
		out.keys = append(out.keys, key)
		out.items = append(out.items, item)
	}
	return out, nil
}

func (r *yamlReader) sequence(n *ast.SequenceNode, depth int) (*yamlNode, *problem) {
	out := &yamlNode{kind: yamlList}
	for _, v := range n.Values {
		item, p := r.node(v, depth+1)
		if p != nil {
			return nil, p
		}
		out.items = append(out.items, item)
	}
	return out, nil
}

func scalar(n ast.Node) (*yamlNode, *problem) {
	v := Value{Text: scalarText(n)}
	switch n := n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
	case *ast.IntegerNode:
		v = Value{Kind: Number, Text: fmt.Sprint(n.Value)}
	case *ast.FloatNode:
		v.Kind = Number
	case *ast.BoolNode:
		v = Value{Kind: Bool, Text: fmt.Sprint(n.Value)}
	case *ast.NullNode, nil:
		v = Value{Kind: Null}
	case *ast.InfinityNode, *ast.NanNode:
	default:
		return nil, fail("", "unexpected YAML "+n.Type().String())
	}
	return &yamlNode{scalar: v}, nil
}

// scalarText is the text of a scalar or key with quotes and escapes resolved.
func scalarText(n ast.Node) string {
	switch n := n.(type) {
	case nil:
		return ""
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.MappingKeyNode:
		return scalarText(n.Value)
	default:
		return tokenText(n.GetToken())
	}
}

func tokenText(t *token.Token) string {
	if t == nil {
		return ""
	}
	return t.Value
}
