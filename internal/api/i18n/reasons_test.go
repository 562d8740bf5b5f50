package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api/i18n"
)

// Whoever refuses a field gives the reason a code; people are to read each in their language.
func TestEveryReasonOfTheDomainIsWorded(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	known := make(map[string]bool)
	for _, key := range c.Keys(i18n.Chinese) {
		known[key] = true
	}
	for code, where := range reasons(t, "../../../internal") {
		if !known[code] {
			t.Errorf("%s: reason %q has no text in the catalogue", where, code)
		}
	}
}

// reasons finds the codes that the source gives as literals: fault.NewInvalid(field, code, reason),
// fault.Invalid{Code: code}, and the refuse(…, code, reason) closures of validators.
func reasons(t *testing.T, root string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if code, ok := reason(n); ok {
				found[code] = fset.Position(n.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("found only %d reasons: the search is broken", len(found))
	}
	return found
}

func reason(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch fun := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		case *ast.Ident:
			name = fun.Name
		}
		if (name == "NewInvalid" || name == "refuse") && len(n.Args) >= 3 {
			return literal(n.Args[len(n.Args)-2])
		}
	case *ast.CompositeLit:
		if sel, ok := n.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Invalid" {
			return "", false
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Code" {
					return literal(kv.Value)
				}
			}
		}
	}
	return "", false
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil && strings.Contains(text, ".")
}
