package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wide marks the few statements that read across tenants; they run behind AllTenants and never write.
const wide = "-- tenant-wide: AllTenants only"

// tenantTables returns the tables that the migrations make with a tenant_id column.
func tenantTables(t *testing.T) []string {
	t.Helper()
	var tables []string
	create := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	for _, text := range read(t, "migrations/*.sql") {
		for _, m := range create.FindAllStringSubmatch(text, -1) {
			if regexp.MustCompile(`(?m)^\s*tenant_id\s`).MatchString(m[2]) {
				tables = append(tables, m[1])
			}
		}
	}
	if len(tables) < 8 {
		t.Fatalf("found only the tenant tables %v", tables)
	}
	return tables
}

func read(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v, %v", pattern, paths, err)
	}
	texts := make(map[string]string, len(paths))
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		texts[p] = string(b)
	}
	return texts
}

// unbound says what is wrong with a statement on tenant tables, or nothing.
func unbound(statement string, tables []string) string {
	marked := strings.Contains(statement, wide)
	body := regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(statement, "")
	if !regexp.MustCompile(`\b(` + strings.Join(tables, "|") + `)\b`).MatchString(body) {
		return ""
	}
	writes := regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE)\b`).MatchString(body)
	switch {
	case marked && writes:
		return "writes across tenants"
	case marked:
		return ""
	case regexp.MustCompile(`\btenant_id\s*=\s*(\$\d|@\w|sqlc\.arg\()`).MatchString(body):
		return ""
	case regexp.MustCompile(`(?i)INSERT INTO \w+ \(tenant_id,[^)]*\)\s*VALUES\s*\((\$\d|@\w|sqlc\.arg\()`).MatchString(body):
		return ""
	}
	return "does not bind tenant_id"
}

func TestEveryStatementOnATenantTableBindsTheTenant(t *testing.T) {
	t.Parallel()
	tables := tenantTables(t)
	checked := 0
	for path, text := range read(t, "queries/*.sql") {
		for statement := range strings.SplitSeq(text, ";") {
			checked++
			if fault := unbound(statement, tables); fault != "" {
				t.Errorf("%s: a statement %s:%s", path, fault, statement)
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d statements were read", checked)
	}
}

func TestTheLawOnStatementsCatchesBreaches(t *testing.T) {
	t.Parallel()
	tables := []string{"alerts"}
	for statement, ok := range map[string]bool{
		"SELECT * FROM alerts WHERE tenant_id = $1":                       true,
		"SELECT * FROM alerts WHERE tenant_id = sqlc.arg(tenant_id)":      true,
		"INSERT INTO alerts (tenant_id, id) VALUES ($1, $2)":              true,
		"SELECT * FROM users WHERE id = $1":                               true,
		wide + "\nSELECT * FROM alerts":                                   true,
		wide + "\nDELETE FROM alerts":                                     false,
		"SELECT * FROM alerts WHERE id = $1":                              false,
		"SELECT * FROM alerts WHERE id = $1 -- tenant_id = $1":            false,
		"SELECT * FROM alerts a WHERE a.tenant_id = tenant_id":            false,
		"INSERT INTO alerts (tenant_id, id) VALUES ('01J', $1)":           false,
		"SELECT a.* FROM users u JOIN alerts a ON a.tenant_id = u.tenant": false,
	} {
		if got := unbound(statement, tables); (got == "") != ok {
			t.Errorf("%q: %q, want fine %v", statement, got, ok)
		}
	}
}

// Statements put together in Go must begin their conditions with txn.rows, which binds the tenants of the transaction: in the
// function that holds the statement, or in one it calls.
func TestDynamicStatementsOnTenantTablesBeginWithTheTransactionsRows(t *testing.T) {
	t.Parallel()
	onTenantTable := regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)\s+(` + strings.Join(tenantTables(t), "|") + `)\b`)
	var all []declared
	begins := map[string]bool{"rows": true}
	for path, text := range read(t, "*.go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn := inspect(d, onTenantTable)
			if fn.selects["rows"] {
				begins[fn.name] = true
			}
			all = append(all, fn)
		}
	}
	checked := 0
	for _, fn := range all {
		if fn.statement == "" {
			continue
		}
		checked++
		found := false
		for name := range fn.selects {
			found = found || begins[name]
		}
		if !found {
			t.Errorf("%s: a statement does not begin with txn.rows: %s", fn.name, fn.statement)
		}
	}
	if checked == 0 {
		t.Error("no statement was found: the test looks in the wrong place")
	}
}

// declared is what the law looks at in one declaration.
type declared struct {
	name      string
	statement string          // on a tenant table
	selects   map[string]bool // names after a dot
}

func inspect(d ast.Decl, onTenantTable *regexp.Regexp) declared {
	found := declared{selects: make(map[string]bool)}
	if fn, ok := d.(*ast.FuncDecl); ok {
		found.name = fn.Name.Name
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING && onTenantTable.MatchString(n.Value) {
				found.statement = n.Value
			}
		case *ast.SelectorExpr:
			found.selects[n.Sel.Name] = true
		}
		return true
	})
	return found
}
