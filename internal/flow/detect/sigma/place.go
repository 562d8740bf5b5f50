package sigma

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Place is a stretch of one line of a rule's text. Lines and columns count from 1, columns in characters; End is the column after the last.
type Place struct{ Line, Column, End int }

// Outline finds the places of a document's parts by the paths that refusals name. It knows nothing of Sigma and refuses nothing but what
// is no YAML, so that a text with faults has places too. It serves many goroutines.
type Outline struct{ root ast.Node }

// SyntaxError says where a text stops being YAML.
type SyntaxError struct {
	Place
	Reason string
}

// Error returns the reason with line and column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// NewOutline reads a text of one document; of several it knows the first. Bounds are those of [ParseRules]; the error is a [SyntaxError].
func NewOutline(data []byte) (o *Outline, err error) {
	if p := checkText(data); p != nil {
		return nil, &SyntaxError{Place{1, 1, 1}, p.reason}
	}
	defer func() {
		if r := recover(); r != nil {
			o, err = nil, &SyntaxError{Place{1, 1, 1}, fmt.Sprintf("not valid YAML: %v", r)}
		}
	}()
	file, err := parser.ParseBytes(data, 0)
	var bad *yaml.SyntaxError
	if errors.As(err, &bad) {
		return nil, &SyntaxError{placeOf(bad.GetToken()), "not valid YAML: " + bad.GetMessage()}
	}
	if err != nil {
		return nil, &SyntaxError{Place{1, 1, 1}, "not valid YAML: " + firstLine(err.Error())}
	}
	o = &Outline{}
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			o.root = d.Body
			break
		}
	}
	return o, nil
}

// Find returns the place of a path as refusals write it: keys and places in lists, joined by dots. Where the text does not go as far, it is
// the place of the last part that is there, and false.
func (o *Outline) Find(path string) (Place, bool) {
	at := Place{1, 1, 1}
	if o.root == nil {
		return at, path == ""
	}
	if t := o.root.GetToken(); t != nil {
		at = placeOf(firstKey(o.root, t))
	}
	return o.find(o.root, path, at, maxDepth)
}

func (o *Outline) find(n ast.Node, path string, at Place, left int) (Place, bool) {
	if path == "" || left == 0 {
		return at, path == ""
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return o.findKey(n.Values, path, at, left)
	case *ast.MappingValueNode:
		return o.findKey([]*ast.MappingValueNode{n}, path, at, left)
	case *ast.SequenceNode:
		return o.findItem(n.Values, path, at, left)
	case *ast.AnchorNode:
		return o.find(n.Value, path, at, left-1)
	case *ast.TagNode:
		return o.find(n.Value, path, at, left-1)
	}
	return at, false
}

// findItem takes the item at a place, or where the path names none, the first in which the rest of it is.
func (o *Outline) findItem(items []ast.Node, path string, at Place, left int) (Place, bool) {
	first, rest, _ := strings.Cut(path, ".")
	if i, err := strconv.Atoi(first); err == nil && i >= 0 && i < len(items) {
		if t := items[i].GetToken(); t != nil {
			at = placeOf(firstKey(items[i], t))
		}
		return o.find(items[i], rest, at, left-1)
	}
	for _, item := range items {
		if p, ok := o.find(item, path, at, left-1); ok {
			return p, true
		}
	}
	return at, false
}

// findKey takes the longest key that the path begins with, since keys may hold dots.
func (o *Outline) findKey(values []*ast.MappingValueNode, path string, at Place, left int) (Place, bool) {
	var best *ast.MappingValueNode
	length := -1
	for _, v := range values {
		key := scalarText(v.Key)
		if (path == key || strings.HasPrefix(path, key+".")) && len(key) > length {
			best, length = v, len(key)
		}
	}
	if best == nil {
		return at, false
	}
	if t := best.Key.GetToken(); t != nil {
		at = placeOf(t)
	}
	return o.find(best.Value, strings.TrimPrefix(path[length:], "."), at, left-1)
}

// firstKey is the token at which a node begins: that of a map is its first colon.
func firstKey(n ast.Node, t *token.Token) *token.Token {
	var key ast.Node
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			key = n.Values[0].Key
		}
	case *ast.MappingValueNode:
		key = n.Key
	}
	if key != nil && key.GetToken() != nil {
		return key.GetToken()
	}
	return t
}

func placeOf(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{1, 1, 1}
	}
	p := Place{Line: max(t.Position.Line, 1), Column: max(t.Position.Column, 1)}
	written := strings.TrimSpace(t.Origin)
	if i := strings.IndexByte(written, '\n'); i >= 0 {
		written = written[:i]
	}
	p.End = p.Column + utf8.RuneCountInString(written)
	return p
}
