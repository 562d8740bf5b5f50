package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whoever refuses a field gives the reason a code; people are to read each in their language.
func TestEveryReasonOfTheDomainIsWorded(t *testing.T) {
	t.Parallel()
	known := catalogue(t).Codes()
	said := reasons(t, "../../../internal")
	for code, where := range said {
		if !slices.Contains(known, code) {
			t.Errorf("%s: reason %q has no text in reasons.zh-CN.json", where, code)
		}
	}
	for _, code := range known {
		if _, ok := said[code]; !ok {
			t.Errorf("nobody gives the reason %q any more", code)
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
		if (name == "NewInvalid" || name == "refuse") && len(n.Args) >= 2 {
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
