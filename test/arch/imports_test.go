package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/isoc-project/isoc/"

type goPackage struct {
	ImportPath string
	Name       string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Doc,GoFiles,Imports", module+"...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var all []goPackage
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// layers from the ground up. A package may import its own layer's folder and any lower layer; wings are further apart (below).
// The first matching prefix decides.
var layers = []struct {
	rank     int
	prefixes []string
}{
	{7, []string{"cmd/"}},
	{6, []string{"internal/app"}},
	{5, []string{"internal/api", "internal/web", "internal/store", "internal/fetch", "internal/flow/collect/input", "internal/archive/local", "internal/archive/cluster", "internal/archive/archivetest", "internal/demo/sender"}},
	{4, []string{"internal/flow", "internal/posture", "internal/response", "internal/service", "internal/access", "internal/content", "internal/jobs", "internal/demo"}},
	{3, []string{"internal/archive"}},
	{2, []string{"internal/query", "internal/event", "internal/config", "internal/telemetry", "content"}},
	{1, []string{"internal/tenant", "internal/fault"}},
}

var wings = []string{"internal/flow", "internal/posture", "internal/response", "internal/service", "internal/access", "internal/content", "internal/demo"}

func within(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func rank(path string) int {
	for _, l := range layers {
		for _, p := range l.prefixes {
			if within(path, p) {
				return l.rank
			}
		}
	}
	return 0
}

func wing(path string) string {
	for _, w := range wings {
		if within(path, w) {
			return w
		}
	}
	return ""
}

func TestImportLaw(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if within(path, "test") || within(path, "tools") {
			continue
		}
		own := rank(path)
		if own == 0 {
			t.Errorf("%s belongs to no layer: place it, in the layout and in this test", path)
			continue
		}
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, module) {
				continue
			}
			if reason := forbidden(path, strings.TrimPrefix(imp, module)); reason != "" {
				t.Errorf("%s imports %s: %s", path, strings.TrimPrefix(imp, module), reason)
			}
		}
	}
}

func forbidden(path, imp string) string {
	own, other := rank(path), rank(imp)
	switch {
	case within(imp, "test"):
		return "the product imports no test support"
	case other > own:
		return "a lower layer may not know a higher one"
	case own == 5 && other == 5 && top(path) != top(imp):
		return "edges may not know one another"
	case wing(path) != "" && wing(imp) != "" && wing(path) != wing(imp):
		return "wings may not know one another"
	}
	return ""
}

// top is the edge a package of layer 5 belongs to.
func top(path string) string {
	parts := strings.Split(path, "/")
	return strings.Join(parts[:min(len(parts), 2)], "/")
}

// TestDomainKnowsNoTransport keeps HTTP, SQL and their drivers at the edges.
func TestDomainKnowsNoTransport(t *testing.T) {
	t.Parallel()
	banned := []string{"net/http", "database/sql", "github.com/danielgtaylor/huma", "github.com/jackc/pgx", "modernc.org/sqlite"}
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if rank(path) > 4 || rank(path) == 0 || path == "internal/telemetry" {
			continue // edges; telemetry serves its own probes
		}
		for _, imp := range p.Imports {
			for _, b := range banned {
				if imp == b || strings.HasPrefix(imp, b+"/") {
					t.Errorf("%s imports %s: domain packages know no transport and no database", path, imp)
				}
			}
		}
	}
}

func TestPackagesAreNouns(t *testing.T) {
	t.Parallel()
	banned := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "manager", "base", "core", "misc", "shared", "pkg", "lib"}
	for _, p := range packages(t) {
		if slices.Contains(banned, p.Name) || slices.Contains(banned, p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:]) {
			t.Errorf("%s: a package is named for what it is, not %q", p.ImportPath, p.Name)
		}
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// TestLawCatches proves that the law can fail.
func TestLawCatches(t *testing.T) {
	t.Parallel()
	for _, tc := range [][2]string{
		{"internal/flow/parse", "internal/response/alert"},
		{"internal/tenant", "internal/event"},
		{"internal/archive", "internal/flow"},
		{"internal/api", "internal/store"},
		{"internal/store", "internal/api"},
		{"internal/access/audit", "internal/app"},
		{"internal/content", "internal/flow/detect/sigma"},
	} {
		if forbidden(tc[0], tc[1]) == "" {
			t.Errorf("%s may import %s", tc[0], tc[1])
		}
	}
	for _, tc := range [][2]string{
		{"internal/flow/detect", "internal/flow/parse"},
		{"internal/api", "internal/response/alert"},
		{"internal/store", "internal/access/audit"},
		{"internal/archive/local", "internal/archive"},
		{"internal/app", "internal/store"},
	} {
		if reason := forbidden(tc[0], tc[1]); reason != "" {
			t.Errorf("%s may not import %s: %s", tc[0], tc[1], reason)
		}
	}
}
